"""How much one member may hold: so many bookings ahead, so many hours of rooms a week. The lead sets both. Reads only.

Asked by `booking.services.check`, through which every booking goes: by the page, a series, the waiting list, a move, a desk's
code. The member is locked by then, so that two requests at once cannot both be the last one allowed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from telecentres.enums import BookingStatus, DeskKind
from telecentres.half_days import days_between, local_day
from telecentres.models import Booking, BookingLimits

A_WEEK = 7  # days
AN_HOUR = dt.timedelta(hours=1)
A_CLOCK_APART = AN_HOUR  # much longer than a request waits for its turn: whoever was first may have the later clock


@dataclass(frozen=True)
class HeldBooking:
    """A live booking of a member; a hold that they have not accepted yet counts too."""

    pk: int | None
    period: DateTimeTZRange
    made_at: dt.datetime
    is_room: bool

    @property
    def monday(self) -> dt.date:
        return monday_of(local_day(self.period.lower))

    @property
    def hours(self) -> float:
        return hours_of(self.period)


class MemberLimits:
    """What these members hold, around the days `span`. Two queries, however many they are; the limits when first asked for."""

    def __init__(self, members: Collection[int], *, span: DateTimeTZRange, now: dt.datetime) -> None:
        self._held: dict[int, list[HeldBooking]] = defaultdict(list)
        if not members:
            return
        first, last = monday_of(local_day(span.lower)), monday_of(local_day(span.upper)) + dt.timedelta(days=A_WEEK - 1)
        in_these_weeks = Q(desk__kind__in=DeskKind.rooms(), period__overlap=days_between(first, last))
        standing = Booking.objects.filter(member__in=members, status__in=BookingStatus.live())
        standing = standing.exclude(status=BookingStatus.HELD, held_until__lte=now)
        rows = standing.filter(Q(period__endswith__gt=now) | in_these_weeks)
        for member, pk, period, made_at, kind in rows.values_list("member", "pk", "period", "created_at", "desk__kind"):
            self._held[member].append(HeldBooking(pk, period, made_at, kind in DeskKind.rooms()))

    @cached_property
    def _set_by_lead(self) -> BookingLimits:
        return BookingLimits.now()

    @property
    def ahead(self) -> int:
        """Bookings."""
        return self._set_by_lead.bookings_ahead

    @property
    def room_hours(self) -> int:
        """A week."""
        return self._set_by_lead.room_hours_a_week

    def take(self, booking: Booking, *, is_room: bool) -> None:
        """Count a booking that was just made in the same transaction."""
        if booking.member_id:
            self._held[booking.member_id].append(HeldBooking(None, booking.period, booking.created_at, is_room))

    def _known(self, member: int, now: dt.datetime) -> list[HeldBooking]:
        """Without those made long after `now`: an import of a past tells it place by place."""
        return [booking for booking in self._held[member] if booking.made_at < now + A_CLOCK_APART]

    def has_too_many(self, member: int, *, now: dt.datetime, leaving: Booking | None) -> bool:
        """Whether one more would be beyond. A move leaves as many as there were."""
        if leaving is not None and leaving.ends_at > now:
            return False
        return sum(booking.period.upper > now for booking in self._known(member, now)) >= self.ahead

    def room_hours_in_week(self, member: int, day: dt.date, *, now: dt.datetime, leaving: Booking | None) -> float:
        """Hours of rooms that they hold in the week of that day, whichever place they are in."""
        left = leaving.pk if leaving else None
        here = [booking for booking in self._known(member, now) if booking.is_room and booking.monday == monday_of(day)]
        return sum(booking.hours for booking in here if left is None or booking.pk != left)

    def has_too_many_room_hours(self, member: int, period: DateTimeTZRange, *, now: dt.datetime, leaving: Booking | None) -> bool:
        """A move within a week that takes no longer is never beyond: somebody may hold more than the limit since it was set."""
        day, asked = local_day(period.lower), hours_of(period)
        if leaving and monday_of(local_day(leaving.starts_at)) == monday_of(day) and hours_of(leaving.period) >= asked:
            return False
        return self.room_hours_in_week(member, day, now=now, leaving=leaving) + asked > self.room_hours


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def hours_of(period: DateTimeTZRange) -> float:
    return (period.upper - period.lower) / AN_HOUR
