import datetime as dt

import pytest

from common.working_days import is_working_day, latest_start, working_days_after, working_days_between


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("date", "works"),
    [
        ("2026-04-03", True),  # Good Friday is no holiday outside Alsace and Moselle
        ("2026-04-04", False),
        ("2026-04-06", False),  # Easter Monday
        ("2026-04-07", True),
        ("2026-05-14", False),  # Ascension
        ("2026-05-25", False),  # Whit Monday
        ("2026-10-30", True),
        ("2026-11-01", False),  # All Saints, a Sunday: the Monday after works
        ("2026-11-02", True),
        ("2026-11-11", False),
        ("2027-11-01", False),
    ],
)
def test_a_working_day_is_a_weekday_without_a_public_holiday(date, works):
    assert is_working_day(day(date)) is works


@pytest.mark.parametrize(
    ("since", "count", "reached"),
    [
        ("2026-11-23", 1, "2026-11-24"),
        ("2026-04-02", 1, "2026-04-03"),
        ("2026-04-03", 1, "2026-04-07"),
        ("2026-04-04", 1, "2026-04-07"),
        ("2026-04-03", 3, "2026-04-09"),
        ("2026-10-30", 1, "2026-11-02"),
    ],
)
def test_working_days_are_counted_over_weekends_and_holidays(since, count, reached):
    assert working_days_after(day(since), count) == day(reached)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_latest_start_is_the_last_day_whose_working_days_have_passed(count):
    for offset in range(400):
        today = day("2026-01-01") + dt.timedelta(days=offset)
        start = latest_start(today, count)
        assert working_days_after(start, count) <= today < working_days_after(start + dt.timedelta(days=1), count)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-05-12", "2026-05-18", 3),  # Ascension on Thursday
        ("2026-05-12", "2026-05-12", 0),
        ("2026-05-18", "2026-05-12", 0),
    ],
)
def test_the_working_days_between_two_leave_out_the_first_and_the_holidays(first, last, count):
    assert working_days_between(day(first), day(last)) == count
