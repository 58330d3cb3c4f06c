"""Bookings as calendars read them (RFC 5545): one event each, the same UID for life, a higher SEQUENCE after each move."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from telecentres.enums import BookingStatus
from telecentres.models import Booking

CANCELLED = {BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW}


def calendar_of(bookings: Iterable[Booking], *, name: str, with_names: bool = False) -> bytes:
    """The bookings, loaded with their places, as one calendar in the time of the territory. `with_names` is for the host."""
    with translation.override(settings.LANGUAGE_CODE):
        calendar = icalendar.Calendar()
        calendar.add("prodid", f"-//{settings.TERRITORY.network}//{urlsplit(settings.SITE_URL).netloc}//FR")
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", name)
        calendar.add("x-wr-timezone", settings.TIME_ZONE)
        calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
        for booking in bookings:
            calendar.add_component(event_of(booking, with_names=with_names))
        calendar.add_missing_timezones()
        return calendar.to_ical()


def event_of(booking: Booking, *, with_names: bool) -> icalendar.Event:
    telecentre, zone = booking.desk.telecentre, timezone.get_default_timezone()
    who = f"{booking.who}, " if with_names else ""
    event = icalendar.Event()
    event.add("uid", f"booking-{booking.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", booking.sequence + (1 if booking.status in CANCELLED else 0))
    event.add("dtstamp", booking.changed_at.astimezone(dt.UTC))
    event.add("last-modified", booking.changed_at.astimezone(dt.UTC))
    event.add("dtstart", booking.starts_at.astimezone(zone))
    event.add("dtend", booking.ends_at.astimezone(zone))
    event.add("summary", f"{who}{booking.desk.name}, {telecentre.name}")
    event.add("location", f"{telecentre.address}, {telecentre.postal_code} {telecentre.commune.name}")
    event.add("geo", (telecentre.commune.latitude, telecentre.commune.longitude))
    event.add("url", f"{settings.SITE_URL}{telecentre.get_absolute_url()}")
    event.add("status", "CANCELLED" if booking.status in CANCELLED else status_of(booking))
    event.add("transp", "TRANSPARENT" if booking.status in CANCELLED else "OPAQUE")
    if booking.status == BookingStatus.HELD:
        event.add("description", _("Kept for you, to be accepted."))
    return event


def status_of(booking: Booking) -> str:
    return "TENTATIVE" if booking.status == BookingStatus.HELD else "CONFIRMED"
