"""Real workers and clocks, killed and robbed of their broker: every letter leaves, and leaves once.

The clock ticks every two seconds here; tests/chaos runs the same with the portal's own minute.
"""

import os
import signal
import sys

import pytest
from django.utils import timezone

from outbox.enums import LetterState
from outbox.models import Letter
from tests.factories.outbox import LetterFactory
from tests.outbox.machinery import Machinery, kill, wait_until
from tests.outbox.smtp_server import SmtpServer

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="finds the sending process in /proc"),
]

A_LITTLE = 180  # seconds: two starts of a worker on a very busy machine, and some ticks


@pytest.fixture
def smtp():
    with SmtpServer() as server:
        yield server


@pytest.fixture
def machinery(smtp, tmp_path, transactional_db):
    with Machinery(smtp, tmp_path) as machinery:
        yield machinery


def is_sent(letter: Letter) -> bool:
    return Letter.objects.filter(pk=letter.pk, state=LetterState.SENT).exists()


def wait_for_two_sweeps(machinery: Machinery) -> None:
    for _ in range(2):
        now = timezone.now()
        wait_until(lambda since=now: machinery.swept_since(since), A_LITTLE, machinery)


def test_letters_leave_once_with_two_clocks_two_workers_and_a_broker_that_forgets(machinery, smtp):
    for _ in range(2):
        machinery.start_worker()
        machinery.start_clock()
    wait_for_two_sweeps(machinery)
    letters = []
    for _ in range(5):
        letters.append(LetterFactory())
        machinery.wake(letters[-1].pk)
        machinery.flush_broker()
    wait_until(lambda: all(map(is_sent, letters)), A_LITTLE, machinery)
    machinery.flush_broker()
    wait_for_two_sweeps(machinery)  # the clocks and the workers go on without what the broker forgot
    assert sorted(smtp.message_ids) == sorted(letter.message_id for letter in letters)


def test_without_a_clock_a_worker_takes_up_what_is_due_and_what_it_is_told_of(machinery, smtp):
    due = LetterFactory(claimed=True)
    machinery.start_worker()
    wait_until(lambda: is_sent(due), A_LITTLE, machinery)
    told = LetterFactory()
    machinery.wake(told.pk)
    wait_until(lambda: is_sent(told), A_LITTLE, machinery)
    assert smtp.message_ids == [due.message_id, told.message_id]


@pytest.mark.parametrize("victim", ["the process that sends", pytest.param("the whole worker", marks=pytest.mark.thorough)])
def test_a_letter_whose_worker_is_killed_while_sending_leaves_once(machinery, smtp, victim):
    smtp.answers["rcpt"].append((60, "250 at last"))
    worker = machinery.start_worker()
    machinery.start_clock()
    letter = LetterFactory()
    wait_until(lambda: smtp.reached["rcpt"], A_LITTLE, machinery)
    if victim == "the whole worker":
        kill(worker)
        machinery.start_worker()
    else:
        os.kill(machinery.sender(worker, smtp.port), signal.SIGKILL)
    wait_until(lambda: is_sent(letter), A_LITTLE, machinery)
    wait_for_two_sweeps(machinery)
    letter.refresh_from_db()
    assert (letter.attempts, letter.unanswered) == (2, 1)
    assert smtp.message_ids == [letter.message_id]


def test_a_worker_killed_between_the_servers_yes_and_our_commit_sends_the_same_letter_twice_and_no_more(machinery, smtp):
    """The one window that nobody can close. Both copies carry the same Message-ID."""
    smtp.answers["text"].append((60, "250 taken"))
    worker = machinery.start_worker()
    machinery.start_clock()
    letter = LetterFactory()
    wait_until(lambda: smtp.reached["text"], A_LITTLE, machinery)
    kill(worker)
    machinery.start_worker()
    wait_until(lambda: is_sent(letter), A_LITTLE, machinery)
    wait_for_two_sweeps(machinery)
    assert smtp.message_ids == [letter.message_id] * 2
