"""What the database refuses by itself, whoever writes."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import ProtectedError
from django.utils import timezone

from telecentres.availability.network import with_free_desks
from telecentres.enums import BookingStatus, HalfDay, Stretch
from telecentres.models import Booking, Desk, OpeningHours, Telecentre
from tests.factories.members import MemberFactory
from tests.factories.telecentres import BookingFactory, ClosureFactory, DeskFactory, TelecentreFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 23)
NINE = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
BEFORE = NINE - dt.timedelta(hours=3)  # nothing has begun


def hours(start: float, end: float, bounds: str = "[)") -> DateTimeTZRange:
    return DateTimeTZRange(NINE + dt.timedelta(hours=start), NINE + dt.timedelta(hours=end), bounds)


def refused(name: str):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize("status", BookingStatus.live())
def test_two_live_bookings_never_overlap_on_a_desk(status):
    held = {"held_until": timezone.now()} if status == BookingStatus.HELD else {}
    first = BookingFactory(period=hours(0, 4), status=status, **held)
    with refused("booking_desk_never_shared"):
        BookingFactory(desk=first.desk, period=hours(3.99, 8))


@pytest.mark.parametrize("status", sorted(set(BookingStatus) - set(BookingStatus.live())))
def test_a_booking_that_is_off_leaves_the_desk_free(status):
    first = BookingFactory(period=hours(0, 4), status=status)
    BookingFactory(desk=first.desk, period=hours(0, 4))


def test_one_booking_may_follow_another_at_once():
    first = BookingFactory(period=hours(0, 4))
    BookingFactory(desk=first.desk, period=hours(4, 8))


def test_a_member_never_sits_twice_at_a_time():
    first = BookingFactory(period=hours(0, 4))
    with refused("booking_member_sits_once"):
        BookingFactory(member=first.member, period=hours(3, 8))


def test_a_member_may_hold_a_room_beside_their_seat():
    first = BookingFactory(period=hours(0, 4))
    BookingFactory(member=first.member, desk=DeskFactory(room=True), period=hours(0, 4))


@pytest.mark.parametrize(
    ("period", "constraint"),
    [
        ("'empty'::tstzrange", "booking_period_real"),
        ("tstzrange(NULL, now())", "booking_period_real"),
        ("tstzrange(now(), NULL)", "booking_period_real"),
        ("tstzrange(NULL, NULL)", "booking_period_real"),
        ("tstzrange(now(), now() + interval '1 hour', '[]')", "booking_period_real"),
        ("tstzrange(now(), now() + interval '1 hour', '(]')", "booking_period_real"),
        ("tstzrange(now(), now() + interval '1 hour', '()')", "booking_period_real"),
        ("tstzrange('-infinity', now())", "booking_within_a_day"),
        ("tstzrange(now(), 'infinity')", "booking_within_a_day"),
        ("tstzrange(now(), now() + interval '24 hours 1 second')", "booking_within_a_day"),
        ("NULL", "period"),
    ],
)
def test_a_booking_takes_a_real_stretch_of_at_most_a_day(period, constraint):
    booking = BookingFactory()
    with refused(constraint), connection.cursor() as cursor:
        cursor.execute(f"UPDATE telecentres_booking SET period = {period} WHERE id = %s", [booking.pk])  # noqa: S608


def test_exactly_a_day_is_allowed():
    BookingFactory(period=hours(0, 24))


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"status": "unheard of"}, "booking_status_known"),
        ({"stretch": "night"}, "booking_stretch_known"),
        ({"status": BookingStatus.HELD}, "booking_held_has_an_end"),
    ],
)
def test_a_booking_s_facts_are_of_this_world(facts, constraint):
    booking = BookingFactory()
    with refused(constraint):
        Booking.objects.filter(pk=booking.pk).update(**facts)


def test_one_key_of_a_member_is_one_booking():
    first = BookingFactory(key="same", period=hours(0, 4))
    BookingFactory(key="same", period=hours(0, 4))
    with refused("booking_key_once_a_member"):
        BookingFactory(member=first.member, key="same", period=hours(5, 8))


@pytest.mark.parametrize(
    ("model", "facts", "constraint"),
    [
        (OpeningHours, {"opens_at": dt.time(9), "closes_at": dt.time(9)}, "opening_hours_in_order"),
        (OpeningHours, {"weekday": 7}, "opening_hours_weekday_known"),
        (OpeningHours, {"opens_at": dt.time(12), "closes_at": dt.time(13)}, "opening_hours_noon_between"),
        (OpeningHours, {"half": HalfDay.AFTERNOON}, "opening_hours_noon_between"),
        (Desk, {"seats": 0}, "desk_seats_at_least_one"),
        (Desk, {"kind": "shed"}, "desk_kind_known"),
        (Telecentre, {"horizon_days": 0}, "telecentre_horizon_at_least_a_day"),
    ],
)
def test_a_place_s_facts_are_of_this_world(model, facts, constraint):
    place = DeskFactory().telecentre
    rows = {OpeningHours: place.opening_hours.filter(half=HalfDay.MORNING, weekday=0), Desk: place.desks.all()}
    with refused(constraint):
        rows.get(model, Telecentre.objects.filter(pk=place.pk)).update(**facts)


@pytest.mark.parametrize("period", [DateTimeTZRange(None, NINE), DateTimeTZRange(NINE, None), DateTimeTZRange(empty=True)])
def test_a_closure_has_a_start_and_an_end(period):
    with refused("closure_period_real"):
        ClosureFactory(period=period)


def test_an_expired_hold_is_no_longer_live():
    now = timezone.now()
    held = BookingFactory(held=True, held_until=now + dt.timedelta(minutes=1))
    assert list(Booking.objects.live(now)) == [held]
    assert list(Booking.objects.live(now + dt.timedelta(minutes=1))) == []


def test_coming_and_past_leave_no_booking_out_and_none_twice():
    now = NINE
    member = MemberFactory()
    coming = [
        BookingFactory(member=member, period=hours(48, 49)),
        BookingFactory(member=member, period=hours(24, 25)),
        BookingFactory(member=member, period=hours(-0.5, 0.5), desk=DeskFactory(room=True)),
    ]
    past = [
        BookingFactory(member=member, period=hours(-2, -1)),
        BookingFactory(member=member, period=hours(-1, 0)),
        BookingFactory(member=member, period=hours(24, 25), cancelled=True),
        BookingFactory(member=member, period=hours(70, 71), held=True, held_until=now),
    ]
    bookings = Booking.objects.filter(member=member)
    assert list(bookings.upcoming(now)) == [coming[2], coming[1], coming[0]]
    assert list(bookings.past(now)) == [past[3], past[2], past[1], past[0]]


class TestFreeDesks:
    def free(self, day: dt.date = MONDAY, stretch: Stretch = Stretch.MORNING, now: dt.datetime = BEFORE) -> dict[int, int | None]:
        places = with_free_desks(list(Telecentre.objects.open()), day, stretch, now=now)
        return {place.pk: place.free for place in places}

    def test_shared_desks_that_nobody_booked_are_counted(self):
        place = TelecentreFactory()
        desks = DeskFactory.create_batch(3, telecentre=place)
        DeskFactory(telecentre=place, is_active=False)
        DeskFactory(telecentre=place, office=True)
        BookingFactory(desk=desks[0], day=MONDAY)
        BookingFactory(desk=desks[1], day=MONDAY, cancelled=True)
        BookingFactory(desk=desks[2], day=MONDAY, held=True, held_until=BEFORE)
        assert self.free() == {place.pk: 2}
        assert self.free(stretch=Stretch.AFTERNOON) == {place.pk: 3}
        assert self.free(stretch=Stretch.DAY) == {place.pk: 2}

    def test_a_day_booking_takes_both_halves(self):
        booking = BookingFactory(day=MONDAY, stretch=Stretch.DAY)
        assert [self.free(stretch=half)[booking.desk.telecentre_id] for half in Stretch.of_opening_hours()] == [0, 0, 0]

    def test_a_closed_place_counts_none_and_a_closed_desk_one_less(self):
        place = TelecentreFactory()
        desks = DeskFactory.create_batch(2, telecentre=place)
        ClosureFactory(telecentre=place, desk=desks[0], day=MONDAY)
        assert self.free() == {place.pk: 1}
        ClosureFactory(telecentre=place, day=MONDAY)
        assert self.free() == {place.pk: None}
        assert self.free(day=dt.date(2026, 11, 22)) == {place.pk: None}, "a Sunday"

    def test_places_do_not_count_for_one_another(self):
        one, other = TelecentreFactory(), TelecentreFactory()
        DeskFactory.create_batch(2, telecentre=one)
        DeskFactory(telecentre=other)
        ClosureFactory(telecentre=other, day=MONDAY)
        assert self.free() == {one.pk: 2, other.pk: None}


def test_a_desk_that_was_booked_is_kept():
    booking = BookingFactory()
    with pytest.raises(ProtectedError):
        booking.desk.delete()
