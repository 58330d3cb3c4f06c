"""Who is a member, since when, and whether on trial."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.enums import MemberStatus
from members.models import Member, User
from members.profiles.services import tidy_skills, update_profile
from villages.models import Commune

SLUG_ROOM = 120  # characters of the name kept, of the 140 an address may have
SLUG_ATTEMPTS = 5
LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})  # slugify would drop them


class MembershipRefused(Exception):
    """The message is written for whoever asked and may be shown as it stands."""


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
    return Member.objects.filter(user=user, status=MemberStatus.TRIAL).move(MemberStatus.ACTIVE) > 0


def free_slug(name: str) -> str:
    """`camille-roux`, or `camille-roux-2` for the second of that name."""
    base = slugify(name.translate(LIGATURES))[:SLUG_ROOM].strip("-") or "solo"
    taken = set(Member.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
