"""What the workers do for villages: one call each."""

from celery import shared_task
from django.utils import timezone

from villages.alerts import services
from villages.housing import reminders


@shared_task(name="villages.remind_housing")
def remind_housing(**kwargs) -> None:
    reminders.remind_committees(now=timezone.now())


@shared_task(name="villages.send_news")
def send_news(**kwargs) -> None:
    now = timezone.now()
    services.forget_unconfirmed_searches(now=now)
    services.find_news(now=now)
