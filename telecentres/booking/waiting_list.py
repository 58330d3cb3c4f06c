"""What a booking does to the waiting list: entries that are served, holds that end, and the signal that a place became free.

The waiting list itself stands above, in waiting/: it receives the signal and offers what is free.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from functools import partial

from django.db import transaction
from django.dispatch import Signal

from telecentres.enums import BookingStatus, DeskKind, WaitingStatus
from telecentres.half_days import overlap
from telecentres.models import Booking, Telecentre, WaitingEntry

place_freed = Signal()  # with `telecentre_id`, once what may have freed something there is committed


def tell_once_committed(telecentre_id: int) -> None:
    """Send `place_freed` once the transaction is committed. Should it get lost, the task that runs every minute looks as well."""
    tell = partial(place_freed.send, sender=Telecentre, telecentre_id=telecentre_id)
    transaction.on_commit(tell, robust=True)


def leave_lines(bookings: Iterable[Booking]) -> None:
    """End the waiting list entries that these bookings serve: a seat those of that time in any place, a room those there."""
    bookings = list(bookings)
    members = {booking.member_id for booking in bookings if booking.member_id}
    served = [
        entry.pk
        for entry in WaitingEntry.objects.waiting().filter(member__in=members)
        if any(serves(booking, entry) for booking in bookings)
    ]
    if served:
        WaitingEntry.objects.waiting().filter(pk__in=served).move(WaitingStatus.SEATED)


def serves(booking: Booking, entry: WaitingEntry) -> bool:
    if booking.member_id != entry.member_id or not overlap(booking.period, entry.period):
        return False
    if booking.takes_seat:
        return DeskKind(entry.kind).is_seat
    return entry.kind == booking.desk.kind and entry.telecentre_id == booking.desk.telecentre_id


def release_hold(booking: Booking, now: dt.datetime) -> None:
    """End a hold that its member does not want, with its waiting list entry. Called in the transaction that has locked it."""
    booking.move(BookingStatus.CANCELLED, cancelled_at=now, changed_at=now)
    WaitingEntry.objects.filter(booking=booking).move(WaitingStatus.LEFT)
    tell_once_committed(booking.desk.telecentre_id)


def release_lapsed(bookings: Sequence[Booking], now: dt.datetime) -> list[Booking]:
    """End the holds among these bookings that nobody accepted in time. Returns the other bookings."""
    lapsed = [booking for booking in bookings if booking.status == BookingStatus.HELD and booking.held_until <= now]
    if lapsed:
        end_lapsed_holds([booking.pk for booking in lapsed], now)
    return [booking for booking in bookings if booking not in lapsed]


def end_lapsed_holds(holds: Collection[int], now: dt.datetime) -> int:
    """Expire the holds of these keys whose time is over, with the waiting list entries they were for. Returns how many."""
    lapsed = Booking.objects.lapsed(now).filter(pk__in=holds)
    WaitingEntry.objects.filter(booking__in=lapsed, status=WaitingStatus.OFFERED).move(WaitingStatus.LAPSED)
    return lapsed.move(BookingStatus.EXPIRED, changed_at=now)
