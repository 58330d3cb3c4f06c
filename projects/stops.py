"""When a letter must not leave any more: asked by the outbox, under lock, as it leaves."""

from django.utils import timezone

from outbox import stops
from projects import reminders


@stops.when("digest")
def digest_speaks_of_nothing(fact: str) -> bool:
    return not reminders.still_speaks(f"digest:{fact}", timezone.localdate())


@stops.when("task_due")
def task_is_no_longer_due(fact: str) -> bool:
    return not reminders.still_speaks(f"task_due:{fact}", timezone.localdate())
