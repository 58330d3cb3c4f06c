"""Booking: one transaction, in the lock order of locking.py, the constraints as last guard."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from members.models import Member
from telecentres import notifications
from telecentres.availability import reasons
from telecentres.availability.reasons import Refusal
from telecentres.availability.request import BookingRequest
from telecentres.availability.rules import may_be_booked, slot_of
from telecentres.booking import refusals
from telecentres.booking.locked_snapshot import LockedSnapshot
from telecentres.booking.locking import lock_desks, lock_members, lock_passes, locks_collided, share_place
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.waiting_list import leave_lines
from telecentres.calendars.icalendar import attachment_of
from telecentres.enums import BookingStatus, DeskKind
from telecentres.models import Booking, Desk, DeskQuerySet, Telecentre
from telecentres.passes.ledger import charge
from telecentres.passes.prices import explain

EXCLUSION_VIOLATED, UNIQUE_VIOLATED = "23P01", "23505"


def book_desk(
    *,
    desk: Desk,
    member: Member | None,
    period: DateTimeTZRange,
    key: str,
    now: dt.datetime | None = None,
    announce: bool = True,
    **details: Any,
) -> Booking:
    """Book this desk for this half-day or day. Raises BookingRefused, and then nothing has changed.

    `period` is exactly a half-day of the place, or its morning and afternoon as one day; of a room, also some hours. `key`
    names the request: the same key of the same member is the same booking, however often and however closely it arrives.
    `now` is the clock to book by. Without `announce` no confirmation is written. `details` are further fields of
    BookingRequest (booked_by, guest, note, …).
    """
    request = BookingRequest.for_desk(desk, member=member, period=period, key=key, now=now or timezone.now(), **details)
    return book_request(request, announce=announce)


def book_any_desk(
    *,
    telecentre: Telecentre,
    member: Member | None,
    period: DateTimeTZRange,
    key: str,
    kind: DeskKind = DeskKind.DESK,
    now: dt.datetime | None = None,
    announce: bool = True,
    **details: Any,
) -> Booking:
    """As book_desk, for the first desk of that kind that is free."""
    request = BookingRequest(
        telecentre=telecentre,
        kind=kind,
        desk=None,
        member=member,
        period=period,
        key=key,
        now=now or timezone.now(),
        **details,
    )
    return book_request(request, announce=announce)


def book_many(
    *, telecentre: Telecentre, requests: Sequence[BookingRequest], announce: bool = True
) -> list[Booking | BookingRefused]:
    """Book what can be booked of many requests for one place, in their order, as book_desk would one after the other.

    One transaction, and about as many queries for thousands as for one. Each answer stands where its request stood: the
    booking, or the refusal that book_desk would have raised.
    """
    if not requests:
        return []
    with transaction.atomic():
        snapshot = LockedSnapshot(share_place(telecentre.pk), requests)
        active = lock_people(snapshot)
        snapshot.read_bookings(lock_desks(Desk.objects.filter(telecentre=telecentre)))
        answers = [booking_or_refusal(request, snapshot, active) for request in requests]
        new = list({id(booking): booking for booking in answers if isinstance(booking, Booking) and booking.pk is None}.values())
        Booking.objects.bulk_create(new, batch_size=1000)
        after_booking(new, announce=announce)
    return answers


def lock_people(snapshot: LockedSnapshot) -> set[int]:
    """Lock the members of the requests and their passes, and read what depends on them. Returns who is a member today."""
    members = {request.member.pk for request in snapshot.requests if request.member}
    active = lock_members(members)
    snapshot.read_requests()
    snapshot.load_passes(lock_passes(members))
    return active


def after_booking(bookings: Sequence[Booking], *, announce: bool) -> None:
    """What follows from bookings just made: their passes are charged, letters written, waiting list entries served."""
    charge(bookings)
    for booking in bookings:
        if announce:
            notifications.booking_confirmed(booking, event=attachment_of(booking), at=booking.created_at)
    leave_lines(bookings)


def booking_or_refusal(request: BookingRequest, snapshot: LockedSnapshot, active: set[int]) -> Booking | BookingRefused:
    try:
        booking = booking_for(request, snapshot, active)
    except BookingRefused as refusal:
        refusal.request = request
        return refusal
    if booking.pk is None:
        snapshot.add(booking)
    return booking


def book_request(request: BookingRequest, *, announce: bool) -> Booking:
    """Take the locks, ask the rules, write the booking, owe its letter. Raises BookingRefused."""
    try:
        try:
            with transaction.atomic():
                snapshot = LockedSnapshot(share_place(request.telecentre.pk), [request])
                active = lock_people(snapshot)
                snapshot.read_bookings(lock_desks(desks_for(request)))
                booking = booking_for(request, snapshot, active)
                if booking.pk is None:
                    booking.save(force_insert=True)
                    after_booking([booking], announce=announce)
                return booking
        except (IntegrityError, OperationalError) as error:
            return answer_to_database(error, request)
    except BookingRefused as refusal:
        refusal.request = request
        raise


def desks_for(request: BookingRequest) -> DeskQuerySet:
    if request.desk:
        return Desk.objects.filter(pk=request.desk.pk)
    return Desk.objects.filter(telecentre=request.telecentre, kind=request.kind, is_active=True)


def booking_for(request: BookingRequest, snapshot: LockedSnapshot, active: set[int]) -> Booking:
    """The booking this request brought before, or an unsaved one that may be written; raises BookingRefused."""
    if earlier := snapshot.earlier_booking(request):
        return earlier
    if request.member and request.member.pk not in active:
        raise BookingRefused.because(reasons.not_a_member())
    allowed = may_be_booked(request, snapshot)
    if isinstance(allowed, Refusal):
        raise BookingRefused.because(allowed)
    slot, desk, quote = allowed.slot, allowed.desk, allowed.quote
    desk.telecentre = request.telecentre
    booking = Booking(
        desk=desk,
        member=request.member,
        guest=request.guest,
        guest_email=request.guest_email,
        period=slot.period,
        stretch=slot.stretch,
        takes_seat=request.kind.is_seat,
        key=request.key,
        price=quote.price,
        paid_with=quote.paid_with,
        units=quote.units,
        series=request.series,
        note=request.note,
        booked_by=request.booked_by,
        created_at=request.now,
        changed_at=request.now,
    )
    booking.why_this_price = explain(quote)  # for whoever books, now
    return booking


def answer_to_database(error: IntegrityError | OperationalError, request: BookingRequest) -> Booking:
    """Turn the error of a constraint or a lock into the refusal that the rules would have given. The transaction is rolled back."""
    if locks_collided(error):
        raise refusals.busy() from error
    state = getattr(error.__cause__, "sqlstate", None)
    constraint = error.__cause__.diag.constraint_name if state in (EXCLUSION_VIOLATED, UNIQUE_VIOLATED) else None
    if constraint == "booking_key_once_a_member":
        return refusals.booking_of_same_request(Booking.objects.get(member=request.member, key=request.key), request)
    if constraint == "booking_desk_never_shared":
        slot = slot_of(request, LockedSnapshot(request.telecentre, [request]))
        raise BookingRefused.because(slot if isinstance(slot, Refusal) else reasons.taken(request, slot)) from error
    if constraint == "booking_member_sits_once":
        seats = Booking.objects.filter(member=request.member, takes_seat=True, status__in=BookingStatus.live())
        booking = seats.overlapping(request.period).first()
        raise (BookingRefused.because(reasons.already_seated(booking)) if booking else refusals.busy()) from error
    raise error
