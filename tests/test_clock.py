"""A schedule file that tells of runs in the future: beat forgets them instead of sleeping until then."""

import datetime as dt
import os
import shelve
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import time_machine

from sohosolo.celery import app
from sohosolo.clock import Scheduler
from sohosolo.embedded.child import die_with_parent
from tests.outbox.valkey_server import BROKER, ValkeyServer

ROOT = Path(__file__).resolve().parent.parent
NOW = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
YEARS = dt.timedelta(days=1500)


@pytest.fixture
def schedule_file(tmp_path):
    return str(tmp_path / "schedule")


def scheduler_on(schedule_file: str, sent: list[str]) -> Scheduler:
    scheduler = Scheduler(app, schedule_filename=schedule_file)
    scheduler.apply_entry = lambda entry, producer=None: sent.append(entry.task)
    return scheduler


def tasks_of_the_schedule() -> list[str]:
    return sorted(entry["task"] for entry in app.conf.beat_schedule.values())


def test_the_portal_uses_this_scheduler():
    assert app.conf.beat_scheduler == "sohosolo.clock:Scheduler"


def test_runs_in_the_future_are_forgotten_at_the_start(schedule_file):
    with time_machine.travel(NOW + YEARS, tick=False):
        scheduler_on(schedule_file, []).close()
    with time_machine.travel(NOW, tick=False):
        sent = []
        scheduler = scheduler_on(schedule_file, sent)
        for _ in range(50):
            scheduler.tick()
        scheduler.close()
    assert sorted(sent) == tasks_of_the_schedule()


def test_runs_in_the_future_are_forgotten_while_beat_runs(schedule_file):
    sent = []
    with time_machine.travel(NOW + YEARS, tick=False):
        scheduler = scheduler_on(schedule_file, sent)
        scheduler.tick()
    with time_machine.travel(NOW, tick=False):
        for _ in range(50):
            pause = scheduler.tick()
        scheduler.close()
    assert sorted(sent) == tasks_of_the_schedule()
    assert pause <= 60


def test_runs_of_the_past_are_kept(schedule_file):
    with time_machine.travel(NOW, tick=False):
        scheduler_on(schedule_file, []).close()
    with time_machine.travel(NOW + dt.timedelta(seconds=30), tick=False):
        sent = []
        scheduler = scheduler_on(schedule_file, sent)
        assert scheduler.tick() <= 30
        scheduler.close()
    assert sent == []


@pytest.mark.processes
def test_a_real_beat_sends_its_tasks_at_once_after_a_clock_that_was_ahead(schedule_file, tmp_path):
    with time_machine.travel(dt.datetime.now(dt.UTC) + YEARS, tick=False):
        scheduler_on(schedule_file, []).close()
    with ValkeyServer() as valkey, (tmp_path / "beat.log").open("wb") as log:
        beat = subprocess.Popen(
            [sys.executable, "-m", "celery", "-q", "-A", "sohosolo", "beat", "-s", schedule_file, "--pidfile=", "--loglevel=INFO"],
            cwd=ROOT,
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "sohosolo.settings", "SECRET_KEY": "x" * 50, "BROKER_URL": valkey.broker_url},
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        try:
            deadline = time.monotonic() + 60  # seconds, of which Django's start takes nearly all; the first tick of a new file, too
            while valkey.client(BROKER).llen("celery") < len(tasks_of_the_schedule()):
                assert time.monotonic() < deadline, (tmp_path / "beat.log").read_text()
                time.sleep(0.05)
            beat.terminate()  # asked to end, it closes its file, which a kill may find half written
            beat.wait(60)
        finally:
            beat.kill()
            beat.wait()
    with shelve.open(schedule_file) as kept:  # noqa: S301 -- beat's own file, written above
        assert max(entry.last_run_at for entry in kept["entries"].values()) <= dt.datetime.now(dt.UTC)
