"""A visit as an event for any calendar: one UID for the introduction, so that a visit moved replaces the one before."""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from projects.models import Introduction

LASTS = dt.timedelta(hours=2)


def visit_event(introduction: Introduction, *, planned_at: dt.datetime) -> bytes:
    """In UTC, which every calendar shows in its own time. SEQUENCE grows with each planning, even to an earlier hour: a calendar
    takes no event whose number is below the one it has."""
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//SOHO SOLO//visites//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event.add("uid", f"introduction-{introduction.pk}@{settings.SITE_URL.partition('//')[2]}")
    event.add("sequence", max(0, int((planned_at - introduction.created_at).total_seconds())))
    event.add("dtstamp", planned_at.astimezone(dt.UTC))
    event.add("dtstart", introduction.visit_at.astimezone(dt.UTC))
    event.add("dtend", (introduction.visit_at + LASTS).astimezone(dt.UTC))
    event.add("summary", _("Visit of %(village)s") % {"village": introduction.village})
    event.add("location", str(introduction.village))
    calendar.add_component(event)
    return calendar.to_ical()
