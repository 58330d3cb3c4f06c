"""Every way in which a mail server disappoints, against a server of our own that does it."""

import builtins
import datetime as dt
import smtplib
import socket
import ssl

import pytest
from django.utils import timezone

from outbox import backends
from outbox.delivery import deliver_due
from outbox.enums import LetterState
from outbox.faults import Verdict, fault_before_the_letter, fault_of
from outbox.models import Letter
from tests.factories.outbox import LetterFactory
from tests.outbox.smtp_server import HANG_UP, Certificate

pytestmark = pytest.mark.django_db

PUT_OFF, FAILED, SENT = LetterState.TO_SEND, LetterState.FAILED, LetterState.SENT


def after_one_sweep(letter: Letter) -> Letter:
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    return letter


@pytest.mark.parametrize(
    ("answers", "state", "fault"),
    [
        ({}, SENT, ""),
        ({"greeting": "421 too busy"}, PUT_OFF, "421 too busy"),
        ({"greeting": "554 no service"}, PUT_OFF, "554 no service"),
        ({"greeting": HANG_UP}, PUT_OFF, "SMTPServerDisconnected"),
        ({"mail": "451 try later"}, PUT_OFF, "451 try later"),
        ({"mail": "550 we do not know this sender"}, PUT_OFF, "550 we do not know this sender"),
        ({"mail": "552 too big"}, FAILED, "552 too big"),
        ({"mail": "530 authentication required"}, PUT_OFF, "530 authentication required"),
        ({"mail": HANG_UP}, PUT_OFF, "SMTPServerDisconnected"),
        ({"rcpt": "421 closing"}, PUT_OFF, "421 closing"),
        ({"rcpt": "450 greylisted"}, PUT_OFF, "450 greylisted"),
        ({"rcpt": "452 mailbox full"}, PUT_OFF, "452 mailbox full"),
        ({"rcpt": "550 no such mailbox"}, FAILED, "550 no such mailbox"),
        ({"rcpt": "553 not allowed"}, FAILED, "553 not allowed"),
        ({"rcpt": HANG_UP}, PUT_OFF, "SMTPServerDisconnected"),
        ({"data": "451 no room"}, PUT_OFF, "451 no room"),
        ({"data": "554 no valid recipients"}, FAILED, "554 no valid recipients"),
        ({"text": "451 local error"}, PUT_OFF, "451 local error"),
        ({"text": "552 too big"}, FAILED, "552 too big"),
        ({"text": "554 this is spam"}, FAILED, "554 this is spam"),
    ],
)
def test_an_answer_and_what_becomes_of_the_letter(smtp, answers, state, fault):
    server = smtp(**answers)
    letter = after_one_sweep(LetterFactory())
    assert letter.state == state
    assert letter.last_fault.startswith(fault)
    assert letter.unanswered == 0
    assert len(server.taken) == (1 if state == SENT else 0)


def test_a_letter_put_off_leaves_at_its_next_attempt(smtp):
    server = smtp(rcpt=["450 greylisted"])
    letter = after_one_sweep(LetterFactory())
    deliver_due(now=letter.send_after)
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.last_fault) == (SENT, 2, "")
    assert server.message_ids == [letter.message_id]


def test_a_server_that_does_not_listen_is_a_passing_fault(smtp):
    server = smtp()
    server.__exit__()
    letter = after_one_sweep(LetterFactory())
    assert (letter.state, letter.attempts) == (PUT_OFF, 1)
    assert letter.last_fault.startswith("ConnectionRefusedError")


def test_the_name_of_the_server_is_not_known(smtp, settings, monkeypatch):
    smtp()

    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    letter = after_one_sweep(LetterFactory())
    assert (letter.state, letter.last_fault) == (PUT_OFF, "gaierror: [Errno -2] Name or service not known")


@pytest.mark.parametrize("step", ["greeting", "mail", "rcpt"])
def test_a_server_that_answers_nothing_is_not_waited_for(smtp, settings, step):
    smtp(**{step: (10, "250 at last")})
    settings.EMAIL_TIMEOUT = 0.2
    letter = after_one_sweep(LetterFactory())  # waited for, it would have been sent
    assert (letter.state, letter.unanswered) == (PUT_OFF, 0)


def test_a_wrong_password_is_our_fault_and_not_the_letters(smtp, settings):
    smtp(ehlo=["250-mail.example\r\n250 AUTH PLAIN"], unknown=["535 wrong password"] * 3)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    letter = after_one_sweep(LetterFactory())
    assert (letter.state, letter.last_fault) == (PUT_OFF, "535 wrong password")


