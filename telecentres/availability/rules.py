"""May it be booked, moved, called off, waited for? The one place that decides; everything else asks, and says what it is told.

`why_not_…` answers None where nothing speaks against it, `may_…` what is granted (`Allowed`, a `Slot`, a `Quote`); both else a
`Refusal`: the reason to act on and the sentence for whoever asked. The rules ask no question of the database: what stands there was
read into a `Snapshot`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from members.enums import MemberStatus
from telecentres.availability import reasons
from telecentres.availability.limits import hours_of
from telecentres.availability.reasons import Refusal
from telecentres.availability.request import BookingRequest
from telecentres.availability.snapshot import Snapshot
from telecentres.enums import BookingStatus, DeskKind, RefusalReason
from telecentres.half_days import Slot, in_utc, local_day, overlap, public_holiday
from telecentres.models import Booking, Desk, Telecentre, WaitingEntry
from telecentres.passes.prices import Quote, Way

LINE_ENDS_BEFORE = dt.timedelta(minutes=30)  # the end of what is waited for: nobody would come for less
WANTED_BUT_TAKEN = frozenset({RefusalReason.TAKEN, RefusalReason.FULL, RefusalReason.PROMISED})


@dataclass(frozen=True)
class Allowed:
    """What a request would book, and at which price."""

    slot: Slot
    desk: Desk
    quote: Quote


# ---- May it be booked? -------------------------------------------------------------------------------------------------


def may_be_booked(request: BookingRequest, snapshot: Snapshot) -> Allowed | Refusal:
    """Whether this person may book it at this moment: the desk asked for, or the first one free and promised to nobody."""
    slot = slot_of(request, snapshot)
    if isinstance(slot, Refusal):
        return slot
    if refusal := why_not_then(slot, snapshot.telecentre, now=request.now, on_the_spot=request.on_the_spot):
        return refusal
    if refusal := why_not_beyond_limits(request, slot, snapshot):
        return refusal
    if refusal := why_not_open(request, slot, snapshot):
        return refusal
    if refusal := why_not_seated(request, slot, snapshot):
        return refusal
    desks = available_desks(request, slot, snapshot)
    if isinstance(desks, Refusal):
        return desks
    quote = snapshot.quote(request.member, request.kind, slot, now=request.now)
    return why_not_on_trial(request, quote) or Allowed(slot, desks[0], quote)


def slot_of(request: BookingRequest, snapshot: Snapshot) -> Slot | Refusal:
    """The period as a slot of this place: a half-day or its whole day, and of a room also some hours."""
    by_the_hour = not request.kind.is_seat
    slot = snapshot.opening.recognise(request.period, by_the_hour=by_the_hour)
    return slot or (reasons.not_these_hours() if by_the_hour else reasons.not_a_half_day())


def why_not_then(slot: Slot, place: Telecentre, *, now: dt.datetime, on_the_spot: bool) -> Refusal | None:
    """What speaks against this time for everybody and every desk: it is over, too soon, a holiday, beyond the place's horizon."""
    if slot.ends_at <= now or (slot.starts_at < now and not on_the_spot):
        return reasons.past()
    if not on_the_spot and slot.starts_at < now + dt.timedelta(minutes=place.notice_minutes):
        return reasons.notice(place.notice_minutes)
    if not place.is_open:
        return reasons.place_closed()
    if name := public_holiday(slot.day):
        return reasons.holiday(slot.day, name)
    if slot.day > local_day(now) + dt.timedelta(days=place.horizon_days):
        return reasons.horizon(place.horizon_days)
    return None


def is_shut(slot: Slot, snapshot: Snapshot) -> bool:
    """Whether the whole place is closed then: it takes no bookings at all, it is a public holiday, or a closure covers it."""
    return not snapshot.telecentre.is_open or bool(public_holiday(slot.day)) or bool(snapshot.closures_of_all(slot.period))


def usable_desks(request: BookingRequest, snapshot: Snapshot) -> list[Desk]:
    """The desks in use of the kind asked for; where one desk is asked for, that one alone."""
    desks = snapshot.desks if request.desk is None else filter(None, [snapshot.desk(request.desk.pk)])
    return [desk for desk in desks if desk.is_active and desk.kind == request.kind]


def why_not_open(request: BookingRequest, slot: Slot, snapshot: Snapshot) -> Refusal | None:
    """Every desk that would do is out of use, or closed at some moment of the slot."""
    desks = usable_desks(request, snapshot)
    if not desks:
        return reasons.desk_out()
    if all(closures := [snapshot.closures_of(desk, slot.period) for desk in desks]):
        return reasons.closed(closures[0][0].reason)
    return None


