"""The line before a place that is full: who leaves it once they sit."""

from collections.abc import Iterable

from telecentres.enums import DeskKind, WaitingStatus
from telecentres.half_days import overlap
from telecentres.models import Booking, WaitingEntry


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
