"""When a letter must not leave any more: asked by the outbox, under lock, as it leaves."""

import datetime as dt

from django.utils import timezone

from outbox import stops
from outbox.keys import to_the_second
from projects import notifications
from projects.enums import IntroductionState
from projects.models import ConsentRequest, Introduction
from projects.reminders import nudges, planner
from projects.reminders.rules.outsiders import VillageSilent


@stops.stop_when(notifications.DIGEST)
def digest_speaks_of_nothing(**fact) -> bool:
    return not planner.digest_still_holds(notifications.DIGEST.key(**fact), timezone.localdate())


@stops.stop_when(notifications.TASK_DUE)
def task_is_no_longer_due(**fact) -> bool:
    return not planner.digest_still_holds(notifications.TASK_DUE.key(**fact), timezone.localdate())


@stops.stop_when(notifications.NUDGE)
def nothing_is_awaited_of_this_person(**fact) -> bool:
    return not nudges.nudge_still_holds(notifications.NUDGE.key(**fact))


@stops.stop_when(notifications.ADDRESS_ASKED)
def what_it_stands_for_has_gone(key: str) -> bool:
    """It was written in place of another letter, whose key follows."""
    return stops.reason_has_gone(key)


@stops.stop_when(notifications.CONSENT_ASKED)
def consent_is_answered_or_taken_back(request: int) -> bool:
    waiting = ConsentRequest.objects.filter(pk=request, answered_at__isnull=True)
    return not waiting.filter(introductions__state=IntroductionState.AWAITING_CONSENT).exists()


@stops.stop_when(notifications.INTRODUCED)
def nothing_is_asked_of_the_village(village: int, day: dt.date) -> bool:
    """All that the letter asks was answered by word of mouth or taken back, or waits: the village or the files are paused, the
    families have chosen."""
    return not VillageSilent.silent(timezone.localdate()).filter(village=village, sent_at__date=day).exists()


@stops.stop_when(notifications.ACCEPTED)
def they_are_in_touch_or_it_is_over(introduction: int) -> bool:
    return not Introduction.objects.filter(pk=introduction, state=IntroductionState.ACCEPTED).exists()


@stops.stop_when(notifications.VISIT)
def visit_is_off_or_at_another_hour(introduction: int, at: dt.datetime, **told) -> bool:
    found = Introduction.objects.filter(pk=introduction, state__in=IntroductionState.before_visit()).first()
    return found is None or found.visit_at is None or to_the_second(found.visit_at) != at
