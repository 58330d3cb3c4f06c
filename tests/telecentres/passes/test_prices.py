"""The cheapest way to pay for a booking, found without a database."""

import datetime as dt
from decimal import Decimal
from itertools import product

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from telecentres.enums import DeskKind, HalfDay, PassKind, RateUnit, Stretch
from telecentres.half_days import Opening, Slot, instant
from telecentres.models import OpeningHours, Pass
from telecentres.passes.prices import HALF_DAYS, Way, by_rate, cheapest
from tests.factories.telecentres import AFTERNOON, MORNING

DAY = dt.date(2026, 11, 30)
HOURS = [
    OpeningHours(weekday=DAY.weekday(), half=half, opens_at=opens_at, closes_at=closes_at)
    for half, (opens_at, closes_at) in ((HalfDay.MORNING, MORNING), (HalfDay.AFTERNOON, AFTERNOON))
]
RATES = {RateUnit.HALF_DAY: Decimal(6), RateUnit.DAY: Decimal(10), RateUnit.HOUR: Decimal(4)}


def slot(stretch=Stretch.MORNING):
    return Opening(HOURS).slot(DAY, stretch)


def hours(start: str, end: str):
    lower, upper = (instant(DAY, dt.time.fromisoformat(text)) for text in (start, end))
    return Opening(HOURS).recognise(DateTimeTZRange(lower, upper), by_the_hour=True)


def a_pass(*, left=10, price=48, half_days=10, until=DAY, start=DAY, pk=1, kind=PassKind.BOUGHT) -> Pass:
    return Pass(pk=pk, kind=kind, half_days=half_days, price=Decimal(price), balance=left, valid_from=start, valid_until=until)


def quote(stretch=Stretch.MORNING, *, kind=DeskKind.DESK, rates=RATES, passes=()):
    return cheapest(kind=kind, slot=slot(stretch), opening=Opening(HOURS), rates=rates, passes=passes)


@pytest.mark.parametrize(
    ("rates", "price", "way"),
    [
        (RATES, 10, Way.DAY),
        (RATES | {RateUnit.DAY: Decimal(14)}, 12, Way.TWO_HALF_DAYS),
        ({RateUnit.HALF_DAY: Decimal(6)}, 12, Way.TWO_HALF_DAYS),
        ({}, None, Way.FREE),
    ],
)
def test_a_day_costs_what_is_least(rates, price, way):
    found = quote(Stretch.DAY, rates=rates)
    assert (found.price, found.way) == (price, way)


def paid(start: str, end: str, **rates) -> tuple:
    found = by_rate(hours(start, end), Opening(HOURS), {RateUnit(unit): Decimal(price) for unit, price in rates.items()})
    return found.price, found.way


def test_hours_are_counted_when_begun_and_never_cost_more_than_what_is_longer():
    assert paid("09:00", "10:30", half_day=10, day=18, hour=4) == (8, Way.HOURS)
    assert paid("08:30", "12:30", half_day=6, day=10, hour=4) == (6, Way.HALF_DAY)
    assert paid("13:30", "18:00", half_day=6, day=10, hour=4) == (6, Way.HALF_DAY)
    assert paid("13:30", "18:00", day=10, hour=4) == (10, Way.DAY)


def test_two_hours_never_cost_more_than_the_morning_they_are_a_part_of():
    assert paid("09:00", "11:00", half_day=20, day=36) == (20, Way.HALF_DAY)
    assert paid("09:00", "11:00", half_day=20, day=36, hour=18) == (20, Way.HALF_DAY)


def test_what_is_longer_may_be_cheaper_and_so_may_what_is_shorter():
    assert paid("08:30", "12:30", half_day=20, day=15) == (15, Way.DAY)
    assert paid("08:30", "12:30", half_day=20, hour=4) == (16, Way.HOURS)
    assert paid("08:30", "18:30", half_day=21, hour=4) == (36, Way.HOURS)  # nine hours: it is closed for one
    assert paid("08:30", "18:30", half_day=17, hour=4) == (33, Way.HALF_DAY_AND_HOURS)


def test_a_pass_pays_where_its_half_days_cost_no_more_than_the_rate():
    assert (quote(passes=[a_pass()]).price, quote(passes=[a_pass()]).units) == (0, 1)
    assert quote(passes=[a_pass(price=60)]).way == Way.PASS  # at the same price it goes first: it runs out
    assert quote(passes=[a_pass(price=61)]).way == Way.HALF_DAY
    assert quote(Stretch.DAY, passes=[a_pass(price=55)]).way == Way.DAY  # twice 5,50 against 10


@pytest.mark.parametrize(
    "useless",
    [
        a_pass(left=0),
        a_pass(until=DAY - dt.timedelta(days=1)),
        a_pass(start=DAY + dt.timedelta(days=1), until=DAY + dt.timedelta(days=9)),
    ],
    ids=["empty", "over", "not yet"],
)
def test_a_pass_that_is_empty_over_or_not_yet_valid_pays_nothing(useless):
    assert quote(passes=[useless]).way == Way.HALF_DAY


def test_a_day_needs_two_half_days_of_one_pass():
    assert quote(Stretch.DAY, passes=[a_pass(left=1), a_pass(left=1, pk=2)]).way == Way.DAY


