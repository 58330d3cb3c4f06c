"""The promise of the outbox with the portal's own clock: a due letter leaves once, within two minutes, whatever is killed.

Takes about five minutes: each letter is made due just after a tick, when it has longest to wait. `./run chaos letters`.
"""

import os
import signal
import time

import pytest
from django.utils import timezone

from tests.factories.outbox import LetterFactory
from tests.outbox.machinery import Machinery, kill, wait_until
from tests.outbox.smtp_server import SmtpServer
from tests.outbox.test_processes import is_sent

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

TWO_MINUTES = 120


@pytest.fixture
def machinery(tmp_path, transactional_db):
    with SmtpServer() as smtp, Machinery(smtp, tmp_path, quick=False) as machinery:
        machinery.smtp = smtp
        machinery.start_worker()
        machinery.start_clock()
        wait_for_a_tick(machinery)
        yield machinery


def wait_for_a_tick(machinery: Machinery) -> None:
    now = timezone.now()
    wait_until(lambda: machinery.swept_since(now), 100, machinery)


def nothing(machinery: Machinery) -> None:
    pass


def flush_the_broker(machinery: Machinery) -> None:
    machinery.flush_broker()


def kill_the_sender(machinery: Machinery) -> None:
    wait_until(lambda: machinery.smtp.reached["rcpt"], TWO_MINUTES, machinery)
    os.kill(machinery.sender(machinery.workers[0], machinery.smtp.port), signal.SIGKILL)


def kill_the_worker(machinery: Machinery) -> None:
    wait_until(lambda: machinery.smtp.reached["rcpt"], TWO_MINUTES, machinery)
    kill(machinery.workers[0])
    machinery.start_worker()


@pytest.mark.parametrize("blow", [nothing, flush_the_broker, kill_the_sender, kill_the_worker])
def test_a_due_letter_leaves_once_within_two_minutes(machinery, blow):
    if blow in (kill_the_sender, kill_the_worker):
        machinery.smtp.answers["rcpt"].append((TWO_MINUTES, "250 at last"))
    letter, due = LetterFactory(), time.monotonic()
    blow(machinery)
    wait_until(lambda: is_sent(letter), TWO_MINUTES, machinery)
    seconds = time.monotonic() - due
    wait_for_a_tick(machinery)
    print(f"\n{blow.__name__}: the letter left {seconds:.1f} s after it was due, {len(machinery.smtp.taken)} time(s)")  # noqa: T201
    assert seconds <= TWO_MINUTES
    assert machinery.smtp.message_ids == [letter.message_id]
