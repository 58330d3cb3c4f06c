"""From the row to the server, with Django's in-memory mail: what leaves, what is put off, what is dropped, what is found again."""

import datetime as dt
import logging
import threading
import time

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from outbox import delivery
from outbox.delivery import Deliverer, advisory, deliver, deliver_due
from outbox.enums import LetterState
from outbox.models import Letter
from tests.factories.outbox import LetterFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def server_fails(monkeypatch):
    """`server_fails(error)` lets every attempt fail so; without an error the mail works again."""

    def fail(error: Exception | None) -> None:
        def send_messages(self, messages):
            if error:
                raise error
            mail.outbox.extend(messages)
            return len(messages)

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages)

    return fail


def test_a_letter_that_is_due_leaves_and_its_row_says_so():
    letter = LetterFactory(html="<p>Bonjour</p>", headers={"Reply-To": "conseil@example.org"}, language="en")
    deliver(letter_id=letter.pk, now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.claimed_at, letter.claimed_by) == (LetterState.SENT, 1, None, None)
    assert letter.sent_at >= letter.first_attempt_at
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == ([letter.to], letter.subject, letter.text)
    assert sent.alternatives == [("<p>Bonjour</p>", "text/html")]
    wire = sent.message()
    assert wire["Message-ID"] == letter.message_id
    assert wire["Reply-To"] == "conseil@example.org"
    assert (wire["Content-Language"], wire["Auto-Submitted"]) == ("en", "auto-generated")


def test_a_letter_leaves_once_however_often_it_is_asked_for():
    letter = LetterFactory()
    for _ in range(3):
        deliver(letter_id=letter.pk, now=timezone.now())
        deliver_due(now=timezone.now())
    assert len(mail.outbox) == 1


def test_a_letter_for_later_waits():
    letter = LetterFactory(send_after=NOON)
    deliver(letter_id=letter.pk, now=NOON - dt.timedelta(seconds=1))
    assert mail.outbox == []
    deliver_due(now=NOON)
    assert len(mail.outbox) == 1


def test_the_sweep_sends_what_has_been_due_longest_first():
    late, later, latest = (LetterFactory(send_after=NOON - dt.timedelta(hours=hours)) for hours in (1, 2, 3))
    deliver_due(now=NOON)
    assert [message.to[0] for message in mail.outbox] == [latest.to, later.to, late.to]


def test_a_sweep_ends_when_its_time_is_up_and_the_next_goes_on(settings, monkeypatch):
    LetterFactory.create_batch(5)
    ticks = iter(range(1000))
    monkeypatch.setattr(delivery.time, "monotonic", lambda: next(ticks))
    settings.OUTBOX_SWEEP_SECONDS = 4
    deliver_due(now=timezone.now())
    assert len(mail.outbox) == 3
    deliver_due(now=timezone.now())
    assert len(mail.outbox) == 5


# ---- The reason has gone ---------------------------------------------------------------------------------------------


def test_a_letter_whose_reason_has_gone_is_dropped(condition):
    off = LetterFactory(key="booking:12:reminder")
    on = LetterFactory(key="booking:13:reminder")
    condition("booking", lambda fact: fact == "12:reminder")
    deliver_due(now=timezone.now())
    off.refresh_from_db()
    assert (off.state, off.sent_at) == (LetterState.DROPPED, None)
    assert [message.to for message in mail.outbox] == [[on.to]]


def test_a_stop_condition_is_asked_while_the_letter_is_locked(condition, transactional_db):
    letter, takers = LetterFactory(key="booking:12"), []

    def somebody_else_looks(fact: str) -> bool:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return False

    def look():
        try:
            with transaction.atomic():
                takers.append(list(Letter.objects.filter(pk=letter.pk).select_for_update(skip_locked=True)))
        finally:
            connection.close()

    condition("booking", somebody_else_looks)
    deliver_due(now=timezone.now())
    assert takers == [[]]
    assert len(mail.outbox) == 1


def test_a_letter_that_would_come_too_late_is_dropped_with_its_secret():
    letter = LetterFactory(secret=True, html="<p>482 913</p>", useless_after=timezone.now() - dt.timedelta(seconds=1))
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.text, letter.html) == (LetterState.DROPPED, "", "")
    assert mail.outbox == []


def test_a_stop_condition_that_fails_holds_back_its_letter_only(condition, caplog):
    letter, other = LetterFactory(key="booking:12"), LetterFactory()

    def fail(fact: str) -> bool:
        Letter.objects.raw("SELECT nonsense")[0]

    condition("booking", fail)
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.last_fault) == (LetterState.TO_SEND, 1, "its stop condition failed")
    assert letter.send_after > timezone.now()
    assert [message.to for message in mail.outbox] == [[other.to]]
    assert "its stop condition failed" in caplog.text


