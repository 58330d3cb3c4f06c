"""When a letter must not leave any more: asked by the outbox, under lock, as it leaves."""

from django.utils import timezone

from outbox import stops
from projects import notifications, nudges, reminders
from projects.enums import IntroductionState
from projects.models import ConsentRequest, Introduction


@stops.when("digest")
def digest_speaks_of_nothing(fact: str) -> bool:
    return not reminders.still_speaks(f"digest:{fact}", timezone.localdate())


@stops.when("task_due")
def task_is_no_longer_due(fact: str) -> bool:
    return not reminders.still_speaks(f"task_due:{fact}", timezone.localdate())


@stops.when(notifications.NUDGE)
def nothing_is_awaited_of_this_person(fact: str) -> bool:
    return not nudges.still_speaks(f"{notifications.NUDGE}:{fact}")


@stops.when(notifications.CONSENT_ASKED)
def consent_is_answered_or_taken_back(request_id: str) -> bool:
    waiting = ConsentRequest.objects.filter(pk=request_id, answered_at__isnull=True)
    return not waiting.filter(introductions__state=IntroductionState.AWAITING_CONSENT).exists()


@stops.when(notifications.INTRODUCED)
def nothing_is_asked_of_the_village(fact: str) -> bool:
    """All that the letter asks was answered by word of mouth or taken back."""
    village_id, _dot, day = fact.partition(".")
    return not Introduction.objects.silent().filter(village=village_id, sent_at__date=day).exists()


@stops.when(notifications.ACCEPTED)
def they_are_in_touch_or_it_is_over(introduction_id: str) -> bool:
    return not Introduction.objects.filter(pk=introduction_id, state=IntroductionState.ACCEPTED).exists()


@stops.when(notifications.VISIT)
def visit_is_off_or_at_another_hour(fact: str) -> bool:
    introduction_id, hour, _reader = fact.split(".")
    stands = [IntroductionState.ACCEPTED, IntroductionState.CONTACT_MADE]
    found = Introduction.objects.filter(pk=introduction_id, state__in=stands).first()
    return found is None or found.visit_at is None or f"{found.visit_at:%Y-%m-%dT%H:%M}" != hour
