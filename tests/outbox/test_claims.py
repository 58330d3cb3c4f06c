"""Deliverers that race for the same letters, as real threads with database sessions of their own."""

import threading
import time
from collections import Counter

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from outbox import delivery
from outbox.delivery import Deliverer, deliver, deliver_due
from outbox.enums import LetterState
from outbox.models import Letter
from tests.factories.outbox import LetterFactory

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20


@pytest.fixture
def slow_mail(monkeypatch):
    """A server that takes its time, so that the second deliverer comes while the first is sending."""
    send = Deliverer.hand_over

    def send_slowly(self, message):
        time.sleep(0.02)
        send(self, message)

    monkeypatch.setattr(Deliverer, "hand_over", send_slowly)


def race(*runners) -> None:
    """Let the runners go at the same moment, and wait for them all. What one raises is raised here."""
    start, raised = threading.Barrier(len(runners)), []

    def run(runner):
        start.wait()
        try:
            runner()
        except Exception as error:  # noqa: BLE001 -- handed to the test
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[runner]) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    if raised:
        raise raised[0]


def copies_in_each_round() -> list[int]:
    """Two deliverers are told of the same letter at the same moment, twenty times over."""
    copies = []
    for _ in range(ROUNDS):
        letter = LetterFactory()
        mail.outbox.clear()
        race(*[lambda pk=letter.pk: deliver(letter_id=pk, now=timezone.now())] * 2)
        copies.append(len(mail.outbox))
    return copies


def test_two_deliverers_of_one_letter_send_it_once(slow_mail):
    assert copies_in_each_round() == [1] * ROUNDS
    assert not Letter.objects.exclude(state=LetterState.SENT, attempts=1).exists()


def test_control_without_the_claim_this_rig_sees_letters_sent_twice(slow_mail, monkeypatch):
    def look_without_claiming(self, now, only):
        letter = Letter.objects.due(now).filter(pk=only).first()
        if letter:
            letter.state, letter.first_attempt_at = LetterState.SENDING, now
        return letter

    def move_whoever_claimed(letter, to, facts, **claim):
        return Letter.objects.filter(pk=letter.pk).update(state=to, **facts)

    monkeypatch.setattr(Deliverer, "claim", look_without_claiming)
    monkeypatch.setattr(delivery, "move_letter", move_whoever_claimed)
    assert copies_in_each_round().count(2) >= ROUNDS // 2


def test_four_sweeps_at_once_share_the_letters_out():
    letters = LetterFactory.create_batch(120)
    race(*[lambda: deliver_due(now=timezone.now())] * 4)
    assert Counter(message.to[0] for message in mail.outbox) == Counter(letter.to for letter in letters)
    assert not Letter.objects.exclude(state=LetterState.SENT, attempts=1).exists()


def test_two_sweeps_find_a_lost_claim_once():
    for _ in range(ROUNDS):
        LetterFactory(claimed=True, claimed_by=77)
        mail.outbox.clear()
        race(*[lambda: deliver_due(now=timezone.now())] * 2)
        assert len(mail.outbox) <= 1
        deliver_due(now=timezone.now())  # a sweep that looked while the other was looking may have left it for the next
        assert len(mail.outbox) == 1
