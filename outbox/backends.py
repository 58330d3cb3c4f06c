"""Where letters go: a folder in the demonstration, an SMTP server elsewhere."""

import datetime as dt
import re
import smtplib
import tempfile
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoSmtpBackend


class FolderBackend(BaseEmailBackend):
    """One `.eml` a letter in MAIL_DIR, named by its date and its Message-ID: a letter sent twice is one file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        settings.MAIL_DIR.mkdir(parents=True, exist_ok=True)
        for letter in email_messages:
            message = letter.message()
            write_whole(settings.MAIL_DIR / file_name(message["Date"], message["Message-ID"]), message.as_bytes())
        return len(email_messages)


def file_name(date: str, message_id: str) -> str:
    at = parsedate_to_datetime(date).astimezone(dt.UTC)
    return f"{at:%Y%m%dT%H%M%SZ}-{re.sub('[^0-9a-z]', '', message_id.partition('@')[0].lower())[:40]}.eml"


def write_whole(path: Path, content: bytes) -> None:
    """Readers see the whole file or none, also when the writer is killed meanwhile."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as part:
        part.write(content)
    Path(part.name).replace(path)


class Unanswered(smtplib.SMTPException):
    """The line was lost after the text had been offered: the server may have taken the letter, and nobody can know."""


ANSWER_TO_THE_TEXT_WITHIN = 100  # seconds; servers filter and store at that moment, and a client that left would send it twice


class TellsWhenUnanswered:
    """Sets the one doubtful moment of an SMTP conversation apart from all those where nothing can have been taken."""

    def data(self, msg):
        self.sock.settimeout(ANSWER_TO_THE_TEXT_WITHIN)
        try:
            return super().data(msg)
        except smtplib.SMTPServerDisconnected as lost:  # smtplib says so of time-outs and resets too
            raise Unanswered(str(lost)) from lost
        finally:
            if self.sock:
                self.sock.settimeout(self.timeout)


class Smtp(TellsWhenUnanswered, smtplib.SMTP):
    pass


class SmtpOverTls(TellsWhenUnanswered, smtplib.SMTP_SSL):
    pass


class SmtpBackend(DjangoSmtpBackend):
    @property
    def connection_class(self):
        return SmtpOverTls if self.use_ssl else Smtp
