"""Waking a worker: it is asked when there is a broker, and nothing is lost, nor held up, when there is none."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from kombu.exceptions import OperationalError

from outbox import services, tasks
from outbox.models import Letter

ROOT = Path(__file__).resolve().parents[2]
WAKE_THRICE = """
import django
django.setup()
from outbox import tasks
for _ in range(3):
    tasks.wake(letter_id=1)
"""
GIVES_UP = "the broker does not answer"


@pytest.fixture
def broker_is_away(monkeypatch):
    monkeypatch.setattr(tasks, "broker_is_left_alone_until", 0.0)
    tries = []

    def publish(**options):
        tries.append(options)
        raise OperationalError

    monkeypatch.setattr(tasks.deliver, "apply_async", publish)
    return tries


@pytest.mark.django_db
def test_a_lost_broker_does_not_fail_the_request(broker_is_away, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.post(key="booking:1", to="camille@example.org", subject="s", text="t")
    assert Letter.objects.get().state == "to_send"
    assert len(broker_is_away) == 1


def test_a_lost_broker_is_left_alone_for_a_while(broker_is_away, monkeypatch):
    for clock, tries in [(100, 1), (100, 1), (129, 1), (131, 2)]:
        monkeypatch.setattr(tasks.time, "monotonic", lambda now=clock: now)
        tasks.wake(letter_id=1)
        assert len(broker_is_away) == tries


@pytest.fixture
def frozen_broker():
    """It takes the call and never says a word."""
    listener, calls = socket.create_server(("127.0.0.1", 0)), []

    def answer_nothing():
        while True:
            try:
                calls.append(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=answer_nothing, daemon=True)
    thread.start()
    yield listener.getsockname()[1], calls
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()
    for call in calls:
        call.close()


@pytest.mark.processes
def test_a_broker_that_does_not_answer_is_asked_for_one_letter_only(frozen_broker):
    """And for that one it is waited for as long as the settings say, once for each connection."""
    port, calls = frozen_broker
    assert wake_thrice(f"redis://127.0.0.1:{port}/0").count(GIVES_UP) == 1
    assert len(calls) == 2


@pytest.mark.processes
def test_a_broker_that_refuses_is_asked_for_one_letter_only():
    assert wake_thrice("redis://127.0.0.1:1/0").count(GIVES_UP) == 1


def wake_thrice(broker: str) -> str:
    """What is logged. With the portal's own settings, in a process of its own: the tests' settings know no broker."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "sohosolo.settings", "SECRET_KEY": "x" * 50, "BROKER_URL": broker}
    done = subprocess.run(
        [sys.executable, "-c", WAKE_THRICE], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stderr
