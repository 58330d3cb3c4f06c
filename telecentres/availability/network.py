"""All places at one half-day: how many desks are free in each. Reads only."""

import datetime as dt
from collections.abc import Sequence

from telecentres.availability.board import DAYS_LOOKED_AHEAD, DeskState, read_boards
from telecentres.enums import HalfDay, Stretch
from telecentres.half_days import local_day, public_holiday
from telecentres.models import OpeningHours, Telecentre


def next_morning(now: dt.datetime) -> dt.date | None:
    """The first day after today on which some place opens in the morning: for "how many desks are free tomorrow". One query."""
    weekdays = set(
        OpeningHours.objects.filter(telecentre__is_open=True, half=HalfDay.MORNING).values_list("weekday", flat=True).distinct()
    )
    today = local_day(now)
    days = (today + dt.timedelta(days=n) for n in range(1, DAYS_LOOKED_AHEAD + 1))
    return next((day for day in days if day.weekday() in weekdays and not public_holiday(day)), None)


def with_free_desks(places: Sequence[Telecentre], day: dt.date, stretch: Stretch, *, now: dt.datetime) -> Sequence[Telecentre]:
    """The same places, each with its `state` then and `free`, how many shared desks anybody may book; None where it is closed."""
    boards = read_boards(places, day, day, now=now)
    for place in places:
        slot = boards[place.pk].opening.slot(day, stretch)
        place.state, place.free = boards[place.pk].state_of_any(slot) if slot else (DeskState.CLOSED, 0)
        if place.state == DeskState.CLOSED:
            place.free = None
    return places