def test_an_address_the_envelope_cannot_carry_fails_at_once(smtp):
    server = smtp()
    letter = after_one_sweep(LetterFactory(headers={"Reply-To": "a@b.fr\nBcc: everybody@example.org"}))
    assert (letter.state, server.taken) == (FAILED, [])


# ---- Before the server has heard of any letter --------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path, settings):
    """Self-signed, for localhost, which is the name the portal calls the server by."""
    return Certificate(tmp_path)


def call_it_localhost(settings, **how) -> None:
    settings.EMAIL_HOST = "localhost"
    for name, value in how.items():
        setattr(settings, name, value)


def assert_it_leaves_at_its_next_attempt(letter: Letter) -> None:
    deliver_due(now=letter.send_after)
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.last_fault) == (SENT, 2, "")


@pytest.mark.parametrize("how", ["EMAIL_USE_SSL", "EMAIL_USE_TLS"])
def test_a_letter_waits_until_the_certificate_can_be_verified(smtp, settings, monkeypatch, certificate, how):
    server = smtp(certificate=certificate, on_demand=how == "EMAIL_USE_TLS")
    call_it_localhost(settings, **{how: True})
    letter = after_one_sweep(LetterFactory())
    assert (letter.state, letter.no_server, server.taken) == (PUT_OFF, True, [])
    assert letter.last_fault.startswith("SSLCertVerificationError")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    assert_it_leaves_at_its_next_attempt(letter)
    assert server.message_ids == [letter.message_id]


@pytest.mark.parametrize("wrong", ["for another host", "out of date"])
def test_a_letter_waits_while_the_certificate_is_wrong(smtp, settings, monkeypatch, tmp_path, certificate, wrong):
    ends = timezone.now() - dt.timedelta(days=1) if wrong == "out of date" else None
    server = smtp(certificate=Certificate(tmp_path, "localhost" if ends else "mail.example.org", ends=ends))
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate.path))
    call_it_localhost(settings, EMAIL_USE_SSL=True)
    letter = after_one_sweep(LetterFactory())
    assert (letter.state, letter.last_fault.partition(":")[0]) == (PUT_OFF, "SSLCertVerificationError")
    server.certificate = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    assert_it_leaves_at_its_next_attempt(letter)


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"ehlo": ["250 no encryption here"]}, "SMTPNotSupportedError"),
        ({"starttls": ["454 not now"]}, "454 not now"),
        ({"starttls": ["501 never"]}, "501 never"),
        ({"starttls": [HANG_UP]}, "SMTPServerDisconnected"),
    ],
)
def test_a_letter_waits_when_encryption_does_not_begin(smtp, settings, monkeypatch, certificate, answers, fault):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    smtp(certificate=certificate, on_demand=True, **answers)
    call_it_localhost(settings, EMAIL_USE_TLS=True)
    letter = after_one_sweep(LetterFactory())
    assert (letter.state, letter.no_server) == (PUT_OFF, True)
    assert letter.last_fault.startswith(fault)
    assert_it_leaves_at_its_next_attempt(letter)


@pytest.mark.parametrize("how", ["EMAIL_USE_SSL", "EMAIL_USE_TLS"])
def test_a_letter_waits_when_the_server_does_not_speak_the_protocol(smtp, settings, how):
    smtp(greeting=["this is no mail server"] * 2)
    call_it_localhost(settings, **{how: True})
    letter = after_one_sweep(LetterFactory())
    assert (letter.state, letter.no_server) == (PUT_OFF, True)
    setattr(settings, how, False)
    deliver_due(now=letter.send_after)
    assert_sent_in_the_end(letter)


def assert_sent_in_the_end(letter: Letter) -> None:
    for _ in range(3):
        letter.refresh_from_db()
        deliver_due(now=letter.send_after)
    letter.refresh_from_db()
    assert letter.state == SENT


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"EMAIL_HOST": "mail..example.org"}, "UnicodeError"),
        ({"EMAIL_HOST_USER": "portail", "EMAIL_HOST_PASSWORD": "mot de passé"}, "UnicodeEncodeError"),
        ({"EMAIL_USE_SSL": True, "EMAIL_SSL_CERTFILE": "/nowhere.pem"}, "FileNotFoundError"),
        ({"DEFAULT_FROM_EMAIL": "Réseau <bonjour@exa mple.org>"}, "ValueError"),
    ],
)
def test_a_setting_that_cannot_work_is_no_letters_fault(smtp, settings, wrong, fault):
    server = smtp(ehlo=["250-mail.example\r\n250 AUTH PLAIN"])
    right = {name: getattr(settings, name) for name in wrong}
    for name, value in wrong.items():
        setattr(settings, name, value)
    letter = after_one_sweep(LetterFactory())
    assert (letter.state, letter.no_server) == (PUT_OFF, True)
    assert letter.last_fault.startswith(fault)
    for name, value in right.items():
        setattr(settings, name, value)
    assert_it_leaves_at_its_next_attempt(letter)
    assert len(server.taken) == 1


