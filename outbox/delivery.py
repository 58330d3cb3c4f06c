"""From the row to the mail server: claim a letter, send it outside of any transaction, write down what came of it.

A claim is the row's state `sending` with the token of its deliverer, and the deliverer holds an advisory lock on that token for as
long as its database session lives. A worker that is killed loses session and lock at once, so the sweep need not wait to know
that nobody holds the claim any more: see docs/decisions/letters-leave-once.md.
"""

import contextlib
import datetime as dt
import logging
import secrets
import smtplib
import time
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any, Self

from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from outbox import stops
from outbox.enums import LetterState
from outbox.faults import Fault, Verdict, fault_before_the_letter, fault_of
from outbox.models import Letter, LetterQuerySet
from outbox.retention import forget_old_letters

logger = logging.getLogger(__name__)

ADVISORY_CLASS = 0x50551E77  # first half of our advisory locks' keys: nobody else's lock is taken for a deliverer's
FAULT_AT_MOST = Letter._meta.get_field("last_fault").max_length
UNCLAIMED = {"claimed_at": None, "claimed_by": None}


def deliver(*, letter_id: int, now: dt.datetime) -> None:
    """Send this one letter if it is due and nobody else is at it.

    Asked again after the process that was sending it has died, as Celery does, it finds its claim lost and sends it at once.
    """
    give_back_lost_claims(Letter.objects.filter(pk=letter_id), now=now)
    with Deliverer() as deliverer:
        deliverer.deliver_next(now=now, only=letter_id)
        deliverer.resend_what_found_no_server(now)


def deliver_due(*, now: dt.datetime) -> None:
    """Send what is due, for at most OUTBOX_SWEEP_SECONDS. Any number of sweeps may run at once."""
    give_back_lost_claims(Letter.objects.all(), now=now)
    Letter.objects.holding_a_stale_secret(now).update(text="", html="", headers={})
    forget_old_letters(now=now)
    ends_at = time.monotonic() + settings.OUTBOX_SWEEP_SECONDS
    with Deliverer() as deliverer:
        while time.monotonic() < ends_at and not deliverer.server_is_away and deliverer.deliver_next(now=now):
            pass
        deliverer.resend_what_found_no_server(now)


def give_back_lost_claims(letters: LetterQuerySet, *, now: dt.datetime) -> None:
    """Letters whose worker died on the way are due again at once, or, after too many such deaths, left to a person."""
    for pk in list(letters.claimed().order_by("claimed_at").values_list("pk", flat=True)):
        with transaction.atomic():
            letter = letters.claimed().select_for_update(skip_locked=True).filter(pk=pk).first()
            if letter is None or not claim_is_lost(letter, now):
                continue
            logger.warning("letter %s: the worker that was sending it is gone", letter.pk)
            fault = Fault(Verdict.UNANSWERED, "the worker that was sending it is gone")
            to, facts = state_after_fault(letter, fault, now)
            move_letter(letter, to, facts | {"send_after": letter.send_after})


def claim_is_lost(letter: Letter, now: dt.datetime) -> bool:
    """Nobody holds the claim's token any more; or its session lives on, but longer than any task may (a host without power)."""
    too_old = now - letter.claimed_at > dt.timedelta(minutes=settings.OUTBOX_CLAIM_LOST_AFTER_MINUTES)
    return too_old or advisory("pg_try_advisory_xact_lock", letter.claimed_by)


