"""The week of one place as a grid: desks down, half-days across. Reads only."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from members.models import Member
from telecentres import wording
from telecentres.availability.board import ANY, Board, DeskState
from telecentres.enums import DeskKind, HalfDay, Stretch
from telecentres.half_days import Slot, local_day, public_holiday
from telecentres.models import Booking, Closure, Desk, Telecentre
from telecentres.passes.prices import short_price


@dataclass(frozen=True)
class WeekCell:
    """One desk (or any) during one slot: what the grid says there and, when it is free, what a press books."""

    state: DeskState
    slot: Slot | None
    desk: Desk | None
    time: str  # « jeudi 26, matin »
    free: int | None = None  # how many, in the line of any desk

    @property
    def press(self) -> str:
        """What a press on it sends: forms.BookingForm reads it."""
        return f"{self.desk.pk if self.desk else ANY} {self.slot.day.isoformat()} {self.slot.stretch.value}"

    @property
    def where(self) -> str:
        """« Poste 2, jeudi 26, matin »."""
        desk = self.desk.name if self.desk else _("any desk")
        return f"{desk}, {self.time}"


@dataclass
class WeekDay:
    date: dt.date
    halves: dict[HalfDay, Slot | None]
    whole: Slot | None
    holiday: str | None
    shut: dict[HalfDay, bool]
    is_today: bool
    is_chosen: bool
    times: dict[Stretch, str] = field(default_factory=dict)  # « jeudi 26, matin »
    has_whole: bool = False  # some desk is free all day long: the day gets a third column
    free: int = 0

    @property
    def opens_at(self) -> dt.datetime | None:
        return next((slot.starts_at for half, slot in self.halves.items() if slot and not self.shut[half]), None)

    @property
    def closes_at(self) -> dt.datetime | None:
        return next((slot.ends_at for half, slot in reversed(self.halves.items()) if slot and not self.shut[half]), None)

    @property
    def is_shut_in_the_morning(self) -> bool:
        return self.shut[HalfDay.MORNING]

    @property
    def is_shut_in_the_afternoon(self) -> bool:
        return self.shut[HalfDay.AFTERNOON]

    @property
    def columns(self) -> list[Stretch]:
        return [Stretch.MORNING, Stretch.AFTERNOON, *([Stretch.DAY] if self.has_whole else [])]


@dataclass
class DeskWeek:
    """One desk, or any shared desk, across the week: `days` holds (day, its cells), a cell being None where nothing stands."""

    desk: Desk | None
    price: str = ""  # of its half-days and of its days, on the day that is shown
    days: list[tuple[WeekDay, list[WeekCell | None]]] = field(default_factory=list)


class Week:
    """The grid of one place: desks down, half-days across, any shared desk first and rooms last; of some `kinds`, those alone.

    With `leaving`, what is free for a booking that moves there. `priced`: each line says what its half-days cost the member.
    """

    def __init__(
        self,
        telecentre: Telecentre,
        chosen: dt.date,
        *,
        now: dt.datetime,
        member: Member | None = None,
        kinds: Collection[DeskKind] = tuple(DeskKind),
        leaving: Booking | None = None,
        priced: bool = False,
    ) -> None:
        self.monday = chosen - dt.timedelta(days=chosen.weekday())
        sunday = self.monday + dt.timedelta(days=6)
        self.board = Board.read(telecentre, self.monday, sunday, now=now, member=member, leaving=leaving, priced=priced)
        self.board.keep_kinds(kinds)
        self.today = local_day(now)
        self._counted = DeskKind.DESK if DeskKind.DESK in kinds else next(iter(kinds))
        self.days = [self._day(weekday) for weekday in self.board.opening.weekdays]
        self._choose(chosen)
        self._prices_told = set() if priced else set(DeskKind)
        self.any_desk = [self._line_of_any()] if len(self.board.shared_desks) > 1 else []
        self.seats = [self._line(desk) for desk in self.board.desks if DeskKind(desk.kind).is_seat]
        self.rooms = [self._line(desk) for desk in self.board.desks if not DeskKind(desk.kind).is_seat]

    @property
    def groups(self) -> list[list[DeskWeek]]:
        return [lines for lines in (self.any_desk, self.seats, self.rooms) if lines]

    @property
    def shows_promised(self) -> bool:
        return self._shows(DeskState.PROMISED)

    @property
    def shows_not_for_you(self) -> bool:
        return self._shows(DeskState.NOT_FOR_YOU)

    def _shows(self, state: DeskState) -> bool:
        lines = (line for group in self.groups for line in group)
        return any(cell and cell.state == state for line in lines for _day, cells in line.days for cell in cells)

    @property
    def previous(self) -> dt.date | None:
        """None when that week is over."""
        return self.monday - dt.timedelta(days=7) if self.monday > self.today else None

    @property
    def next(self) -> dt.date | None:
        """None when that week lies beyond the place's horizon."""
        monday = self.monday + dt.timedelta(days=7)
        return monday if monday <= self.today + dt.timedelta(days=self.board.telecentre.horizon_days) else None

    @property
    def closures(self) -> list[Closure]:
        return self.board.closures

    @property
    def bookable_days(self) -> list[WeekDay]:
        """Those still to come, for a form."""
        return [day for day in self.days if day.closes_at and day.closes_at > self.board.now]

    def _day(self, weekday: int) -> WeekDay:
        date = self.monday + dt.timedelta(days=weekday)
        halves = {half: self.board.opening.slot(date, Stretch(half)) for half in HalfDay}
        return WeekDay(
            date=date,
            halves=halves,
            whole=self.board.opening.slot(date, Stretch.DAY),
            holiday=public_holiday(date),
            shut={half: slot is None or self.board.is_shut(slot) for half, slot in halves.items()},
            is_today=date == self.today,
            is_chosen=False,
            times={stretch: wording.weekday_part(date, stretch) for stretch in Stretch.of_opening_hours()},
        )

    def _choose(self, chosen: dt.date) -> None:
        """The day a phone shows: the one asked for, else the first after it that the grid holds."""
        day = next((day for day in self.days if day.date >= chosen), self.days[-1] if self.days else None)
        if day:
            day.is_chosen = True
        for day in self.days:
            slots = [slot for slot in day.halves.values() if slot]
            day.free = max((self.board.state_of_any(slot, self._counted)[1] for slot in slots), default=0)
            day.has_whole = any(
                self._is_free_all_day(desk, day) or (day.whole and self.board.is_left(desk, day.whole)) for desk in self.board.desks
            )

    def _is_free_all_day(self, desk: Desk, day: WeekDay) -> bool:
        return day.whole is not None and self.board.state(desk, day.whole) == DeskState.FREE

    def _price(self, kind: DeskKind) -> str:
        """« demi-journée : 6 €, jour : 10 € », once for each kind, by the chosen day: a pass may end during the week."""
        day = next((day for day in self.days if day.is_chosen), None)
        if kind in self._prices_told or day is None:
            return ""
        self._prices_told.add(kind)
        slots = (next((slot for slot in day.halves.values() if slot), None), day.whole)
        half_day, whole = (short_price(self.board.quote(slot, kind)) if slot else "" for slot in slots)
        if half_day and whole:
            return _("half-day: %(half_day)s, day: %(day)s") % {"half_day": half_day, "day": whole}
        return _("half-day: %(half_day)s") % {"half_day": half_day} if half_day else ""

    def _line(self, desk: Desk) -> DeskWeek:
        line = DeskWeek(desk, price=self._price(DeskKind(desk.kind)))
        for day in self.days:
            cells: list[WeekCell | None] = [
                WeekCell(self.board.state(desk, slot) if slot else DeskState.CLOSED, slot, desk, day.times[Stretch(half)])
                for half, slot in day.halves.items()
            ]
            if day.has_whole:
                whole = WeekCell(self.board.state(desk, day.whole), day.whole, desk, day.times[Stretch.DAY])
                shown = whole.state == DeskState.FREE or self.board.is_left(desk, day.whole)
                cells.append(whole if shown else None)
            line.days.append((day, cells))
        return line

    def _line_of_any(self) -> DeskWeek:
        line = DeskWeek(None, price=self._price(DeskKind.DESK))
        for day in self.days:
            cells: list[WeekCell | None] = []
            for half, slot in day.halves.items():
                state, free = self.board.state_of_any(slot) if slot else (DeskState.CLOSED, 0)
                cells.append(WeekCell(state, slot, None, day.times[Stretch(half)], free))
            if day.has_whole:
                free = self.board.count_free(day.whole)
                cells.append(WeekCell(DeskState.FREE, day.whole, None, day.times[Stretch.DAY], free) if free else None)
            line.days.append((day, cells))
        return line
