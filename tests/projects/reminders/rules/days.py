"""Days on which the clock ticks, what is due on them, and which letters were written."""

import datetime as dt

import time_machine
from django.utils import timezone

from outbox import delivery
from outbox.models import Letter
from projects.activity import events
from projects.enums import Direction, EventKind, FundingState, ReminderRule, Stage, Via
from projects.files import lifecycle, retention
from projects.follow_up.services import answer_follow_up
from projects.introductions.services import answer_consent, answer_introduction, confirm_contact
from projects.models import Reminder, RuleSetting
from projects.reminders import planner
from projects.reminders.rules import ADVISERS, OUTSIDERS, RULES
from tests.factories.projects import (
    DocumentFactory,
    FollowUpFactory,
    FundingLineFactory,
    IntroductionFactory,
    ProjectFileFactory,
    TaskFactory,
)

MONDAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


def at(day, hour="07:30"):
    return timezone.make_aware(dt.datetime.combine(day, dt.time.fromisoformat(hour)))


def tick(day, *, send=True):
    """The ticks of one morning: the digests, then the others; where they wrote something, then nothing more."""
    written = 0
    for hour in ("07:30", "07:31", "07:32", "18:00"):
        if hour > "07:31" and not written:
            break
        with time_machine.travel(at(day, hour), tick=False):
            written += planner.write_due_letters(now=at(day, hour))
            if send:
                for letter in Letter.objects.due(timezone.now()):
                    delivery.deliver(letter_id=letter.pk, now=timezone.now())
    return written


def only(*rules):
    RuleSetting.objects.all().delete()
    RuleSetting.objects.bulk_create(
        RuleSetting(rule=slug, delays=rule.delays, is_active=slug in rules) for slug, rule in RULES.items()
    )


def run(first, days):
    """Tick on each of so many days."""
    for count in range(days):
        tick(first + count * DAY)


def days_told(rule, to=None):
    """When the rule spoke: `to` is somebody of the team."""
    found = Reminder.objects.filter(rule=rule)
    if to:
        found = found.filter(recipient=to)
    return [timezone.localdate(moment) for moment in found.order_by("told_at").values_list("told_at", flat=True)]


def letters_to(address):
    return Letter.objects.filter(to=address).order_by("pk")


def d(month, day, year=2026):
    return dt.date(year, month, day)


def make_due(rule, busy, claire, saint_clar, day=MONDAY):
    """A matter of that rule, due on that day. Gives the file and what ends it."""
    long_ago = day - 40 * DAY
    match rule:
        case ReminderRule.FIRST_CONTACT:
            file = ProjectFileFactory(adviser=claire, opened_at=at(long_ago))
            return file, lambda: call(file, day)
        case ReminderRule.NO_NEXT_ACTION:
            file = busy(long_ago, active_at=at(day))
            return file, lambda: TaskFactory(file=file, assignee=claire, due_on=day + 90 * DAY)
        case ReminderRule.NO_ACTIVITY:
            file = busy(long_ago)
            return file, lambda: call(file, day)
        case ReminderRule.STILL_INTERESTED:
            file = busy(day - 70 * DAY)
            return file, lambda: call(file, day)
        case ReminderRule.PAUSE_ENDS:
            file = ProjectFileFactory(paused=True, adviser=claire, paused_until=day)
            return file, lambda: lifecycle.move_file(file=file, to=Stage.SUPPORTED, by=claire, now=at(day))
        case ReminderRule.CONSENT_PENDING:
            follow_up = IntroductionFactory(file=busy(day), awaiting=True, request__asked_at=at(long_ago))
            return follow_up.file, lambda: answer_consent(request=follow_up.request, agreed_to=[], via=Via.LINK, now=at(day))
        case ReminderRule.VILLAGE_SILENT:
            follow_up = IntroductionFactory(file=busy(day), village=saint_clar, sent=True, sent_at=at(day - 9 * DAY))
            return follow_up.file, lambda: answer_introduction(
                introduction=follow_up, answer="known", by_name="Hélène", via=Via.ORAL, by=claire, now=at(day)
            )
        case ReminderRule.CONTACT_PENDING:
            facts = {"accepted": True, "sent_at": at(long_ago), "answered_at": at(long_ago), "state_since": at(long_ago)}
            follow_up = IntroductionFactory(file=busy(day), village=saint_clar, **facts)
            return follow_up.file, lambda: confirm_contact(introduction=follow_up, via=Via.ORAL, by=claire, now=at(day))
        case ReminderRule.FUNDING_DEADLINE:
            line = FundingLineFactory(file=busy(day), deadline=day + 10 * DAY)
            return line.file, lambda: (setattr(line, "state", FundingState.LODGED), line.save())
        case ReminderRule.DECISION_OVERDUE:
            line = FundingLineFactory(file=busy(day), state=FundingState.LODGED, committee_on=long_ago)
            return line.file, lambda: (setattr(line, "state", FundingState.REFUSED), line.save())
        case ReminderRule.DOCUMENT_ASKED:
            document = DocumentFactory(file=busy(day), asked_at=at(long_ago))
            return document.file, lambda: document.delete()
        case ReminderRule.NEWS_ASKED:
            follow_up = FollowUpFactory(file=busy(stage=Stage.SETTLED, supported=False, settled_on=long_ago), due_on=day)
            return follow_up.file, lambda: answer_follow_up(
                follow_up=follow_up, facts={"still_here": "yes"}, via=Via.ORAL, now=at(day)
            )
        case ReminderRule.RETENTION:
            last = at(day) - retention.KEPT_FOR + 20 * DAY
            file = ProjectFileFactory(closed=True, adviser=claire, stage_since=last)
            return file, lambda: call(file, day)
    raise AssertionError(rule)


def call(file, day):
    events.log_event(file=file, kind=EventKind.CALL, direction=Direction.OUT, text="Appelé", author=file.adviser, now=at(day))


ALL = [rule.slug for rule in (*ADVISERS, *OUTSIDERS)]
