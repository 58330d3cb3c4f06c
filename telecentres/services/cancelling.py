"""Calling a booking off, in the lock order of locking.py."""

import datetime as dt

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from telecentres import notifications, wording
from telecentres.enums import BookingStatus
from telecentres.models import Booking, Desk
from telecentres.services.locking import lock_desks, lock_members, locks_collided, share_place
from telecentres.services.refusals import CancellationRefused


def cancel_booking(*, booking: Booking, by: User, now: dt.datetime | None = None, announce: bool = True) -> Booking:
    """Call a booking off: its member until the place's limit, those who keep the place until it begins.

    Raises CancellationRefused, and then nothing has changed. Cancelling twice is cancelling once.
    """
    now = now or timezone.now()
    try:
        with transaction.atomic():
            share_place(booking.desk.telecentre_id)
            lock_members({booking.member_id})
            lock_desks(Desk.objects.filter(pk=booking.desk_id))
            booking = Booking.objects.select_for_update(of=("self",), no_key=True).with_place().get(pk=booking.pk)
            if booking.status == BookingStatus.CANCELLED:
                return booking
            check_can_cancel(booking, by, now)
            booking.status, booking.cancelled_at = BookingStatus.CANCELLED, now
            booking.save(update_fields=["status", "cancelled_at"])
            if announce:
                notifications.booking_cancelled(booking, at=now)
            return booking
    except OperationalError as error:
        if not locks_collided(error):
            raise
        raise CancellationRefused(_("The place is busy at this very moment. Nothing was called off: press again.")) from error


def check_can_cancel(booking: Booking, by: User, now: dt.datetime) -> None:
    if BookingStatus.CANCELLED not in BookingStatus(booking.status).next_statuses:
        raise CancellationRefused(_("This booking is over: there is nothing to call off."))
    if booking.starts_at <= now:
        raise CancellationRefused(_("This time has begun: it can no longer be called off."))
    if booking.cancel_until < now and not booking.desk.telecentre.is_kept_by(by):
        raise CancellationRefused(
            _("It could be called off until %(moment)s. Tell the place, so that somebody else may come.")
            % {"moment": wording.moment(booking.cancel_until)}
        )
