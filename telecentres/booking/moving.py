"""Moving a booking in one step: nobody lets go of a place before they have the other."""

import datetime as dt
from functools import partial

from django.db import IntegrityError, OperationalError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from members.models import User
from telecentres import notifications
from telecentres.availability.request import BookingRequest
from telecentres.availability.rules import keeps_its_time, why_not_moved
from telecentres.booking.locked_snapshot import LockedSnapshot
from telecentres.booking.locking import lock_booking, lock_desks, lock_members, lock_passes, share_place
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import answer_to_database, booking_for, desks_for
from telecentres.booking.waiting_list import leave_lines, tell_once_committed
from telecentres.calendars.icalendar import attachment_of
from telecentres.enums import DeskKind
from telecentres.half_days import in_utc
from telecentres.models import Booking, Desk, Telecentre
from telecentres.passes.ledger import charge, give_back


def move_booking(
    *,
    booking: Booking,
    period: DateTimeTZRange,
    by: User,
    desk: Desk | None = None,
    telecentre: Telecentre | None = None,
    now: dt.datetime | None = None,
    announce: bool = True,
) -> Booking:
    """To another desk, another time or another place, `desk` or any of the same kind of `telecentre`.

    Raises BookingRefused, and then the booking stands where it stood. Its member may move it as long as it could be called off,
    and to another desk of the place at the same time until it begins. What was paid for it is given back and paid anew, in the
    cheapest way. It stays the same booking, once more in `sequence`. Moving to where it stands changes nothing.
    """
    now = now or timezone.now()
    place = desk.telecentre if desk else telecentre or booking.desk.telecentre
    request = BookingRequest(
        telecentre=place,
        kind=DeskKind(booking.desk.kind),
        desk=desk,
        member=booking.member,
        period=period,
        key=booking.key,
        now=now,
        booked_by=by,
        guest=booking.guest,
        guest_email=booking.guest_email,
        note=booking.note,
        series=booking.series,
    )
    try:
        try:
            return move_locked(booking, request, by, announce=announce)
        except (IntegrityError, OperationalError) as error:
            return answer_to_database(error, request)
    except BookingRefused as refusal:
        refusal.request = request
        raise


@transaction.atomic
def move_locked(booking: Booking, request: BookingRequest, by: User, *, announce: bool) -> Booking:
    left = booking.desk.telecentre_id
    places = {pk: share_place(pk) for pk in sorted({left, request.telecentre.pk})}
    members = {booking.member_id} - {None}
    active = lock_members(members)
    passes = lock_passes(members, empty_too=True)
    candidates = set(desks_for(request).values_list("pk", flat=True))
    locked = lock_desks(Desk.objects.filter(pk__in=candidates | {booking.desk_id}))
    booking = lock_booking(booking.pk)
    if is_there_already(booking, request):
        return booking
    by_keeper, same_time = (
        partial(booking.desk.telecentre.is_kept_by, by),
        keeps_its_time(booking, request.telecentre, request.period),
    )
    if refusal := why_not_moved(booking, now=request.now, by_keeper=by_keeper, keeps_its_time=same_time):
        raise BookingRefused.because(refusal)
    snapshot = LockedSnapshot(places[request.telecentre.pk], [request], leaving=booking)
    for pass_ in passes:
        if pass_.pk == booking.paid_with_id:  # what it was paid with may pay what it moves to
            pass_.balance += booking.units
    snapshot.load_passes(passes)
    snapshot.read_bookings([desk for desk in locked if desk.pk in candidates])
    moved = booking_for(request, snapshot, active)
    give_back(booking, now=request.now)
    starts_anew = moved.period.lower != booking.period.lower or left != request.telecentre.pk
    booking.desk, booking.period, booking.stretch = moved.desk, moved.period, moved.stretch
    booking.price, booking.paid_with, booking.units = moved.price, moved.paid_with, moved.units
    booking.sequence, booking.changed_at = booking.sequence + 1, request.now
    booking.reminded_at = None if starts_anew else booking.reminded_at
    booking.save()
    charge([booking], at=request.now)
    leave_lines([booking])
    if announce:
        notifications.booking_moved(booking, event=attachment_of(booking), at=request.now)
    tell_once_committed(left)
    return booking


def is_there_already(booking: Booking, request: BookingRequest) -> bool:
    if booking.period != in_utc(request.period) or booking.desk.telecentre_id != request.telecentre.pk:
        return False
    return request.desk is None or request.desk.pk == booking.desk_id
