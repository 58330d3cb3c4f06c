"""Booking a desk: what is granted, and each way to be refused."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from members.enums import MemberStatus
from outbox.models import Letter
from telecentres.booking.services import book_desk
from telecentres.enums import BookingStatus, DeskKind, Public, RateUnit, RefusalReason, Stretch
from telecentres.models import Booking, Desk
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    RateFactory,
    TelecentreFactory,
    half_day,
)
from tests.telecentres.booking.asking import MONDAY, MORNING_STARTS, NOW, book, refusal_of, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return DeskFactory(telecentre=TelecentreFactory(name="Télécentre de Fleurance"), name="Poste 2")


@pytest.mark.parametrize(
    ("stretch", "unit", "hours"),
    [(Stretch.MORNING, "half_day", 4), (Stretch.AFTERNOON, "half_day", 5), (Stretch.DAY, "day", 10)],
)
def test_a_half_day_or_a_day_is_booked_at_its_price(desk, stretch, unit, hours):
    RateFactory(telecentre=desk.telecentre, unit=RateUnit.HALF_DAY, price=6)
    RateFactory(telecentre=desk.telecentre, unit=RateUnit.DAY, price=10)
    RateFactory(telecentre=desk.telecentre, unit=unit, price=99, public=Public.VISITOR)
    RateFactory(telecentre=desk.telecentre, unit=unit, price=99, kind=DeskKind.ROOM)
    member, presser = MemberFactory(), UserFactory()
    booking = book(desk, member, stretch=stretch, booked_by=presser)
    booking.refresh_from_db()
    assert (booking.desk, booking.member, booking.booked_by) == (desk, member, presser)
    assert (booking.status, booking.stretch, booking.takes_seat) == (BookingStatus.CONFIRMED, stretch, True)
    assert booking.ends_at - booking.starts_at == dt.timedelta(hours=hours)
    assert booking.price == {"half_day": 6, "day": 10}[unit]
    assert booking.created_at == NOW


def test_without_a_rate_there_is_no_price(desk):
    assert book(desk).price is None


def test_a_room_takes_no_seat():
    member = MemberFactory()
    room, desk = DeskFactory(room=True), DeskFactory()
    assert book(desk, member).takes_seat
    assert not book(room, member, key="b").takes_seat


def test_the_two_halves_of_a_day_are_two_bookings_or_one(desk):
    member = MemberFactory()
    book(desk, member, stretch=Stretch.MORNING, key="a")
    book(desk, member, stretch=Stretch.AFTERNOON, key="b")
    assert refusal_of(desk, stretch=Stretch.DAY).reason == RefusalReason.TAKEN


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_the_days_on_which_clocks_change_are_booked_like_others(day):
    desk = DeskFactory(telecentre=TelecentreFactory(every_day=True))
    now = dt.datetime.combine(day - dt.timedelta(days=2), dt.time(9), dt.UTC)
    stretches = {stretch: book(desk, day=day, stretch=stretch, key=stretch, now=now) for stretch in list(Stretch)[:2]}
    opens = {dt.date(2026, 3, 29): 6, dt.date(2026, 10, 25): 7}[day]
    assert stretches[Stretch.MORNING].starts_at == dt.datetime.combine(day, dt.time(opens, 30), dt.UTC)
    assert stretches[Stretch.AFTERNOON].ends_at == dt.datetime.combine(day, dt.time(opens + 10, 30), dt.UTC)
    assert refusal_of(desk, day=day, stretch=Stretch.DAY, now=now).reason == RefusalReason.TAKEN


def test_one_may_book_at_the_very_moment_it_begins(desk):
    assert book(desk, now=MORNING_STARTS).starts_at == MORNING_STARTS


def test_a_confirmation_is_written_in_the_same_transaction(desk):
    booking = book(desk)
    assert list(Letter.objects.values_list("key", "to")) == [
        (f"telecentres.booking_confirmed:{booking.pk}", booking.member.user.email)
    ]


def test_nothing_is_written_to_anybody_when_it_is_not_announced(desk):
    assert book(desk, announce=False) == Booking.objects.get()
    assert not Letter.objects.exists()


def test_a_booking_costs_a_fixed_and_small_number_of_queries(desk, django_assert_num_queries):
    member, period = MemberFactory(), half_day(desk.telecentre, MONDAY)
    # savepoint, lock_timeout, place, member, passes, desk, hours, closures, rates, the request's key, who waits, bookings, insert,
    # what a member may hold and holds; whether the member waits, release
    with django_assert_num_queries(17):
        book_desk(desk=desk, member=member, period=period, key="a", now=NOW, announce=False)


@pytest.mark.parametrize("status", [BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.COMPLETED])
def test_a_taken_desk_is_refused_by_name_and_time(desk, status):
    BookingFactory(desk=desk, day=MONDAY, status=status)
    refusal = refusal_of(desk)
    assert refusal.reason == RefusalReason.TAKEN
    assert said(refusal) == "Quelqu’un a réservé avant vous : Poste 2, Télécentre de Fleurance, lundi 23 novembre au matin."


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW])
def test_a_booking_that_is_off_stands_in_nobody_s_way(desk, status):
    BookingFactory(desk=desk, day=MONDAY, status=status)
    assert book(desk).status == BookingStatus.CONFIRMED


def test_one_seat_at_a_time_wherever_it_is(desk):
    member = MemberFactory()
    elsewhere = BookingFactory(member=member, day=MONDAY, desk__office=True, desk__name="Bureau")
    refusal = refusal_of(desk, member, stretch=Stretch.DAY)
    assert refusal.reason == RefusalReason.ALREADY_SEATED
    assert said(refusal) == (
        f"Vous avez déjà une place : Bureau, {elsewhere.desk.telecentre}, lundi 23 novembre au matin. "
        "On n’occupe qu’une place à la fois : annulez d’abord l’autre."
    )
    assert book(desk, member, stretch=Stretch.AFTERNOON).takes_seat


@pytest.mark.parametrize(
    ("now", "reason", "sentence"),
    [
        (MORNING_STARTS + dt.timedelta(seconds=1), RefusalReason.PAST, "Ce moment est déjà passé ou commencé."),
        (MORNING_STARTS + dt.timedelta(days=300), RefusalReason.PAST, "Ce moment est déjà passé ou commencé."),
        (
            MORNING_STARTS - dt.timedelta(minutes=59),
            RefusalReason.NOTICE,
            "Ce télécentre veut être prévenu 60 minutes avant : c’est trop tard pour ce moment-là.",
        ),
        (MORNING_STARTS - dt.timedelta(minutes=60), None, None),
        (dt.datetime(2026, 11, 15, 23, tzinfo=dt.UTC), None, None),  # Monday 16, 0:00 there: seven days ahead
        (
            dt.datetime(2026, 11, 15, 22, 59, tzinfo=dt.UTC),
            RefusalReason.HORIZON,
            "Ce télécentre se réserve jusqu’à 7 jours à l’avance : revenez un peu plus tard.",
        ),
    ],
)
def test_a_booking_after_the_start_or_beyond_the_horizon_is_refused(now, reason, sentence):
    desk = DeskFactory(telecentre__notice_minutes=60, telecentre__horizon_days=7)
    if reason is None:
        assert book(desk, now=now)
    else:
        refusal = refusal_of(desk, now=now)
        assert (refusal.reason, said(refusal)) == (reason, sentence)


def other_periods() -> dict[str, DateTimeTZRange]:
    start, hour = MORNING_STARTS, dt.timedelta(hours=1)
    return {
        "an hour of the morning": DateTimeTZRange(start, start + hour),
        "longer than the morning": DateTimeTZRange(start, start + 5 * hour),
        "into the lunch break": DateTimeTZRange(start + 4 * hour, start + 5 * hour),
        "at night": DateTimeTZRange(start - 6 * hour, start - 2 * hour),
        "two days": DateTimeTZRange(start, start + 34 * hour),
        "a Sunday": DateTimeTZRange(start - 24 * hour, start - 20 * hour),
    }


@pytest.mark.parametrize("period", other_periods().values(), ids=other_periods())
def test_only_the_place_s_own_half_days_are_booked(desk, period):
    refusal = refusal_of(desk, period=period)
    assert refusal.reason == RefusalReason.NOT_A_HALF_DAY
    assert said(refusal) == "Ce télécentre a d’autres horaires : on réserve son matin, son après-midi, ou les deux."


def test_a_public_holiday_is_refused_by_its_name(desk):
    refusal = refusal_of(desk, day=dt.date(2026, 12, 25))
    assert refusal.reason == RefusalReason.HOLIDAY
    assert said(refusal) == "Fermé le vendredi 25 décembre : jour férié, Noël."


@pytest.mark.parametrize("of_the_desk", [False, True], ids=["of the place", "of the desk"])
def test_a_closure_is_refused_with_its_reason(desk, of_the_desk):
    ClosureFactory(telecentre=desk.telecentre, desk=desk if of_the_desk else None, day=MONDAY, reason="peinture")
    refusal = refusal_of(desk)
    assert (refusal.reason, said(refusal)) == (RefusalReason.CLOSED, "Fermé à ce moment-là : peinture.")


def test_a_closure_of_another_desk_place_or_day_is_in_nobody_s_way(desk):
    ClosureFactory(telecentre=desk.telecentre, desk=DeskFactory(telecentre=desk.telecentre), day=MONDAY)
    ClosureFactory(day=MONDAY)
    ClosureFactory(telecentre=desk.telecentre, day=MONDAY + dt.timedelta(days=1))
    assert book(desk)


def test_a_closure_of_one_hour_closes_the_half_day_it_touches(desk):
    hour = DateTimeTZRange(MORNING_STARTS + dt.timedelta(hours=3), MORNING_STARTS + dt.timedelta(hours=4))
    ClosureFactory(telecentre=desk.telecentre, period=hour)
    assert refusal_of(desk).reason == RefusalReason.CLOSED
    assert book(desk, stretch=Stretch.AFTERNOON)


def test_a_desk_out_of_use_is_refused(desk):
    Desk.objects.update(is_active=False)
    assert refusal_of(desk).reason == RefusalReason.DESK_OUT


def test_a_place_that_takes_no_bookings_refuses(desk):
    desk.telecentre.is_open = False
    desk.telecentre.save()
    assert refusal_of(desk).reason == RefusalReason.PLACE_CLOSED


def test_the_rules_of_the_place_are_read_under_the_lock(desk):
    """The caller's copy of the place may be old."""
    type(desk.telecentre).objects.update(is_open=False)
    assert desk.telecentre.is_open
    assert refusal_of(desk).reason == RefusalReason.PLACE_CLOSED


def test_only_members_of_today_may_book(desk):
    member = MemberFactory()
    type(member).objects.update(status=MemberStatus.FORMER)
    refusal = refusal_of(desk, member)
    assert (refusal.reason, said(refusal)) == (
        RefusalReason.NOT_A_MEMBER,
        "La réservation est ouverte aux membres du réseau.",
    )