def every_exception_of(*modules) -> list[type[Exception]]:
    found = (value for module in modules for value in vars(module).values() if isinstance(value, type))
    return sorted({kind for kind in found if issubclass(kind, OSError)}, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", every_exception_of(smtplib, ssl, socket, builtins))
def test_no_fault_of_the_line_is_final(kind):
    arguments = {
        smtplib.SMTPRecipientsRefused: [{"a@example.org": (451, b"later")}],
        smtplib.SMTPSenderRefused: [550, b"who are you?", "b@example.org"],
    }.get(kind, [451, "later"])
    assert fault_of(kind(*arguments)).verdict == Verdict.PASSING
    assert fault_before_the_letter(kind(*arguments)).verdict == Verdict.PASSING


# ---- The one doubtful moment -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [HANG_UP, (10, "250 at last")], ids=["it hangs up", "it does not answer"])
def test_no_answer_after_the_text_is_tried_again_with_the_same_message_id(smtp, monkeypatch, answer):
    server = smtp(text=[answer])
    monkeypatch.setattr(backends, "ANSWER_TO_THE_TEXT_WITHIN", 0.2)
    letter = after_one_sweep(LetterFactory())
    assert (letter.state, letter.unanswered) == (PUT_OFF, 1)
    assert letter.last_fault.startswith("no answer after the text")
    deliver_due(now=letter.send_after)
    letter.refresh_from_db()
    assert letter.state == SENT
    assert server.message_ids == [letter.message_id] * 2


def test_the_answer_to_the_text_is_waited_for_longer_than_any_other(smtp, settings):
    server = smtp(text=[(0.6, "250 looked through and taken")], rcpt=["250 ok", *[(0.6, "250 at last")] * 2])
    settings.EMAIL_TIMEOUT = 0.2
    patient, impatient = LetterFactory(send_after=timezone.now() - dt.timedelta(hours=1)), LetterFactory()
    deliver_due(now=timezone.now())
    assert server.message_ids == [patient.message_id]
    impatient.refresh_from_db()
    assert (impatient.state, impatient.unanswered) == (PUT_OFF, 0)


def test_a_server_that_never_answers_after_the_text_gets_three_copies_and_no_more(smtp):
    server = smtp(text=[HANG_UP] * 10)
    letter = LetterFactory()
    for _ in range(6):
        deliver_due(now=letter.send_after)
        letter.refresh_from_db()
    assert (letter.state, letter.unanswered) == (LetterState.UNCERTAIN, 3)
    assert server.message_ids == [letter.message_id] * 3


# ---- One conversation for many letters -------------------------------------------------------------------------------


def test_a_sweep_is_one_conversation(smtp):
    server = smtp()
    LetterFactory.create_batch(30)
    deliver_due(now=timezone.now())
    assert (len(server.taken), server.conversations) == (30, 1)


@pytest.mark.parametrize("answer", ["421 enough for today", HANG_UP])
@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_server_that_has_had_enough_of_a_conversation_gets_a_new_one(smtp, step, answer):
    server = smtp(**{step: ["250 ok"] * 5 + [answer]})
    letters = LetterFactory.create_batch(8)
    deliver_due(now=timezone.now())
    assert sorted(server.message_ids) == sorted(letter.message_id for letter in letters)
    assert server.conversations == 2
    assert Letter.objects.filter(state=SENT, attempts=1).count() == 8


def test_a_letter_that_is_refused_does_not_hold_up_the_others(smtp):
    server = smtp(rcpt=["250 ok", "550 no such mailbox", "250 ok", "450 later"])
    LetterFactory.create_batch(6)
    deliver_due(now=timezone.now())
    assert Letter.objects.filter(state=SENT).count() == len(server.taken) == 4
    assert Letter.objects.filter(state=FAILED).count() == 1
    assert Letter.objects.filter(state=PUT_OFF, attempts=1).count() == 1


def test_a_server_that_goes_away_half_way_leaves_the_rest_in_their_place(smtp):
    server = smtp(greeting=["220 hello", "421 restarting"], rcpt=["250 ok"] * 3 + [HANG_UP])
    LetterFactory.create_batch(10)
    deliver_due(now=timezone.now())
    assert Letter.objects.filter(state=SENT).count() == len(server.taken) == 3
    assert Letter.objects.filter(state=PUT_OFF, attempts=1).count() == 1
    assert Letter.objects.filter(state=PUT_OFF, attempts=0).count() == 6
