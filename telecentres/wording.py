"""How times are said in sentences, letters and labels."""

import datetime as dt

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from common.typography import clock, dated, day, weekday
from telecentres.enums import Stretch
from telecentres.half_days import Slot
from telecentres.models import Booking, BookingSeries, WaitingEntry

__all__ = [
    "booked_time",
    "clock",
    "day",
    "day_part",
    "local_time",
    "moment",
    "near_day_part",
    "occurrence_in_words",
    "ordinal",
    "pass_of",
    "series_time",
    "stretch_in_words",
    "stretch_of_time",
    "weekday",
    "weekday_part",
]

PARTS = {
    Stretch.MORNING: gettext_lazy("morning"),
    Stretch.AFTERNOON: gettext_lazy("afternoon"),
    Stretch.DAY: gettext_lazy("the whole day"),
    Stretch.HOURS: gettext_lazy("some hours"),
}


def stretch_in_words(stretch: Stretch) -> str:
    """« matin »."""
    return str(PARTS[stretch])


def weekday_part(date: dt.date, stretch: Stretch) -> str:
    """« jeudi 26, matin »: inside one week, where the month is known."""
    return f"{weekday(date)}, {stretch_in_words(stretch)}"


def day_part(date: dt.date, stretch: Stretch) -> str:
    """« jeudi 26 novembre au matin »."""
    sentence = {
        Stretch.MORNING: _("%(day)s in the morning"),
        Stretch.AFTERNOON: _("%(day)s in the afternoon"),
        Stretch.DAY: _("%(day)s, the whole day"),
    }[stretch]
    return sentence % {"day": day(date)}


def near_day_part(date: dt.date, stretch: Stretch, today: dt.date) -> str:
    """« cet après-midi », « demain matin », else as day_part."""
    near = {
        (0, Stretch.MORNING): _("this morning"),
        (0, Stretch.AFTERNOON): _("this afternoon"),
        (1, Stretch.MORNING): _("tomorrow morning"),
        (1, Stretch.AFTERNOON): _("tomorrow afternoon"),
    }
    return near.get(((date - today).days, stretch)) or day_part(date, stretch)


def booked_time(taken: Booking | Slot | WaitingEntry) -> str:
    """« jeudi 26 novembre au matin », or the hours of a room. Of anything with a `stretch` and a `period`."""
    if taken.stretch == Stretch.HOURS:
        return stretch_of_time(taken.period)
    return day_part(local_time(taken.period.lower).date(), Stretch(taken.stretch))


def stretch_of_time(period: DateTimeTZRange) -> str:
    """« mercredi 25 novembre de 12 h 30 à 18 h 30 »; whole days are said without hours: « du … au … », the last one included."""
    first, last = local_time(period.lower), local_time(period.upper)
    if first.time() == last.time() == dt.time.min:
        last -= dt.timedelta(days=1)
        if first.date() == last.date():
            return day(first.date())
        return _("from %(first)s to %(last)s") % {"first": day(first.date()), "last": day(last.date())}
    if first.date() == last.date():
        facts = {"day": day(first.date()), "start": clock(first), "end": clock(last)}
        return _("%(day)s from %(start)s to %(end)s") % facts
    return _("from %(first)s to %(last)s") % {"first": moment(period.lower), "last": moment(period.upper)}


def moment(at: dt.datetime) -> str:
    """« lundi 23 novembre à 18 h 30 »."""
    at = local_time(at)
    return _("%(day)s at %(time)s") % {"day": day(at), "time": clock(at)}


def local_time(at: dt.datetime) -> dt.datetime:
    return timezone.localtime(at, timezone.get_default_timezone())


def pass_of(half_days: int) -> str:
    """« Carnet de 10 demi-journées »: as it was bought."""
    return ngettext("Pass of %(count)s half-day", "Pass of %(count)s half-days", half_days) % {"count": half_days}


def ordinal(position: int) -> str:
    """« 1er », « 2e »: of somebody in a line."""
    return pgettext("1st in the line", "1st") if position == 1 else _("number %(position)s") % {"position": position}


def series_time(series: BookingSeries) -> str:
    """« le lundi et le jeudi, toute la journée, du 30 novembre au 26 février »."""
    days = [str(WEEKDAYS[weekday]) for weekday in sorted(series.weekdays)]
    facts = {
        "weekdays": _("%(first)s and %(last)s") % {"first": ", ".join(days[:-1]), "last": days[-1]} if days[1:] else days[0],
        "part": stretch_in_words(Stretch(series.stretch)),
        "first": dated(series.first),
        "last": dated(series.last),
    }
    return _("every %(weekdays)s, %(part)s, from %(first)s to %(last)s") % facts


def occurrence_in_words(occurrence) -> str:
    """« jeudi 3 décembre au matin : Poste 2 », or why not. Of an Occurrence of series/services.py."""
    when = booked_time(occurrence.slot) if occurrence.slot else day(occurrence.day)
    if occurrence.refusal:
        return when + _(": ") + str(occurrence.refusal)
    return when + _(": ") + occurrence.booking.desk.name
