"""What is free, where and when: reads only, for pages. A booking asks again under its locks."""

import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from members.models import Member
from telecentres import wording
from telecentres.enums import BookingStatus, DeskKind, HalfDay, Stretch
from telecentres.half_days import Opening, Slot, days_between, local_day, overlap, public_holiday
from telecentres.models import Booking, Closure, Desk, OpeningHours, Telecentre

ANY = "any"
DAYS_LOOKED_AHEAD = 14


class State(enum.Enum):
    """Of one desk, or of all together, during one half-day."""

    FREE = "free"
    MINE = "mine"
    HELD = "held"  # for the member who looks, to be accepted
    TAKEN = "taken"
    FULL = "full"
    CLOSED = "closed"
    PAST = "past"
    LATER = "later"  # beyond the place's horizon


class Board:
    """One place from one day to another, read once (hours, desks, closures, bookings), asked as often as one likes."""

    def __init__(
        self, telecentre: Telecentre, first: dt.date, last: dt.date, *, now: dt.datetime, member: Member | None = None
    ) -> None:
        self.telecentre, self.now, self.member = telecentre, now, member
        self.first, self.last = first, last
        span = days_between(first, last)
        self.opening = Opening(telecentre.hours_at_hand())
        self.desks = list(Desk.objects.filter(telecentre=telecentre, is_active=True).in_order())
        self.closures = list(Closure.objects.filter(telecentre=telecentre, period__overlap=span).order_by("period", "pk"))
        self._bookings: dict[int, list] = defaultdict(list)
        self._states: dict[tuple[dt.date, Stretch], dict[int, State]] = {}
        live = Booking.objects.live(now).filter(desk__telecentre=telecentre).overlapping(span)
        for desk, member_id, period, status in live.values_list("desk", "member", "period", "status"):
            self._bookings[desk].append((period, member_id, status))

    @property
    def shared_desks(self) -> list[Desk]:
        return [desk for desk in self.desks if desk.kind == DeskKind.DESK]

    def is_shut(self, slot: Slot) -> bool:
        """For everybody: no booking is taken, or a public holiday, or a closure of the whole place."""
        if not self.telecentre.is_open or public_holiday(slot.day):
            return True
        return any(closure.desk_id is None and overlap(closure.period, slot.period) for closure in self.closures)

    def state(self, desk: Desk, slot: Slot) -> State:
        """Of one desk; PAST as soon as it is too late to book."""
        return self.states(slot)[desk.id]

    def states(self, slot: Slot) -> dict[int, State]:
        """Of every desk by its key, worked out once a slot: a week of twenty desks asks a thousand times."""
        known = slot.day, slot.stretch
        if known not in self._states:
            self._states[known] = self._work_out(slot)
        return self._states[known]

    def _work_out(self, slot: Slot) -> dict[int, State]:
        me = self.member.pk if self.member else None
        has_begun = slot.starts_at < self.now + dt.timedelta(minutes=self.telecentre.notice_minutes)
        is_beyond = slot.day > local_day(self.now) + dt.timedelta(days=self.telecentre.horizon_days)
        is_shut = self.is_shut(slot)
        closed = {closure.desk_id for closure in self.closures if overlap(closure.period, slot.period)}
        states = {}
        for desk in self.desks:
            booked = {member: status for period, member, status in self._bookings[desk.id] if overlap(period, slot.period)}
            if me is not None and me in booked:
                state = State.HELD if booked[me] == BookingStatus.HELD else State.MINE
            elif has_begun:
                state = State.PAST
            elif is_shut or desk.id in closed:
                state = State.CLOSED
            elif booked:
                state = State.TAKEN
            else:
                state = State.LATER if is_beyond else State.FREE
            states[desk.id] = state
        return states

    def state_of_any(self, desks: Sequence[Desk], slot: Slot) -> tuple[State, int]:
        """What all of them come to, and how many are free."""
        known = self.states(slot)
        states = [known[desk.id] for desk in desks]
        if free := states.count(State.FREE):
            return State.FREE, free
        for state in (State.PAST, State.LATER):
            if state in states:
                return state, 0
        taken = {State.TAKEN, State.MINE, State.HELD} & set(states)
        return (State.FULL if taken else State.CLOSED), 0

    def is_usable(self, desk: Desk, slot: Slot) -> bool:
        closed = any(closure.desk_id == desk.pk and overlap(closure.period, slot.period) for closure in self.closures)
        return not closed and not self.is_shut(slot)

    def is_occupied(self, desk: Desk, slot: Slot) -> bool:
        return any(overlap(period, slot.period) for period, *_who in self._bookings[desk.pk])

    def count_free(self, slot: Slot) -> int:
        """Shared desks that nobody has during this slot, also when it has begun."""
        return sum(self.is_usable(desk, slot) and not self.is_occupied(desk, slot) for desk in self.shared_desks)

    def open_half_days(self) -> Iterable[Slot]:
        """In time order, those of the board's days at which the place is open."""
        for n in range((self.last - self.first).days + 1):
            for slot in self.opening.half_days(self.first + dt.timedelta(days=n)):
                if not self.is_shut(slot):
                    yield slot


# ---- One place, the next days ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HalfDayFree:
    slot: Slot
    free: int


