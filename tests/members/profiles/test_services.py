"""What members say of themselves, and who may see it."""

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.utils import timezone

from members.enums import Visibility
from members.models import Member
from members.profiles.services import agree_visibility, change_photo
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


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