def test_a_pass_opens_shared_desks_alone():
    assert [quote(kind=kind, passes=[a_pass(price=0)]).way for kind in DeskKind] == [Way.PASS, Way.HALF_DAY, Way.HALF_DAY]


def test_a_trial_goes_before_what_was_paid_and_the_pass_that_ends_first_before_the_other():
    later, sooner = a_pass(until=DAY + dt.timedelta(days=9)), a_pass(until=DAY + dt.timedelta(days=2), pk=2)
    assert quote(passes=[later, sooner]).paid_with == sooner
    trial = a_pass(price=0, kind=PassKind.TRIAL, until=DAY + dt.timedelta(days=99), pk=3)
    assert (quote(passes=[later, sooner, trial]).paid_with, quote(passes=[trial]).way) == (trial, Way.TRIAL)


prices = st.none() | st.integers(0, 40).map(Decimal)
some_passes = st.lists(st.builds(a_pass, left=st.integers(0, 3), price=st.integers(0, 90), pk=st.integers(1, 9)), max_size=3)
HALF_AN_HOUR = dt.timedelta(minutes=30)


def opened(pause: int) -> Opening:
    """Two hours in the morning, two in the afternoon, so many half-hours of pause between them."""
    starts = instant(DAY, dt.time(10)), instant(DAY, dt.time(12)) + pause * HALF_AN_HOUR
    times = [(start, start + 4 * HALF_AN_HOUR) for start in starts]
    local = [tuple(timezone.localtime(moment).time() for moment in span) for span in times]
    return Opening(
        OpeningHours(weekday=DAY.weekday(), half=half, opens_at=opens_at, closes_at=closes_at)
        for half, (opens_at, closes_at) in zip(HalfDay, local, strict=True)
    )


def all_ways_to_pay(slot: Slot, opening: Opening, half_day, day, hour) -> list[Decimal]:
    """Slowly: each half-hour of what is booked is paid as a part of the day, of its half-day, or of some hours."""
    cells = [
        (half.stretch, start)
        for half in opening.half_days(slot.day)
        for number in range(4)
        if slot.starts_at <= (start := half.starts_at + number * HALF_AN_HOUR) < slot.ends_at
    ]
    named = [unit for unit, price in (("day", day), ("half", half_day), ("hour", hour)) if price is not None]
    found = []
    for units in product(named, repeat=len(cells)):
        paid_as = list(zip(units, cells, strict=True))
        price = day if "day" in units else Decimal(0)
        price += sum(half_day for _half in {half for unit, (half, _start) in paid_as if unit == "half"})
        by_the_hour, last = [], None
        for unit, (_half, start) in paid_as:
            if unit == "hour":
                if last is not None and start - last == HALF_AN_HOUR:
                    by_the_hour[-1] += 1
                else:
                    by_the_hour.append(1)
                last = start
        found.append(price + sum(hour * -(-halves // 2) for halves in by_the_hour))
    return found


@settings(deadline=None, max_examples=60)
@given(
    half_day=prices, day=prices, hour=prices, pause=st.integers(0, 2), first=st.integers(0, 3), length=st.integers(1, 8),
    whole=st.sampled_from([None, *Stretch.of_opening_hours()]),
)  # fmt: skip
# Two that chance seldom brings: hours that go on over noon, and a half-day with what is left by the hour.
@example(half_day=None, day=None, hour=Decimal(5), pause=0, first=1, length=4, whole=None)
@example(half_day=Decimal(6), day=Decimal(40), hour=Decimal(4), pause=0, first=0, length=6, whole=None)
def test_no_way_to_pay_beats_the_price_asked(half_day, day, hour, pause, first, length, whole):
    opening = opened(pause)
    morning = opening.slot(DAY, Stretch.MORNING)
    start = morning.starts_at + first * HALF_AN_HOUR
    wanted = opening.hours(DateTimeTZRange(start, start + length * HALF_AN_HOUR)) or morning
    booked = opening.slot(DAY, whole) if whole else wanted
    rates = {unit: price for unit, price in zip(RateUnit, (half_day, day, hour), strict=True) if price is not None}
    ways = all_ways_to_pay(booked, opening, half_day, day, hour)
    assert by_rate(booked, opening, rates).price == min(ways, default=None)


@given(half_day=prices, day=prices, kind=st.sampled_from(DeskKind), stretch=st.sampled_from(list(HALF_DAYS)), passes=some_passes)
def test_no_pass_that_was_open_is_cheaper(half_day, day, kind, stretch, passes):
    units = HALF_DAYS[stretch]
    rates = {unit: price for unit, price in ((RateUnit.HALF_DAY, half_day), (RateUnit.DAY, day)) if price is not None}
    found = quote(stretch, kind=kind, rates=rates, passes=passes)
    open_ways = [half_day * units] if half_day is not None else []
    open_ways += [day] if day is not None else []
    worth = found.price
    if found.paid_with:
        assert found.paid_with.balance >= units == found.units
        worth = price_of_a_half_day(found.paid_with) * units
    if open_ways and kind == DeskKind.DESK:
        open_ways += [price_of_a_half_day(pass_) * units for pass_ in passes if pass_.balance >= units]
    assert worth == min(open_ways, default=None)


def price_of_a_half_day(pass_: Pass) -> Decimal:
    return pass_.price / pass_.half_days
