"""Links that stand for a person whom mail or a password cannot serve yet: an invitation, and a way in printed on the server.

A link is signed and names an account as it was when the link was made: whatever signs in, sets a password, changes the address or
closes the account makes it worthless. To look at it uses nothing up, since mail programs look; the press does, once.
"""

import datetime as dt
import enum
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from members import journal
from members.enums import JournalEvent
from members.models import User
from outbox.services import post_rendered

SALT = "members.accounts.links"


class Purpose(enum.StrEnum):
    INVITATION = "invitation"  # to choose a first password
    SIGN_IN = "sign-in"


LASTS = {Purpose.INVITATION: dt.timedelta(days=14), Purpose.SIGN_IN: dt.timedelta(minutes=20)}


class DeadLink(Exception):
    """Forged, too old, used already, or its account has changed or is closed."""


@dataclass(frozen=True)
class AccountLink:
    user: User
    purpose: Purpose


def link_address(user: User, purpose: Purpose) -> str:
    token = signing.dumps([user.pk, purpose.value, account_digest(user)], salt=SALT)
    return settings.SITE_URL + reverse("members:entry", args=[token])


def read_link(token: str) -> AccountLink:
    """Raises DeadLink."""
    try:
        pk, purpose, state = signing.loads(token, salt=SALT, max_age=max(LASTS.values()))
        signing.loads(token, salt=SALT, max_age=LASTS[Purpose(purpose)])
    except signing.BadSignature as fault:
        raise DeadLink from fault
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or not constant_time_compare(state, account_digest(user)):
        raise DeadLink
    return AccountLink(user, Purpose(purpose))


@transaction.atomic
def use_link(token: str, *, now: dt.datetime) -> AccountLink:
    """The press. A sign-in link is worth nothing afterwards, however the sign-in goes on. Raises DeadLink."""
    User.objects.select_for_update(no_key=True).filter(pk=read_link(token).user.pk).first()  # one press after the other
    entry = read_link(token)
    if entry.purpose == Purpose.SIGN_IN:
        entry.user.last_login = now
        entry.user.save(update_fields=["last_login"])
    return entry


def account_digest(user: User) -> str:
    known = f"{user.pk} {user.password} {user.last_login and user.last_login.timestamp()} {user.email}"
    return salted_hmac(SALT, known).hexdigest()[:32]


def invite(user: User, *, by: User, now: dt.datetime | None = None) -> None:
    """Write to whoever has an account that they did not open themselves. Asked again, an invitation is written again."""
    now = now or timezone.now()
    until = now + LASTS[Purpose.INVITATION]
    post_rendered(
        key=f"members.invitation:{user.pk}:{now.timestamp()}",
        to=user.email,
        template="members/email/invitation",
        context={
            "link": link_address(user, Purpose.INVITATION),
            "name": user.get_short_name(),
            "until": now + LASTS[Purpose.INVITATION],
        },
        language=settings.LANGUAGE_CODE,
        useless_after=until,
        confidential=True,
    )
    journal.note(JournalEvent.INVITED, account=user, by=by)
