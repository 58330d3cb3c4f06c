"""What members say of themselves, and who may see it."""

import datetime as dt
from collections.abc import Iterable
from functools import partial

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from members.enums import Visibility
from members.models import SHOWN_FIELDS, Member, User
from villages.models import Commune


@transaction.atomic
def update_profile(
    *,
    member: Member,
    first_name: str,
    last_name: str,
    commune: Commune,
    activity: str,
    skills: Iterable[str] = (),
    bio: str = "",
    website: str = "",
    phone: str = "",
    now: dt.datetime | None = None,
) -> None:
    """What the member says of themselves. The address of their page stays: others may have kept it."""
    rename(user=member.user, first_name=first_name, last_name=last_name)
    member.commune, member.activity, member.skills = commune, activity, tidy_skills(skills)
    member.bio, member.website, member.phone = bio, website, phone
    member.changed_at = now or timezone.now()
    member.save(update_fields=["commune", "activity", "skills", "bio", "website", "phone", "changed_at"])


def rename(*, user: User, first_name: str, last_name: str) -> None:
    user.first_name, user.last_name = first_name, last_name
    user.save(update_fields=["first_name", "last_name"])


@transaction.atomic
def change_photo(*, member: Member, photo: File | None, now: dt.datetime | None = None) -> None:
    """`photo` comes from `photos.redraw`; None takes the present one away. The old file goes once the change is certain."""
    member = Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    old, storage = member.photo.name, member.photo.storage
    if photo:
        member.photo.save(photo.name, photo, save=False)
    else:
        member.photo = ""
    member.changed_at = now or timezone.now()
    member.save(update_fields=["photo", "changed_at"])
    if old:
        transaction.on_commit(partial(storage.delete, old))


@transaction.atomic
def agree_visibility(*, member: Member, choices: dict[str, Visibility], at: dt.datetime) -> None:
    """The member says who may see what; `choices` is by field name (`SHOWN_FIELDS`), a field not named stays as it was.

    The agreement is dated, also when it withdraws everything.
    """
    unknown = set(choices) - set(SHOWN_FIELDS)
    if unknown:
        raise ValueError(f"not a field with a visibility: {', '.join(sorted(unknown))}")
    Member.objects.filter(pk=member.pk).update(
        visibility_agreed_at=at, **{f"{field}_visibility": Visibility(level) for field, level in choices.items()}
    )
    member.refresh_from_db(fields=["visibility_agreed_at", *(f"{field}_visibility" for field in SHOWN_FIELDS)])


@transaction.atomic
def agree_encounters(
    *, member: Member, at: dt.datetime, seen_there: bool | None = None, meets_newcomers: bool | None = None
) -> None:
    """Who meets whom in a télécentre. None leaves as it was; a consent that stands keeps its day, one withdrawn is gone at once."""
    asked = {"seen_there_since": seen_there, "meets_newcomers_since": meets_newcomers}
    for field, agreed in asked.items():
        if agreed is not None and agreed != bool(getattr(member, field)):
            setattr(member, field, at if agreed else None)
    member.save(update_fields=list(asked))


def tidy_skills(skills: Iterable[str]) -> list[str]:
    """Each once, whatever its capitals, in the order given."""
    kept: dict[str, str] = {}
    for skill in skills:
        words = " ".join(skill.split())
        if words:
            kept.setdefault(words.casefold(), words)
    return list(kept.values())
