"""The letters about bookings: which, to whom, once. Each is written in the transaction of the fact it announces."""

import datetime as dt

from outbox import services as outbox
from outbox.models import Letter
from telecentres.models import Booking

CONFIRMED, CANCELLED, REMINDER = "telecentres.booking_confirmed", "telecentres.booking_cancelled", "telecentres.booking_reminder"


def booking_confirmed(booking: Booking, *, at: dt.datetime) -> Letter:
    return post(CONFIRMED, booking, at)


def booking_cancelled(booking: Booking, *, at: dt.datetime) -> Letter:
    return post(CANCELLED, booking, at)


def booking_reminder(booking: Booking, *, at: dt.datetime) -> Letter:
    """The only letter that says how to get in: it leaves the day before, not earlier."""
    return post(REMINDER, booking, at)


def post(rule: str, booking: Booking, at: dt.datetime) -> Letter:
    """None of them is of use once the booked time is over."""
    telecentre = booking.desk.telecentre
    host = telecentre.hosts.order_by("pk").first()
    return outbox.post_rendered(
        key=f"{rule}:{booking.pk}",
        to=booking.member.user.email,
        template=f"telecentres/email/{rule.removeprefix('telecentres.')}",
        context={
            "booking": booking,
            "telecentre": telecentre,
            "first_name": booking.member.user.get_short_name(),
            "signed_by": host.get_full_name() if host else "",
        },
        send_after=at,
        useless_after=booking.ends_at,
    )
