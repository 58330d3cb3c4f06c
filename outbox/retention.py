"""How long the portal keeps what it wrote."""

import datetime as dt

from outbox.enums import LetterState
from outbox.models import Letter, LetterQuerySet

KEPT_FOR = dt.timedelta(days=365)
NOTHING = {"to": "", "subject": "", "text": "", "html": "", "headers": {}, "attachments": []}  # of whom, and of what was said


def forget_old_letters(*, now: dt.datetime) -> int:
    """Forget the letters that were written longer ago. Returns how many."""
    return forget_letters(Letter.objects.filter(created_at__lt=now - KEPT_FOR))


def forget_letters(letters: LetterQuerySet) -> int:
    """Whom they went to and what they said. That they were owed, and what became of them, stays. Returns how many.

    A letter that still waits to leave is left alone.
    """
    said = letters.exclude(to="").exclude(state__in=LetterState.unsent())
    return said.update(**NOTHING)


def forget_at_once(letters: LetterQuerySet) -> int:
    """As forget_letters(), for somebody who was promised it: what waits to leave is dropped. Returns how many.

    One that is being sent at this very moment is forgotten with its year.
    """
    return letters.filter(state=LetterState.TO_SEND).move(LetterState.DROPPED, **NOTHING) + forget_letters(letters)
