"""Reminders to people outside of the team: one letter a person and day, held back by an adviser where they wish."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation

from common.rate_limits import may_be_written_to
from common.working_days import is_working_day
from outbox.models import Letter
from outbox.services import post_all
from projects import notifications
from projects.enums import ReminderRule
from projects.models import FollowUp, Hold, Reminder
from projects.reminders.rules import OUTSIDERS, RULES, Delays, Nudge

A_WEEK = 7  # days that the preview looks ahead


def write_nudges(now: dt.datetime, delays: Delays) -> int:
    """The letters of this working day to holders and villages. Returns how many. Escalations come first: they stop some."""
    today = timezone.localdate(now)
    for rule in OUTSIDERS:
        if delays.is_used(rule.slug):
            rule.escalate(now, delays.of(rule))
    by_reader: dict[str, list[Nudge]] = defaultdict(list)
    for nudge in Reminder.objects.untold(list(due_nudges(today, delays))):
        by_reader[nudge.to.lower()].append(nudge)
    by_key = {nudge_key(address, today): what_may_be_said(nudges) for address, nudges in by_reader.items()}
    for key in Letter.objects.filter(key__in=by_key, again=0).values_list("key", flat=True):
        del by_key[key]  # told today already: the rest is due tomorrow as well
    by_key = {key: nudges for key, nudges in by_key.items() if nudges[0].confirmed or may_be_written_to(nudges[0].to)}
    Reminder.objects.bulk_create(
        (reminder_of(nudge, key, now) for key, nudges in by_key.items() for nudge in nudges), ignore_conflicts=True
    )
    asked = [nudge.pk for nudge in chain.from_iterable(by_key.values()) if nudge.rule == ReminderRule.NEWS_ASKED]
    FollowUp.objects.filter(pk__in=asked, asked_at__isnull=True).update(asked_at=now)
    post_all(notifications.nudge(key=key, nudges=nudges, at=now) for key, nudges in by_key.items())
    return len(by_key)


def what_may_be_said(nudges: list[Nudge]) -> list[Nudge]:
    """To an address that nobody has confirmed, nothing is said of what is due; to one of a village, what the village is asked."""
    return [nudge for nudge in nudges if nudge.confirmed] or nudges


def reminder_of(nudge: Nudge, key: str, now: dt.datetime) -> Reminder:
    facts = {"rule": nudge.rule, "target": nudge.target, "occurrence": nudge.occurrence, "file": nudge.file}
    return Reminder(**facts, letter_key=key, told_at=now)


def due_nudges(today: dt.date, delays: Delays) -> Iterator[Nudge]:
    """What is due on that day and that nobody holds back, in the first language."""
    held = set(Hold.objects.filter(Q(until__isnull=True) | Q(until__gt=today)).values_list("rule", "target"))
    with translation.override(settings.LANGUAGE_CODE):
        for rule in OUTSIDERS:
            if delays.is_used(rule.slug):
                yield from (nudge for nudge in rule.nudges(today, delays.of(rule)) if (nudge.rule, nudge.target) not in held)


def nudge_key(address: str, day: dt.date) -> str:
    """The key of the letter to this address on this day. It holds a digest: keys are shown to more people than addresses."""
    return notifications.NUDGE.key(reader=hashlib.sha256(address.encode()).hexdigest()[:20], day=day)


def nudge_still_holds(letter_key: str) -> bool:
    """Whether at least one thing that this letter reminds of is still awaited: else it must not leave."""
    named = defaultdict(set)
    for rule, target in Reminder.objects.filter(letter_key=letter_key).values_list("rule", "target"):
        named[rule].add(int(target.rpartition(":")[2]))
    delays = Delays()
    return any(RULES[rule].still(pks, delays.of(RULES[rule])) for rule, pks in named.items())


def nudges_of_the_week(today: dt.date) -> list[tuple[dt.date, Nudge]]:
    """What will leave within a week if nothing happens, each on its day: what the Monday preview shows. Nothing is written."""
    delays, seen, found = Delays(), set(), []
    for ahead in range(A_WEEK):
        day = today + dt.timedelta(days=ahead)
        if is_working_day(day):
            for nudge in Reminder.objects.untold(list(due_nudges(day, delays))):
                if (nudge.rule, nudge.target) not in seen:
                    seen.add((nudge.rule, nudge.target))
                    found.append((day, nudge))
    return found
