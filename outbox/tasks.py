"""What the workers do for the outbox: ids in, one call."""

from celery import shared_task
from django.utils import timezone

from outbox import delivery


@shared_task(name="outbox.deliver")
def deliver(*, letter_id: int, **kwargs) -> None:
    delivery.deliver(letter_id=letter_id, now=timezone.now())


@shared_task(name="outbox.deliver_due")
def deliver_due(**kwargs) -> None:
    delivery.deliver_due(now=timezone.now())


def nudge(*, letter_id: int) -> None:
    deliver.delay(letter_id=letter_id)
