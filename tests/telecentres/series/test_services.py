"""The same place every week."""

import datetime as dt

import pytest

from outbox.models import Letter
from telecentres.booking import cancelling
from telecentres.enums import BookingStatus, DeskKind, Stretch, WaitingStatus
from telecentres.models import Booking, BookingSeries, WaitingEntry
from telecentres.series.services import SeriesRefused, book_series, call_series_off, extend_series, move_series, plan_series
from telecentres.waiting.services import offer_free_places
from tests.factories.members import MemberFactory
from tests.factories.telecentres import BookingFactory, DeskFactory, TelecentreFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 30)
NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)
WEEK = dt.timedelta(weeks=1)


@pytest.fixture
def place():
    return TelecentreFactory(horizon_days=30)


@pytest.fixture
def desk(place):
    return DeskFactory(telecentre=place)


@pytest.fixture
def member():
    return MemberFactory()


def every_monday(place, member, desk=None, *, weeks=8, key="a", **facts) -> BookingSeries:
    usual = {"weekdays": [0], "stretch": Stretch.MORNING, "first": MONDAY, "last": MONDAY + (weeks - 1) * WEEK, "desk": desk}
    return BookingSeries(member=member, telecentre=place, kind=DeskKind.DESK, key=key, booked_by=member.user, **usual | facts)


def book(series, **options):
    return book_series(series=series, now=NOW, **options)[0]


def days_booked(series) -> list[dt.date]:
    bookings = Booking.objects.filter(series=series, status=BookingStatus.CONFIRMED).order_by("period")
    return [booking.starts_at.date() for booking in bookings]


def test_what_it_would_bring_is_shown_and_nothing_written(place, desk, member):
    BookingFactory(desk=desk, day=MONDAY + WEEK)
    other = DeskFactory(telecentre=place)
    planned = plan_series(every_monday(place, member, desk), now=NOW)
    assert [occurrence.day for occurrence in planned] == [MONDAY + n * WEEK for n in range(4)]  # a month ahead
    assert [occurrence.booking.desk for occurrence in planned] == [desk, other, desk, desk]
    assert [occurrence.desk_taken for occurrence in planned] == [False, True, False, False]
    assert not Booking.objects.filter(member=member).exists()


def test_it_is_booked_as_far_as_the_horizon_and_told_once(place, desk, member):
    series = book(every_monday(place, member, desk))
    assert days_booked(series) == [MONDAY + n * WEEK for n in range(4)]
    assert series.handled_until == dt.date(2026, 12, 26)
    letter = Letter.objects.get()
    assert letter.key == f"telecentres.series_booked:{series.pk}"
    assert "Lundi 21 décembre au matin" in letter.text


def test_booking_twice_with_the_same_key_is_booking_once(place, desk, member):
    assert book(every_monday(place, member)) == book(every_monday(place, member))
    assert Booking.objects.count() == 4


def test_it_goes_on_as_the_days_come_within_reach(place, desk, member):
    series = book(every_monday(place, member))
    assert extend_series(now=NOW) == 0
    assert extend_series(now=NOW + WEEK) == 1
    assert extend_series(now=NOW + WEEK) == 0
    assert days_booked(series)[-1] == MONDAY + 4 * WEEK
    assert extend_series(now=NOW + 9 * WEEK) == 0  # the rest of its days is over by then
    assert Letter.objects.count() == 1


def test_days_not_wanted_are_left_out(place, desk, member):
    series = book(every_monday(place, member), skip=[MONDAY + WEEK])
    assert days_booked(series) == [MONDAY, MONDAY + 2 * WEEK, MONDAY + 3 * WEEK]
    assert not WaitingEntry.objects.exists()


def test_a_day_that_others_have_is_taken_back_once_it_is_free(place, desk, member):
    other = BookingFactory(desk=desk, day=MONDAY)
    series = book(every_monday(place, member, desk))
    assert days_booked(series) == [MONDAY + n * WEEK for n in range(1, 4)]
    cancelling.cancel_booking(booking=other, by=other.member.user, now=NOW, announce=False)
    offer_free_places(now=NOW)
    assert days_booked(series) == [MONDAY + n * WEEK for n in range(4)]


def test_a_public_holiday_is_said_and_not_waited_for(place, desk, member):
    friday = dt.date(2026, 12, 25)
    planned = plan_series(every_monday(place, member, first=friday, last=friday, weekdays=[4]), now=NOW)
    assert ["Noël" in str(occurrence.refusal) for occurrence in planned] == [True]
    assert not planned[0].can_be_waited_for


def test_nothing_is_written_when_no_day_can_be_booked(place, member):
    with pytest.raises(SeriesRefused):
        book(every_monday(place, member))
    assert not BookingSeries.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"last": MONDAY - WEEK}, {"first": MONDAY - 3 * WEEK, "last": MONDAY - 2 * WEEK}, {"last": MONDAY + 53 * WEEK}],
    ids=["backwards", "over", "too long"],
)
def test_a_series_has_days_to_come_and_a_year_at_most(place, desk, member, wrong):
    with pytest.raises(SeriesRefused):
        book(every_monday(place, member, **wrong))


def test_some_weeks_are_called_off_and_the_series_goes_on(place, desk, member):
    series = book(every_monday(place, member))
    outcome = call_series_off(series=series, by=member.user, first=MONDAY + WEEK, last=MONDAY + 2 * WEEK, now=NOW)
    assert len(outcome.done) == 2
    assert days_booked(series) == [MONDAY, MONDAY + 3 * WEEK]
    assert extend_series(now=NOW + WEEK) == 1
    assert Letter.objects.filter(key__startswith="telecentres.series_called_off").count() == 1


def test_the_rest_is_called_off_with_what_it_waits_for(place, desk, member):
    BookingFactory(desk=desk, day=MONDAY + WEEK)
    series = book(every_monday(place, member))
    call_series_off(series=series, by=member.user, first=MONDAY + dt.timedelta(days=1), now=NOW)
    assert days_booked(series) == [MONDAY]
    assert WaitingEntry.objects.get().status == WaitingStatus.LEFT
    assert extend_series(now=NOW + 3 * WEEK) == 0


def test_what_is_too_late_to_call_off_stands_and_is_said(place, desk, member):
    series = book(every_monday(place, member))
    late = Booking.objects.earliest("period").starts_at - dt.timedelta(hours=1)
    outcome = call_series_off(series=series, by=member.user, first=MONDAY, now=late)
    assert [booking.starts_at.date() for booking, _why in outcome.left] == [MONDAY]
    assert days_booked(series) == [MONDAY]


def test_the_rest_moves_to_another_desk_but_for_days_when_it_is_taken(place, desk, member):
    other = DeskFactory(telecentre=place)
    BookingFactory(desk=other, day=MONDAY + WEEK)
    series = book(every_monday(place, member, desk))
    outcome = move_series(series=series, by=member.user, desk=other, first=MONDAY, now=NOW)
    assert (len(outcome.done), len(outcome.left)) == (3, 1)
    series.refresh_from_db()
    assert series.desk == other
    assert set(Booking.objects.filter(series=series, desk=desk).values_list("period__startswith__date", flat=True)) == {
        MONDAY + WEEK
    }


@pytest.mark.parametrize("weeks", [2, 50])
def test_planning_a_series_costs_the_same_queries_for_any_length(place, desk, member, django_assert_num_queries, weeks):
    place.horizon_days = 365
    place.save()
    series = every_monday(place, member, desk, weeks=weeks)
    # hours, closures, requests, passes, desks, who waits, bookings, what a member may hold and holds, rates
    with django_assert_num_queries(10):
        plan_series(series, now=NOW)
