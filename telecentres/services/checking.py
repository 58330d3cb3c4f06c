"""May this be booked? Everything that speaks to it is read once, under the locks; the answers cost no query more."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from functools import cached_property

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from members.enums import MemberStatus
from telecentres.booking.limits import MemberLimits
from telecentres.enums import BookingStatus, DeskKind, RateUnit, WaitingStatus
from telecentres.half_days import Opening, Slot, days_between, local_day, overlap, public_holiday
from telecentres.models import Booking, Closure, Desk, OpeningHours, Pass, Rate, Telecentre, WaitingEntry
from telecentres.services import refusals
from telecentres.services.paying import Quote, Way, cheapest
from telecentres.services.refusals import BookingRequest


class Facts:
    """What stands in one place around some requests: opening hours and closures, then bookings, members' seats, and the line.

    `leaving` is a booking that makes way for what is asked, so that it stands in nobody's way.
    """

    def __init__(self, telecentre: Telecentre, requests: Sequence[BookingRequest], *, leaving: Booking | None = None) -> None:
        """The place is locked by the caller; what is read here can not change meanwhile."""
        self.telecentre, self.requests, self.leaving = telecentre, requests, leaving
        first, last = min(r.period.lower for r in requests), max(r.period.upper for r in requests)
        self.span = days_between(local_day(first), local_day(last))  # who waits may wait for the rest of the day
        self.opening = Opening(OpeningHours.objects.filter(telecentre=telecentre))
        self.closures = list(Closure.objects.filter(telecentre=telecentre, period__overlap=self.span))
        self.desks: list[Desk] = []
        self.waiting: list[WaitingEntry] = []
        self._requested: dict[tuple[int | None, str], Booking] = {}
        self._of_desk: dict[int, list[Booking]] = defaultdict(list)
        self._seats_of: dict[int, list[Booking]] = defaultdict(list)
        self._passes_of: dict[int, list[Pass]] = defaultdict(list)

    def read_requests(self) -> None:
        """Which of the requests came before. Their members are locked by the caller."""
        members, keys = {request.member_id for request in self.requests}, {request.key for request in self.requests}
        who = Q(member__in=members - {None}) | (Q(member=None) if None in members else Q())
        for booking in Booking.objects.filter(who, key__in=keys):
            self._requested[booking.member_id, booking.key] = booking

    def know_passes(self, passes: Iterable[Pass]) -> None:
        """Those of the members, locked by the caller."""
        for one in passes:
            self._passes_of[one.member_id].append(one)

    def read_bookings(self, desks: Sequence[Desk]) -> None:
        """What stands on these desks, where members sit, who waits. The desks are locked by the caller, for as short as can be."""
        kinds = {request.kind for request in self.requests}
        in_line = WaitingEntry.objects.waiting().filter(telecentre=self.telecentre, kind__in=kinds)
        in_line = in_line.filter(member__status__in=MemberStatus.may_book()).overlapping(self.span).in_line()
        self.waiting = list(in_line)
        self.desks = in_order(desks)
        known = {desk.pk: desk for desk in desks}
        if self.waiting:  # then what is free beside the desk that is asked for matters too
            others = Desk.objects.filter(telecentre=self.telecentre, kind__in=kinds, is_active=True)
            known = {desk.pk: desk for desk in others} | known
        self._all_desks = in_order(known.values())
        seated = {request.member_id for request in self.requests if request.member and request.kind.is_seat}
        seated |= {entry.member_id for entry in self.waiting if DeskKind(entry.kind).is_seat}
        standing = Booking.objects.filter(
            Q(desk__in=list(known)) | Q(member__in=seated, takes_seat=True),
            status__in=BookingStatus.live(),
            period__overlap=self.span,
        ).exclude(pk=self.leaving.pk if self.leaving else None)
        now = max(request.now for request in self.requests)
        for booking in release_lapsed(list(standing), now):
            self._know(booking)
        members = {request.member.pk for request in self.requests if request.member} | {one.member_id for one in self.waiting}
        self._limits = MemberLimits(members, span=self.span, now=now)

    def add(self, booking: Booking) -> None:
        """One made a moment ago in the same transaction."""
        self._know(booking)
        self._limits.take(booking, is_room=not booking.takes_seat)

    def _know(self, booking: Booking) -> None:
        self._requested[booking.member_id, booking.key] = booking
        self._of_desk[booking.desk_id].append(booking)
        if booking.takes_seat and booking.member_id:
            self._seats_of[booking.member_id].append(booking)

    def granted(self, request: BookingRequest) -> Booking | None:
        """The booking that this very request brought when it came before; refuses when its key named something else."""
        earlier = self._requested.get((request.member_id, request.key))
        return refusals.same_request(earlier, request) if earlier else None

    def slot(self, request: BookingRequest) -> Slot:
        """The period as a slot of this place, within what may be booked at that hour of the clock."""
        by_the_hour = not request.kind.is_seat
        slot = self.opening.recognise(request.period, by_the_hour=by_the_hour)
        if slot is None:
            raise refusals.not_these_hours() if by_the_hour else refusals.not_a_half_day()
        if request.on_the_spot:
            if slot.ends_at <= request.now:
                raise refusals.past()
        elif slot.starts_at < request.now:
            raise refusals.past()
        elif slot.starts_at < request.now + dt.timedelta(minutes=self.telecentre.notice_minutes):
            raise refusals.notice(self.telecentre.notice_minutes)
        if slot.day > local_day(request.now) + dt.timedelta(days=self.telecentre.horizon_days):
            raise refusals.horizon(self.telecentre.horizon_days)
        if not self.telecentre.is_open:
            raise refusals.place_closed()
        if name := public_holiday(slot.day):
            raise refusals.holiday(slot.day, name)
        return slot

    def within_limits(self, request: BookingRequest, slot: Slot) -> None:
        """Of what one member may hold. Whoever keeps the place may book more for somebody, not for themselves."""
        member = request.member
        if member is None:
            return
        refusal = None
        if self._limits.has_too_many(member.pk, now=request.now, leaving=self.leaving):
            refusal = refusals.too_many_ahead(self._limits.ahead)
        elif self._is_beyond_room_hours(member.pk, request.kind, slot.period, request.now):
            held = self._limits.room_hours_in_week(member.pk, slot.day, now=request.now, leaving=self.leaving)
            refusal = refusals.too_many_room_hours(self._limits.room_hours, held)
        if refusal and not self._is_booked_by_the_host(request):
            raise refusal

    def _is_beyond_room_hours(self, member_id: int, kind: DeskKind, period: DateTimeTZRange, now: dt.datetime) -> bool:
        return not kind.is_seat and self._limits.has_too_many_room_hours(member_id, period, now=now, leaving=self.leaving)

    def _is_booked_by_the_host(self, request: BookingRequest) -> bool:
        by = request.booked_by
        return by is not None and by.pk != request.member.user_id and self.telecentre.is_kept_by(by)

    def free_desk(self, request: BookingRequest, slot: Slot) -> Desk:
        """The desk asked for, or the first one free in the order of the place, that nobody in the line comes before."""
        in_use = [desk for desk in self.desks if desk.is_active and request.desk in (None, desk) and desk.kind == request.kind]
        if not in_use:
            raise refusals.desk_out()
        closures = [closure for closure in self.closures if overlap(closure.period, slot.period)]
        closed = {desk.pk: closure for closure in closures for desk in in_use if closure.desk_id in (None, desk.pk)}
        still_open = [desk for desk in in_use if desk.pk not in closed]
        if not still_open:
            raise refusals.closed(closed[in_use[0].pk].reason)
        if request.kind.is_seat and request.member:
            for booking in self._seats_of[request.member.pk]:
                if overlap(booking.period, slot.period):
                    raise refusals.already_seated(booking)
        free = [desk for desk in still_open if self._is_free(desk, slot.period)]
        if not free:
            raise refusals.taken(request, slot)
        promised = self._promised(request, slot)
        if free := [desk for desk in free if desk.pk not in promised]:
            return free[0]
        raise refusals.promised(request, slot)

    def _is_free(self, desk: Desk, period: DateTimeTZRange) -> bool:
        return not any(overlap(booking.period, period) for booking in self._of_desk[desk.pk])

    def _promised(self, request: BookingRequest, slot: Slot) -> Collection[int]:
        """The desks that those take who wait before this request, each the first free one, the one asked for the last."""
        wanted = request.desk.pk if request.desk else None
        given: dict[int, list[DateTimeTZRange]] = defaultdict(list)
        for entry in self.waiting:
            if entry.kind != request.kind:
                continue
            if entry.member_id == request.member_id and overlap(entry.period, slot.period):
                break
            if self._limits.has_too_many(entry.member_id, now=request.now, leaving=None):
                continue  # could not take it
            if self._is_beyond_room_hours(entry.member_id, DeskKind(entry.kind), entry.period, request.now):
                continue
            if DeskKind(entry.kind).is_seat and any(overlap(seat.period, entry.period) for seat in self._seats_of[entry.member_id]):
                continue
            for desk in sorted(self._all_desks, key=lambda desk: desk.pk == wanted):
                if self._may_serve(desk, entry) and not any(overlap(period, entry.period) for period in given[desk.pk]):
                    given[desk.pk].append(entry.period)
                    break
        return {pk for pk, periods in given.items() if any(overlap(period, slot.period) for period in periods)}

    def _may_serve(self, desk: Desk, entry: WaitingEntry) -> bool:
        closed = any(overlap(closure.period, entry.period) for closure in self.closures if closure.desk_id in (None, desk.pk))
        return desk.kind == entry.kind and desk.is_active and not closed and self._is_free(desk, entry.period)

    @cached_property
    def _rates(self) -> dict[tuple[str, str], dict[RateUnit, Decimal]]:
        rates: dict[tuple[str, str], dict[RateUnit, Decimal]] = defaultdict(dict)
        for public, kind, unit, price in Rate.objects.filter(telecentre=self.telecentre).values_list(
            "public", "kind", "unit", "price"
        ):
            rates[public, kind][RateUnit(unit)] = price
        return rates

    def quote(self, request: BookingRequest, slot: Slot) -> Quote:
        """The cheapest way for whom it is; a trial opens nothing else. What a pass pays is taken from it here, so that the next
        request finds it gone."""
        passes = [one for one in self._passes_of[request.member.pk] if one.created_at <= request.now] if request.member else []
        rates = self._rates[request.public, request.kind]
        quote = cheapest(kind=request.kind, slot=slot, rates=rates, passes=passes)
        if request.member and request.member.status == MemberStatus.TRIAL and quote.way != Way.TRIAL:
            raise refusals.trial_is_over()
        if quote.paid_with:
            quote.paid_with.balance -= quote.units
        return quote


def in_order(desks: Iterable[Desk]) -> list[Desk]:
    return sorted(desks, key=lambda desk: (desk.position, desk.pk))


def release_lapsed(bookings: Sequence[Booking], now: dt.datetime) -> list[Booking]:
    """Those that still stand. A hold that nobody accepted in time ends here, at the hand of whoever meets it."""
    lapsed = [booking for booking in bookings if booking.status == BookingStatus.HELD and booking.held_until <= now]
    if lapsed:
        expire([booking.pk for booking in lapsed], now)
    return [booking for booking in bookings if booking not in lapsed]


def expire(holds: Collection[int], now: dt.datetime) -> int:
    """Those of them that lapsed, and with each the place in the line that it was held for."""
    lapsed = Booking.objects.lapsed(now).filter(pk__in=holds)
    WaitingEntry.objects.filter(booking__in=lapsed, status=WaitingStatus.OFFERED).update(status=WaitingStatus.LAPSED)
    return lapsed.update(status=BookingStatus.EXPIRED, changed_at=now)
