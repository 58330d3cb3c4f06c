"""One place as it is now, and the next days of it. Reads only."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from members.models import Member
from telecentres.availability.board import DAYS_LOOKED_AHEAD, Board, DeskState
from telecentres.half_days import Slot, local_day
from telecentres.models import DOORS_OPEN_BEFORE, Desk, Telecentre


@dataclass(frozen=True)
class FreeHalfDay:
    slot: Slot
    free: int


class PlaceNow:
    """One place as it is now, for somebody who stands there once its doors are open, and at the next half-day one may book."""

    def __init__(self, telecentre: Telecentre, *, now: dt.datetime, member: Member | None = None) -> None:
        today = local_day(now)
        self.now = now
        self.board = Board.read(telecentre, today, today + dt.timedelta(days=DAYS_LOOKED_AHEAD), now=now, member=member)
        self._coming = [slot for slot in self.board.open_half_days() if slot.ends_at > now]
        self.board_now = Board(self.board.snapshot, today, today, now=now, member=member, on_the_spot=self._doors_are_open)

    @property
    def _doors_are_open(self) -> bool:
        """So that the code of a desk takes it: see booking/views/at_desk.py."""
        return self.slot is not None and self.slot.starts_at - DOORS_OPEN_BEFORE <= self.now

    @property
    def slot(self) -> Slot | None:
        """The half-day under way, else the next one."""
        return self._coming[0] if self._coming else None

    @property
    def is_open(self) -> bool:
        return self.slot is not None and self.slot.starts_at <= self.now

    @property
    def open_until(self) -> dt.datetime | None:
        """Through the afternoon when the place does not close at noon."""
        if not self.is_open:
            return None
        following = self._coming[1:2]
        through = following and following[0].starts_at == self.slot.ends_at
        return following[0].ends_at if through else self.slot.ends_at

    @property
    def free(self) -> int:
        """Shared desks that whoever looks may sit down at, or book for the next half-day."""
        return self.board_now.count_free(self.slot) if self.slot else 0

    @cached_property
    def next_bookable(self) -> FreeHalfDay | None:
        """The next half-day that may still be booked, be it full."""
        for slot in self._coming:
            if not self.board.why_not_then(slot):
                return FreeHalfDay(slot, self.board.count_free(slot))
        return None

    def desks(self) -> list[tuple[Desk, DeskState]]:
        """Each desk during `slot`, begun or not."""
        if self.slot is None:
            return [(desk, DeskState.CLOSED) for desk in self.board.desks]
        return [(desk, self.board_now.state(desk, self.slot)) for desk in self.board.desks]


def next_days_free(telecentre: Telecentre, *, now: dt.datetime, days: int = 4) -> list[tuple[dt.date, list[FreeHalfDay]]]:
    """The next days that may be booked, each with its half-days still to come and the shared desks anybody may book."""
    today = local_day(now)
    board = Board.read(telecentre, today, today + dt.timedelta(days=DAYS_LOOKED_AHEAD), now=now)
    coming: dict[dt.date, list[FreeHalfDay]] = {}
    for slot in board.open_half_days():
        if not board.why_not_then(slot) and (slot.day in coming or len(coming) < days):
            coming.setdefault(slot.day, []).append(FreeHalfDay(slot, board.count_free(slot)))
    return list(coming.items())
