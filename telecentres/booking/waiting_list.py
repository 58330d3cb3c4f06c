"""What a booking does to the waiting list: who waits no more, what was held and ends, and word that a place is free again.

The list itself stands above, in waiting/: it hears the word and offers what is free.
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
    """Something may have become free there: whoever listens looks as soon as it is certain. The clock looks too, every minute."""
    tell = partial(place_freed.send, sender=Telecentre, telecentre_id=telecentre_id)
    transaction.on_commit(tell, robust=True)


def leave_lines(bookings: Iterable[Booking]) -> None:
    """Whoever got a seat waits for none at that time any more, wherever; whoever got a room waits for none there."""
    bookings = list(bookings)
    members = {booking.member_id for booking in bookings if booking.member_id}
    served = [
        entry.pk
        for entry in WaitingEntry.objects.waiting().filter(member__in=members)
        if any(serves(booking, entry) for booking in bookings)
    ]
    if served:
        WaitingEntry.objects.waiting().filter(pk__in=served).update(status=WaitingStatus.SEATED)


def serves(booking: Booking, entry: WaitingEntry) -> bool:
    if booking.member_id != entry.member_id or not overlap(booking.period, entry.period):
        return False
    if booking.takes_seat:
        return DeskKind(entry.kind).is_seat
    return entry.kind == booking.desk.kind and entry.telecentre_id == booking.desk.telecentre_id


def release_hold(booking: Booking, now: dt.datetime) -> None:
    """What was held for somebody who waited. Inside the transaction that has locked it."""
    booking.status, booking.cancelled_at, booking.changed_at = BookingStatus.CANCELLED, now, now
    booking.save(update_fields=["status", "cancelled_at", "changed_at"])
    WaitingEntry.objects.filter(booking=booking).update(status=WaitingStatus.LEFT)
    tell_once_committed(booking.desk.telecentre_id)


def release_lapsed(bookings: Sequence[Booking], now: dt.datetime) -> list[Booking]:
    """Those that still stand. A hold that nobody accepted in time ends here, at the hand of whoever meets it."""
    lapsed = [booking for booking in bookings if booking.status == BookingStatus.HELD and booking.held_until <= now]
    if lapsed:
        end_lapsed_holds([booking.pk for booking in lapsed], now)
    return [booking for booking in bookings if booking not in lapsed]


def end_lapsed_holds(holds: Collection[int], now: dt.datetime) -> int:
    """Those of them that lapsed, and with each the place in the line that it was held for."""
    lapsed = Booking.objects.lapsed(now).filter(pk__in=holds)
    WaitingEntry.objects.filter(booking__in=lapsed, status=WaitingStatus.OFFERED).update(status=WaitingStatus.LAPSED)
    return lapsed.update(status=BookingStatus.EXPIRED, changed_at=now)
