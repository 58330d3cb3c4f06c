"""Every scheduled task leaves its pulse, whoever wrote it, and is late by what its own schedule says."""

import datetime as dt

import pytest
import time_machine
from celery.schedules import crontab, schedule
from django.utils import timezone

from outbox import delivery, pulses
from outbox.enums import LetterState
from outbox.models import Pulse
from sohosolo.celery import app
from tests.factories.outbox import LetterFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
EVERY_MINUTE = schedule(60, app=app)
AT_THREE, AT_TEN = crontab(hour="3", minute="0", app=app), crontab(hour="10", minute="0", app=app)


@pytest.mark.parametrize("task", sorted(pulses.scheduled_tasks(app)))
def test_a_scheduled_task_leaves_its_pulse(task):
    before = timezone.now()
    app.loader.import_default_modules()  # as a worker does at its start
    app.tasks[task].delay()
    assert before <= Pulse.objects.get(name=task).at <= timezone.now()


def test_a_task_that_is_not_scheduled_leaves_none():
    letter = LetterFactory()
    app.tasks["outbox.deliver"].delay(letter_id=letter.pk)
    letter.refresh_from_db()
    assert letter.state == LetterState.SENT
    assert not Pulse.objects.filter(name="outbox.deliver").exists()


def test_a_task_that_fails_leaves_none(monkeypatch):
    def fail(*, now):
        raise ZeroDivisionError

    monkeypatch.setattr(delivery, "deliver_due", fail)
    with pytest.raises(ZeroDivisionError):
        app.tasks["outbox.deliver_due"].delay()
    assert not Pulse.objects.filter(name="outbox.deliver_due", at__isnull=False).exists()


@pytest.mark.parametrize(
    ("schedule", "ago", "late"),
    [
        (EVERY_MINUTE, 4 * MINUTE, False),
        (EVERY_MINUTE, 6 * MINUTE, True),
        (EVERY_MINUTE, -30 * MINUTE, True),  # told by a clock that was ahead: nobody knows when it ran
        (AT_THREE, 9 * HOUR, False),  # at three this morning
        (AT_TEN, 1 * DAY + 2 * HOUR, False),  # at ten yesterday, so that it was due two hours ago: six are borne
        (AT_THREE, DAY + 9 * HOUR, True),  # at three yesterday
    ],
)
def test_a_task_is_late_by_what_its_schedule_says(schedule, ago, late):
    with time_machine.travel(NOON, tick=False):
        assert pulses.is_late(schedule, NOON - ago, NOON) is late


def test_a_daily_task_that_has_never_run_is_waited_for_a_day(monkeypatch):
    monkeypatch.setitem(app.conf, "beat_schedule", {"sweep the floor": {"task": "tests.sweep", "schedule": AT_THREE}})
    Pulse.objects.expect(["tests.sweep"])
    Pulse.objects.update(expected_since=NOON)
    found = {}
    for hours in (0, 14, 20):
        with time_machine.travel(NOON + hours * HOUR, tick=False):
            found[hours] = pulses.late_tasks(app, NOON + hours * HOUR)
    assert found == {0: [], 14: [], 20: ["tests.sweep"]}


def test_what_no_worker_has_ever_seen_is_late():
    assert pulses.late_tasks(app, timezone.now()) == sorted(pulses.scheduled_tasks(app))


def test_what_is_expected_already_keeps_its_day():
    Pulse.objects.record(name="outbox.deliver_due", at=NOON)
    kept = Pulse.objects.get()
    Pulse.objects.expect(["outbox.deliver_due", "villages.send_news"])
    assert Pulse.objects.get(name="outbox.deliver_due").expected_since == kept.expected_since
    assert Pulse.objects.get(name="villages.send_news").at is None
