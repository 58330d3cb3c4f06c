"""No picture weighs on the portal: what its reading takes, whatever it is made of. (How long it takes: ./run bench pictures.)"""

import io
import sys
from collections.abc import Iterable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from common import pictures
from members.models import Member
from tests.common import bombs
from tests.common.damage import damaged
from tests.common.photographs import photograph
from tests.common.weighing import weigh
from tests.factories.members import MemberFactory

MY_PHOTO = reverse("members:my-photo")
MOST_ABOVE_REST = 150_000_000  # bytes

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the kernel knows no limit on data")


@pytest.fixture(scope="session")
def at_rest(tmp_path_factory) -> int:
    """Bytes of a reader to whom nothing was sent."""
    return weigh(b"", tmp_path_factory.mktemp("rest")).peak


@pytest.fixture
def own(client, settings, tmp_path) -> Member:
    settings.MEDIA_ROOT = tmp_path
    member = MemberFactory()
    client.force_login(member.user)
    return member


def sent(content: bytes, name: str = "me.jpg") -> dict:
    return {"photo": SimpleUploadedFile(name, content, "image/jpeg")}


def some_always(kinds: Iterable[str], always: set[str]) -> list:
    """The kinds as parameters; those that are not `always` asked are left to `./run chaos thorough`."""
    assert always <= set(kinds)
    return [kind if kind in always else pytest.param(kind, marks=pytest.mark.thorough) for kind in kinds]


@pytest.mark.parametrize("name", some_always(bombs.TAKEN, {"12 MP HEIC", "24 MP JPEG", "24 MP PNG of four times sixteen bits"}))
def test_a_large_picture_is_taken_in_little_memory(name, at_rest, tmp_path):
    weight = weigh(bombs.TAKEN[name](), tmp_path)
    assert len(weight.answer["lengths"]) == 2
    assert weight.peak - at_rest < MOST_ABOVE_REST


@linux
@pytest.mark.parametrize("name", some_always(bombs.REFUSED, {"24 MP progressive JPEG, all its colours"}))
def test_a_bomb_is_refused_in_little_memory(name, at_rest, tmp_path):
    weight = weigh(bombs.REFUSED[name](), tmp_path)
    assert weight.ended or weight.answer["refused"]
    assert weight.peak - at_rest < MOST_ABOVE_REST


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("24 MP HEIC", "trop de pixels (24 millions)"),
        ("400 MP PNG of one bit", "trop de pixels (400 millions)"),
        ("JPEG of 3,000 scans", "demande trop de travail"),
        pytest.param("GIF of 3,000 frames", "photo que nous sachions lire", marks=pytest.mark.thorough),
        ("half an HEIC", "photo que nous sachions lire"),
    ],
)
def test_a_bomb_on_the_page_gets_its_sentence_and_changes_nothing(client, own, name, said):
    response = client.post(MY_PHOTO, sent(bombs.REFUSED[name]()))
    assert said in response.context["photo_form"].errors["photo"][0]
    assert not Member.objects.get().photo


@pytest.mark.django_db
def test_a_photo_of_a_telephone_is_taken_on_the_page(client, own):
    assert client.post(MY_PHOTO, sent(bombs.heic((1200, 900)), "IMG_2041.HEIC")).status_code == 302
    assert client.post(MY_PHOTO, sent(bombs.TAKEN["12 MP CMYK JPEG"]())).status_code == 302  # long enough to come as a file
    with Member.objects.get().photo.open() as file, Image.open(file) as kept:
        assert (kept.format, kept.size) == ("JPEG", (640, 640))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hour", "day", "said"), [(2, 9, "2 photos en une heure"), (9, 2, "2 photos aujourd’hui")], ids=["hour", "day"]
)
def test_one_person_sends_so_many_photos_and_no_more(client, own, monkeypatch, hour, day, said):
    monkeypatch.setattr(pictures, "MOST_AN_HOUR", hour)
    monkeypatch.setattr(pictures, "MOST_A_DAY", day)
    small = photograph(size=(60, 40))
    assert [client.post(MY_PHOTO, sent(content)).status_code for content in (small, b"no photo")] == [302, 200]
    refused = client.post(MY_PHOTO, sent(small))
    assert said in refused.context["photo_form"].errors["photo"][0]
    client.force_login(MemberFactory().user)
    assert client.post(MY_PHOTO, sent(small)).status_code == 302


