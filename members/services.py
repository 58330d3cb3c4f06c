"""What happens to people: an account, a membership, what they say of themselves and who may see it."""

import datetime as dt
from collections.abc import Iterable
from functools import partial

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.enums import MemberStatus, Role, Visibility
from members.models import SHOWN_FIELDS, Member, User
from villages.models import Commune

SLUG_ROOM = 120  # characters of the name kept, of the 140 an address may have
SLUG_ATTEMPTS = 5
LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})  # slugify would drop them


class MembershipRefused(Exception):
    """The message is written for whoever asked and may be shown as it stands."""


@transaction.atomic
def make_account(
    *,
    email: str,
    first_name: str = "",
    last_name: str = "",
    password: str | None = None,
    roles: Iterable[Role] = (),
    is_superuser: bool = False,
) -> User:
    """An account whose address is taken as verified; without a password it signs in by mailed code. A role opens the admin."""
    roles = list(roles)
    user = User.objects.create_user(
        email,
        password,
        first_name=first_name,
        last_name=last_name,
        is_staff=bool(roles) or is_superuser,
        is_superuser=is_superuser,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if roles:
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user


@transaction.atomic
def make_member(
    *,
    user: User,
    commune: Commune,
    activity: str,
    joined_on: dt.date,
    skills: Iterable[str] = (),
    bio: str = "",
    website: str = "",
    phone: str = "",
    status: MemberStatus = MemberStatus.ACTIVE,
    now: dt.datetime | None = None,
) -> Member:
    """Nothing of the new member is shown to anybody until they agree (`agree_visibility`). A trial may become a membership."""
    if status == MemberStatus.ACTIVE and end_trial(user):
        member = Member.objects.get(user=user)
        member.joined_on = joined_on
        member.save(update_fields=["joined_on"])
        facts = {"commune": commune, "activity": activity, "skills": skills, "bio": bio, "website": website, "phone": phone}
        update_profile(member=member, first_name=user.first_name, last_name=user.last_name, now=now, **facts)
        return member
    for attempt in range(1, SLUG_ATTEMPTS + 1):
        if Member.objects.filter(user=user).exists():
            raise MembershipRefused(_("This person is already a member."))
        try:
            with transaction.atomic():
                return Member.objects.create(
                    user=user,
                    slug=free_slug(user.get_full_name()),
                    commune=commune,
                    activity=activity,
                    joined_on=joined_on,
                    skills=tidy_skills(skills),
                    bio=bio,
                    website=website,
                    phone=phone,
                    status=status,
                    changed_at=now or timezone.now(),
                )
        except IntegrityError:  # this very moment a namesake took the address, or somebody else made the same member
            if attempt == SLUG_ATTEMPTS:
                raise
    raise AssertionError  # the loop returns or raises


def end_trial(user: User) -> bool:
    """Whether there was one."""
    return Member.objects.filter(user=user, status=MemberStatus.TRIAL).update(status=MemberStatus.ACTIVE) > 0


def free_slug(name: str) -> str:
    """`camille-roux`, or `camille-roux-2` for the second of that name."""
    base = slugify(name.translate(LIGATURES))[:SLUG_ROOM].strip("-") or "solo"
    taken = set(Member.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def tidy_skills(skills: Iterable[str]) -> list[str]:
    """Each once, whatever its capitals, in the order given."""
    kept: dict[str, str] = {}
    for skill in skills:
        words = " ".join(skill.split())
        if words:
            kept.setdefault(words.casefold(), words)
    return list(kept.values())


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


def rename(*, user: User, first_name: str, last_name: str) -> None:
    user.first_name, user.last_name = first_name, last_name
    user.save(update_fields=["first_name", "last_name"])


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
