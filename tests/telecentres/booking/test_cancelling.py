import datetime as dt

import pytest
import time_machine

from outbox.models import Letter
from telecentres.booking import cancelling
from telecentres.booking.refusals import CancellationRefused
from telecentres.enums import BookingStatus, Stretch
from telecentres.models import Booking
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import BookingFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 23)
STARTS = dt.datetime(2026, 11, 23, 7, 30, tzinfo=dt.UTC)  # 8:30 there; the limit is 14 hours before, Sunday at 18:30
LIMIT = STARTS - dt.timedelta(hours=14)
BEFORE = LIMIT - dt.timedelta(days=3)


@pytest.fixture
def booking() -> Booking:
    return BookingFactory(day=MONDAY, created_at=BEFORE)


def refusal_of(booking: Booking, **facts) -> str:
    status = booking.status
    with pytest.raises(CancellationRefused) as caught:
        cancelling.cancel_booking(booking=booking, **facts)
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_at, Letter.objects.count()) == (status, None, 0), "a refusal changes nothing"
    return str(caught.value).replace("\u202f", " ")


@pytest.mark.parametrize("now", [BEFORE, LIMIT])
def test_a_member_cancels_until_the_limit_and_the_desk_is_free(booking, now):
    cancelling.cancel_booking(booking=booking, by=booking.member.user, now=now)
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_at) == (BookingStatus.CANCELLED, now)
    BookingFactory(desk=booking.desk, day=MONDAY)


def test_a_letter_says_so_once(booking):
    for _ in range(2):
        cancelling.cancel_booking(booking=booking, by=booking.member.user, now=BEFORE)
    assert list(Letter.objects.values_list("key", "to")) == [
        (f"telecentres.booking_cancelled:{booking.pk}", booking.member.user.email)
    ]


def test_cancelling_again_keeps_the_first_hour(booking):
    cancelling.cancel_booking(booking=booking, by=booking.member.user, now=BEFORE)
    again = cancelling.cancel_booking(booking=booking, by=booking.member.user, now=BEFORE + dt.timedelta(hours=1))
    assert again.cancelled_at == BEFORE


def test_after_the_limit_the_member_is_told_when_it_was(booking):
    sentence = refusal_of(booking, by=booking.member.user, now=LIMIT + dt.timedelta(seconds=1))
    assert sentence == (
        "On pouvait l’annuler jusqu’au dimanche 22 novembre à 18 h 30. "
        "Prévenez le télécentre, pour que quelqu’un d’autre puisse venir."
    )


@pytest.mark.parametrize("who", ["host", "staff"])
def test_those_who_keep_the_place_cancel_until_it_begins(booking, who):
    keeper = UserFactory(adviser=who == "staff", host=True)
    if who == "host":
        booking.desk.telecentre.hosts.add(keeper)
    cancelling.cancel_booking(booking=booking, by=keeper, now=STARTS - dt.timedelta(seconds=1))
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED


def test_the_host_of_another_place_keeps_this_one_no_more_than_anybody(booking):
    stranger = UserFactory(host=True)
    BookingFactory().desk.telecentre.hosts.add(stranger)
    assert refusal_of(booking, by=stranger, now=STARTS - dt.timedelta(hours=1))


@pytest.mark.parametrize("now", [STARTS, STARTS + dt.timedelta(days=9)])
def test_nobody_cancels_what_has_begun(booking, now):
    keeper = UserFactory(admin=True)
    assert refusal_of(booking, by=keeper, now=now) == "Ce moment a commencé : il ne peut plus être annulé."


@pytest.mark.parametrize(
    "status", [BookingStatus.CHECKED_IN, BookingStatus.COMPLETED, BookingStatus.NO_SHOW, BookingStatus.EXPIRED]
)
def test_only_a_booking_still_to_come_is_cancelled(status):
    booking = BookingFactory(day=MONDAY, status=status)
    assert refusal_of(booking, by=booking.member.user, now=BEFORE) == ("Cette réservation est passée : il n’y a rien à annuler.")


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        # 8:30 on the wall, fourteen real hours before: one hour earlier or later on the wall when clocks change that night.
        (dt.date(2026, 3, 29), dt.datetime(2026, 3, 28, 16, 30, tzinfo=dt.UTC)),
        (dt.date(2026, 10, 25), dt.datetime(2026, 10, 24, 17, 30, tzinfo=dt.UTC)),
    ],
)
def test_the_limit_counts_real_hours_when_clocks_change(day, limit):
    booking = BookingFactory(desk__telecentre__every_day=True, day=day, stretch=Stretch.MORNING)
    assert booking.cancel_until == limit
    cancelling.cancel_booking(booking=booking, by=booking.member.user, now=limit)


@time_machine.travel(LIMIT, tick=False)
def test_without_a_clock_the_hour_is_now(booking):
    assert cancelling.cancel_booking(booking=booking, by=MemberFactory().user).cancelled_at == LIMIT
