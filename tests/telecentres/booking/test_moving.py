"""Moving a booking in one step."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from outbox.models import Letter
from telecentres.booking import moving
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_desk
from telecentres.enums import BookingStatus, DeskKind, RefusalReason, Stretch
from telecentres.models import Booking
from telecentres.waiting.services import join_line, offer_free_places
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    PassFactory,
    RateFactory,
    TelecentreFactory,
    half_day,
)

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = dt.date(2026, 11, 30), dt.date(2026, 12, 1)
NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def place():
    place = TelecentreFactory()
    RateFactory(telecentre=place, price=6)
    return place


@pytest.fixture
def desk(place):
    return DeskFactory(telecentre=place)


@pytest.fixture
def booking(desk):
    return book_desk(desk=desk, member=MemberFactory(), period=half_day(desk.telecentre, MONDAY), key="a", now=NOW, announce=False)


def move(booking, *, day=MONDAY, stretch=Stretch.MORNING, place=None, now=NOW, **where):
    period = half_day(place or booking.desk.telecentre, day, stretch)
    return moving.move_booking(booking=booking, period=period, by=where.pop("by", booking.member.user), now=now, **where)


def test_it_stays_the_same_booking_at_another_time(booking, desk):
    moved = move(booking, day=TUESDAY, stretch=Stretch.AFTERNOON)
    assert Booking.objects.get() == moved
    assert (moved.pk, moved.desk, moved.sequence) == (booking.pk, desk, 1)
    assert (moved.period, moved.stretch) == (half_day(desk.telecentre, TUESDAY, Stretch.AFTERNOON), Stretch.AFTERNOON)
    letter = Letter.objects.get()
    assert letter.key == f"telecentres.booking_moved:{booking.pk}.1"
    assert "Mardi 1er décembre après-midi" in letter.text


def test_a_booking_moves_to_another_desk_and_to_another_place(booking, place):
    other = DeskFactory(telecentre=place)
    assert move(booking, desk=other).desk == other
    elsewhere = DeskFactory()
    assert move(booking, place=elsewhere.telecentre, telecentre=elsewhere.telecentre, day=TUESDAY).desk == elsewhere


def test_half_of_a_day_becomes_the_whole_of_it_at_the_same_desk(booking):
    """It does not stand in its own way."""
    assert move(booking, stretch=Stretch.DAY).stretch == Stretch.DAY


def test_moving_to_where_it_stands_changes_nothing(booking):
    assert move(booking).sequence == 0
    assert not Letter.objects.exists()


@pytest.mark.parametrize("taken_by", ["another", "the same member elsewhere", "a closure"])
def test_it_stands_where_it_stood_when_it_may_not_move(booking, desk, taken_by):
    if taken_by == "another":
        BookingFactory(desk=desk, day=TUESDAY)
    elif taken_by == "a closure":
        ClosureFactory(telecentre=desk.telecentre, day=TUESDAY)
    else:
        BookingFactory(member=booking.member, day=TUESDAY)
    with pytest.raises(BookingRefused):
        move(booking, day=TUESDAY)
    after = Booking.objects.get(pk=booking.pk)
    assert (after.period, after.sequence, after.status) == (booking.period, 0, BookingStatus.CONFIRMED)


def test_what_was_paid_is_given_back_and_paid_anew(place, desk):
    bought = PassFactory(valid_from=NOW.date(), created_at=NOW, left=2)
    booking = book_desk(desk=desk, member=bought.member, period=half_day(place, MONDAY), key="a", now=NOW)
    moved = move(booking, stretch=Stretch.DAY)
    bought.refresh_from_db()
    assert (moved.units, moved.price, bought.balance) == (2, 0, 0)
    assert list(bought.entries.filter(booking=booking).order_by("pk").values_list("units", flat=True)) == [-1, 1, -2]
    move(moved, stretch=Stretch.AFTERNOON)
    bought.refresh_from_db()
    assert bought.balance == 1


def test_late_it_moves_to_another_desk_of_the_place_at_most(booking, place):
    late, other = booking.starts_at - HOUR, DeskFactory(telecentre=place)
    with pytest.raises(BookingRefused) as refused:
        move(booking, stretch=Stretch.AFTERNOON, now=late)
    assert refused.value.reason == RefusalReason.TOO_LATE_TO_MOVE
    assert move(booking, desk=other, now=late).desk == other
    assert move(booking, stretch=Stretch.AFTERNOON, now=late, by=UserFactory(is_staff=True)).stretch == Stretch.AFTERNOON


@pytest.mark.parametrize(
    "status", [BookingStatus.CANCELLED, BookingStatus.COMPLETED, BookingStatus.NO_SHOW, BookingStatus.CHECKED_IN]
)
def test_what_is_over_or_off_does_not_move(booking, status):
    Booking.objects.filter(pk=booking.pk).update(status=status)
    with pytest.raises(BookingRefused):
        move(booking, day=TUESDAY)


def test_a_later_time_is_recalled_again(booking):
    Booking.objects.filter(pk=booking.pk).update(reminded_at=NOW)
    assert move(booking, day=TUESDAY).reminded_at is None


def test_the_place_it_leaves_goes_to_whoever_waits(booking, desk):
    waiting = MemberFactory()
    period = half_day(desk.telecentre, MONDAY)
    join_line(telecentre=desk.telecentre, kind=DeskKind.DESK, member=waiting, period=period, now=NOW)
    move(booking, day=TUESDAY)
    offer_free_places(now=NOW)
    assert Booking.objects.get(status=BookingStatus.HELD).member == waiting


def test_the_request_that_made_it_does_not_make_it_again(booking, desk):
    move(booking, day=TUESDAY)
    with pytest.raises(BookingRefused) as refused:
        book_desk(desk=desk, member=booking.member, period=half_day(desk.telecentre, MONDAY), key="a", now=NOW)
    assert refused.value.reason == RefusalReason.MOVED_SINCE
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("day", [dt.date(2027, 3, 28), dt.date(2026, 10, 25)], ids=["spring", "autumn"])
def test_a_room_keeps_its_hours_when_the_clocks_change(day):
    """Two o'clock in the morning is skipped, or comes twice; ten o'clock stays ten o'clock."""
    place = TelecentreFactory(every_day=True)
    room, member = DeskFactory(telecentre=place, room=True), MemberFactory()
    now = dt.datetime.combine(day, dt.time(6), dt.UTC) - dt.timedelta(days=3)
    offset = {dt.date(2027, 3, 28): 2, dt.date(2026, 10, 25): 1}[day]
    ten = dt.datetime.combine(day, dt.time(10 - offset), dt.UTC)
    booked = book_desk(desk=room, member=member, period=DateTimeTZRange(ten, ten + 2 * HOUR), key="a", now=now)
    assert (booked.stretch, booked.starts_at) == (Stretch.HOURS, ten)
    before = ten - dt.timedelta(hours=24 - {2: 1, 1: -1}[offset])  # ten o'clock the day before
    moved = moving.move_booking(
        booking=booked, period=DateTimeTZRange(before, before + 2 * HOUR), desk=room, by=member.user, now=now
    )
    assert moved.starts_at == before
