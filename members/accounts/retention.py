"""What nobody needs any more: sessions that are over, accounts whose address nobody confirmed."""

import datetime as dt
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.deletion import ProtectedError

from members.models import User

UNCONFIRMED_KEPT_FOR = dt.timedelta(days=7)  # as an alert that nobody confirms
A_SESSION_IS_WRITTEN_WITHIN = dt.timedelta(hours=1)  # of the line that lists it


def clear_sessions(*, now: dt.datetime) -> int:
    """Erase the sessions that are over, and from where they were used. Returns how many addresses of sessions went."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    listed = UserSession.objects.filter(last_seen_at__lt=now - A_SESSION_IS_WRITTEN_WITHIN)
    return listed.exclude(Exists(Session.objects.filter(session_key=OuterRef("session_key")))).delete()[0]


def forget_unconfirmed_accounts(*, now: dt.datetime) -> int:
    """Erase the accounts that somebody opened and never confirmed. Returns how many.

    One that has a role, a place, a profile or has ever signed in is a person's: it stays.
    """
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    left = User.objects.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        date_joined__lt=now - UNCONFIRMED_KEPT_FOR,
        last_login=None,
        is_staff=False,
        groups=None,
        member=None,
        hosted_telecentres=None,
        committee_seats=None,
    )
    erased = 0
    for user in left.order_by("pk"):
        try:
            with transaction.atomic():
                user.delete()
                erased += 1
        except ProtectedError:  # somebody wrote something in their name: it keeps its author
            continue
    return erased
