"""What a member says of themselves, who may see it, and the photo's traps."""

import datetime as dt
import io
import struct
import zlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from common import pictures
from members.enums import MemberStatus, Visibility
from members.models import SHOWN_FIELDS, Member
from members.profiles.services import agree_visibility, change_photo
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.villages import CommuneFactory

pytestmark = pytest.mark.django_db

MY_PROFILE, MY_PHOTO, MY_VISIBILITY = reverse("members:my-profile"), reverse("members:my-photo"), reverse("members:my-visibility")
WRITTEN = {
    "first_name": "Inès",
    "last_name": "Daubas",
    "activity": "Traductrice",
    "commune": "Lectoure",
    "skills": "relecture, anglais  juridique, Relecture",
    "bio": "Je traduis des romans.",
    "website": "ines.example",
    "phone": "05 62 01 02 03",
}


@pytest.fixture
def own(client) -> Member:
    CommuneFactory(name="Lectoure", postal_codes=["32700"])
    member = MemberFactory(bio="Avant", user__first_name="Avant")
    client.force_login(member.user)
    return member


def text_of(response) -> str:
    return response.content.decode()


# ---- The profile ------------------------------------------------------------------------------------------------------


def test_a_member_says_who_they_are(client, own):
    response = client.post(MY_PROFILE, WRITTEN)
    assert response.url == MY_PROFILE
    kept = Member.objects.select_related("user", "commune").get()
    assert (kept.user.get_full_name(), kept.activity, kept.commune.name) == ("Inès Daubas", "Traductrice", "Lectoure")
    assert kept.skills == ["relecture", "anglais juridique"]
    assert (kept.website, kept.phone.as_e164, kept.slug) == ("https://ines.example", "+33562010203", own.slug)
    assert kept.changed_at > own.changed_at


