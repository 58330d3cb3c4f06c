"""One place on one day, for whoever keeps it: who sits where, who has come, who is expected, what is free. Reads only."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from telecentres.availability.board import Board, DeskState
from telecentres.availability.rules import why_not_called_off
from telecentres.enums import BookingStatus, HalfDay, Stretch
from telecentres.half_days import Slot, days_between, local_day, overlap, public_holiday
from telecentres.models import Booking, Desk, Telecentre

A_YEAR = dt.timedelta(days=365)
SAID = {
    DeskState.FREE: pgettext_lazy("desk", "free"),
    DeskState.TAKEN: pgettext_lazy("desk", "taken"),  # a moment ago
    DeskState.PROMISED: pgettext_lazy("desk", "promised to those who wait"),
    DeskState.PAST: pgettext_lazy("half-day", "Past"),
    DeskState.LATER: pgettext_lazy("desk", "not to be booked yet"),
    DeskState.CLOSED: pgettext_lazy("half-day", "Closed"),
}


@dataclass(frozen=True)
class HostedBooking:
    """One booking as the host sees it, in one half of the day."""

    booking: Booking
    now: dt.datetime
    no_shows: int  # of that member here, in a year
    is_second_half: bool  # of a whole day: its press stands in the first

    @property
    def first_name(self) -> str:
        """For the wall. Of a passer-by the host may have noted a whole name, or an address: neither is told."""
        member = self.booking.member
        return member.user.first_name or str(member) if member else _("A visitor")

    @property
    def can_arrive(self) -> bool:
        return self.booking.may_check_in(self.now) and not self.is_second_half

    @property
    def is_there(self) -> bool:
        return self.booking.status in BookingStatus.come() and self.booking.checked_in_at is not None

    @property
    def is_held(self) -> bool:
        return self.booking.status == BookingStatus.HELD

    @property
    def did_not_come(self) -> bool:
        return self.booking.status == BookingStatus.NO_SHOW

    @property
    def can_be_called_off(self) -> bool:
        """By whoever keeps the place, to whom this page is shown; what is only held is not theirs to let go."""
        is_confirmed = self.booking.status == BookingStatus.CONFIRMED and not self.is_second_half
        return is_confirmed and why_not_called_off(self.booking, now=self.now, by_keeper=lambda: True) is None


@dataclass(frozen=True)
class DeskHalfDay:
    slot: Slot | None
    seats: list[HostedBooking]
    closed: str  # why, or nothing
    state: DeskState  # for a passer-by who stands there

    @property
    def sitting(self) -> list[HostedBooking]:
        """Without those who did not come: their desk was given back."""
        return [seat for seat in self.seats if not seat.did_not_come]

    @property
    def words(self) -> str:
        """« libre », or why nobody sits there and nobody may."""
        return str(SAID.get(self.state, SAID[DeskState.CLOSED]))


class DayPlan:
    """What is free is said for somebody who stands there or calls: the host may book what has begun."""

    def __init__(self, telecentre: Telecentre, day: dt.date, *, now: dt.datetime) -> None:
        self.telecentre, self.day, self.now = telecentre, day, now
        self.board = Board.read(telecentre, day, day, now=now, on_the_spot=True, for_passers_by=True)
        self.halves = {half: self.board.opening.slot(day, Stretch(half)) for half in HalfDay}
        self.holiday = public_holiday(day)
        self.desks = self.board.desks
        span = days_between(day, day)
        bookings = Booking.objects.filter(desk__telecentre=telecentre, status__in=BookingStatus.shown_to_hosts()).overlapping(span)
        bookings = bookings.exclude(status=BookingStatus.HELD, held_until__lte=now)
        self.bookings = list(bookings.select_related("member__user", "desk").order_by("period", "pk"))
        for booking in self.bookings:
            booking.desk.telecentre = telecentre
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
    def lines(self) -> list[tuple[Desk, list[DeskHalfDay]]]:
        return [(desk, [self._half(desk, slot) for slot in self.halves.values()]) for desk in self.desks]

    def _half(self, desk: Desk, slot: Slot | None) -> DeskHalfDay:
        if slot is None:
            return DeskHalfDay(None, [], "", DeskState.CLOSED)
        closed = next((closure.reason for closure in self.board.snapshot.closures_of(desk, slot.period)), "")
        here = [booking for booking in self.bookings if booking.desk_id == desk.pk and overlap(booking.period, slot.period)]
        seats = [self._hosted(booking, slot) for booking in here]
        return DeskHalfDay(slot, seats, closed, self.board.state(desk, slot))

    def _hosted(self, booking: Booking, slot: Slot) -> HostedBooking:
        return HostedBooking(booking, self.now, self._no_shows.get(booking.member_id, 0), booking.starts_at < slot.starts_at)

    @property
    def there(self) -> int:
        """Who has come and whose time is not over."""
        return sum(booking.status == BookingStatus.CHECKED_IN and booking.ends_at > self.now for booking in self.bookings)

    @property
    def expected(self) -> int:
        return sum(booking.status == BookingStatus.CONFIRMED and booking.ends_at > self.now for booking in self.bookings)

    @property
    def _slot_shown(self) -> Slot | None:
        return next((slot for slot in self.halves.values() if slot and slot.ends_at > self.now), None)

    @property
    def now_by_desk(self) -> list[tuple[Desk, DeskHalfDay]]:
        """Each desk in the half-day under way, or the next one of the day; none once the day is over."""
        slot = self._slot_shown
        return [(desk, half) for desk, halves in self.lines for half in halves if slot and half.slot == slot]

    @property
    def free(self) -> int:
        """Shared desks to be had then."""
        slot = self._slot_shown
        return self.board.count_free(slot) if slot else 0


def no_shows(telecentre: Telecentre, members: set[int], now: dt.datetime) -> dict[int, int]:
    """By member: how often they did not come here in a year. For the host alone."""
    missed = Booking.objects.filter(
        member__in=members, status=BookingStatus.NO_SHOW, desk__telecentre=telecentre, period__startswith__gt=now - A_YEAR
    )
    return dict(missed.order_by().values_list("member").annotate(n=Count("pk")))
