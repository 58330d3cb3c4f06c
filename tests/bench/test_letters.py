"""How many letters a second one worker owes, sends into a folder, and sends to a mail server. `./run bench letters`."""

import time
from contextlib import contextmanager

import pytest
from django.utils import timezone

from outbox import mailbox, services
from outbox.delivery import deliver_due
from outbox.models import Letter
from tests.factories.outbox import LetterFactory
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

THOUSAND = 1000
A_FEW_MINUTES = 180
BODY = "Bonjour, votre poste vous attend jeudi matin à la Halle. " * 20


@contextmanager
def measured(what: str):
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    print(f"\n{what}: {THOUSAND} letters in {seconds:.1f} s, {THOUSAND / seconds:.0f} a second")  # noqa: T201
    assert seconds < A_FEW_MINUTES


@pytest.fixture
def a_thousand_due(db):
    Letter.objects.bulk_create(LetterFactory.build_batch(THOUSAND, text=BODY, html=f"<p>{BODY}</p>"))


def sweep_until_all_are_out() -> None:
    while Letter.objects.unsent().exists():
        deliver_due(now=timezone.now())


def test_letters_are_owed(monkeypatch):
    monkeypatch.setattr("outbox.tasks.nudge", lambda **letter: None)
    with measured("owed, one transaction each"):
        for number in range(THOUSAND):
            services.post(key=f"bench:{number}", to="camille@example.org", subject="Votre poste", text=BODY)


def test_letters_are_sent_into_a_folder(a_thousand_due, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "outbox.backends.FolderBackend", tmp_path
    with measured("into a folder"):
        sweep_until_all_are_out()
    assert len(mailbox.names()) == THOUSAND


@pytest.mark.parametrize("milliseconds", [0, 50])
def test_letters_are_sent_to_a_mail_server(a_thousand_due, settings, milliseconds):
    with SmtpServer(text=[(milliseconds / 1000, "250 taken")] * THOUSAND) as smtp:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "outbox.backends.SmtpBackend", "127.0.0.1", smtp.port
        with measured(f"to a mail server that thinks for {milliseconds} ms"):
            sweep_until_all_are_out()
    assert len(set(smtp.message_ids)) == len(smtp.taken) == THOUSAND
