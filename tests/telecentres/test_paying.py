"""The cheapest way to pay for a booking, found without a database."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import given
from hypothesis import strategies as st

from telecentres.enums import DeskKind, HalfDay, PassKind, RateUnit, Stretch
from telecentres.half_days import Opening, at
from telecentres.models import OpeningHours, Pass
from telecentres.services.paying import HALF_DAYS, Way, by_rate, cheapest
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
    lower, upper = (at(DAY, dt.time.fromisoformat(text)) for text in (start, end))
    return Opening(HOURS).recognise(DateTimeTZRange(lower, upper), by_the_hour=True)


def a_pass(*, left=10, price=48, half_days=10, until=DAY, start=DAY, pk=1, kind=PassKind.BOUGHT) -> Pass:
    return Pass(pk=pk, kind=kind, half_days=half_days, price=Decimal(price), balance=left, valid_from=start, valid_until=until)


def quote(stretch=Stretch.MORNING, *, kind=DeskKind.DESK, rates=RATES, passes=()):
    return cheapest(kind=kind, slot=slot(stretch), rates=rates, passes=passes)


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


def test_hours_are_counted_when_begun_and_never_cost_more_than_the_day():
    assert (by_rate(hours("09:00", "10:30"), RATES).price, by_rate(hours("09:00", "10:30"), RATES).way) == (8, Way.HOURS)
    assert (by_rate(hours("08:30", "12:30"), RATES).price, by_rate(hours("08:30", "12:30"), RATES).way) == (6, Way.HALF_DAY)
    assert by_rate(hours("13:30", "18:00"), RATES).way == Way.HOURS_AS_A_DAY


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


@given(half_day=prices, day=prices, kind=st.sampled_from(DeskKind), stretch=st.sampled_from(list(HALF_DAYS)), passes=some_passes)
def test_no_way_that_was_open_is_cheaper(half_day, day, kind, stretch, passes):
    units = HALF_DAYS[stretch]
    rates = {unit: price for unit, price in ((RateUnit.HALF_DAY, half_day), (RateUnit.DAY, day)) if price is not None}
    found = quote(stretch, kind=kind, rates=rates, passes=passes)
    open_ways = [half_day * units] if half_day is not None else []
    open_ways += [day] if day is not None and stretch == Stretch.DAY else []
    worth = found.price
    if found.paid_with:
        assert found.paid_with.balance >= units == found.units
        worth = found.paid_with.price_of_a_half_day * units
    if open_ways and kind == DeskKind.DESK:
        open_ways += [one.price_of_a_half_day * units for one in passes if one.balance >= units]
    assert worth == min(open_ways, default=None)