@pytest.mark.parametrize("times", [3, pytest.param(6, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_damaged_photo_is_taken_or_refused_whatever_is_wrong_with_it(kind, times):
    taken = refused = 0
    for content in damaged(photograph(kind, (120, 80)), times=times):
        try:
            assert all(file.size for file in pictures.redrawn(io.BytesIO(content), len(content), [(64, False), (32, False)]))
            taken += 1
        except pictures.PictureRefused:
            refused += 1
    assert taken + refused == times
    assert refused


@pytest.mark.parametrize(
    "fault",
    [
        "import os; os.abort()",
        pytest.param("redrawing.bound(); bytearray(400_000_000)", marks=linux),
        "redrawing.PROCESSOR_SECONDS = 1; redrawing.bound()\nwhile True: pass",
    ],
    ids=["it crashes", "it fills the memory", "it does not end"],
)
def test_a_reader_that_is_ended_is_a_photo_refused(monkeypatch, tmp_path, fault):
    reader = tmp_path / "reader.py"
    main = f"def main(wishes):\n    {fault.replace(chr(10), chr(10) + '    ')}\n"
    caught = 'try:\n    main("")\nexcept MemoryError:\n    print(\'{"refused": "memory"}\')\n'
    reader.write_text(f"import sys\nsys.path.insert(0, {str(pictures.READER.parent)!r})\nimport redrawing\n{main}{caught}")
    monkeypatch.setattr(pictures, "READER", reader)
    with pytest.raises(pictures.PictureRefused, match="demande trop de travail"):
        pictures.portrait(io.BytesIO(photograph()), 1000)


def test_a_reader_that_does_not_start_is_our_fault_and_said_in_the_log(monkeypatch, tmp_path, caplog):
    reader = tmp_path / "reader.py"
    reader.write_text("import a_package_that_is_not_there")
    monkeypatch.setattr(pictures, "READER", reader)
    with pytest.raises(pictures.subprocess.CalledProcessError):
        pictures.portrait(io.BytesIO(photograph()), 1000)
    assert "a_package_that_is_not_there" in caplog.text


def test_while_another_photo_is_read_one_waits_and_is_then_told(monkeypatch):
    monkeypatch.setattr(pictures, "WAIT_WITHIN", 0.05)
    with pictures.READING, pytest.raises(pictures.PictureRefused, match="dans une minute"):
        pictures.portrait(io.BytesIO(photograph()), 1000)
    assert not pictures.READING.locked()


def test_the_portal_itself_unpacks_nothing(monkeypatch):
    """In its own process there is never more of a picture than its two JPEGs."""
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda *_args: pytest.fail("the pixels were asked for"))
    content = photograph()
    assert pictures.Picture.redrawn(io.BytesIO(content), len(content)).large.size


TURNED_BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def colour(picture: Image.Image, *at: int) -> str:
    red, green, _blue = picture.getpixel(at)
    return "red" if red > 150 else "lime" if green > 150 else "blue"


HELD = [  # in every way as a JPEG; as another kind always in the two of a telephone upright and lying
    pytest.param(orientation, kind, marks=() if kind == "JPEG" or orientation in (1, 6) else pytest.mark.thorough)
    for orientation in range(1, 9)
    for kind in ("JPEG", "PNG", "WEBP")
]


@pytest.mark.parametrize(("orientation", "kind"), HELD)
def test_a_photo_held_in_any_way_stands_upright(orientation, kind):
    upright = Image.new("RGB", (300, 500), "red")
    upright.paste("blue", (0, 0, 300, 250))
    upright.paste("lime", (0, 0, 150, 125))
    held = upright.transpose(TURNED_BACK[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = bombs.saved(held, kind, exif=exif.tobytes())
    whole, square = (
        Image.open(pictures.redrawn(io.BytesIO(content), len(content), [wish])[0]) for wish in ((500, False), (300, True))
    )
    assert (whole.size, square.size) == ((300, 500), (300, 300))
    assert [colour(whole, 40, 40), colour(whole, 260, 40), colour(whole, 40, 200), colour(whole, 40, 460)] == [
        *("lime", "blue", "blue", "red")
    ]
    # The square leaves out 80 rows above and 120 below.
    assert [colour(square, 40, 30), colour(square, 40, 60), colour(square, 40, 160), colour(square, 40, 180)] == [
        *("lime", "blue", "blue", "red")
    ]


def test_sixteen_bits_of_grey_stay_grey():
    content = bombs.saved(Image.new("I;16", (80, 60), 128 * 257), "PNG")
    with Image.open(pictures.Picture.redrawn(io.BytesIO(content), len(content)).large) as kept:
        assert kept.getpixel((40, 30)) == pytest.approx((128, 128, 128), abs=2)


def test_a_transparent_picture_is_drawn_on_the_pages_background():
    content = bombs.palette()
    with Image.open(pictures.Picture.redrawn(io.BytesIO(content), len(content)).large) as kept:
        assert kept.getpixel((800, 600)) == pytest.approx((0, 0, 250), abs=4)  # its second colour, which is not
    clear = bombs.png((80, 60), bits=8, colour=6)
    with Image.open(pictures.Picture.redrawn(io.BytesIO(clear), len(clear)).large) as kept:
        assert kept.getpixel((40, 30)) == pytest.approx((0xFB, 0xF7, 0xEF), abs=2)


def test_a_photo_of_a_telephone_forgets_where_it_was_taken():
    content = photograph("HEIF")
    assert b"Ines" in content
    for file in pictures.redrawn(io.BytesIO(content), len(content), [(640, False), (320, False)]):
        told = file.read()
        assert b"Ines" not in told
        with Image.open(io.BytesIO(told)) as kept:
            assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