class Deliverer(contextlib.AbstractContextManager):
    """One worker's run over the letters: a token to claim them with, and one mail connection for them all."""

    def __enter__(self) -> Self:
        self.mail = mail.get_connection()
        self.server_is_away = False
        self.server_takes_letters = False
        self.token = secrets.randbelow(2**31)
        while not advisory("pg_try_advisory_lock", self.token):
            self.token = secrets.randbelow(2**31)
        return self

    def __exit__(self, *exception) -> None:
        self.hang_up()
        with contextlib.suppress(DatabaseError):  # the session is gone, and its locks with it
            advisory("pg_advisory_unlock", self.token)

    def deliver_next(self, *, now: dt.datetime, only: int | None = None) -> bool:
        """Send, put off or drop the letter that has been due longest. False when none is due."""
        letter = self.claim(now, only)
        if letter is not None and letter.state == LetterState.SENDING:
            self.send(letter)
        return letter is not None

    @transaction.atomic(durable=True)
    def claim(self, now: dt.datetime, only: int | None) -> Letter | None:
        due = Letter.objects.due(now) if only is None else Letter.objects.due(now).filter(pk=only)
        letter = due.order_by("send_after", "pk").select_for_update(skip_locked=True).first()
        if letter is None:
            return None
        at = timezone.now()
        letter.attempts += 1
        letter.first_attempt_at = letter.first_attempt_at or at
        try:
            with transaction.atomic():
                useless = letter.is_useless(at) or stops.reason_has_gone(letter.key)
        except Exception:
            logger.exception("letter %s: its stop condition failed", letter.pk)
            to, facts = state_after_fault(letter, Fault(Verdict.PASSING, "its stop condition failed"), at)
        else:
            to = LetterState.DROPPED if useless else LetterState.SENDING
            facts = facts_without_secret(letter) if useless else {"claimed_at": at, "claimed_by": self.token}
        move_letter(letter, to, {"attempts": letter.attempts, "first_attempt_at": letter.first_attempt_at} | facts)
        return letter

    def send(self, letter: Letter) -> None:
        try:
            self.hand_over(message_of(letter))
        except Exception as error:  # noqa: BLE001 -- any mail backend may stand behind self.mail: fault_of judges
            fault = fault_before_the_letter(error) if self.server_is_away else fault_of(error)
            logger.warning("letter %s: %s fault, %s", letter.pk, fault.verdict, type(error).__name__)
            to, facts = state_after_fault(letter, fault, timezone.now())
            facts |= {"no_server": self.server_is_away}
            self.hang_up()  # whatever state the connection is in, the next letter starts a new one
        else:
            self.server_takes_letters = True
            to = LetterState.SENT
            facts = {"sent_at": timezone.now(), "last_fault": "", "no_server": False} | UNCLAIMED | facts_without_secret(letter)
        if not move_letter(letter, to, facts, only_if_claimed_by=self.token):
            logger.warning("letter %s: this worker was taken for dead while sending it", letter.pk)

    def resend_what_found_no_server(self, now: dt.datetime) -> None:
        """Once a letter has left, those put off because the server was away are due at once: their pause may be hours long."""
        if self.server_takes_letters and not self.server_is_away:
            Letter.objects.put_off_for_want_of_a_server().filter(send_after__gt=now).update(send_after=now)

    def hand_over(self, message: EmailMessage) -> None:
        """Give the message to the server; reconnects once when the server closed the connection after earlier letters."""
        if self.open() is False:
            try:
                self.mail.send_messages([message])
            except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
                if not server_closes(error):
                    raise
                self.hang_up()
                self.open()
            else:
                return
        self.mail.send_messages([message])

    def open(self) -> bool | None:
        """Connect to the server unless a connection stands. True: a new one; False: it stood already; None: the backend needs none.

        Whatever fails here says nothing of the letter at hand.
        """
        try:
            sanitize_address(settings.DEFAULT_FROM_EMAIL, settings.DEFAULT_CHARSET)
            return self.mail.open()
        except Exception:
            self.server_is_away = True  # nothing has been said of any letter: the others keep their place in the row
            raise

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):  # smtplib's exceptions are OSErrors too; a broken line needs no goodbye
            self.mail.close()


def server_closes(error: smtplib.SMTPException) -> bool:
    """Whether the server ends the connection, with the code 421 or by dropping it, and says nothing of the letter."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return any(code == 421 for code, _answer in error.recipients.values())
        case smtplib.SMTPResponseException():
            return error.smtp_code == 421
        case _:
            return True


def message_of(letter: Letter) -> EmailMessage:
    """The same message at every attempt, its date included. Raises ValueError when no envelope can be written for it."""
    try:
        validate_email(letter.to)
    except ValidationError as error:
        raise ValueError("this is not an e-mail address") from error
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[letter.to],
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(letter.first_attempt_at),
            "Content-Language": letter.language,
            "Reply-To": settings.DEFAULT_FROM_EMAIL,  # who signs by name is answered in person: their address is in the row
            "Auto-Submitted": "auto-generated",  # so that nobody's holiday notice answers
            "X-Auto-Response-Suppress": "OOF, AutoReply",  # the same for Exchange, which reads no other header
            **letter.headers,
        },
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    for attachment in letter.attachments:
        message.attach(attachment["name"], attachment["text"], attachment["type"])
    return message


def state_after_fault(letter: Letter, fault: Fault, now: dt.datetime) -> tuple[LetterState, dict[str, Any]]:
    """The state and the fields to write on a letter after this fault.

    Its `attempts` and `first_attempt_at` count the present attempt already.
    """
    facts = {"last_fault": fault.sentence[:FAULT_AT_MOST]} | UNCLAIMED
    last_chance = letter.first_attempt_at + dt.timedelta(hours=settings.OUTBOX_GIVE_UP_AFTER_HOURS)
    unanswered = letter.unanswered + (fault.verdict == Verdict.UNANSWERED)
    if unanswered >= settings.OUTBOX_UNANSWERED_AT_MOST:
        state = LetterState.UNCERTAIN
    elif fault.verdict == Verdict.FINAL or now >= last_chance:
        state = LetterState.FAILED
    else:
        state = LetterState.TO_SEND
        facts["send_after"] = min(now + pause_after(letter.attempts), last_chance)
    return state, facts | {"unanswered": unanswered}


def pause_after(attempts: int) -> dt.timedelta:
    pauses = settings.OUTBOX_PAUSES_MINUTES
    return dt.timedelta(minutes=pauses[min(attempts, len(pauses)) - 1])


def facts_without_secret(letter: Letter) -> dict[str, Any]:
    """The fields that forget what a confidential letter said. Its headers too: they may hold a link that needs no account."""
    return {"text": "", "html": "", "headers": {}} if letter.confidential else {}


def move_letter(letter: Letter, to: LetterState, facts: Mapping[str, Any], *, only_if_claimed_by: int | None = None) -> bool:
    """Move the row and `letter`, with these facts. False, and the row is unchanged, when the claim is no longer ours."""
    rows = Letter.objects.filter(pk=letter.pk)
    if only_if_claimed_by is not None:
        rows = rows.claimed().filter(claimed_by=only_if_claimed_by)
    letter.step(to)
    for name, value in facts.items():
        setattr(letter, name, value)
    return bool(rows.move(to, **facts))


def advisory(function: str, token: int) -> bool:
    """Call one of PostgreSQL's advisory lock functions on a deliverer's token."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [ADVISORY_CLASS, token])
        return cursor.fetchone()[0]
