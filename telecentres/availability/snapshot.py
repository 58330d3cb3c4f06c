"""What stands in one place over some days: hours, desks, closures, bookings, who waits, and what the people concerned hold.

Read once, asked as often as one likes. Pages read it without a lock (`read_snapshots`); bookings read it step by step under theirs.
What follows from it is decided in `rules`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from functools import cached_property

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from members.enums import MemberStatus
from members.models import Member
from telecentres.availability.limits import MemberLimits
from telecentres.enums import BookingStatus, DeskKind, Public, RateUnit
from telecentres.half_days import Opening, Slot, days_between, overlap
from telecentres.models import Booking, Closure, Desk, OpeningHours, Pass, Telecentre, WaitingEntry
from telecentres.passes.prices import Quote, cheapest


class Snapshot:
    """What stands in one place over the days of `span`. `leaving`: a booking that would move, which counts as gone."""

    def __init__(self, telecentre: Telecentre, span: DateTimeTZRange, *, leaving: Booking | None = None) -> None:
        self.telecentre, self.span, self.leaving = telecentre, span, leaving
        self._desk_by_key: dict[int, Desk] = {}
        self.desks: list[Desk] = []  # in the order of the place; out of use only where a request names it
        self.waiting: list[WaitingEntry] = []  # with their members, in the order of the line
        self.limits = MemberLimits((), span=span, now=span.lower)
        self._of_desk: dict[int, list[Booking]] = defaultdict(list)
        self._seats_of: dict[int, list[Booking]] = defaultdict(list)
        self._passes_of: dict[int, list[Pass]] = defaultdict(list)

    @cached_property
    def opening(self) -> Opening:
        return Opening(self.telecentre.hours_at_hand())

    @cached_property
    def closures(self) -> list[Closure]:
        closures = Closure.objects.filter(telecentre=self.telecentre, period__overlap=self.span)
        return list(closures.order_by("period", "pk"))

    @cached_property
    def _rates(self) -> dict[tuple[str, str], dict[RateUnit, Decimal]]:
        rates: dict[tuple[str, str], dict[RateUnit, Decimal]] = defaultdict(dict)
        for public, kind, unit, price in self.telecentre.rates_at_hand():
            rates[public, kind][RateUnit(unit)] = price
        return rates

    # ---- Written down by whoever reads it

    def load_desks(self, desks: Iterable[Desk]) -> None:
        self.desks = sorted(desks, key=lambda desk: (desk.position, desk.pk))
        self._desk_by_key = {desk.pk: desk for desk in self.desks}

    def load_passes(self, passes: Iterable[Pass]) -> None:
        for pass_ in passes:
            self._passes_of[pass_.member_id].append(pass_)

    def load_booking(self, booking: Booking) -> None:
        self.load_booking_of_desk(booking)
        if booking.takes_seat and booking.member_id:
            self._seats_of[booking.member_id].append(booking)

    def load_booking_of_desk(self, booking: Booking) -> None:
        self._of_desk[booking.desk_id].append(booking)

    def load_people_of(self, other: "Snapshot") -> None:
        """Take over where people sit and which passes they have from the snapshot of another place, read in the same queries."""
        self._seats_of, self._passes_of = other._seats_of, other._passes_of

    def add(self, booking: Booking) -> None:
        """Count a booking just made in the same transaction: against its desk, its member's limits and their pass."""
        self.load_booking(booking)
        self.limits.take(booking, is_room=not booking.takes_seat)
        if booking.paid_with:
            booking.paid_with.balance -= booking.units

    # ---- Asked

    def desk(self, key: int) -> Desk | None:
        """As it stands now."""
        return self._desk_by_key.get(key)

    @cached_property
    def _closures_by_desk(self) -> dict[int | None, list[Closure]]:
        found: dict[int | None, list[Closure]] = defaultdict(list)
        for closure in self.closures:
            found[closure.desk_id].append(closure)
        return found

    def closures_of_all(self, period: DateTimeTZRange) -> list[Closure]:
        """Of the whole place, at any moment of the period."""
        return [closure for closure in self._closures_by_desk[None] if overlap(closure.period, period)]

    def closures_of(self, desk: Desk, period: DateTimeTZRange) -> list[Closure]:
        """Of this desk or of the whole place, at any moment of the period."""
        of_desk = [closure for closure in self._closures_by_desk[desk.pk] if overlap(closure.period, period)]
        return [*self.closures_of_all(period), *of_desk]

    def bookings_of(self, desk: Desk, period: DateTimeTZRange) -> list[Booking]:
        return [booking for booking in self._of_desk[desk.pk] if overlap(booking.period, period)]

    def is_vacant(self, desk: Desk, period: DateTimeTZRange) -> bool:
        """Neither taken nor closed at any moment of the period."""
        return not self.bookings_of(desk, period) and not self.closures_of(desk, period)

    def seats_of(self, member_id: int, period: DateTimeTZRange) -> list[Booking]:
        """What this member sits at then, in whichever place."""
        return [booking for booking in self._seats_of[member_id] if overlap(booking.period, period)]

    def quote(self, member: Member | None, kind: DeskKind, slot: Slot, *, now: dt.datetime) -> Quote:
        """The cheapest way to pay for it, for this member or for a visitor."""
        passes = [pass_ for pass_ in self._passes_of[member.pk] if pass_.created_at <= now] if member else []
        rates = self._rates[Public.MEMBER if member else Public.VISITOR, kind]
        return cheapest(kind=kind, slot=slot, opening=self.opening, rates=rates, passes=passes)