def available_desks(request: BookingRequest, slot: Slot, snapshot: Snapshot) -> list[Desk] | Refusal:
    """The desks that are free then and promised to nobody in the line, in the order of the place; never an empty list."""
    free = [desk for desk in usable_desks(request, snapshot) if snapshot.is_vacant(desk, slot.period)]
    if not free:
        return reasons.taken(request, slot)
    promised = promised_desks(request, slot, snapshot) if snapshot.waiting else ()
    return [desk for desk in free if desk.pk not in promised] or reasons.promised(request, slot)


# ---- By this person? ---------------------------------------------------------------------------------------------------


def why_not_for(request: BookingRequest, slot: Slot, snapshot: Snapshot) -> Refusal | None:
    """What speaks against this person, whichever desk of that kind it is. A passer-by is anybody."""
    if refusal := why_not_beyond_limits(request, slot, snapshot) or why_not_seated(request, slot, snapshot):
        return refusal
    if request.member and request.member.status == MemberStatus.TRIAL:
        return why_not_on_trial(request, snapshot.quote(request.member, request.kind, slot, now=request.now))
    return None


def why_not_for_anybody(kind: DeskKind, slot: Slot, snapshot: Snapshot) -> Refusal | None:
    """What speaks against every member, also against one who holds nothing yet."""
    limit = None if kind.is_seat else snapshot.limits.room_hours
    return None if limit is None or hours_of(slot.period) <= limit else reasons.too_many_room_hours(limit, 0)


def why_not_beyond_limits(request: BookingRequest, slot: Slot, snapshot: Snapshot) -> Refusal | None:
    """Whether it is more than one member may hold ahead. The host may book more for somebody else, not for themselves."""
    member, limits, leaving = request.member, snapshot.limits, snapshot.leaving
    if member is None:
        return None
    refusal = None
    if limits.has_too_many(member.pk, now=request.now, leaving=leaving):
        refusal = reasons.too_many_ahead(limits.ahead)
    elif is_beyond_room_hours(member.pk, request.kind, slot.period, snapshot, request.now):
        held = limits.room_hours_in_week(member.pk, slot.day, now=request.now, leaving=leaving)
        refusal = reasons.too_many_room_hours(limits.room_hours, held)
    return refusal if refusal and not is_booked_by_the_host(request) else None


def is_beyond_room_hours(member_id: int, kind: DeskKind, period: DateTimeTZRange, snapshot: Snapshot, now: dt.datetime) -> bool:
    return not kind.is_seat and snapshot.limits.has_too_many_room_hours(member_id, period, now=now, leaving=snapshot.leaving)


def is_booked_by_the_host(request: BookingRequest) -> bool:
    by = request.booked_by
    return by is not None and by.pk != request.member.user_id and request.telecentre.is_kept_by(by)


def why_not_seated(request: BookingRequest, slot: Slot, snapshot: Snapshot) -> Refusal | None:
    """One seat at a time, wherever; a room may be held beside it."""
    if not request.member or not request.kind.is_seat:
        return None
    return next((reasons.already_seated(seat) for seat in snapshot.seats_of(request.member.pk, slot.period)), None)


def why_not_on_trial(request: BookingRequest, quote: Quote) -> Refusal | None:
    """A member on trial may book only what the half-days of the trial pay for."""
    if request.member and request.member.status == MemberStatus.TRIAL and quote.way != Way.TRIAL:
        return reasons.trial_is_over()
    return None


# ---- May it be waited for? ---------------------------------------------------------------------------------------------


def may_be_waited_for(request: BookingRequest, snapshot: Snapshot) -> Slot | Refusal:
    """The slot, when others have what was asked for and nothing else speaks against it."""
    answer = may_be_booked(request, snapshot)
    if isinstance(answer, Allowed):
        return reasons.still_free()
    if answer.reason not in WANTED_BUT_TAKEN:
        return answer
    slot = slot_of(request, snapshot)
    if is_line_over(request.period, request.now):
        return reasons.nearly_over()
    return why_not_for(request, slot, snapshot) or slot


def is_worth_waiting_for(refusal: Refusal, period: DateTimeTZRange, now: dt.datetime) -> bool:
    """Nothing speaks against it but that others have it, and there is time left in which it may become free."""
    return refusal.reason in WANTED_BUT_TAKEN and not is_line_over(period, now)


