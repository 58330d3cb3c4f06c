"""post(): queue one letter, once."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from outbox.models import Letter


def post(
    *,
    key: str,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    language: str = "fr",
    send_after: dt.datetime | None = None,
    headers: dict[str, str] | None = None,
    confidential: bool = False,
) -> Letter:
    """Owe somebody one letter. The same `key` twice is the same letter: the second call changes nothing.

    Call it inside the transaction of the fact it announces: the letter is then owed if and only if the fact holds.
    """
    with transaction.atomic():
        letter, _created = Letter.objects.get_or_create(
            key=key,
            defaults={
                "to": to,
                "subject": subject,
                "text": text,
                "html": html,
                "language": language,
                "send_after": send_after or timezone.now(),
                "headers": headers or {},
                "confidential": confidential,
                "message_id": key,
            },
        )
    return letter