def test_saving_what_the_form_shows_changes_nothing(client, own):
    client.post(MY_PROFILE, WRITTEN)
    before = Member.objects.values().get()
    shown = client.get(MY_PROFILE).context["form"]
    client.post(
        MY_PROFILE,
        {field.name: field.value() if field.name not in ("commune", "skills") else str(field.value()) for field in shown},
    )
    after = Member.objects.values().get()
    assert {name for name in before if before[name] != after[name]} == {"changed_at"}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("commune", "Paris", "Aucune commune du territoire ne s’écrit"),
        ("commune", "99999", "Aucune commune du territoire ne s’écrit"),
        ("commune", "Lectoure (31000)", "Aucune commune du territoire ne s’écrit"),
        ("commune", "", "obligatoire"),
        ("website", "javascript:alert(1)", "URL"),
        ("website", "ftp://files.example/", "URL"),
        ("phone", "0562", "ne peut être composé"),
        ("skills", ", ".join(f"s{n}" for n in range(13)), "12 savoir-faire au plus"),
        ("skills", "x" * 41, "40 caractères au plus"),
        ("bio", "é" * 1501, "1500"),
        ("first_name", "x" * 81, "80"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field_and_nothing_is_lost(client, own, field, typed, said):
    response = client.post(MY_PROFILE, WRITTEN | {field: typed})
    assert response.status_code == 200
    (sentence,) = response.context["form"].errors[field]
    assert said in sentence
    assert set(response.context["form"].errors) == {field}
    page = text_of(response)
    assert "Je traduis des romans." in page or field == "bio"
    assert 'aria-invalid="true"' in page
    assert Member.objects.get().bio == "Avant"


@pytest.mark.parametrize("written", ["Lectoure", "LECTOURE", "  lectoure ", "Lectoure (32700)", "Lectoure 32700", "32700"])
def test_a_commune_is_known_by_its_name_or_its_postal_code(client, own, written):
    client.post(MY_PROFILE, WRITTEN | {"commune": written})
    assert Member.objects.get().commune.name == "Lectoure"


def test_two_communes_of_one_name_are_told_apart_by_their_code(client, own):
    CommuneFactory(name="Lectoure", postal_codes=["31700"])
    response = client.post(MY_PROFILE, WRITTEN)
    assert "Lectoure (32700), Lectoure (31700)" in text_of(response) or "Lectoure (31700), Lectoure (32700)" in text_of(response)
    client.post(MY_PROFILE, WRITTEN | {"commune": "Lectoure (31700)"})
    assert Member.objects.get().commune.postal_codes == ["31700"]


@pytest.mark.parametrize("former", [False, True])
def test_whoever_is_no_member_has_a_name_and_no_profile(client, former):
    user = MemberFactory(status=MemberStatus.FORMER).user if former else UserFactory()
    client.force_login(user)
    assert "bio" not in client.get(MY_PROFILE).context["form"].fields
    client.post(MY_PROFILE, WRITTEN)
    user.refresh_from_db()
    assert user.get_full_name() == "Inès Daubas"
    assert client.get(MY_VISIBILITY).status_code == 404
    assert client.post(MY_PHOTO, {"remove": "yes"}).status_code == 404


def test_a_profile_is_changed_by_its_owner_alone(client, own):
    other = MemberFactory(bio="À moi")
    client.post(MY_PROFILE, WRITTEN | {"member": other.pk, "pk": other.pk, "slug": other.slug})
    other.refresh_from_db()
    assert other.bio == "À moi"


# ---- What is seen of me ---------------------------------------------------------------------------------------------


def test_choosing_is_dated_and_shown_as_others_get_it(client, own):
    agree_visibility(member=own, choices={}, at=dt.datetime(2025, 1, 8, tzinfo=dt.UTC))
    choices = dict.fromkeys(SHOWN_FIELDS, Visibility.NOBODY) | {"name": Visibility.PUBLIC, "bio": Visibility.MEMBERS}
    response = client.post(MY_VISIBILITY, choices, follow=True)
    kept = Member.objects.get()
    assert {field: getattr(kept, f"{field}_visibility") for field in SHOWN_FIELDS} == choices
    assert kept.visibility_agreed_at.year > 2025
    everybody, members = (preview for _title, preview in response.context["previews"])
    assert (everybody.bio, members.bio, members.phone) == ("", "Avant", "")


def test_nobody_sees_a_member_who_hides_their_name(client, own):
    response = client.post(MY_VISIBILITY, dict.fromkeys(SHOWN_FIELDS, "public") | {"name": "nobody"}, follow=True)
    assert [preview for _title, preview in response.context["previews"]] == [None, None]


@pytest.mark.parametrize("choices", [{}, {"name": "public"}, dict.fromkeys(SHOWN_FIELDS, "everything")])
def test_an_incomplete_or_unknown_choice_agrees_to_nothing(client, own, choices):
    Member.objects.update(visibility_agreed_at=None)
    assert client.post(MY_VISIBILITY, choices | {"csrf": "x"}).status_code == 200
    assert Member.objects.get().visibility_agreed_at is None


# ---- Photos -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), mode: str = "RGB", **options) -> bytes:
    drawn = io.BytesIO()
    Image.new(mode, size, "red").save(drawn, kind, **options)
    return drawn.getvalue()


def kept() -> bytes:
    with Member.objects.get().photo.open() as file:
        return file.read()


def status_of(client, url: str, **options) -> int:
    response = client.get(url, **options)
    response.getvalue()  # read to its end, a file is closed
    return response.status_code


def upload(content: bytes, name: str = "me.jpg", content_type: str = "image/jpeg") -> dict:
    return {"photo": SimpleUploadedFile(name, content, content_type)}


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGBA")]
)
def test_a_photo_becomes_a_small_square_of_our_own(client, own, media, kind, mode):
    response = client.post(MY_PHOTO, upload(picture(kind, mode=mode)))
    assert response.url == MY_VISIBILITY
    with Image.open(io.BytesIO(kept())) as stored:
        assert (stored.format, stored.size, stored.mode) == ("JPEG", (pictures.PORTRAIT_SIDE, pictures.PORTRAIT_SIDE), "RGB")


def test_a_photo_forgets_where_and_when_it_was_taken(client, own, media):
    exif = Image.Exif()
    exif[0x010F] = "Telephone of Ines"
    exif.get_ifd(0x8825)[2] = (43.0, 56.0, 2.0)  # latitude
    client.post(MY_PHOTO, upload(picture(exif=exif.tobytes(), comment=b"a secret comment")))
    content = kept()
    with Image.open(io.BytesIO(content)) as stored:
        assert dict(stored.getexif()) == {}
        assert "comment" not in stored.info
    assert b"Telephone" not in content
    assert b"secret" not in content


