"""post() and its like, send_again(): owe somebody a letter. The worker sends it: see delivery.py."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import formataddr, parseaddr
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from outbox import tasks
from outbox.enums import LetterState
from outbox.models import Letter

OUR_OWN_HEADERS = {"to", "cc", "bcc", "from", "subject", "date", "message-id"}
COMPOSED = (
    *("to", "subject", "text", "html", "language", "headers", "attachments"),
    *("confidential", "send_after", "useless_after", "message_id"),
)
SUBJECT_AT_MOST = Letter._meta.get_field("subject").max_length


_silent = ContextVar("outbox_silent", default=False)


@contextmanager
def silence() -> Iterator[None]:
    """What is told here was told long ago: post() owes nothing, and gives back a letter that is not kept. For imports of a past."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


class Attachment(NamedTuple):
    """A small text that goes with a letter, such as an event for a calendar."""

    name: str
    type: str
    text: str


class Signature(NamedTuple):
    """Who signs a letter by name; whoever answers it writes to `address`, or, where it is empty, to the network."""

    name: str
    address: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Reply-To": formataddr((self.name, self.address))} if self.address else {}


def post(**facts: Any) -> Letter:
    """Owe somebody one letter; `facts` as for compose(). The same `key` twice is the same letter: the second call changes nothing.

    Call it inside the transaction of the fact it announces: the letter is then owed if and only if the fact holds.
    """
    return _owe(compose(**facts))


def post_rendered(*, key: str, to: str, **facts: Any) -> Letter:
    """post() a letter written by compose_rendered()."""
    if _silent.get():
        return Letter(key=key, to=to)
    return _owe(compose_rendered(key=key, to=to, **facts))


def post_all(letters: Iterable[Letter]) -> None:
    """post() many composed letters, each of a key of its own, in three queries however many they are."""
    letters = [] if _silent.get() else list(letters)
    of_these = Letter.objects.filter(key__in=[letter.key for letter in letters], again=0)
    owed = set(of_these.values_list("key", flat=True))
    new = {letter.key: letter for letter in letters if letter.key not in owed}
    in_one_order = sorted(new.values(), key=lambda letter: letter.key)  # two such transactions wait for each other, never both
    Letter.objects.bulk_create(in_one_order, ignore_conflicts=True)
    now = timezone.now()
    for letter in of_these.filter(key__in=[key for key, letter in new.items() if letter.send_after <= now]).only("pk"):
        wake_once_committed(letter)


def compose(
    *,
    key: str,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    language: str = "fr",
    send_after: dt.datetime | None = None,
    useless_after: dt.datetime | None = None,
    headers: Mapping[str, str] | None = None,
    attachments: Iterable[Attachment] = (),
    confidential: bool = False,
) -> Letter:
    """A letter that nobody owes yet.

    `key` reads `<rule>:<fact>`; a stop condition (stops.py) goes by the rule. After `useless_after` the letter is dropped.
    `confidential` says that the body holds a code or a link that signs in: nobody may read it in the admin, and it is blanked
    once sent. The subject is kept, so it must hold no secret. Delivery is at least once: a letter must bear arriving twice.
    """
    if wrong := OUR_OWN_HEADERS & {name.lower() for name in headers or {}}:
        raise ValueError(f"a letter has one recipient and its own {', '.join(sorted(wrong))}")
    return Letter(
        key=key,
        to=to.strip(),
        subject=one_line(subject),
        text=text,
        html=html,
        language=language,
        send_after=send_after or timezone.now(),
        useless_after=useless_after,
        headers=dict(headers or {}),
        attachments=[attachment._asdict() for attachment in attachments],
        confidential=confidential,
        message_id=message_id_of(key),
    )


