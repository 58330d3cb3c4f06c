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


def test_a_worker_alone_then_two_with_two_clocks_and_a_broker_that_forgets_send_once(machinery, smtp):
    due = LetterFactory(claimed=True)
    machinery.start_worker()
    wait_until(lambda: is_sent(due), A_LITTLE, machinery)
    told = LetterFactory()
    machinery.wake(told.pk)
    wait_until(lambda: is_sent(told), A_LITTLE, machinery)
    assert smtp.message_ids == [due.message_id, told.message_id], "without a clock it takes up what is due and what it is told of"

    machinery.start_worker()
    for _ in range(2):
        machinery.start_clock()
    wait_for_two_sweeps(machinery)
    letters = [due, told]
    for _ in range(5):
        letters.append(LetterFactory())
        machinery.wake(letters[-1].pk)
        machinery.flush_broker()
    wait_until(lambda: all(map(is_sent, letters)), A_LITTLE, machinery)
    machinery.flush_broker()
    wait_for_two_sweeps(machinery)  # the clocks and the workers go on without what the broker forgot
    assert sorted(smtp.message_ids) == sorted(letter.message_id for letter in letters)


@pytest.mark.parametrize("victim", ["the process that sends", pytest.param("the whole worker", marks=pytest.mark.thorough)])
def test_a_letter_whose_worker_is_killed_while_sending_leaves_once_but_for_one_window(machinery, smtp, victim):
    """Nobody can close the window between the server's yes and our commit: a letter then leaves twice, with one Message-ID."""
    smtp.answers["rcpt"].append((60, "250 at last"))
    worker = machinery.start_worker()
    machinery.start_clock()
    letter = LetterFactory()
    wait_until(lambda: smtp.reached["rcpt"], A_LITTLE, machinery)
    if victim == "the whole worker":
        kill(worker)
        worker = machinery.start_worker()
    else:
        os.kill(machinery.sender(worker, smtp.port), signal.SIGKILL)
    wait_until(lambda: is_sent(letter), A_LITTLE, machinery)

    smtp.answers["text"].append((60, "250 taken"))
    said_yes_to = LetterFactory()
    wait_until(lambda: said_yes_to.message_id in smtp.message_ids, A_LITTLE, machinery)
    kill(worker)
    machinery.start_worker()
    wait_until(lambda: is_sent(said_yes_to), A_LITTLE, machinery)
    wait_for_two_sweeps(machinery)
    letter.refresh_from_db()
    assert (letter.attempts, letter.unanswered) == (2, 1)
    assert smtp.message_ids == [letter.message_id, *[said_yes_to.message_id] * 2]
