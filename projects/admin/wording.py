"""Dates in a column: narrow, with their year, and with the word « late » where they have passed."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import pgettext


def short_date(day: dt.date | dt.datetime | None) -> str:
    """« 24 nov. 2026 », or a dash."""
    if day is None:
        return "–"
    return date_format(timezone.localtime(day) if isinstance(day, dt.datetime) else day, "j N Y")


def due_date(day: dt.date, *, done: bool = False) -> str:
    if done or day >= timezone.localdate():
        return short_date(day)
    return format_html('<span class="late">{}, {}</span>', pgettext("task", "late"), short_date(day))
