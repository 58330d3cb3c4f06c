"""Working days: Monday to Friday, without the public holidays of the territory's country."""

import datetime as dt
from functools import lru_cache

import holidays
from django.conf import settings

ONE_DAY = dt.timedelta(days=1)


@lru_cache
def public_holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)  # the years fill themselves as they are asked for


def is_working_day(day: dt.date) -> bool:
    return day.weekday() < 5 and day not in public_holidays(settings.TERRITORY.country)


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
