import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from outbox import backends, mailbox
from outbox.backends import FolderBackend
from outbox.delivery import deliver_due
from outbox.models import Letter
from sohosolo import settings as portal_settings
from tests.factories.outbox import LetterFactory


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "outbox.backends.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


def letter_of(at: str, message_id: str, text: str = "Bonjour") -> EmailMessage:
    return EmailMessage("Objet", text, to=["a@example.org"], headers={"Date": at, "Message-ID": message_id})


def test_a_letter_is_one_file_that_holds_all_of_it(folder):
    FolderBackend().send_messages([letter_of("Tue, 24 Nov 2026 07:30:00 +0100", "<ab12@sohosolo.example>", "Jeudi à 9 h")])
    (file,) = folder.iterdir()
    assert file.name == "20261124T063000Z-ab12.eml"
    found = mailbox.read_letter(file.stem)
    assert (found.subject, found.to, found.text) == ("Objet", "a@example.org", "Jeudi à 9 h")


def test_the_same_letter_twice_is_one_file_and_others_are_others(folder):
    day, next_day = "Tue, 24 Nov 2026 07:30:00 +0000", "Wed, 25 Nov 2026 07:30:00 +0000"
    letters = [letter_of(next_day, "<b@x>"), letter_of(day, "<a@x>"), letter_of(day, "<a@x>"), letter_of(day, "<c@x>")]
    assert FolderBackend().send_messages(letters) == 4
    assert mailbox.letter_names() == ["20261125T073000Z-b", "20261124T073000Z-c", "20261124T073000Z-a"]


def test_a_name_cannot_lead_out_of_the_folder(folder):
    FolderBackend().send_messages([letter_of("Tue, 24 Nov 2026 07:30:00 +0000", "<../../etc/passwd@x>")])
    assert [file.name for file in folder.iterdir()] == ["20261124T073000Z-etcpasswd.eml"]


def test_a_reader_never_meets_half_a_letter(folder, monkeypatch):
    """The writer is stopped at the last moment: what it had written has no letter's name."""

    def killed(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(backends.Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        FolderBackend().send_messages([letter_of("Tue, 24 Nov 2026 07:30:00 +0000", "<a@x>")])
    assert mailbox.letter_names() == []
    assert [file.name.startswith(".") for file in folder.iterdir()] == [True]


@pytest.mark.django_db
def test_a_letter_sent_again_after_a_lost_claim_is_the_same_file(folder):
    """The worker died between the file and the commit: the second attempt finds its place taken by itself."""
    letter = LetterFactory()
    deliver_due(now=timezone.now())
    Letter.objects.filter(pk=letter.pk).update(state="sending", sent_at=None, claimed_at=timezone.now(), claimed_by=77)
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, len(mailbox.letter_names())) == ("sent", 2, 1)


@pytest.mark.django_db
def test_a_full_disk_is_a_fault_that_passes(folder, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backends, "write_whole", full)
    letter = LetterFactory()
    deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.last_fault) == ("to_send", "OSError: [Errno 28] No space left on device")


def test_outside_the_demonstration_letters_go_through_the_backend_that_tells_when_there_was_no_answer():
    assert portal_settings.EMAIL_BACKEND == "outbox.backends.SmtpBackend"  # pytest-django puts its own in django.conf.settings
