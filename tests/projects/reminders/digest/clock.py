"""The clock of the digest, and what it wrote."""

import datetime as dt

import time_machine
from django.utils import timezone

from outbox import delivery
from outbox.models import Letter
from projects.enums import ReminderRule
from projects.models import Reminder
from projects.reminders import planner
from tests.factories.projects import TaskFactory

MONDAY, TUESDAY, FRIDAY, SATURDAY = (dt.date(2026, 11, day) for day in (23, 24, 27, 28))
LONG_AGO = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)


def at(day, hour="07:30"):
    """That hour on the clock of the wall."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.fromisoformat(hour)))


def tick(day, hour="07:30", mail_server=True):
    """One tick of the planner and one of the outbox. How many letters were written."""
    now = at(day, hour)
    with time_machine.travel(now, tick=False):
        written = planner.write_due_letters(now=now)
        if mail_server:
            deliver()
    return written


def deliver():
    for letter in Letter.objects.due(timezone.now()):
        delivery.deliver(letter_id=letter.pk, now=timezone.now())


def days_after(day, count):
    return day + dt.timedelta(days=count)


def task_of(adviser, due_on, **facts):
    """A task whose day was chosen long ago."""
    return TaskFactory(assignee=adviser, due_on=due_on, due_set_at=LONG_AGO, **facts)


def told(task):
    """When it was told, by its steps: {"before": ["claire"], …}."""
    rows = Reminder.objects.filter(rule=ReminderRule.TASK_DUE, target=f"task:{task.pk}")
    return sorted(row.occurrence.partition(":")[2] for row in rows)


def letters_to(user):
    return list(Letter.objects.filter(to=user.email).order_by("pk"))


def away(user, first=MONDAY, last=FRIDAY):
    user.absent_from, user.absent_until = first, last
    user.save()
