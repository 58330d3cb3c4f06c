"""Bookings as calendars read them (RFC 5545): one event each, the same UID for life, a higher SEQUENCE after each move."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from outbox.services import Attachment
from telecentres.enums import BookingStatus
from telecentres.models import Booking

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


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
        calendar.add_component(time_zone_of(timezone.localdate().year))
        for booking in bookings:
            calendar.add_component(event_of(booking, with_names=with_names))
        return calendar.to_ical()


def attachment_of(booking: Booking) -> Attachment:
    """For a letter: the booking for the calendar of whoever reads it."""
    return Attachment("reservation.ics", "text/calendar", calendar_of([booking], name=str(booking.desk.telecentre)).decode())


def event_of(booking: Booking, *, with_names: bool) -> icalendar.Event:
    telecentre, zone = booking.desk.telecentre, timezone.get_default_timezone()
    who = f"{booking.who}, " if with_names else ""
    is_off = booking.status not in BookingStatus.live()
    event = icalendar.Event()
    event.add("uid", f"booking-{booking.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", booking.sequence + is_off)
    event.add("dtstamp", booking.changed_at.astimezone(dt.UTC))
    event.add("last-modified", booking.changed_at.astimezone(dt.UTC))
    event.add("dtstart", booking.starts_at.astimezone(zone))
    event.add("dtend", booking.ends_at.astimezone(zone))
    event.add("summary", f"{who}{booking.desk.name}, {telecentre.name}")
    event.add("location", f"{telecentre.address}, {telecentre.postal_code} {telecentre.commune.name}")
    event.add("geo", (telecentre.commune.latitude, telecentre.commune.longitude))
    event.add("url", f"{settings.SITE_URL}{telecentre.get_absolute_url()}")
    event.add("status", "CANCELLED" if is_off else status_of(booking))
    event.add("transp", "TRANSPARENT" if is_off else "OPAQUE")
    if booking.status == BookingStatus.HELD:
        event.add("description", _("Kept for you, to be accepted."))
    return event


def status_of(booking: Booking) -> str:
    return "TENTATIVE" if booking.status == BookingStatus.HELD else "CONFIRMED"


@lru_cache(maxsize=4)
def time_zone_of(year: int) -> icalendar.Timezone:
    """The territory's VTIMEZONE by the rule of that year, "the last Sunday of March": calendar programs read no lists of dates."""
    zone = timezone.get_default_timezone()
    first = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    hours = [first + dt.timedelta(hours=n) for n in range(366 * 24)]
    changes = [after for before, after in pairwise(hours) if offset(before, zone) != offset(after, zone)]
    component = icalendar.Timezone()
    component.add("tzid", settings.TIME_ZONE)
    for change in changes:
        component.add_component(observance(change, zone))
    if not changes:
        component.add_component(unchanging(first, zone))
    return component


def observance(change: dt.datetime, zone: dt.tzinfo) -> icalendar.Component:
    """What holds from that instant on, until the other."""
    before, after = offset(change - dt.timedelta(hours=1), zone), offset(change, zone)
    shown = (change + before).replace(tzinfo=None, year=1996)  # since then the Union changes its clocks together
    nth = -1 if change.day + 7 > monthrange(change.year, change.month)[1] else (change.day - 1) // 7 + 1
    part = icalendar.TimezoneDaylight() if after > before else icalendar.TimezoneStandard()
    part.add("dtstart", on_weekday(shown, nth, change.weekday()))
    part.add(
        "rrule", {"freq": "yearly", "bymonth": change.month, "byday": f"{nth}{'MO TU WE TH FR SA SU'.split()[change.weekday()]}"}
    )
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", after)
    part.add("tzname", change.astimezone(zone).tzname())
    return part


def on_weekday(moment: dt.datetime, nth: int, weekday: int) -> dt.datetime:
    """The same hour on the nth such weekday of its month; -1 is the last."""
    days = [day for day in range(1, monthrange(moment.year, moment.month)[1] + 1) if moment.replace(day=day).weekday() == weekday]
    return moment.replace(day=days[nth if nth < 0 else nth - 1])


def unchanging(since: dt.datetime, zone: dt.tzinfo) -> icalendar.Component:
    part = icalendar.TimezoneStandard()
    part.add("dtstart", dt.datetime(1996, 1, 1))  # noqa: DTZ001 -- local by definition
    part.add("tzoffsetfrom", offset(since, zone))
    part.add("tzoffsetto", offset(since, zone))
    return part


def offset(moment: dt.datetime, zone: dt.tzinfo) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset()
