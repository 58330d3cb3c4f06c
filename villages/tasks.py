"""What the workers do for villages: one call each."""

from celery import shared_task
from django.utils import timezone

from villages import services


@shared_task(name="villages.remind_housing")
def remind_housing(**kwargs) -> None:
    services.remind_committees(now=timezone.now())
