"""Working days: Monday to Friday, without the public holidays of the territory's country."""

import datetime as dt
from functools import lru_cache

import holidays
from django.conf import settings

ONE_DAY = dt.timedelta(days=1)


def public_holidays(year: int) -> holidays.HolidayBase:
    """Of the territory's country, each day with its name in the territory's language ("Noël")."""
    return holidays_of(settings.TERRITORY.country, settings.LANGUAGE_CODE, year)


@lru_cache(maxsize=64)
def holidays_of(country: str, language: str, year: int) -> holidays.HolidayBase:
    """Complete as it is handed out: one that fills itself as it is asked would be read half filled by another thread."""
    return holidays.country_holidays(country, years=year, expand=False, language=language)


def is_working_day(day: dt.date) -> bool:
    return public_holidays(day.year).is_working_day(day)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The count-th working day that follows `day`."""
    for _ in range(count):
        day += ONE_DAY
        while not is_working_day(day):
            day += ONE_DAY
    return day


def latest_start(today: dt.date, count: int) -> dt.date:
    """The last day whose count-th following working day has come: what began by then has waited long enough."""
    start = today
    for _ in range(count):
        while not is_working_day(start):
            start -= ONE_DAY
        start -= ONE_DAY
    return start


def working_days_before(day: dt.date, count: int) -> dt.date:
    """The count-th working day before `day`; for a count of none, `day` itself or the working day before it."""
    while not is_working_day(day):
        day -= ONE_DAY
    for _ in range(count):
        day -= ONE_DAY
        while not is_working_day(day):
            day -= ONE_DAY
    return day


def working_days_between(first: dt.date, last: dt.date) -> int:
    """Working days after `first`, up to and with `last`; none where `last` is no later."""
    return sum(is_working_day(first + n * ONE_DAY) for n in range(1, (last - first).days + 1))
