"""The letter that asks a committee whether its dwellings are still there, and the signed links in it.

A link names the dwelling, the confirmation it asks about and the seat of the reader. It is worth something until one of the
committee has answered, and for LINKS_LAST at most.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from outbox import services as outbox
from outbox.keys import LetterRule
from outbox.models import Letter
from villages.models import ASKED_AFTER_DAYS, REMEMBERED_DAYS, CommitteeMember, Housing, Village

RULE = LetterRule("villages.housing_to_confirm", separator=":", village=int, day=dt.date)
SALT = "villages.housing_to_confirm"
LINKS_LAST = dt.timedelta(days=REMEMBERED_DAYS - ASKED_AFTER_DAYS)


class DeadLink(Exception):
    """Forged, cut short, too old, or its reader has left the committee or the site."""


@dataclass(frozen=True)
class LinkQuestion:
    """What a link asks: of whom, about which confirmation of the dwelling."""

    reader: CommitteeMember
    confirmed_on: dt.date


def link_to(housing: Housing, reader: CommitteeMember) -> str:
    """The address on this site where the reader says whether the dwelling is still free."""
    token = signing.dumps([housing.pk, housing.confirmed_on.isoformat(), reader.pk], salt=SALT)
    return reverse("villages:housing-still-free", args=[housing.pk, token])


def question_of_link(token: str, *, housing: Housing) -> LinkQuestion:
    """Raises DeadLink."""
    try:
        pk, confirmed_on, reader = signing.loads(token, salt=SALT, max_age=LINKS_LAST)
    except signing.BadSignature as fault:
        raise DeadLink from fault
    if pk != housing.pk:
        raise DeadLink
    seat = CommitteeMember.objects.exclude(user__is_active=False).filter(pk=reader, village=housing.village_id).first()
    if seat is None:
        raise DeadLink
    return LinkQuestion(reader=seat, confirmed_on=dt.date.fromisoformat(confirmed_on))


def letter_key(village_id: int, day: dt.date) -> str:
    return RULE.key(village=village_id, day=day)


def housing_to_confirm(
    *, village: Village, housings: Sequence[Housing], reader: CommitteeMember, on: dt.date, send_after: dt.datetime
) -> Letter:
    """One letter a village and day, whatever the number of its dwellings; it is of no use once all of them are forgotten."""
    return outbox.post_rendered(
        key=letter_key(village.pk, on),
        to=reader.email,
        template="villages/email/housing_to_confirm",
        context={
            "village": village,
            "name": reader.name,
            "asked_after_days": ASKED_AFTER_DAYS,
            "today": on,
            "dwellings": [(housing, link_to(housing, reader)) for housing in housings],
        },
        send_after=send_after,
        useless_after=send_after + LINKS_LAST,
    )