class PlaceNow:
    """One place as it is now and as it will be at the next half-day one may book."""

    def __init__(self, telecentre: Telecentre, *, now: dt.datetime, member: Member | None = None) -> None:
        today = local_day(now)
        self.now = now
        self.board = Board(telecentre, today, today + dt.timedelta(days=DAYS_LOOKED_AHEAD), now=now, member=member)
        self._coming = [slot for slot in self.board.open_half_days() if slot.ends_at > now]

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
        return self.board.count_free(self.slot) if self.slot else 0

    @cached_property
    def next_bookable(self) -> HalfDayFree | None:
        """The next half-day that has not begun."""
        for slot in self._coming:
            if slot.starts_at >= self.now:
                return HalfDayFree(slot, self.board.count_free(slot))
        return None

    def desks(self) -> list[tuple[Desk, State]]:
        """Each desk during `slot`, begun or not."""
        if self.slot is None:
            return [(desk, State.CLOSED) for desk in self.board.desks]
        return [(desk, self._state(desk)) for desk in self.board.desks]

    def _state(self, desk: Desk) -> State:
        if not self.board.is_usable(desk, self.slot):
            return State.CLOSED
        state = self.board.state(desk, self.slot)
        if state in (State.MINE, State.HELD):
            return state
        return State.TAKEN if self.board.is_occupied(desk, self.slot) else State.FREE


def next_days_free(telecentre: Telecentre, *, now: dt.datetime, days: int = 4) -> list[tuple[dt.date, list[HalfDayFree]]]:
    """The next days the place is open, each with the half-days still to come and their free shared desks. Four queries."""
    today = local_day(now)
    board = Board(telecentre, today, today + dt.timedelta(days=DAYS_LOOKED_AHEAD), now=now)
    coming: dict[dt.date, list[HalfDayFree]] = {}
    for slot in board.open_half_days():
        if slot.starts_at >= now and (slot.day in coming or len(coming) < days):
            coming.setdefault(slot.day, []).append(HalfDayFree(slot, board.count_free(slot)))
    return list(coming.items())


# ---- All places, the next morning --------------------------------------------------------------------------------------


def next_morning(now: dt.datetime) -> dt.date | None:
    """The first day after today on which some place opens in the morning: for "how many desks are free tomorrow". One query."""
    weekdays = set(
        OpeningHours.objects.filter(telecentre__is_open=True, half=HalfDay.MORNING).values_list("weekday", flat=True).distinct()
    )
    today = local_day(now)
    days = (today + dt.timedelta(days=n) for n in range(1, DAYS_LOOKED_AHEAD + 1))
    return next((day for day in days if day.weekday() in weekdays and not public_holiday(day)), None)


# ---- One place, one week -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One desk (or any) during one slot: what the grid says there and, when it is free, what a press books."""

    state: State
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
class Day:
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
class Line:
    """One desk, or any shared desk, across the week: `days` holds (day, its cells), a cell being None where nothing stands."""

    desk: Desk | None
    days: list[tuple[Day, list[Cell | None]]] = field(default_factory=list)


class Week:
    """The grid of one place: desks down, half-days across, any shared desk first and rooms last; of some `kinds`, those alone."""

    def __init__(
        self,
        telecentre: Telecentre,
        chosen: dt.date,
        *,
        now: dt.datetime,
        member: Member | None = None,
        kinds: Collection[DeskKind] = tuple(DeskKind),
    ) -> None:
        self.monday = chosen - dt.timedelta(days=chosen.weekday())
        self.board = Board(telecentre, self.monday, self.monday + dt.timedelta(days=6), now=now, member=member)
        self.board.desks = [desk for desk in self.board.desks if desk.kind in kinds]
        self.today = local_day(now)
        self.days = [self._day(weekday) for weekday in self.board.opening.weekdays]
        self._choose(chosen)
        self.any_desk = [self._line_of_any()] if len(self.board.shared_desks) > 1 else []
        self.seats = [self._line(desk) for desk in self.board.desks if DeskKind(desk.kind).is_seat]
        self.rooms = [self._line(desk) for desk in self.board.desks if not DeskKind(desk.kind).is_seat]

    @property
    def groups(self) -> list[list[Line]]:
        return [lines for lines in (self.any_desk, self.seats, self.rooms) if lines]

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
    def bookable_days(self) -> list[Day]:
        """Those still to come, for a form."""
        return [day for day in self.days if day.closes_at and day.closes_at > self.board.now]

    def _day(self, weekday: int) -> Day:
        date = self.monday + dt.timedelta(days=weekday)
        halves = {half: self.board.opening.slot(date, Stretch(half)) for half in HalfDay}
        return Day(
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
            day.free = max((self.board.state_of_any(self.board.shared_desks, slot)[1] for slot in slots), default=0)
            day.has_whole = day.whole is not None and any(self._is_free_all_day(desk, day) for desk in self.board.desks)

    def _is_free_all_day(self, desk: Desk, day: Day) -> bool:
        return all(slot and self.board.state(desk, slot) == State.FREE for slot in day.halves.values())

    def _line(self, desk: Desk) -> Line:
        line = Line(desk)
        for day in self.days:
            cells: list[Cell | None] = [
                Cell(self.board.state(desk, slot) if slot else State.CLOSED, slot, desk, day.times[Stretch(half)])
                for half, slot in day.halves.items()
            ]
            if day.has_whole:
                whole = Cell(State.FREE, day.whole, desk, day.times[Stretch.DAY])
                cells.append(whole if self._is_free_all_day(desk, day) else None)
            line.days.append((day, cells))
        return line

    def _line_of_any(self) -> Line:
        line, desks = Line(None), self.board.shared_desks
        for day in self.days:
            cells: list[Cell | None] = []
            for half, slot in day.halves.items():
                state, free = self.board.state_of_any(desks, slot) if slot else (State.CLOSED, 0)
                cells.append(Cell(state, slot, None, day.times[Stretch(half)], free))
            if day.has_whole:
                free = sum(self._is_free_all_day(desk, day) for desk in desks)
                cells.append(Cell(State.FREE, day.whole, None, day.times[Stretch.DAY], free) if free else None)
            line.days.append((day, cells))
        return line


# ---- What a member has booked ------------------------------------------------------------------------------------------
