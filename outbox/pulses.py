"""When each scheduled task last ran to its end: recorded here for all of them, whoever adds one, and read by /readyz."""

import datetime as dt

from celery import Celery, Task
from celery.schedules import BaseSchedule, maybe_schedule
from celery.signals import task_success
from django.utils import timezone

from outbox.models import Pulse

MAY_BE_LATE_BY = dt.timedelta(minutes=4)
MAY_BE_LATE_BY_SHARE = 4  # or by a quarter of the time between two runs, where that is longer
CLOCKS_DIFFER_BY_AT_MOST = dt.timedelta(minutes=1)  # between two machines; a run further in the future was told by a wrong clock

_expectations_written = False  # by this process: what the schedule holds changes with the code only


@task_success.connect
def record_pulse(sender: Task, **kwargs) -> None:
    """Called in the worker after each task. One that raised leaves no pulse: it shows as late, as if it had never been sent."""
    global _expectations_written
    names = scheduled_tasks(sender.app)
    if sender.name not in names:
        return
    if not _expectations_written:
        Pulse.objects.expect(names)
        _expectations_written = True
    Pulse.objects.record(name=sender.name, at=timezone.now())


def scheduled_tasks(app: Celery) -> set[str]:
    return {entry["task"] for entry in app.conf.beat_schedule.values()}


def late_tasks(app: Celery, now: dt.datetime) -> list[str]:
    """The scheduled tasks that have not run when they had to, in the order of their names.

    One that has never run is waited for from the moment the schedule was first seen with it; one that no worker has seen is late.
    """
    since = {name: at or expected for name, at, expected in Pulse.objects.values_list("name", "at", "expected_since")}
    return sorted(
        {
            entry["task"]
            for entry in app.conf.beat_schedule.values()
            if entry["task"] not in since or is_late(maybe_schedule(entry["schedule"], app=app), since[entry["task"]], now)
        }
    )


def is_late(schedule: BaseSchedule, last: dt.datetime, now: dt.datetime) -> bool:
    """Whether a task that ran last at `last` should have run again; the schedule itself says when, be it seconds or a crontab."""
    if last > now + CLOCKS_DIFFER_BY_AT_MOST:
        return True
    due = schedule.now() + schedule.remaining_estimate(last)
    return now > due + max(MAY_BE_LATE_BY, (due - last) / MAY_BE_LATE_BY_SHARE)
