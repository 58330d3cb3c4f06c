"""Drafts of « Déposer mon projet »: kept for the browser they were typed in, and gone after DRAFT_KEPT_FOR or at a press.

A draft is a row, not a part of the session: a session that goes on for months would carry it along.
"""

import datetime as dt
import secrets

from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest

from projects.models import DRAFT_KEPT_FOR, Draft

KEY = "projects.draft_key"  # in the session


def draft_of(session: SessionBase, *, now: dt.datetime) -> Draft | None:
    """None where there is none, or where it is older than DRAFT_KEPT_FOR."""
    return Draft.objects.kept(now).filter(key=session[KEY]).first() if KEY in session else None


def save_draft(session: SessionBase, facts: dict[str, str], *, now: dt.datetime) -> None:
    key = session.get(KEY) or secrets.token_urlsafe(32)
    Draft.objects.update_or_create(key=key, defaults={"facts": facts, "kept_at": now})
    session[KEY] = key
    if "_auth_user_id" not in session:  # a visitor's session is there for the draft, and lasts as long
        session.set_expiry(DRAFT_KEPT_FOR)


def erase_draft(session: SessionBase) -> None:
    """Erased twice is erased once."""
    if key := session.pop(KEY, None):
        Draft.objects.filter(key=key).delete()


def forget_old_drafts(*, now: dt.datetime) -> int:
    """Returns how many were erased."""
    return Draft.objects.too_old(now).delete()[0]


@receiver(user_logged_out)
def erase_with_the_session(request: HttpRequest | None, **kwargs) -> None:
    """Whoever signs out leaves nothing behind that nobody could open any more."""
    if request is not None:
        erase_draft(request.session)