# ---- Faults that pass, and those that do not -------------------------------------------------------------------------


def test_the_pauses_grow_and_after_72_hours_the_letter_has_failed(server_fails):
    server_fails(ConnectionRefusedError("nobody there"))
    letter, pauses, clock = LetterFactory(send_after=NOON), [], NOON
    while letter.state == LetterState.TO_SEND:
        with time_machine.travel(clock, tick=False):
            deliver_due(now=clock)
        letter.refresh_from_db()
        pauses.append((letter.send_after - clock) / dt.timedelta(minutes=1))
        clock = letter.send_after
    assert pauses[:8] == [1, 2, 5, 15, 30, 60, 120, 240]
    assert all(pause == 240 for pause in pauses[8:-2])
    assert (letter.state, clock) == (LetterState.FAILED, NOON + dt.timedelta(hours=72))
    assert letter.last_fault == "ConnectionRefusedError: nobody there"
    assert letter.attempts == len(pauses) == 26


def test_every_attempt_sends_the_very_same_message(server_fails):
    letter = LetterFactory(send_after=NOON)
    wire = []
    for attempt, error in enumerate([TimeoutError(), None]):
        server_fails(error)
        at = NOON + dt.timedelta(hours=attempt)
        with time_machine.travel(at, tick=False):
            letter.refresh_from_db()
            letter.first_attempt_at = letter.first_attempt_at or at
            wire.append(delivery.message_of(letter).message().as_bytes())
            deliver_due(now=at)
    assert wire[0] == wire[1] == mail.outbox[0].message().as_bytes()


def test_an_address_that_is_none_fails_at_once():
    letter = LetterFactory(to="camille at example.org")
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.last_fault) == (LetterState.FAILED, 1, "this is not an e-mail address")


def test_a_server_that_is_away_is_asked_once_a_sweep(monkeypatch):
    letters = LetterFactory.create_batch(20)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", refuse)
    deliver_due(now=timezone.now())
    assert Letter.objects.filter(attempts=1).count() == 1
    assert Letter.objects.due(timezone.now()).count() == len(letters) - 1


def test_when_the_server_is_back_nobody_sits_out_a_long_pause(monkeypatch):
    shut_out, full_mailbox = LetterFactory(), LetterFactory(attempts=5, send_after=timezone.now() + dt.timedelta(hours=2))
    with monkeypatch.context() as away:
        away.setattr("django.core.mail.backends.locmem.EmailBackend.open", refuse)
        deliver_due(now=timezone.now())
    shut_out.refresh_from_db()
    assert (shut_out.state, shut_out.no_server) == (LetterState.TO_SEND, True)
    Letter.objects.filter(pk=shut_out.pk).update(send_after=timezone.now() + dt.timedelta(hours=2))
    newcomer = LetterFactory()
    deliver(letter_id=newcomer.pk, now=timezone.now())
    deliver_due(now=timezone.now())
    assert [message.to[0] for message in mail.outbox] == [newcomer.to, shut_out.to]
    full_mailbox.refresh_from_db()
    assert full_mailbox.send_after > timezone.now() + dt.timedelta(hours=1)


def refuse(self):
    raise ConnectionRefusedError("nobody there")


def test_no_log_says_to_whom(server_fails, caplog):
    caplog.set_level(logging.DEBUG)
    server_fails(ValueError("<camille@example.org> is no address"))
    LetterFactory(to="camille@example.org", subject="Votre dossier")
    deliver_due(now=timezone.now())
    assert "final fault, ValueError" in caplog.text
    assert "camille" not in caplog.text
    assert "dossier" not in caplog.text


# ---- Secrets ---------------------------------------------------------------------------------------------------------


def test_a_secret_is_forgotten_once_sent():
    letter = LetterFactory(secret=True, html="<p>482 913</p>")
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.text, letter.html) == (LetterState.SENT, "", "")
    assert "482 913" in mail.outbox[0].body


def test_a_secret_that_did_not_leave_is_forgotten_once_it_is_useless():
    useful = LetterFactory(secret=True, failed=True, useless_after=NOON + dt.timedelta(minutes=1))
    useless = LetterFactory(secret=True, failed=True, useless_after=NOON)
    no_secret = LetterFactory(failed=True, useless_after=NOON)
    deliver_due(now=NOON)
    assert [bool(Letter.objects.get(pk=letter.pk).text) for letter in (useful, useless, no_secret)] == [True, False, True]


