"""How many letters a second one worker owes, sends into a folder, and sends to a mail server. `./run bench letters`."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from outbox import mailbox, services
from outbox.delivery import deliver_due
from outbox.models import Letter
from tests.bench.cost import OURSELVES, served
from tests.factories.outbox import LetterFactory
from tests.outbox.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

THOUSAND = 1000
MOST_TIMES_LIVEZ = 12  # for one letter
BODY = "Bonjour, votre poste vous attend jeudi matin à la Halle. " * 20


def weigh(what: str, act: Callable[[], object]) -> None:
    with served() as portal:
        cost = portal.cost_of(act, 1, OURSELVES)
    each = cost.times / THOUSAND
    print(f"\n{what}: {THOUSAND / cost.clock * 1000:.0f} letters a second; a thousand: {cost}; one: {each:.2f} times /livez")  # noqa: T201
    assert each < MOST_TIMES_LIVEZ


@pytest.fixture
def a_thousand_due(db):
    Letter.objects.bulk_create(LetterFactory.build_batch(THOUSAND, text=BODY, html=f"<p>{BODY}</p>"))


def sweep_until_all_are_out() -> None:
    while Letter.objects.unsent().exists():
        deliver_due(now=timezone.now())


def test_letters_are_owed(monkeypatch):
    monkeypatch.setattr("outbox.tasks.wake", lambda **letter: None)

    def owe() -> None:
        for number in range(THOUSAND):
            services.post(key=f"bench:{number}", to="camille@example.org", subject="Votre poste", text=BODY)

    weigh("owed, one transaction each", owe)


def test_letters_are_sent_into_a_folder(a_thousand_due, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "outbox.backends.FolderBackend", tmp_path
    weigh("into a folder", sweep_until_all_are_out)
    assert len(mailbox.letter_names()) == THOUSAND


@pytest.mark.parametrize("milliseconds", [0, 50])
def test_letters_are_sent_to_a_mail_server(a_thousand_due, settings, milliseconds):
    with SmtpServer(text=[(milliseconds / 1000, "250 taken")] * THOUSAND) as smtp:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "outbox.backends.SmtpBackend", "127.0.0.1", smtp.port
        weigh(f"to a mail server that thinks for {milliseconds} ms", sweep_until_all_are_out)
    assert len(set(smtp.message_ids)) == len(smtp.taken) == THOUSAND
