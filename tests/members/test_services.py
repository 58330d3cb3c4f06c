import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.utils import timezone

from members import membership
from members.access import Act
from members.accounts.services import make_account
from members.enums import Role, Visibility
from members.models import SHOWN_FIELDS, Member, User
from members.profiles.services import agree_visibility, change_photo
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.villages import CommuneFactory

pytestmark = pytest.mark.django_db


def join(user: User, **facts) -> Member:
    return membership.make_member(user=user, commune=CommuneFactory(), activity="Graphiste", joined_on=dt.date(2026, 1, 8), **facts)


def test_a_new_account_signs_in_with_a_verified_address_in_small_letters():
    user = make_account(email=" Camille@Example.org", first_name="Camille", last_name="Roux", password="x" * 15)
    assert user.email == "camille@example.org"
    assert EmailAddress.objects.get(user=user).verified
    assert not user.is_staff


def test_a_role_opens_the_admin():
    adviser = make_account(email="conseil@example.org", roles=[Role.ADVISER])
    assert adviser.is_of_the_team
    assert not adviser.owns(Act.LEAD_FILES)
    assert adviser.is_staff
    assert not adviser.is_adviser  # until their account has its second step
    assert not adviser.has_usable_password()


def test_one_address_is_one_account_whatever_its_capitals():
    make_account(email="camille@example.org")
    with pytest.raises(IntegrityError, match="user_email_once"):
        User.objects.create(email="Camille@example.org")


def test_nothing_of_a_new_member_is_shown():
    member = join(UserFactory(), bio="Je dessine.", website="https://example.org")
    assert {getattr(member, f"{field}_visibility") for field in SHOWN_FIELDS} == {Visibility.NOBODY}
    assert member.visibility_agreed_at is None


def test_namesakes_get_addresses_of_their_own():
    slugs = [join(UserFactory(first_name="Zoé", last_name="Œillet d’Août")).slug for _ in range(3)]
    assert slugs == ["zoe-oeillet-daout", "zoe-oeillet-daout-2", "zoe-oeillet-daout-3"]


def test_a_namesake_who_joins_at_the_same_moment_gets_another_address(monkeypatch):
    """Both looked before either wrote: the database refuses the second, who looks again."""
    join(UserFactory(first_name="Inès", last_name="Daubas"))
    looked = iter(["ines-daubas", "ines-daubas-2"])
    monkeypatch.setattr(membership, "free_slug", lambda name: next(looked))
    assert join(UserFactory(first_name="Inès", last_name="Daubas")).slug == "ines-daubas-2"


def test_a_name_of_other_letters_still_gets_an_address():
    assert join(UserFactory(first_name="Юлия", last_name="")).slug == "solo"


def test_a_very_long_name_fits_its_address():
    first, second = (join(UserFactory(first_name="a" * 80, last_name="b" * 80)).slug for _ in range(2))
    assert len(first) <= 140
    assert first != second


def test_nobody_is_a_member_twice():
    user = UserFactory()
    join(user)
    with pytest.raises(membership.MembershipRefused):
        join(user)
    assert Member.objects.count() == 1


def test_skills_are_tidied():
    assert join(UserFactory(), skills=["  Relecture ", "relecture", "", "Anglais  juridique"]).skills == [
        "Relecture",
        "Anglais juridique",
    ]


def test_agreeing_is_dated_and_leaves_what_is_not_named():
    member, at = MemberFactory(level=Visibility.NOBODY, visibility_agreed_at=None), timezone.now()
    agree_visibility(member=member, choices={"name": Visibility.PUBLIC, "phone": Visibility.MEMBERS}, at=at)
    kept = Member.objects.get(pk=member.pk)
    assert (kept.name_visibility, kept.phone_visibility, kept.bio_visibility) == ("public", "members", "nobody")
    assert kept.visibility_agreed_at == member.visibility_agreed_at == at


@pytest.mark.parametrize("choices", [{"birthday": Visibility.PUBLIC}, {"name": "everybody"}])
def test_an_unknown_choice_changes_nothing(choices):
    member = MemberFactory()
    with pytest.raises(ValueError, match=r"birthday|everybody"):
        agree_visibility(member=member, choices=choices, at=timezone.now())
    assert Member.objects.get().name_visibility == Visibility.NOBODY


def test_the_database_refuses_to_show_what_was_not_agreed():
    with pytest.raises(IntegrityError, match="member_shown_only_if_agreed"):
        MemberFactory(name_visibility=Visibility.PUBLIC, visibility_agreed_at=None)


def test_a_new_photo_takes_the_place_of_the_old_one(settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    member = MemberFactory()
    for content in (b"one", b"two"):
        with django_capture_on_commit_callbacks(execute=True):
            change_photo(member=member, photo=ContentFile(content, name="photo.jpg"))
    assert [path.read_bytes() for path in tmp_path.rglob("*.jpg")] == [b"two"]


def test_a_photo_goes_with_its_member(settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    member = MemberFactory()
    change_photo(member=member, photo=ContentFile(b"one", name="photo.jpg"))
    with django_capture_on_commit_callbacks(execute=True):
        member.user.delete()
    assert list(tmp_path.rglob("*.jpg")) == []


def test_taking_a_photo_away_leaves_no_file(settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    member = MemberFactory()
    change_photo(member=member, photo=ContentFile(b"one", name="photo.jpg"))
    with django_capture_on_commit_callbacks(execute=True):
        change_photo(member=member, photo=None)
    assert not Member.objects.get().photo
    assert list(tmp_path.rglob("*.jpg")) == []
