"""A card of the morning put aside."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from projects.activity.refusals import Refused
from projects.models import SEEN, Aside


def put_aside(*, card: str, by: User, until: dt.date | None = None, now: dt.datetime | None = None) -> Aside:
    """Until a coming day; for good only what was read and asks for nothing more. Put aside again, the last word counts.

    Raises Refused for a day that has passed, and for a fact that would be hidden for good while it stands.
    """
    now = now or timezone.now()
    if until is None and not card.startswith(SEEN):
        raise Refused(_("This goes once it is done: write it down on its page, or put it off."), "until")
    if until is not None and until <= timezone.localdate(now):
        raise Refused(_("Choose a coming day."), "until")
    aside, _created = Aside.objects.update_or_create(card=card, defaults={"until": until, "by": by, "at": now})
    return aside
