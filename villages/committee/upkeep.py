"""What a committee keeps true: its page's words, the facts it has checked, how many it can welcome, who of it is away.

`by` is the name that the site gives, from the person's seat on the committee; `on` is the day. Whoever changes words says
which ones they had read (`seen`): what somebody else has written meanwhile is never lost without a word.
"""

import datetime as dt
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from villages.committee.partnerships import VillageRefused, locked_village, pause_village, refuse_former, resume_village
from villages.enums import FactTopic, VillageStatus
from villages.models import CommitteeMember, FactCheck, Village

MOST_FAMILIES = 30  # a month: more is a slip of the finger
LONGEST_ABSENCE = dt.timedelta(days=366)


class ChangedMeanwhile(VillageRefused):
    """Somebody else has changed the words since this person read them."""


def page_version(village: Village) -> str:
    """Names the words that stand on the page."""
    return words_version(village.tagline, village.description)


@transaction.atomic
def write_page(*, village: Village, tagline: str, description: str, by: str, on: dt.date, seen: str | None = None) -> Village:
    """Change the words of the page; whoever writes them has read them again. Raises ChangedMeanwhile, VillageRefused."""
    village = lock_village(village)
    same = (village.tagline, village.description) == (tagline, description)
    if seen is not None and not same and seen != page_version(village):
        raise ChangedMeanwhile(_("%(who)s has changed this page meanwhile.") % {"who": village.reviewed_by or _("Somebody")})
    village.tagline, village.description = tagline, description
    village.reviewed_on, village.reviewed_by = on, by
    check_row(village, "tagline", "description", "reviewed_by")
    village.save(update_fields=["tagline", "description", "reviewed_on", "reviewed_by", "updated_at"])
    return village


@transaction.atomic
def confirm_page(*, village: Village, by: str, on: dt.date) -> Village:
    """Say that the words of the page are still true."""
    village = lock_village(village)
    village.reviewed_on, village.reviewed_by = on, by
    village.save(update_fields=["reviewed_on", "reviewed_by", "updated_at"])
    return village


@transaction.atomic
def check_fact(*, village: Village, topic: FactTopic | str, by: str, on: dt.date, note: str | None = None) -> FactCheck:
    """Say that what the page tells on a topic is true. `note` is a word to add; None leaves the one that stands there."""
    village = lock_village(village)
    fact = FactCheck.objects.filter(village=village, topic=topic).first() or FactCheck(village=village, topic=topic)
    fact.checked_on, fact.checked_by = on, by
    if note is not None:
        fact.note = note
    check_row(fact, "topic", "checked_by", "note")
    fact.save()
    return fact


@transaction.atomic
def set_capacity(*, village: Village, families: int) -> Village:
    """How many families a village can welcome a month; 0 is an answer too."""
    village = lock_village(village)
    if not 0 <= families <= MOST_FAMILIES:
        raise VillageRefused(_("Between 0 and %(most)d families a month.") % {"most": MOST_FAMILIES})
    village.monthly_capacity = families
    village.save(update_fields=["monthly_capacity", "updated_at"])
    return village


@transaction.atomic
def pause_welcome(*, village: Village, until: dt.date | None = None) -> Village:
    """`pause_village`, for a committee."""
    return pause_village(village=lock_village(village), until=until)


@transaction.atomic
def resume_welcome(*, village: Village) -> Village:
    """End a pause, once or twice. A committee does not bring back a village that left: its partners do."""
    village = lock_village(village)
    return village if village.status == VillageStatus.PARTNER else resume_village(village=village)


@transaction.atomic
def set_absence(*, member: CommitteeMember, first: dt.date, last: dt.date, on: dt.date) -> CommitteeMember:
    """Somebody of the committee is away, both days included: those after them in its order answer. Replaces another absence."""
    member = lock_seat(member)
    if last < first:
        raise VillageRefused(_("The absence ends before it starts."))
    if last < on:
        raise VillageRefused(_("This absence is over already."))
    if last - first > LONGEST_ABSENCE:
        raise VillageRefused(_("More than a year away is no absence: ask the network to change the committee."))
    member.absent_from, member.absent_until = first, last
    member.save(update_fields=["absent_from", "absent_until"])
    return member


@transaction.atomic
def clear_absence(*, member: CommitteeMember) -> CommitteeMember:
    """End an absence, or take one to come back."""
    member = lock_seat(member)
    member.absent_from = member.absent_until = None
    member.save(update_fields=["absent_from", "absent_until"])
    return member


@transaction.atomic
def set_telephone(*, member: CommitteeMember, phone: PhoneNumber | str, agreed_on: dt.date | None) -> CommitteeMember:
    """Where the network's advisers may call somebody, and the day on which they agreed to it; both empty, nobody may any more.

    The same number agreed to again keeps its first day. Raises VillageRefused: a number without a day.
    """
    member = lock_seat(member)
    if bool(phone) != (agreed_on is not None):
        raise VillageRefused(_("A telephone number stands with the day on which its owner agreed to it, and neither alone."))
    if not phone or member.phone != phone:
        member.phone, member.phone_agreed_on = phone, agreed_on
        member.save(update_fields=["phone", "phone_agreed_on"])
    return member


def lock_village(village: Village) -> Village:
    """The village's row, locked until the transaction ends. Raises VillageRefused for one that has left the network."""
    village = locked_village(village)
    refuse_former(village)
    return village


def lock_seat(member: CommitteeMember) -> CommitteeMember:
    village = lock_village(member.village)
    seat = CommitteeMember.objects.filter(village=village, pk=member.pk).first()
    if seat is None:
        raise VillageRefused(_("%(who)s is no longer on the committee.") % {"who": member})
    return seat


def check_row(row: models.Model, *fields: str) -> None:
    """Raise VillageRefused, with a sentence, where the database would refuse one of these fields."""
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - set(fields))
    except ValidationError as refusal:
        raise VillageRefused(" ".join(refusal.messages)) from refusal


def words_version(*words: object) -> str:
    return sha256(repr(words).encode()).hexdigest()[:16]
