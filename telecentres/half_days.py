"""The half-days of real days: opening hours laid on the calendar, in local time, whatever the clocks do. No query here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from common.working_days import public_holidays
from telecentres.enums import HalfDay, Stretch
from telecentres.models import OpeningHours


@dataclass(frozen=True)
class Slot:
    """What one booking may take: a half of a local day, or the whole of it. `period` is in UTC, the end not included."""

    day: dt.date
    stretch: Stretch
    period: DateTimeTZRange

    @property
    def starts_at(self) -> dt.datetime:
        return self.period.lower

    @property
    def ends_at(self) -> dt.datetime:
        return self.period.upper


class Opening:
    """When one place opens, asked about real days. Public holidays and closures are another question."""

    def __init__(self, hours: Iterable[OpeningHours]) -> None:
        self._hours = {(row.weekday, row.half): (row.opens_at, row.closes_at) for row in hours}

    @property
    def is_known(self) -> bool:
        """Of a place whose hours nobody wrote down, nothing says that it is closed."""
        return bool(self._hours)

    @property
    def weekdays(self) -> list[int]:
        return sorted({weekday for weekday, _half in self._hours})

    def slots(self, day: dt.date) -> list[Slot]:
        """The morning, the afternoon, and the whole day when both are open; none on a day the place stays closed."""
        return [slot for stretch in Stretch.of_opening_hours() if (slot := self.slot(day, stretch))]

    def half_days(self, day: dt.date) -> list[Slot]:
        return [slot for slot in self.slots(day) if slot.stretch != Stretch.DAY]

    def slot(self, day: dt.date, stretch: Stretch) -> Slot | None:
        hours = [self._hours.get((day.weekday(), half)) for half in stretch.halves]
        if not hours or None in hours:
            return None
        return Slot(day, stretch, DateTimeTZRange(instant(day, hours[0][0]), instant(day, hours[-1][1])))

    def weekly(self) -> list[tuple[int, int, list[tuple[dt.time, dt.time]]]]:
        """The week as one would write it on the door: (first weekday, last weekday, hours), neighbours alike put together."""
        lines: list[tuple[int, int, list[tuple[dt.time, dt.time]]]] = []
        for weekday in range(7):
            hours = [self._hours[weekday, half] for half in HalfDay if (weekday, half) in self._hours]
            if len(hours) == 2 and hours[0][1] == hours[1][0]:
                hours = [(hours[0][0], hours[1][1])]
            if lines and lines[-1][2] == hours:
                lines[-1] = (lines[-1][0], weekday, hours)
            else:
                lines.append((weekday, weekday, hours))
        return lines

    def recognise(self, period: DateTimeTZRange, *, by_the_hour: bool = False) -> Slot | None:
        """The slot that is exactly this period, if any; `by_the_hour`, also some hours of it."""
        slot = next((slot for slot in self.slots(local_day(period.lower)) if slot.period == in_utc(period)), None)
        return slot or (self.hours(period) if by_the_hour else None)

    def hours(self, period: DateTimeTZRange) -> Slot | None:
        """Some hours of one day while the place stays open, from one half-hour or opening hour to another."""
        day, period = local_day(period.lower), in_utc(period)
        for opens_at, closes_at in self.open_times(day):
            if opens_at <= period.lower < period.upper <= closes_at:
                on_the_half_hour = (at in (opens_at, closes_at) or is_half_hour(at) for at in (period.lower, period.upper))
                return Slot(day, Stretch.HOURS, period) if all(on_the_half_hour) else None
        return None

    def open_times(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """From when to when the place is open without a pause."""
        times: list[tuple[dt.datetime, dt.datetime]] = []
        for slot in self.half_days(day):
            if times and times[-1][1] == slot.starts_at:
                times[-1] = (times[-1][0], slot.ends_at)
            else:
                times.append((slot.starts_at, slot.ends_at))
        return times


def crossing_weekday(hours: Iterable[OpeningHours]) -> int | None:
    """A weekday whose afternoon opens before its morning closes: no constraint can see two rows at once."""
    times = {(row.weekday, row.half): row for row in hours}
    for weekday, half in times:
        other = times.get((weekday, HalfDay.AFTERNOON))
        if half == HalfDay.MORNING and other and other.opens_at < times[weekday, half].closes_at:
            return weekday
    return None


def instant(day: dt.date, hour: dt.time) -> dt.datetime:
    """The instant, in UTC, at which the clocks of the territory show `hour` on `day`."""
    return dt.datetime.combine(day, hour, timezone.get_default_timezone()).astimezone(dt.UTC)


def is_half_hour(moment: dt.datetime) -> bool:
    """Every time zone of these territories counts in whole hours from UTC."""
    return moment.minute in (0, 30) and not moment.second and not moment.microsecond


def in_utc(period: DateTimeTZRange) -> DateTimeTZRange:
    return DateTimeTZRange(period.lower.astimezone(dt.UTC), period.upper.astimezone(dt.UTC))


def midnight(day: dt.date) -> dt.datetime:
    return instant(day, dt.time.min)


def days_between(first: dt.date, last: dt.date) -> DateTimeTZRange:
    """From the first moment of `first` to the last of `last`."""
    return DateTimeTZRange(midnight(first), midnight(last + dt.timedelta(days=1)))


def overlap(period: DateTimeTZRange, other: DateTimeTZRange) -> bool:
    return period.lower < other.upper and other.lower < period.upper


def local_day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment, timezone.get_default_timezone())


def public_holiday(day: dt.date) -> str | None:
    """Its name in the language of the territory ("Noël"), or None on an ordinary day. Every place is closed then."""
    return public_holidays(day.year).get(day)


def next_public_holiday(day: dt.date) -> tuple[dt.date, str]:
    """The first one after `day`."""
    coming = sorted(public_holidays(day.year).items()) + sorted(public_holidays(day.year + 1).items())
    return next((date, name) for date, name in coming if date > day)