# ---- Claims whose worker is gone -------------------------------------------------------------------------------------


@pytest.fixture
def another_worker(transactional_db):
    """A deliverer in a database session of its own: `hold(token)`, then `die()` as a killed process does."""

    class Worker:
        def __init__(self):
            self.session = connection.copy()

        def hold(self, token):
            with self.session.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", [delivery.ADVISORY_CLASS, token])

        def die(self):
            """Its locks go when the server has noticed, a moment after the connection has gone."""
            self.session.close()
            for _ in range(500):
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid::int8 = %s",
                        [delivery.ADVISORY_CLASS],
                    )
                    if not cursor.fetchone()[0]:
                        return
                time.sleep(0.01)

    worker = Worker()
    yield worker
    worker.die()


def test_a_letter_whose_worker_was_killed_leaves_with_the_next_sweep(another_worker):
    letter = LetterFactory(claimed=True, claimed_by=77)
    another_worker.hold(77)
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, mail.outbox) == (LetterState.SENDING, [])
    another_worker.die()
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.unanswered) == (LetterState.SENT, 2, 1)
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [letter.message_id]


def test_a_letter_asked_for_again_after_its_sender_died_leaves_without_waiting_for_the_sweep(another_worker):
    """Celery gives the message of a killed process to the next one."""
    letter, other = LetterFactory(claimed=True, claimed_by=77), LetterFactory(claimed=True, claimed_by=78)
    deliver(letter_id=letter.pk, now=timezone.now())
    letter.refresh_from_db()
    other.refresh_from_db()
    assert (letter.state, other.state) == (LetterState.SENT, LetterState.SENDING)


def test_a_claim_older_than_any_task_is_lost_even_if_its_session_lives_on(another_worker, settings):
    at = timezone.now() - dt.timedelta(minutes=settings.OUTBOX_CLAIM_LOST_AFTER_MINUTES, seconds=1)
    letter = LetterFactory(claimed=True, claimed_by=77, claimed_at=at)
    another_worker.hold(77)
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert letter.state == LetterState.SENT


def test_a_letter_that_costs_one_worker_after_the_other_is_left_to_a_person(settings):
    letter = LetterFactory(claimed=True, unanswered=settings.OUTBOX_UNANSWERED_AT_MOST - 1)
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.unanswered) == (LetterState.UNCERTAIN, settings.OUTBOX_UNANSWERED_AT_MOST)
    assert (letter.claimed_at, mail.outbox) == (None, [])


def test_a_worker_that_was_taken_for_dead_does_not_overrule_the_one_after_it(caplog):
    letter = LetterFactory()
    with Deliverer() as deliverer:
        claimed = deliverer.claim(timezone.now(), None)
        Letter.objects.filter(pk=letter.pk).update(claimed_by=deliverer.token + 1)
        deliverer.send(claimed)
        letter.refresh_from_db()
        assert letter.state == LetterState.SENDING
    assert "taken for dead" in caplog.text


def test_a_deliverer_gives_its_token_back(another_worker):
    with Deliverer() as deliverer:
        token = deliverer.token
        with another_worker.session.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [delivery.ADVISORY_CLASS, token])
            assert cursor.fetchone() == (False,)
    another_worker.hold(token)
    assert advisory("pg_try_advisory_lock", token) is False


# ---- What readyz asks ------------------------------------------------------------------------------------------------


def test_the_age_of_the_oldest_unsent_letter_counts_what_is_due():
    assert Letter.objects.oldest_unsent_age(NOON) is None
    LetterFactory(send_after=NOON + dt.timedelta(hours=1))
    LetterFactory(sent=True, send_after=NOON - dt.timedelta(hours=5))
    assert Letter.objects.oldest_unsent_age(NOON) is None
    LetterFactory(send_after=NOON + dt.timedelta(hours=1), attempts=3, first_attempt_at=NOON - dt.timedelta(hours=9))
    assert Letter.objects.oldest_unsent_age(NOON) is None
    LetterFactory(send_after=NOON - dt.timedelta(minutes=3))
    LetterFactory(claimed=True, send_after=NOON - dt.timedelta(minutes=4))
    assert Letter.objects.oldest_unsent_age(NOON) == 240


def test_a_letter_pausing_for_want_of_a_server_counts_from_its_first_attempt():
    LetterFactory(send_after=NOON + dt.timedelta(hours=1), no_server=True, first_attempt_at=NOON - dt.timedelta(minutes=11))
    assert Letter.objects.oldest_unsent_age(NOON) == 660
