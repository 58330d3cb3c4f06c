"""What time alone brings: reminders of tomorrow's bookings, and bookings that are over."""

import datetime as dt

from django.db import transaction

from telecentres import notifications
from telecentres.enums import BookingStatus
from telecentres.models import Booking

AT_ONCE = 100  # reminders written in one transaction


def remind_upcoming(*, now: dt.datetime) -> int:
    """Write the letter of the day before for every booking that begins within BOOKING_REMINDER_BEFORE_HOURS, once each.

    A booking made later than that is reminded at the next call, since only this letter says how to get in. Two of these at
    once share the work. Returns how many letters were written.
    """
    written = 0
    while True:
        with transaction.atomic():
            due = Booking.objects.to_remind(now).with_place().select_related("member__user").order_by("period__startswith", "pk")
            bookings = list(due.select_for_update(of=("self",), no_key=True, skip_locked=True)[:AT_ONCE])
            for booking in bookings:
                notifications.booking_reminder(booking, at=now)
            Booking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(reminded_at=now)
        written += len(bookings)
        if len(bookings) < AT_ONCE:
            return written


def complete_past(*, now: dt.datetime) -> int:
    """Close the bookings whose time has passed. Nothing waits for it. Returns how many changed."""
    return Booking.objects.over(now).move(BookingStatus.COMPLETED)
