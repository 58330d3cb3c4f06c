"""A file introduced to villages, as far as its consent, or sent."""

import datetime as dt

from projects.enums import IntroductionState, Via
from projects.introductions import choosing
from projects.introductions.services import (
    answer_consent,
    ask_consent,
    send_ready,
)
from tests.factories.villages import CommitteeMemberFactory, VillageFactory

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)  # Tuesday, noon in Paris
DAY = dt.timedelta(days=1)
State = IntroductionState


def village(name: str, **facts):
    village = VillageFactory(commune__name=name, slug=name.lower(), **facts)
    CommitteeMemberFactory(village=village, lead=True, name=f"Hélène de {name}", email=f"{name.lower()}@example.org")
    return village


def chosen(file, *villages, now=NOON):
    return choosing.choose_villages(file=file, reasons={village: ["La fibre"] for village in villages}, by=file.adviser, now=now)


def sent(file, *villages, now=NOON):
    """Chosen, agreed to and written to."""
    chosen(file, *villages, now=now)
    request = ask_consent(file=file, by=file.adviser, now=now)
    answer_consent(request=request, agreed_to=[village.pk for village in villages], via=Via.LINK, now=now)
    send_ready(now=now)
    return list(file.introductions.order_by("pk"))


def states(file) -> list[str]:
    return list(file.introductions.order_by("pk").values_list("state", flat=True))
