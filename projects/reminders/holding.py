"""Letters to people outside of the team, held back by an adviser."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from projects.activity.refusals import Refused
from projects.enums import ReminderRule
from projects.models import Hold


def hold_letter(*, rule: ReminderRule, target: str, by: User, until: dt.date | None = None, now: dt.datetime | None = None) -> Hold:
    """Until a coming day, or for good. Raises Refused for a day that has passed."""
    now = now or timezone.now()
    if until is not None and until <= timezone.localdate(now):
        raise Refused(_("Choose a coming day."), "until")
    hold, _created = Hold.objects.update_or_create(rule=rule, target=target, defaults={"until": until, "by": by, "at": now})
    return hold


def let_letter_go(*, rule: ReminderRule, target: str) -> None:
    Hold.objects.filter(rule=rule, target=target).delete()
