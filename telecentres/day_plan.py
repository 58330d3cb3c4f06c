"""One place on one day, for whoever keeps it: who sits where, who has come, who is expected, what is free. Reads only."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count

from telecentres.enums import BookingStatus, DeskKind, HalfDay, Stretch
from telecentres.half_days import Opening, Slot, days_between, local_day, overlap, public_holiday
from telecentres.models import Booking, Closure, Desk, OpeningHours, Telecentre

SHOWN = [BookingStatus.HELD, BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.COMPLETED, BookingStatus.NO_SHOW]
A_YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Seat:
    """One booking as the host sees it, in one half of the day."""

    booking: Booking
    now: dt.datetime
    no_shows: int  # of that member here, in a year
    is_second_half: bool  # of a whole day: its press stands in the first

    @property
    def first_name(self) -> str:
        member = self.booking.member
        return member.user.first_name or str(member) if member else self.booking.guest

    @property
    def can_arrive(self) -> bool:
        return self.booking.may_check_in(self.now) and not self.is_second_half

    @property
    def is_there(self) -> bool:
        return self.booking.status in (BookingStatus.CHECKED_IN, BookingStatus.COMPLETED) and self.booking.checked_in_at is not None

    @property
    def is_held(self) -> bool:
        return self.booking.status == BookingStatus.HELD

    @property
    def did_not_come(self) -> bool:
        return self.booking.status == BookingStatus.NO_SHOW

    @property
    def can_be_called_off(self) -> bool:
        return self.booking.status == BookingStatus.CONFIRMED and self.now < self.booking.starts_at and not self.is_second_half


@dataclass(frozen=True)
class HalfOfDesk:
    slot: Slot | None
    seats: list[Seat]
    closed: str  # why, or nothing


class DayPlan:
    """Five queries, however many desks and bookings."""

    def __init__(self, telecentre: Telecentre, day: dt.date, *, now: dt.datetime) -> None:
        self.telecentre, self.day, self.now = telecentre, day, now
        self.opening = Opening(OpeningHours.objects.filter(telecentre=telecentre))
        self.halves = {half: self.opening.slot(day, Stretch(half)) for half in HalfDay}
        self.holiday = public_holiday(day)
        self.desks = list(Desk.objects.filter(telecentre=telecentre, is_active=True).in_order())
        span = days_between(day, day)
        self.closures = list(Closure.objects.filter(telecentre=telecentre, period__overlap=span).order_by("period", "pk"))
        bookings = Booking.objects.filter(desk__telecentre=telecentre, status__in=SHOWN).overlapping(span)
        bookings = bookings.exclude(status=BookingStatus.HELD, held_until__lte=now)
        self.bookings = list(bookings.select_related("member__user", "desk").order_by("period", "pk"))
        self._no_shows = no_shows(telecentre, {booking.member_id for booking in self.bookings} - {None}, now)

    @property
    def morning(self) -> Slot | None:
        return self.halves[HalfDay.MORNING]

    @property
    def afternoon(self) -> Slot | None:
        return self.halves[HalfDay.AFTERNOON]

    @property
    def is_today(self) -> bool:
        return self.day == local_day(self.now)

    @property
    def is_over(self) -> bool:
        return all(slot.ends_at <= self.now for slot in self.halves.values() if slot)

    @property
    def is_open(self) -> bool:
        return not self.holiday and any(self.halves.values())

    @cached_property
    def lines(self) -> list[tuple[Desk, list[HalfOfDesk]]]:
        return [(desk, [self._half(desk, slot) for slot in self.halves.values()]) for desk in self.desks]

    def _half(self, desk: Desk, slot: Slot | None) -> HalfOfDesk:
        if slot is None:
            return HalfOfDesk(None, [], "")
        closed = next(
            (one.reason for one in self.closures if one.desk_id in (None, desk.pk) and overlap(one.period, slot.period)), ""
        )
        here = [booking for booking in self.bookings if booking.desk_id == desk.pk and overlap(booking.period, slot.period)]
        return HalfOfDesk(slot, [self._seat(booking, slot) for booking in here], closed)

    def _seat(self, booking: Booking, slot: Slot) -> Seat:
        return Seat(booking, self.now, self._no_shows.get(booking.member_id, 0), booking.starts_at < slot.starts_at)

    @property
    def there(self) -> int:
        """Who has come and whose time is not over."""
        return sum(one.status == BookingStatus.CHECKED_IN and one.ends_at > self.now for one in self.bookings)

    @property
    def expected(self) -> int:
        return sum(one.status == BookingStatus.CONFIRMED and one.ends_at > self.now for one in self.bookings)

    @property
    def now_by_desk(self) -> list[tuple[Desk, HalfOfDesk]]:
        """Each desk in the half-day under way, or the next one of the day; none once the day is over."""
        slot = next((slot for slot in self.halves.values() if slot and slot.ends_at > self.now), None)
        return [(desk, half) for desk, halves in self.lines for half in halves if slot and half.slot == slot]

    @property
    def free(self) -> int:
        """Shared desks that nobody has then."""
        if self.holiday:
            return 0
        shared = [half for desk, half in self.now_by_desk if desk.kind == DeskKind.DESK]
        return sum(not half.closed and all(seat.did_not_come for seat in half.seats) for half in shared)


def no_shows(telecentre: Telecentre, members: set[int], now: dt.datetime) -> dict[int, int]:
    """By member: how often they did not come here in a year. For the host alone."""
    missed = Booking.objects.filter(
        member__in=members, status=BookingStatus.NO_SHOW, desk__telecentre=telecentre, period__startswith__gt=now - A_YEAR
    )
    return dict(missed.order_by().values_list("member").annotate(n=Count("pk")))
