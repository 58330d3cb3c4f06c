from celery import shared_task
from django.utils import timezone

from telecentres import services


@shared_task(name="telecentres.remind_upcoming")
def remind_upcoming(**kwargs) -> None:
    services.remind_upcoming(now=timezone.now())


@shared_task(name="telecentres.introduce_newcomers")
def introduce_newcomers(**kwargs) -> None:
    services.introduce_newcomers(now=timezone.now())


@shared_task(name="telecentres.complete_past")
def complete_past(**kwargs) -> None:
    services.complete_past(now=timezone.now())


@shared_task(name="telecentres.keep_lines")
def keep_lines(**kwargs) -> None:
    """Give back what nobody claimed or accepted, then offer what is free to those who wait."""
    now = timezone.now()
    services.release_unclaimed(now=now)
    services.expire_holds(now=now)
    services.offer_free_places(now=now)


@shared_task(name="telecentres.carry_series_on")
def carry_series_on(**kwargs) -> None:
    services.carry_on(now=timezone.now())