def compose_rendered(
    *,
    key: str,
    to: str,
    template: str,
    context: Mapping[str, Any],
    language: str = "fr",
    signed_by: Signature | None = None,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> Letter:
    """compose() from `<template>.subject.txt`, `<template>.txt` and `<template>.html`, in the reader's language.

    The templates extend `outbox/email/base.txt` and `outbox/email/base.html`, and find beside the context `site_url` (no slash
    at its end: write `{{ site_url }}{% url … %}`) and `territory`. `signed_by` is who signs and is answered; else the network.
    """
    context = letterhead(language) | dict(context) | {"signed_by": signed_by.name if signed_by else ""}
    headers = (signed_by.headers if signed_by else {}) | dict(headers or {})
    with translation.override(language):
        subject = render_text(f"{template}.subject.txt", context)
        text = render_text(f"{template}.txt", context)
        html = get_template(f"{template}.html").render({"subject": subject, **context})
    return compose(key=key, to=to, subject=subject, text=text, html=html, language=language, headers=headers, **facts)


def _owe(letter: Letter) -> Letter:
    """The letter as it is kept: this one, or the one that was owed under its key before."""
    if _silent.get():
        return letter
    said = {name: getattr(letter, name) for name in COMPOSED}
    with transaction.atomic():
        kept, created = Letter.objects.get_or_create(key=letter.key, again=0, defaults=said)
        if created and kept.send_after <= timezone.now():
            wake_once_committed(kept)
    return kept


class NotSentAgain(Exception):
    """The message is written for the person who asked and may be shown as it stands."""


@transaction.atomic
def send_again(*, letter: Letter) -> Letter:
    """Owe the same letter once more, as a row and a message of its own. What happened to the first stays written on its row."""
    first = Letter.objects.select_for_update().get(key=letter.key, again=0)  # whoever sends it again passes here, one at a time
    newest = Letter.objects.filter(key=first.key).latest("again")
    if newest.state in LetterState.unsent():
        raise NotSentAgain(_("“%(letter)s” is on its way already.") % {"letter": newest})
    if newest.state == LetterState.DROPPED:
        raise NotSentAgain(_("“%(letter)s” has lost its reason and is not sent any more.") % {"letter": newest})
    if not newest.to:
        raise NotSentAgain(_("Whom this letter went to and what it said are not kept any more."))
    if newest.is_useless(timezone.now()) or not newest.text:
        raise NotSentAgain(
            _("“%(letter)s” held a code or a link that is not kept: a new one must be asked for.") % {"letter": newest}
        )
    copied = ("key", "to", "subject", "text", "html", "language", "headers", "attachments", "confidential", "useless_after")
    again = newest.again + 1
    letter = Letter.objects.create(
        again=again, message_id=message_id_of(newest.key, again), **{name: getattr(newest, name) for name in copied}
    )
    wake_once_committed(letter)
    return letter


def wake_once_committed(letter: Letter) -> None:
    transaction.on_commit(partial(tasks.wake, letter_id=letter.pk), robust=True)


def letterhead(language: str) -> dict[str, Any]:
    return {
        "site_url": settings.SITE_URL,
        "site_name": urlsplit(settings.SITE_URL).netloc,
        "territory": settings.TERRITORY.spoken(language),
        "language": language,
    }


def render_text(template: str, context: Mapping[str, Any]) -> str:
    """Plain text: nothing is escaped, and what tags left behind on the lines is cleaned away."""
    text = get_template(template).template.render(Context(dict(context), autoescape=False))
    text = re.sub(r"(?<!^--)[ \t]+$", "", text, flags=re.MULTILINE)  # mail programs know the sign "-- " above a signature
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def one_line(subject: str) -> str:
    return Truncator(" ".join(subject.split())).chars(SUBJECT_AT_MOST)


def message_id_of(key: str, again: int = 0) -> str:
    """The same letter always has the same Message-ID, so that a mailbox that gets it twice may show it once."""
    digest = hashlib.sha256(f"{key}#{again}".encode()).hexdigest()[:40]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{digest}@{domain}>"
