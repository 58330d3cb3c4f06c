"""A card of the morning put aside."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from projects.models import Aside
from projects.services.refusals import Refused


def put_aside(*, card: str, by: User, until: dt.date | None = None, now: dt.datetime | None = None) -> Aside:
    """Until a coming day, or for good. Put aside again, the last word counts. Raises Refused for a day that has passed."""
    now = now or timezone.now()
    if until is not None and until <= timezone.localdate(now):
        raise Refused(_("Choose a coming day."), "until")
    aside, _created = Aside.objects.update_or_create(card=card, defaults={"until": until, "by": by, "at": now})
    return aside