def is_line_over(period: DateTimeTZRange, now: dt.datetime) -> bool:
    """Whether the period ends so soon that nothing is offered to those who wait any more; then anybody may book it."""
    return period.upper - now < LINE_ENDS_BEFORE


def why_not_offered(entry: WaitingEntry, snapshot: Snapshot, now: dt.datetime) -> Refusal | None:
    """Why a free desk cannot be offered to this waiting list entry; where there is a reason, no desk is promised to it."""
    if is_line_over(entry.period, now):
        return reasons.nearly_over()
    request = BookingRequest.of_entry(entry, snapshot.telecentre, key="", now=now)
    slot = slot_of(request, snapshot)
    if isinstance(slot, Refusal):
        return slot
    return why_not_then(slot, snapshot.telecentre, now=now, on_the_spot=True) or why_not_for(request, slot, snapshot)


def promised_desks(request: BookingRequest, slot: Slot, snapshot: Snapshot) -> Collection[int]:
    """The keys of the desks that go to those in line before this request: to each the first free one, the one asked for last."""
    wanted = request.desk.pk if request.desk else None
    given: dict[int, list[DateTimeTZRange]] = defaultdict(list)
    for entry in ahead_in_line(request, slot, snapshot.waiting):
        if why_not_offered(entry, snapshot, request.now):
            continue
        for desk in sorted(snapshot.desks, key=lambda desk: desk.pk == wanted):
            would_do = desk.is_active and desk.kind == entry.kind and snapshot.is_vacant(desk, entry.period)
            if would_do and not any(overlap(period, entry.period) for period in given[desk.pk]):
                given[desk.pk].append(entry.period)
                break
    return {pk for pk, periods in given.items() if any(overlap(period, slot.period) for period in periods)}


def ahead_in_line(request: BookingRequest, slot: Slot, line: Iterable[WaitingEntry]) -> Iterable[WaitingEntry]:
    """Who waits for such a desk; where the request is of somebody who waits for that time too, only those ahead of them."""
    for entry in line:
        if entry.kind != request.kind:
            continue
        if entry.member_id == request.member_id and overlap(entry.period, slot.period):
            return
        yield entry


# ---- May what is held be accepted? --------------------------------------------------------------------------------------


def may_be_accepted(request: BookingRequest, snapshot: Snapshot) -> Quote | Refusal:
    """What accepting a hold costs its member. Others need not be looked at; hours, closures and trials may have changed since."""
    slot = slot_of(request, snapshot)
    if isinstance(slot, Refusal):
        return slot
    if refusal := why_not_then(slot, snapshot.telecentre, now=request.now, on_the_spot=True) or why_not_open(
        request, slot, snapshot
    ):
        return refusal
    quote = snapshot.quote(request.member, request.kind, slot, now=request.now)
    return why_not_on_trial(request, quote) or quote


# ---- May a booking be moved, or called off? -----------------------------------------------------------------------------


def by_its_member() -> bool:
    """The default of `by_keeper`: it is the member who asks, not the host."""
    return False


def why_not_moved(
    booking: Booking, *, now: dt.datetime, by_keeper: Callable[[], bool] = by_its_member, keeps_its_time: bool = False
) -> Refusal | None:
    """Its member may move it as long as it could be called off, and to another desk at the same time until it begins.

    The desk's place must be at hand. Whether it is free where it goes is for `may_be_booked`, with the booking leaving.
    """
    if booking.status != BookingStatus.CONFIRMED:
        return reasons.nothing_to_move()
    if booking.starts_at <= now:
        return reasons.past()
    if booking.cancel_until < now and not keeps_its_time and not by_keeper():
        return reasons.too_late_to_move(booking)
    return None


def keeps_its_time(booking: Booking, place: Telecentre, period: DateTimeTZRange) -> bool:
    return booking.desk.telecentre_id == place.pk and booking.period == in_utc(period)


def why_not_called_off(booking: Booking, *, now: dt.datetime, by_keeper: Callable[[], bool] = by_its_member) -> Refusal | None:
    """Its member may until the place's limit, whoever keeps the place until it begins. The desk's place must be at hand."""
    if BookingStatus.CANCELLED not in booking.stands_at.next_states:
        return reasons.nothing_to_call_off()
    if booking.starts_at <= now:
        return reasons.has_begun()
    if booking.cancel_until < now and not by_keeper():
        return reasons.too_late_to_call_off(booking)
    return None
