"""Who has come, who did not, and what becomes of their desks."""

import datetime as dt

import pytest

from telecentres.booking import arriving
from telecentres.enums import BookingStatus, DeskKind
from telecentres.models import Booking
from telecentres.waiting.services import join_line, offer_free_places
from tests.factories.members import MemberFactory
from tests.factories.telecentres import BookingFactory, DeskFactory, TelecentreFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 30)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def booking():
    return BookingFactory(day=MONDAY, desk__telecentre__release_after_minutes=60)


@pytest.mark.parametrize(("before", "comes"), [(31, False), (30, True), (0, True), (-239, True), (-240, False)])
def test_one_arrives_from_half_an_hour_before_until_the_end(booking, before, comes):
    at = booking.starts_at - before * MINUTE
    if comes:
        arrived = arriving.check_in(booking=booking, now=at)
        assert (arrived.status, arrived.checked_in_at) == (BookingStatus.CHECKED_IN, at)
    else:
        with pytest.raises(arriving.CheckInRefused):
            arriving.check_in(booking=booking, now=at)


def test_arriving_twice_is_arriving_once(booking):
    first = arriving.check_in(booking=booking, now=booking.starts_at)
    assert arriving.check_in(booking=booking, now=booking.starts_at + 5 * MINUTE).checked_in_at == first.checked_in_at


@pytest.mark.parametrize(("after", "released"), [(59, 0), (60, 1), (239, 1), (240, 0)])
def test_what_nobody_claims_is_given_back_after_the_time_of_the_place(booking, after, released):
    assert arriving.release_unclaimed(now=booking.starts_at + after * MINUTE) == released
    booking.refresh_from_db()
    assert (booking.status == BookingStatus.NO_SHOW) == bool(released)


def test_a_member_who_checked_in_keeps_their_desk(booking):
    arriving.check_in(booking=booking, now=booking.starts_at)
    assert arriving.release_unclaimed(now=booking.starts_at + 90 * MINUTE) == 0


def test_a_place_that_writes_no_arrivals_takes_nobodys_desk():
    booking = BookingFactory(day=MONDAY)
    assert arriving.release_unclaimed(now=booking.starts_at + 90 * MINUTE) == 0


def test_what_is_given_back_is_offered_to_who_waits(booking):
    waiting, now = MemberFactory(), booking.starts_at
    join_line(telecentre=booking.desk.telecentre, kind=DeskKind.DESK, member=waiting, period=booking.period, now=now - 60 * MINUTE)
    arriving.release_unclaimed(now=now + 60 * MINUTE)
    assert offer_free_places(now=now + 60 * MINUTE) == 1
    assert Booking.objects.get(status=BookingStatus.HELD).member == waiting


def test_who_comes_too_late_is_told_to_take_what_is_free(booking):
    arriving.release_unclaimed(now=booking.starts_at + 60 * MINUTE)
    with pytest.raises(arriving.CheckInRefused, match="rendu"):
        arriving.check_in(booking=booking, now=booking.starts_at + 61 * MINUTE)


@pytest.mark.parametrize("count", [2, 20])
def test_releasing_no_shows_costs_the_same_queries_for_any_number(django_assert_num_queries, count):
    place = TelecentreFactory(release_after_minutes=60)
    for _ in range(count):
        booking = BookingFactory(desk=DeskFactory(telecentre=place), day=MONDAY)
    # which places; savepoint, those unclaimed, the change, release
    with django_assert_num_queries(5):
        assert arriving.release_unclaimed(now=booking.starts_at + 60 * MINUTE) == count
