"""Newcomers on trial are introduced to members of their trade who are there on the same day, if both agreed."""

import datetime as dt

from django.db import transaction

from telecentres import notifications
from telecentres.encounters.reads import of_the_same_trade
from telecentres.models import Booking

AT_ONCE = 100


def introduce_newcomers(*, now: dt.datetime) -> int:
    """Write to a newcomer and to each member found, the day before or as soon as somebody is found: once a booking.

    Two of these at once share the work. Returns how many bookings brought people together.
    """
    introduced = 0
    last = 0
    while True:
        with transaction.atomic():
            due = Booking.objects.to_introduce(now).filter(pk__gt=last).with_place().select_related("member__user")
            bookings = list(due.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True)[:AT_ONCE])
            for booking in bookings:
                last = booking.pk
                if members := of_the_same_trade(booking):
                    notifications.newcomer_introduced(booking, members, at=now)
                    Booking.objects.filter(pk=booking.pk).update(introduced_at=now)
                    introduced += 1
        if len(bookings) < AT_ONCE:
            return introduced
