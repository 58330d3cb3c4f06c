"""May this be booked? Everything that speaks to it is read once, under the locks; the answers cost no query more."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from telecentres.enums import BookingStatus, Public, RateUnit, Stretch
from telecentres.half_days import Opening, Slot, local_day, overlap, public_holiday
from telecentres.models import Booking, Closure, Desk, OpeningHours, Rate, Telecentre
from telecentres.services import refusals
from telecentres.services.refusals import BookingRequest


class Facts:
    """What stands in one place around some requests: opening hours and closures, then bookings and members' seats."""

    def __init__(self, telecentre: Telecentre, requests: Sequence[BookingRequest]) -> None:
        """The place is locked by the caller; what is read here can not change meanwhile."""
        self.telecentre, self.requests = telecentre, requests
        self.span = DateTimeTZRange(min(r.period.lower for r in requests), max(r.period.upper for r in requests))
        self.opening = Opening(OpeningHours.objects.filter(telecentre=telecentre))
        self.closures = list(Closure.objects.filter(telecentre=telecentre, period__overlap=self.span))
        self.desks: list[Desk] = []
        self._requested: dict[tuple[int, str], Booking] = {}
        self._of_desk: dict[int, list[Booking]] = defaultdict(list)
        self._seats_of: dict[int, list[Booking]] = defaultdict(list)

    def read_requests(self) -> None:
        """Which of the requests came before. Their members are locked by the caller."""
        members, keys = {request.member.pk for request in self.requests}, {request.key for request in self.requests}
        for booking in Booking.objects.filter(member__in=members, key__in=keys):
            self._requested[booking.member_id, booking.key] = booking

    def read_bookings(self, desks: Sequence[Desk]) -> None:
        """What stands on these desks, and where the members sit. The desks are locked by the caller, for as short as can be."""
        self.desks = sorted(desks, key=lambda desk: (desk.position, desk.pk))
        seated = {request.member.pk for request in self.requests if request.kind.is_seat}
        standing = Booking.objects.filter(
            Q(desk__in=[desk.pk for desk in desks]) | Q(member__in=seated, takes_seat=True),
            status__in=BookingStatus.live(),
            period__overlap=self.span,
        )
        for booking in release_lapsed(list(standing), max(request.now for request in self.requests)):
            self.add(booking)

    def add(self, booking: Booking) -> None:
        """Also those made a moment ago in the same transaction."""
        self._requested[booking.member_id, booking.key] = booking
        self._of_desk[booking.desk_id].append(booking)
        if booking.takes_seat:
            self._seats_of[booking.member_id].append(booking)

    def granted(self, request: BookingRequest) -> Booking | None:
        """The booking that this very request brought when it came before; refuses when its key named something else."""
        earlier = self._requested.get((request.member.pk, request.key))
        return refusals.same_request(earlier, request) if earlier else None

    def slot(self, request: BookingRequest) -> Slot:
        """The period as a slot of this place, within what may be booked at that hour of the clock."""
        slot = self.opening.recognise(request.period)
        if slot is None:
            raise refusals.not_a_half_day()
        if slot.starts_at < request.now:
            raise refusals.past()
        if slot.starts_at < request.now + dt.timedelta(minutes=self.telecentre.notice_minutes):
            raise refusals.notice(self.telecentre.notice_minutes)
        if slot.day > local_day(request.now) + dt.timedelta(days=self.telecentre.horizon_days):
            raise refusals.horizon(self.telecentre.horizon_days)
        if not self.telecentre.is_open:
            raise refusals.place_closed()
        if name := public_holiday(slot.day):
            raise refusals.holiday(slot.day, name)
        return slot

    def free_desk(self, request: BookingRequest, slot: Slot) -> Desk:
        """The desk asked for, or the first one free in the order of the place."""
        in_use = [desk for desk in self.desks if desk.is_active and request.desk in (None, desk) and desk.kind == request.kind]
        if not in_use:
            raise refusals.desk_out()
        closures = [closure for closure in self.closures if overlap(closure.period, slot.period)]
        closed = {desk.pk: closure for closure in closures for desk in in_use if closure.desk_id in (None, desk.pk)}
        still_open = [desk for desk in in_use if desk.pk not in closed]
        if not still_open:
            raise refusals.closed(closed[in_use[0].pk].reason)
        if request.kind.is_seat:
            for booking in self._seats_of[request.member.pk]:
                if overlap(booking.period, slot.period):
                    raise refusals.already_seated(booking)
        for desk in still_open:
            if not any(overlap(booking.period, slot.period) for booking in self._of_desk[desk.pk]):
                return desk
        raise refusals.taken(request, slot)

    @cached_property
    def _prices(self) -> dict[tuple[str, str], Decimal]:
        rates = Rate.objects.filter(telecentre=self.telecentre, public=Public.MEMBER)
        return {(kind, unit): price for kind, unit, price in rates.values_list("kind", "unit", "price")}

    def price(self, desk: Desk, slot: Slot) -> Decimal | None:
        """For a member; None where the place has no such rate."""
        return self._prices.get((desk.kind, RateUnit.DAY if slot.stretch == Stretch.DAY else RateUnit.HALF_DAY))


def release_lapsed(bookings: Sequence[Booking], now: dt.datetime) -> list[Booking]:
    """Those that still stand. A hold that nobody accepted in time ends here, at the hand of whoever meets it."""
    lapsed = [booking for booking in bookings if booking.status == BookingStatus.HELD and booking.held_until <= now]
    if lapsed:
        Booking.objects.lapsed(now).filter(pk__in=[booking.pk for booking in lapsed]).update(status=BookingStatus.EXPIRED)
    return [booking for booking in bookings if booking not in lapsed]
