import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from telecentres.enums import HalfDay, Stretch
from telecentres.half_days import Opening, crossing_weekday, days_between, next_public_holiday, overlap, public_holiday
from telecentres.models import OpeningHours

MONDAY = dt.date(2026, 11, 23)
MORNING, AFTERNOON = (dt.time(8, 30), dt.time(12, 30)), (dt.time(13, 30), dt.time(18, 30))


def row(weekday: int, half: HalfDay, times: tuple[dt.time, dt.time]) -> OpeningHours:
    return OpeningHours(weekday=weekday, half=half, opens_at=times[0], closes_at=times[1])


def opening(weekdays=range(7), morning=MORNING, afternoon=AFTERNOON) -> Opening:
    rows = []
    for weekday in weekdays:
        rows += [row(weekday, HalfDay.MORNING, morning)] if morning else []
        rows += [row(weekday, HalfDay.AFTERNOON, afternoon)] if afternoon else []
    return Opening(rows)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "starts", "ends"),
    [
        ("2026-03-28", "2026-03-28T07:30", "2026-03-28T17:30"),  # winter: one hour ahead of UTC
        ("2026-03-29", "2026-03-29T06:30", "2026-03-29T16:30"),  # the day clocks go forward
        ("2026-03-30", "2026-03-30T06:30", "2026-03-30T16:30"),
        ("2026-10-24", "2026-10-24T06:30", "2026-10-24T16:30"),  # summer: two hours
        ("2026-10-25", "2026-10-25T07:30", "2026-10-25T17:30"),  # the day clocks go back
        ("2026-10-26", "2026-10-26T07:30", "2026-10-26T17:30"),
    ],
)
def test_a_day_opens_when_the_clock_on_the_wall_says_so(day, starts, ends):
    slot = opening().slot(dt.date.fromisoformat(day), Stretch.DAY)
    assert slot.period == DateTimeTZRange(utc(starts), utc(ends))


@pytest.mark.parametrize(("day", "length"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_whole_day_is_as_long_as_the_clocks_make_it(day, length):
    period = days_between(dt.date.fromisoformat(day), dt.date.fromisoformat(day))
    assert period.upper - period.lower == dt.timedelta(hours=length)


def test_a_night_opening_over_the_change_is_one_hour_shorter_or_longer():
    """Nobody opens at one in the morning; the sum holds all the same."""
    night = opening(morning=(dt.time(1), dt.time(4)), afternoon=None)
    lengths = [night.slot(dt.date(2026, *day), Stretch.MORNING) for day in ((3, 28), (3, 29), (10, 25))]
    assert [(slot.ends_at - slot.starts_at).seconds / 3600 for slot in lengths] == [3, 2, 4]


def test_a_period_is_recognised_only_when_it_is_exactly_a_half_day_or_the_day():
    open_hours = opening()
    morning, afternoon, day = open_hours.slots(MONDAY)
    assert [open_hours.recognise(slot.period) for slot in (morning, afternoon, day)] == [morning, afternoon, day]
    minute = dt.timedelta(minutes=1)
    for period in (
        DateTimeTZRange(morning.starts_at, morning.ends_at + minute),
        DateTimeTZRange(morning.starts_at + minute, morning.ends_at),
        DateTimeTZRange(morning.starts_at, afternoon.starts_at),
        DateTimeTZRange(morning.starts_at, day.ends_at + dt.timedelta(days=1)),
        DateTimeTZRange(morning.starts_at - dt.timedelta(days=365 * 20), morning.ends_at),
    ):
        assert open_hours.recognise(period) is None


def test_a_period_is_recognised_in_whatever_time_zone_it_is_written():
    open_hours = opening()
    slot = open_hours.slot(dt.date(2026, 10, 25), Stretch.MORNING)
    elsewhere = dt.timezone(dt.timedelta(hours=-7))
    period = DateTimeTZRange(slot.starts_at.astimezone(elsewhere), slot.ends_at.astimezone(elsewhere))
    assert open_hours.recognise(period) == slot


def test_half_a_day_closed_leaves_no_whole_day():
    assert [slot.stretch for slot in opening(afternoon=None).slots(MONDAY)] == [Stretch.MORNING]
    assert [slot.stretch for slot in opening(morning=None).slots(MONDAY)] == [Stretch.AFTERNOON]
    assert opening(weekdays=[5]).slots(MONDAY) == []


def test_the_week_is_said_as_on_the_door():
    rows = [row(day, HalfDay.MORNING, (dt.time(8), dt.time(13))) for day in range(6)]
    rows += [row(day, HalfDay.AFTERNOON, (dt.time(13), dt.time(18))) for day in (0, 1, 3, 4)]
    through, until_one = [(dt.time(8), dt.time(18))], [(dt.time(8), dt.time(13))]
    assert Opening(rows).weekly() == [(0, 1, through), (2, 2, until_one), (3, 4, through), (5, 5, until_one), (6, 6, [])]
    assert opening(weekdays=range(5)).weekly() == [(0, 4, [MORNING, AFTERNOON]), (5, 6, [])]


def test_halves_that_cross_are_seen():
    crossing = [row(2, HalfDay.MORNING, (dt.time(8), dt.time(14))), row(2, HalfDay.AFTERNOON, AFTERNOON)]
    assert crossing_weekday(crossing) == 2
    assert crossing_weekday([row(2, HalfDay.MORNING, (dt.time(8), dt.time(13, 30))), row(2, HalfDay.AFTERNOON, AFTERNOON)]) is None
    assert crossing_weekday([row(2, HalfDay.AFTERNOON, AFTERNOON)]) is None


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-12-25", "Noël"),
        ("2026-11-11", "Armistice"),
        ("2026-07-14", "Fête nationale"),
        ("2026-05-14", "Ascension"),
        ("2026-11-23", None),
        ("2026-04-03", None),  # Good Friday is a working day here
    ],
)
def test_public_holidays_are_named_in_french(day, name):
    assert public_holiday(dt.date.fromisoformat(day)) == name


def test_the_next_public_holiday_may_be_next_year():
    assert next_public_holiday(dt.date(2026, 12, 24)) == (dt.date(2026, 12, 25), "Noël")
    assert next_public_holiday(dt.date(2026, 12, 25)) == (dt.date(2027, 1, 1), "Jour de l'an")


def test_periods_that_touch_do_not_overlap():
    morning, afternoon, day = opening(morning=(dt.time(8), dt.time(13)), afternoon=(dt.time(13), dt.time(18))).slots(MONDAY)
    assert not overlap(morning.period, afternoon.period)
    assert overlap(morning.period, day.period)
    assert overlap(day.period, afternoon.period)
