"""Calling a booking off, in the lock order of locking.py."""

import datetime as dt
from functools import partial

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from telecentres import notifications
from telecentres.availability.rules import why_not_called_off
from telecentres.booking.locking import lock_booking, lock_desks, lock_members, lock_passes, locks_collided, share_place
from telecentres.booking.refusals import CancellationRefused
from telecentres.booking.waiting_list import release_hold, tell_once_committed
from telecentres.enums import BookingStatus
from telecentres.models import Booking, Desk
from telecentres.passes.ledger import give_back


def cancel_booking(*, booking: Booking, by: User, now: dt.datetime | None = None, announce: bool = True) -> Booking:
    """Call a booking off: its member until the place's limit, those who keep the place until it begins.

    Its half-days go back to the pass, and whoever waits is offered the place. Raises CancellationRefused, and then nothing has
    changed. Cancelling twice is cancelling once.
    """
    now = now or timezone.now()
    try:
        with transaction.atomic():
            share_place(booking.desk.telecentre_id)
            lock_members({booking.member_id} - {None})
            lock_passes({booking.member_id} - {None}, empty_too=True)
            lock_desks(Desk.objects.filter(pk=booking.desk_id))
            booking = lock_booking(booking.pk)
            if booking.status == BookingStatus.CANCELLED:
                return booking
            if refusal := why_not_called_off(booking, now=now, by_keeper=partial(booking.desk.telecentre.is_kept_by, by)):
                raise CancellationRefused(str(refusal))
            if booking.status == BookingStatus.HELD:
                release_hold(booking, now)
            else:
                cancel_locked(booking, now)
                if announce:
                    notifications.booking_cancelled(booking, at=now)
            return booking
    except OperationalError as error:
        if not locks_collided(error):
            raise
        raise CancellationRefused(_("The place is busy at this very moment. Nothing was called off: press again.")) from error


def cancel_locked(booking: Booking, now: dt.datetime) -> None:
    """Cancel a booking and give its half-days back, in the transaction that has locked it."""
    booking.move(BookingStatus.CANCELLED, cancelled_at=now, changed_at=now)
    give_back(booking, now=now)
    tell_once_committed(booking.desk.telecentre_id)
