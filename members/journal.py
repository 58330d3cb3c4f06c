"""The journal: who signed in, failed to, changed a role, took something out or away. Written once, read by administrators."""

import datetime as dt

from django.http import HttpRequest

from common.rate_limits import visitor_network
from members.enums import JournalEvent
from members.models import JournalEntry, User

KEPT_FOR = dt.timedelta(days=366)  # the database lets go of what is twelve months old


def note(
    what: JournalEvent,
    *,
    account: User | None = None,
    by: User | None = None,
    about: str = "",
    request: HttpRequest | None = None,
) -> None:
    """`account`: whose. `by` nobody: a command or the clock. `about` holds no secret and nothing that a stranger typed."""
    network = visitor_network(request) if request else ""
    JournalEntry.objects.create(what=what, account=account, by=by, about=about[:200], network=network)


def forget_old_entries(*, now: dt.datetime) -> int:
    """Delete what was kept long enough. Returns how many lines."""
    return JournalEntry.objects.filter(at__lt=now - KEPT_FOR).delete()[0]
