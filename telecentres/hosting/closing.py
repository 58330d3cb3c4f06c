"""Closing days of a place, or of one desk: those who are booked then are seated elsewhere or get their money back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import OperationalError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from telecentres import notifications
from telecentres.availability.alternatives import Alternative, find_alternatives
from telecentres.availability.snapshot import Snapshot
from telecentres.booking.cancelling import cancel_locked
from telecentres.booking.locking import keep_place, lock_desks, lock_members, lock_passes, locks_collided
from telecentres.booking.waiting_list import release_lapsed, tell_once_committed
from telecentres.enums import BookingStatus, DeskKind, WaitingStatus
from telecentres.models import Booking, BookingQuerySet, Closure, Desk, Telecentre, WaitingEntry


class ClosureRefused(Exception):
    """The message is written for whoever wanted to close and may be shown as it stands."""


@dataclass(frozen=True)
class AffectedBooking:
    """Somebody who is booked at a time that closes; `moves_to` is a desk of the same kind, free then, or None."""

    booking: Booking
    moves_to: Desk | None


def affected_bookings(
    *, telecentre: Telecentre, period: DateTimeTZRange, desk: Desk | None = None, now: dt.datetime | None = None
) -> list[AffectedBooking]:
    """Whom a closure would concern, and where each would go: to look at before closing. It is found again when it is closed."""
    now = now or timezone.now()
    booked = list(bookings_to_close_out(telecentre, period, desk, now).select_related("member__user").order_by("period", "pk"))
    return with_other_desks(telecentre, desk, booked, now)


def close_days(
    *, telecentre: Telecentre, period: DateTimeTZRange, reason: str, desk: Desk | None = None, now: dt.datetime | None = None
) -> Closure:
    """Close the place, or one desk of it, for a time.

    Bookings of that time move to an equivalent desk where there is one, else they are called off and what they cost is given
    back, whatever the hour; held places go. Each of those people is told once. A booking and a closure never cross: the place is
    kept alone meanwhile. Raises ClosureRefused when the time is over, and where others are booking for too long.
    """
    now = now or timezone.now()
    if period.upper <= now:
        raise ClosureRefused(_("This time is over: nothing was closed."))
    try:
        with transaction.atomic():
            keep_place(telecentre.pk)
            booked = bookings_to_close_out(telecentre, period, desk, now)
            members = set(booked.exclude(member=None).values_list("member", flat=True))
            lock_members(members)
            lock_passes(members, empty_too=True)
            lock_desks(Desk.objects.filter(telecentre=telecentre))
            locked = booked.select_for_update(of=("self",), no_key=True).select_related("member__user").order_by("period", "pk")
            closure = Closure.objects.create(telecentre=telecentre, desk=desk, period=period, reason=reason)
            for affected in with_other_desks(telecentre, desk, release_lapsed(list(locked), now), now):
                reseat_or_cancel(affected, closure, now)
            return closure
    except OperationalError as error:
        if not locks_collided(error):
            raise
        raise ClosureRefused(_("Somebody is booking here at this very moment. Nothing was closed: press again.")) from error


def reopen(*, closure: Closure) -> None:
    """The time is open again, for those who wait first. Who was told to stay away is not called back."""
    with transaction.atomic():
        keep_place(closure.telecentre_id)
        place = closure.telecentre_id
        Closure.objects.filter(pk=closure.pk).delete()
        tell_once_committed(place)


def bookings_to_close_out(telecentre: Telecentre, period: DateTimeTZRange, desk: Desk | None, now: dt.datetime) -> BookingQuerySet:
    """The bookings and holds that the closure ends. Whoever has checked in stays: nobody is sent away from a desk they sit at."""
    booked = Booking.objects.with_place().filter(desk__telecentre=telecentre, period__endswith__gt=now).overlapping(period)
    booked = booked.filter(status__in=BookingStatus.to_come())
    return booked.filter(desk=desk) if desk else booked


def with_other_desks(
    telecentre: Telecentre, desk: Desk | None, booked: Sequence[Booking], now: dt.datetime
) -> list[AffectedBooking]:
    """Each with another desk of the same kind, when one desk closes and not the whole place."""
    if desk is None or not booked:
        return [AffectedBooking(booking, None) for booking in booked]
    span = DateTimeTZRange(min(booking.starts_at for booking in booked), max(booking.ends_at for booking in booked))
    others = list(Desk.objects.filter(telecentre=telecentre, kind=desk.kind, is_active=True).exclude(pk=desk.pk).in_order())
    snapshot = Snapshot(telecentre, span)
    for booking in Booking.objects.live(now).filter(desk__in=others).overlapping(span):
        snapshot.load_booking(booking)
    found = []
    for booking in booked:
        vacant = (other for other in others if snapshot.is_vacant(other, booking.period))
        moves_to = next(vacant, None) if booking.status == BookingStatus.CONFIRMED else None
        if moves_to:
            snapshot.load_booking(Booking(desk=moves_to, period=booking.period))
        found.append(AffectedBooking(booking, moves_to))
    return found


def reseat_or_cancel(affected: AffectedBooking, closure: Closure, now: dt.datetime) -> None:
    booking = affected.booking
    if affected.moves_to:
        booking.desk, booking.sequence, booking.changed_at = affected.moves_to, booking.sequence + 1, now
        booking.desk.telecentre = closure.telecentre
        booking.save(update_fields=["desk", "sequence", "changed_at"])
        notifications.booking_reseated(booking, closure=closure, at=now)
    elif booking.status == BookingStatus.HELD:
        # Its member stands in the line again: the time may open again, or another desk become free.
        WaitingEntry.objects.filter(booking=booking).move(WaitingStatus.WAITING, booking=None)
        Booking.objects.filter(pk=booking.pk).move(BookingStatus.CANCELLED, cancelled_at=now, changed_at=now)
        notifications.held_place_closed(booking, closure=closure, at=now)
    else:
        cancel_locked(booking, now)
        notifications.booking_closed_out(booking, closure=closure, alternatives=alternatives_after_closure(booking, now), at=now)


def alternatives_after_closure(booking: Booking, now: dt.datetime) -> list[Alternative]:
    """What is free nearest to what was called off, as the closure leaves it."""
    return find_alternatives(
        telecentre=booking.desk.telecentre,
        kind=DeskKind(booking.desk.kind),
        desk=booking.desk,
        period=booking.period,
        member=booking.member,
        now=now,
    )