def test_a_photo_taken_sideways_stands_upright(client, own, media):
    sideways = Image.new("RGB", (600, 600), "red")
    sideways.paste("blue", (0, 0, 300, 600))  # blue on the left
    exif, drawn = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6  # turn by a quarter to the right: blue comes on top
    sideways.save(drawn, "JPEG", exif=exif.tobytes())
    client.post(MY_PHOTO, upload(drawn.getvalue()))
    with Image.open(io.BytesIO(kept())) as stored:
        red, _green, blue = stored.getpixel((pictures.PORTRAIT_SIDE // 2, 60))
    assert blue > 200 > 60 > red


def bomb() -> bytes:
    """A PNG of 20,000 × 20,000 pixels in a few hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * (20_000 * 2_501), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


TRAPS = {
    "a drawing with a script": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "photo que nous sachions lire",
    ),
    "a page called a photo": (b"<!doctype html><script>alert(1)</script>", "photo que nous sachions lire"),
    "a photo that stops half-way": (picture()[:900], "photo que nous sachions lire"),
    "a GIF": (picture("GIF", mode="P"), "photo que nous sachions lire"),
    "a TIFF": (picture("TIFF"), "photo que nous sachions lire"),
    "an empty file": (b"", "vide"),
    "nothing but the first bytes of a JPEG": (b"\xff\xd8\xff\xe0" + b"\x00" * 500, "photo que nous sachions lire"),
    "20,000 by 20,000 pixels": (bomb(), "trop de pixels"),
    "51 million pixels": (picture("PNG", (10_200, 5_000), "1"), "trop de pixels"),
    "21 MB": (picture() + b"\x00" * 21_000_000, "20 Mo"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_is_no_photo_is_refused_with_a_sentence_and_changes_nothing(client, own, media, trap):
    change_photo(member=own, photo=ContentFile(b"before", name="photo.jpg"))
    content, said = TRAPS[trap]
    response = client.post(MY_PHOTO, upload(content))
    assert response.status_code == 200
    assert said in response.context["photo_form"].errors["photo"][0]
    assert kept() == b"before"
    assert len(list(media.rglob("*.jpg"))) == 1


def test_a_page_appended_to_a_photo_does_not_survive(client, own, media):
    client.post(MY_PHOTO, upload(picture() + b"<script>alert(1)</script>", "me.html", "text/html"))
    content = kept()
    assert b"script" not in content
    assert Member.objects.get().photo.name.endswith(".jpg")


def test_a_photo_keeps_nothing_of_its_file_name(client, own, media):
    client.post(MY_PHOTO, upload(picture(), "../../ines-at-the-beach.jpg"))
    assert "ines" not in Member.objects.get().photo.name
    assert [path.parent for path in media.rglob("*.jpg")] == [media / "members"]


@pytest.mark.parametrize(("level", "visitor", "member"), [("public", 200, 200), ("members", 404, 200), ("nobody", 404, 404)])
def test_a_photo_is_served_to_those_who_may_see_it(client, media, level, visitor, member):
    shown = MemberFactory(shown=True, photo_visibility=level)
    change_photo(member=shown, photo=pictures.portrait(io.BytesIO(picture()), 1000))
    url = reverse("members:photo", args=[shown.slug])
    assert status_of(client, url) == visitor
    client.force_login(MemberFactory().user)
    assert status_of(client, url) == member
    client.force_login(shown.user)
    assert status_of(client, url) == 200  # one sees oneself


def test_a_photo_is_hidden_with_the_name(client, media):
    shown = MemberFactory(shown=True, name_visibility="members")
    change_photo(member=shown, photo=pictures.portrait(io.BytesIO(picture()), 1000))
    assert status_of(client, reverse("members:photo", args=[shown.slug])) == 404


def test_a_photo_is_a_photo_to_the_browser_and_is_asked_for_again_each_time(client, media):
    shown = MemberFactory(shown=True)
    change_photo(member=shown, photo=pictures.portrait(io.BytesIO(picture()), 1000))
    url = reverse("members:photo", args=[shown.slug])
    response = client.get(url)
    response.getvalue()
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert status_of(client, url, headers={"if-none-match": response["ETag"]}) == 304
    agree_visibility(member=shown, choices={"photo": Visibility.NOBODY}, at=dt.datetime.now(dt.UTC))
    assert status_of(client, url, headers={"if-none-match": response["ETag"]}) == 404


def test_a_file_that_is_gone_is_a_photo_that_is_not_there(client, media):
    shown = MemberFactory(shown=True, photo="members/lost.jpg")
    assert status_of(client, reverse("members:photo", args=[shown.slug])) == 404


def test_there_is_no_other_way_to_a_photo(client, own, media):
    client.post(MY_PHOTO, upload(picture()))
    name = Member.objects.get().photo.name
    assert [client.get(f"{prefix}/{name}").status_code for prefix in ("", "/media", "/static")] == [404, 404, 404]