def entries_in_line(places: Collection[Telecentre], span: DateTimeTZRange) -> list[WaitingEntry]:
    """The waiting list entries of these places for a time in `span`, of members who may book, the first in line first."""
    entries = WaitingEntry.objects.waiting().filter(telecentre__in=places, member__status__in=MemberStatus.may_book())
    return list(entries.overlapping(span).select_related("member", "series").in_line())


def members_waiting_for_a_seat(entries: Iterable[WaitingEntry]) -> set[int]:
    """The members who wait for a seat and not for a room: nobody may sit at two desks at once."""
    return {entry.member_id for entry in entries if DeskKind(entry.kind).is_seat}


def members_on_trial(entries: Iterable[WaitingEntry]) -> set[int]:
    return {entry.member_id for entry in entries if entry.member.status == MemberStatus.TRIAL}


def live_bookings_on(desks: Q, members: Collection[int], span: DateTimeTZRange):
    """The live bookings of these desks, and the seats of these members anywhere; holds that lapsed are still among them."""
    who = Q(member__in=members, takes_seat=True) if members else Q()
    return Booking.objects.filter(desks | who, status__in=BookingStatus.live(), period__overlap=span)


def read_snapshots(
    places: Sequence[Telecentre],
    first: dt.date,
    last: dt.date,
    *,
    now: dt.datetime,
    member: Member | None = None,
    leaving: Booking | None = None,
    priced: bool = False,
) -> dict[int, Snapshot]:
    """By place: what pages say of the days from `first` to `last`, both included, to a visitor or to this member.

    `priced`: the page also says what it costs, so that the passes of the member matter.

    Hours (where they did not come with the places), desks, closures, the line, bookings; for somebody who waits or looks, what
    they hold, and the passes of those on trial. As many queries for two hundred places as for one.
    """
    span = days_between(first, last)
    found = {place.pk: Snapshot(place, span, leaving=leaving) for place in places}
    if not found:
        return {}
    hours, desks, closures = (defaultdict(list) for _kind in range(3))
    if unread := [place for place in places if not hasattr(place, "hours_read")]:
        for row in OpeningHours.objects.filter(telecentre__in=unread):
            hours[row.telecentre_id].append(row)
    for desk in Desk.objects.filter(telecentre__in=places, is_active=True):
        desks[desk.telecentre_id].append(desk)
    for closure in Closure.objects.filter(telecentre__in=places, period__overlap=span).order_by("period", "pk"):
        closures[closure.telecentre_id].append(closure)
    waiting = entries_in_line(places, span)
    looking = {member.pk} if member else set()
    on_desks = Q(desk__telecentre__in=places, desk__is_active=True)
    bookings = live_bookings_on(on_desks, looking | members_waiting_for_a_seat(waiting), span).exclude(
        status=BookingStatus.HELD, held_until__lte=now
    )
    elsewhere = Snapshot(places[0], span)  # where the people concerned sit and what passes they have: the same for every place
    on_desk: dict[int, list[Booking]] = defaultdict(list)
    for booking in bookings.exclude(pk=leaving.pk if leaving else None).select_related("desk"):
        elsewhere.load_booking(booking)
        on_desk[booking.desk.telecentre_id].append(booking)
    people = looking | {entry.member_id for entry in waiting}
    limits = MemberLimits(people, span=span, now=now)
    with_passes = (looking if priced or (member and member.status == MemberStatus.TRIAL) else set()) | members_on_trial(waiting)
    elsewhere.load_passes(Pass.objects.filter(member__in=with_passes).with_something_left() if with_passes else ())
    for key, snapshot in found.items():
        if key in hours or not hasattr(snapshot.telecentre, "hours_read"):
            snapshot.opening = Opening(hours[key])
        snapshot.closures = closures[key]
        snapshot.load_desks(desks[key])
        snapshot.waiting = [entry for entry in waiting if entry.telecentre_id == key]
        snapshot.limits = limits
        snapshot.load_people_of(elsewhere)
        for booking in on_desk[key]:
            snapshot.load_booking_of_desk(booking)
    return found
