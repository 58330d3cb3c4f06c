from celery import shared_task
from django.utils import timezone

from telecentres.booking import arriving, clockwork
from telecentres.encounters import services as encounters
from telecentres.series import services as series
from telecentres.waiting import services as waiting


@shared_task(name="telecentres.remind_upcoming")
def remind_upcoming(**kwargs) -> None:
    clockwork.remind_upcoming(now=timezone.now())


@shared_task(name="telecentres.introduce_newcomers")
def introduce_newcomers(**kwargs) -> None:
    encounters.introduce_newcomers(now=timezone.now())


@shared_task(name="telecentres.complete_past")
def complete_past(**kwargs) -> None:
    clockwork.complete_past(now=timezone.now())


@shared_task(name="telecentres.keep_lines")
def keep_lines(**kwargs) -> None:
    """Give back what nobody claimed or accepted, then offer what is free to those who wait."""
    now = timezone.now()
    arriving.release_unclaimed(now=now)
    waiting.expire_holds(now=now)
    waiting.offer_free_places(now=now)


@shared_task(name="telecentres.carry_series_on")
def carry_series_on(**kwargs) -> None:
    series.extend_series(now=timezone.now())
