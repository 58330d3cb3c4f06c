from celery import shared_task
from django.utils import timezone

from telecentres import services


@shared_task(name="telecentres.remind_upcoming")
def remind_upcoming(**kwargs) -> None:
    services.remind_upcoming(now=timezone.now())


@shared_task(name="telecentres.complete_past")
def complete_past(**kwargs) -> None:
    services.complete_past(now=timezone.now())
