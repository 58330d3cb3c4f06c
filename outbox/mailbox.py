"""The demonstration's letters, as FolderBackend left them in MAIL_DIR."""

import base64
import datetime as dt
import hashlib
import os
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from html.parser import HTMLParser
from typing import Any

from django.conf import settings

NAME = r"[0-9]{8}T[0-9]{6}Z-[0-9a-z]{1,40}"  # no dot and no slash: a name cannot lead out of the folder


@dataclass(frozen=True)
class Envelope:
    name: str
    at: dt.datetime
    sender: str
    to: str
    subject: str


@dataclass(frozen=True)
class FoundLetter(Envelope):
    reply_to: str
    text: str
    html: str


def letter_names() -> list[str]:
    """Newest first. A letter being written (its file begins with a dot) is not there yet."""
    if not settings.MAIL_DIR.is_dir():
        return []
    with os.scandir(settings.MAIL_DIR) as entries:
        files = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    return sorted((name.removesuffix(".eml") for name in files if re.fullmatch(rf"{NAME}\.eml", name)), reverse=True)


def read_envelope(name: str) -> Envelope:
    """What a list shows, in a quarter of the time that the whole letter takes. Raises FileNotFoundError."""
    return Envelope(**envelope_facts(name, BytesHeaderParser(policy=policy.default).parsebytes(content_of(name))))


def read_letter(name: str) -> FoundLetter:
    """Raises FileNotFoundError when there is no such letter in the folder itself."""
    message = BytesParser(policy=policy.default).parsebytes(content_of(name))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    facts = envelope_facts(name, message) | {"reply_to": message["Reply-To"] or ""}
    return FoundLetter(**facts, text=text.get_content() if text else "", html=html.get_content() if html else "")


def content_of(name: str) -> bytes:
    path = settings.MAIL_DIR / f"{name}.eml"
    if not re.fullmatch(NAME, name) or path.is_symlink():
        raise FileNotFoundError(name)
    return path.read_bytes()


def envelope_facts(name: str, message: EmailMessage) -> dict[str, Any]:
    facts = {"sender": message["From"], "to": message["To"], "subject": message["Subject"]}
    return {"name": name, "at": message["Date"].datetime} | facts


class Styles(HTMLParser):
    """Finds what a letter's HTML is styled with, so that a policy can name each piece by its hash and allow nothing else."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "style"
        self.found |= {value for name, value in attributes if name == "style" and value}

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found.add(data)

    @property
    def hashes(self) -> list[str]:
        digests = (hashlib.sha256(style.encode()).digest() for style in self.found)
        return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
