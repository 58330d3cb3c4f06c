"""What time alone brings to dwellings: their committee is asked whether they are still there, before the list hides them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from outbox.models import Letter
from villages.committee.readers import first_reader
from villages.housing import letters
from villages.models import ASKED_AFTER_DAYS, CommitteeMember, Housing, Village

NOT_BEFORE = dt.time(8)  # nobody is written to at midnight
AT_ONCE = 100  # villages in one transaction


def remind_committees(*, now: dt.datetime) -> int:
    """Write to each committee about its dwellings that nobody has confirmed for ASKED_AFTER_DAYS. Returns how many letters.

    Each confirmation is asked about once, in one letter a village and day; a day's outage loses nothing. A village where
    nobody has an address is looked at again at the next call.
    """
    today, written = timezone.localdate(now), 0
    due = defaultdict(list)
    for housing in Housing.objects.to_confirm(today).order_by("village_id", "confirmed_on", "pk"):
        due[housing.village_id].append(housing)
    villages = list(due)
    for start in range(0, len(villages), AT_ONCE):
        some = {village_id: due[village_id] for village_id in villages[start : start + AT_ONCE]}
        with transaction.atomic():
            written += _write_to(some, today=today, now=now)
    return written


def not_asked_about(housings: Iterable[Housing], asked_on: dt.date | None) -> list[Housing]:
    """Those that the letter written on that day, the last before, could not hold yet."""
    return [
        housing for housing in housings if asked_on is None or housing.confirmed_on + dt.timedelta(days=ASKED_AFTER_DAYS) > asked_on
    ]


def last_asked(due: dict[int, list[Housing]], *, before: dt.date) -> dict[int, dt.date]:
    """By village, the day of its last letter before that day, of those that could hold one of its dwellings."""
    keys = {
        letters.letter_key(village_id, before - dt.timedelta(days=ago)): (village_id, before - dt.timedelta(days=ago))
        for village_id, housings in due.items()
        for ago in range(1, (before - min(housing.confirmed_on for housing in housings)).days - ASKED_AFTER_DAYS + 1)
    }
    found = [keys[key] for key in Letter.objects.filter(key__in=keys).values_list("key", flat=True)]
    return dict(sorted(found, key=lambda pair: pair[1]))


def _write_to(due: dict[int, list[Housing]], *, today: dt.date, now: dt.datetime) -> int:
    tomorrow = today + dt.timedelta(days=1)
    asked = last_asked(due, before=tomorrow)  # today's letter among them: there is one a day
    to_ask = {
        village_id: fresh for village_id, housings in due.items() if (fresh := not_asked_about(housings, asked.get(village_id)))
    }
    committees = defaultdict(list)
    for seat in CommitteeMember.objects.filter(village__in=to_ask).in_order():
        committees[seat.village_id].append(seat)
    villages = Village.objects.with_commune().in_bulk(to_ask)
    morning = timezone.make_aware(dt.datetime.combine(today, NOT_BEFORE))
    written = 0
    for village_id, housings in to_ask.items():
        if reader := first_reader(committees[village_id], today):
            letters.housing_to_confirm(
                village=villages[village_id], housings=housings, reader=reader, on=today, send_after=max(now, morning)
            )
            written += 1
    return written
