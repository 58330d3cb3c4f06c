"""Who has come, and what becomes of desks that nobody claimed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from telecentres import wording
from telecentres.booking.locking import lock_booking
from telecentres.booking.waiting_list import tell_once_committed
from telecentres.enums import BookingStatus
from telecentres.models import Booking


class CheckInRefused(Exception):
    """The message is written for whoever says that somebody is there and may be shown as it stands."""


@transaction.atomic
def check_in(*, booking: Booking, now: dt.datetime | None = None) -> Booking:
    """Somebody is there: from half an hour before the start until the end. Checking in twice is checking in once."""
    now = now or timezone.now()
    booking = lock_booking(booking.pk)
    if booking.status == BookingStatus.CHECKED_IN:
        return booking
    if booking.status == BookingStatus.NO_SHOW:
        raise CheckInRefused(_("Nobody came in time, so that this desk was given back. Take what is free."))
    if booking.status != BookingStatus.CONFIRMED or booking.ends_at <= now:
        raise CheckInRefused(_("This booking is over, or called off."))
    if not booking.may_check_in(now):
        raise CheckInRefused(_("It begins %(moment)s: too early to arrive.") % {"moment": wording.moment(booking.starts_at)})
    booking.move(BookingStatus.CHECKED_IN, checked_in_at=now, changed_at=now)
    return booking


def release_unclaimed(*, now: dt.datetime) -> int:
    """Give back what nobody came for within the time that their place waits, and offer it on. Returns how many."""
    places = Booking.objects.unclaimed(now).values_list("desk__telecentre", flat=True)
    released = 0
    for place in sorted(set(places)):
        with transaction.atomic():
            unclaimed = Booking.objects.unclaimed(now).filter(desk__telecentre=place).order_by("pk")
            keys = [booking.pk for booking in unclaimed.select_for_update(of=("self",), no_key=True, skip_locked=True)]
            released += Booking.objects.filter(pk__in=keys).move(BookingStatus.NO_SHOW, changed_at=now)
            tell_once_committed(place)
    return released
