"""How much one member may hold: twenty bookings ahead and six hours of rooms a week, unless the lead says otherwise."""

import datetime as dt
from functools import partial

import pytest
import time_machine
from django.urls import reverse

from telecentres.booking import cancelling, moving
from telecentres.booking.desk_codes import CODES
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_desk
from telecentres.enums import BookingStatus, RefusalReason, Stretch, WaitingStatus
from telecentres.half_days import instant
from telecentres.models import Booking, BookingLimits, WaitingEntry
from telecentres.series.services import book_series, extend_series, plan_series
from telecentres.waiting.services import WaitingRefused, accept_place, join_line, offer_free_places
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    DeskFactory,
    PassFactory,
    SeriesFactory,
    TelecentreFactory,
    WaitingEntryFactory,
    half_day,
)
from tests.telecentres.racing import race

MONDAY = dt.date(2026, 11, 23)
TUESDAY, WEDNESDAY = MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=2)
NEXT_MONDAY = MONDAY + dt.timedelta(days=7)
NOW = instant(TUESDAY, dt.time(9))
AHEAD = "Un membre a au plus 2 réservations à venir"
ROOMS = "Un membre a des salles pour 6 heures par semaine au plus"


@pytest.fixture
def clock(db):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place(clock):
    return TelecentreFactory(slug="fleurance")


@pytest.fixture
def member(client, place):
    member = MemberFactory(user__second_step=True)
    client.force_login(member.user)
    return member


@pytest.fixture
def two_at_most(db):
    return BookingLimits.objects.update_or_create(pk=1, defaults={"bookings_ahead": 2})


def days_ahead(count, first=WEDNESDAY):
    days = (first + dt.timedelta(days=n) for n in range(100))
    return [day for day in days if day.weekday() < 5][:count]


def full(member, place, count=2, first=WEDNESDAY):
    desk = DeskFactory(telecentre=place)
    return [BookingFactory(member=member, desk=desk, day=day) for day in days_ahead(count, first)]


def refused(response) -> str:
    assert response.status_code == 409
    return response.content.decode().replace("\u202f", " ")


def press(client, place, desk, day, stretch=Stretch.MORNING, key="page"):
    period = half_day(place, day, stretch)
    wish = {"desk": desk.pk, "start": period.lower.isoformat(), "end": period.upper.isoformat(), "key": key}
    return client.post(reverse("telecentres:week", args=[place.slug]), wish)


def press_room(client, room, day, start, end, key):
    wish = {"desk": room.pk, "start": f"{day}T{start}", "end": f"{day}T{end}", "key": key}
    return client.post(reverse("telecentres:week", args=[room.telecentre.slug]), wish)


# ---- Bookings ahead ----------------------------------------------------------------------------------------------------


def test_the_twenty_first_booking_is_refused_in_a_sentence_and_one_called_off_makes_room(client, place, member):
    desks = DeskFactory.create_batch(2, telecentre=place)
    days = days_ahead(11)
    for number in range(20):
        stretch = [Stretch.MORNING, Stretch.AFTERNOON][number % 2]
        assert press(client, place, desks[0], days[number // 2], stretch, key=f"k{number}").status_code == 303
    assert "Un membre a au plus 20 réservations à venir" in refused(press(client, place, desks[0], days[10], key="one more"))
    assert Booking.objects.count() == 20
    cancelling.cancel_booking(booking=Booking.objects.latest("pk"), by=member.user)
    assert press(client, place, desks[0], days[10], key="again").status_code == 303


def test_what_is_over_called_off_or_lapsed_does_not_count(client, place, member, two_at_most):
    desk = DeskFactory(telecentre=place)
    for facts in ({"day": MONDAY}, {"day": WEDNESDAY, "cancelled": True}, {"day": WEDNESDAY, "status": BookingStatus.NO_SHOW}):
        BookingFactory(member=member, desk=desk, **facts)
    BookingFactory(
        member=member, desk=DeskFactory(telecentre=place), day=days_ahead(3)[2], status=BookingStatus.HELD, held_until=NOW
    )
    full(member, place, 1, first=days_ahead(5)[4])
    assert press(client, place, desk, WEDNESDAY).status_code == 303


def test_bookings_in_another_place_count_against_the_limit(client, place, member, two_at_most):
    full(member, TelecentreFactory(commune=place.commune))
    assert AHEAD in refused(press(client, place, DeskFactory(telecentre=place), days_ahead(4)[3]))


def test_a_pass_buys_no_more_bookings(client, place, member, two_at_most):
    PassFactory(member=member)
    full(member, place)
    assert AHEAD in refused(press(client, place, DeskFactory(telecentre=place), days_ahead(4)[3]))


def test_the_code_on_a_desk_opens_no_other_way(client, place, member, two_at_most):
    full(member, place)
    desk = DeskFactory(telecentre=place)
    assert AHEAD in refused(client.post(reverse("telecentres:at-desk", args=[CODES.sign(desk.pk)]), {"key": "a"}))
    assert not Booking.objects.filter(desk=desk).exists()


def test_a_series_is_booked_as_far_as_the_limit_and_its_other_days_say_why(place, member, two_at_most):
    DeskFactory(telecentre=place)
    series = SeriesFactory.build(
        member=member, telecentre=place, weekdays=[0, 1, 2, 3, 4], first=WEDNESDAY, last=WEDNESDAY + dt.timedelta(days=6)
    )
    planned = plan_series(series)
    _series, days = book_series(series=series)
    for found in (planned, days):
        assert [occurrence.booking is not None for occurrence in found] == [True, True, False, False, False]
        assert {occurrence.refusal.reason for occurrence in found if occurrence.refusal} == {RefusalReason.TOO_MANY}
    assert Booking.objects.count() == 2
    assert not WaitingEntry.objects.exists(), "nobody waits for what they may not have"


def test_a_daily_series_for_a_year_never_holds_more_than_the_limit(place, member, clock):
    DeskFactory(telecentre=place)
    series = SeriesFactory.build(
        member=member, telecentre=place, weekdays=[0, 1, 2, 3, 4], first=WEDNESDAY, last=WEDNESDAY + dt.timedelta(days=360)
    )
    book_series(series=series)
    for week in range(1, 6):
        clock.move_to(NOW + dt.timedelta(weeks=week))
        extend_series(now=NOW + dt.timedelta(weeks=week))
        assert 0 < Booking.objects.upcoming(NOW + dt.timedelta(weeks=week)).count() <= 20


def test_a_booking_is_moved_although_there_are_as_many_as_may_be(client, place, member, two_at_most):
    mine = full(member, place)[0]
    other = DeskFactory(telecentre=place)
    moved = moving.move_booking(booking=mine, period=half_day(place, days_ahead(6)[5]), desk=other, by=member.user)
    assert moved.desk == other


def test_nobody_joins_a_line_who_could_not_take_the_place(place, member, two_at_most):
    full(member, place)
    desk = DeskFactory(telecentre=place)
    day = days_ahead(5)[4]
    for each_desk in (desk, *place.desks.exclude(pk=desk.pk)):
        BookingFactory(desk=each_desk, day=day)
    with pytest.raises(WaitingRefused, match="2 réservations"):
        join_line(telecentre=place, kind=desk.kind, member=member, period=half_day(place, day))


def test_whoever_holds_enough_is_passed_over_in_the_line_and_blocks_nobody(place, member, two_at_most):
    """The place goes to the next in line, and to whoever presses."""
    full(member, place)
    day, only = days_ahead(5)[4], place.desks.get()
    WaitingEntryFactory(member=member, telecentre=place, day=day)
    assert offer_free_places() == 0
    assert not Booking.objects.filter(status=BookingStatus.HELD).exists()
    booked = book_desk(desk=only, member=MemberFactory(), period=half_day(place, day), key="passer")
    assert booked.desk == only
    cancelling.cancel_booking(booking=booked, by=booked.member.user)
    nxt = WaitingEntryFactory(telecentre=place, day=day)
    offer_free_places()
    nxt.refresh_from_db()
    assert nxt.status == WaitingStatus.OFFERED


def test_what_is_held_from_the_line_counts(client, place, member, two_at_most):
    first, second = days_ahead(2)
    desk = DeskFactory(telecentre=place)
    BookingFactory(member=member, desk=desk, day=first)
    WaitingEntryFactory(member=member, telecentre=place, day=second)
    assert offer_free_places() == 1
    assert AHEAD in refused(press(client, place, desk, days_ahead(5)[4]))
    held = Booking.objects.get(status=BookingStatus.HELD)
    assert accept_place(booking=held).status == BookingStatus.CONFIRMED, "what was kept for them is theirs"


def test_a_host_books_more_for_somebody_and_not_for_themselves(client, client_of, place, member, two_at_most):
    host = UserFactory(second_step=True)
    place.hosts.add(host, member.user)
    full(member, place)
    day = days_ahead(6)[5]
    call = {"who": member.user.email, "day": str(day), "stretch": "morning", "desk": "any", "note": "", "key": "a"}
    address = reverse("telecentres:book-for", args=[place.slug])
    assert AHEAD in refused(client.post(address, call))
    assert client_of(host).post(address, call).status_code == 303
    assert Booking.objects.filter(member=member).count() == 3


# ---- Rooms -------------------------------------------------------------------------------------------------------------


def test_no_member_has_more_than_six_hours_of_rooms_a_week(client, place, member):
    room, other = (DeskFactory(room=True, telecentre=TelecentreFactory(commune=place.commune)) for _ in range(2))
    assert press_room(client, room, WEDNESDAY, "08:30", "12:30", "a").status_code == 303
    page = refused(press_room(client, other, WEDNESDAY, "14:00", "16:30", "b"))
    assert f"{ROOMS} ; 4 h de cette semaine-là sont déjà réservées." in page
    assert press_room(client, other, WEDNESDAY, "14:00", "16:00", "c").status_code == 303
    assert "6 h de cette semaine-là" in refused(press_room(client, other, WEDNESDAY + dt.timedelta(days=1), "14:00", "14:30", "d"))
    assert press_room(client, room, NEXT_MONDAY, "08:30", "12:30", "e").status_code == 303, "the next week is another one"


def test_hours_of_the_week_that_are_over_count_and_a_desk_does_not(client, place, member):
    room = DeskFactory(room=True, telecentre=place)
    BookingFactory(member=member, desk=room, day=MONDAY, status=BookingStatus.COMPLETED)
    BookingFactory(member=member, desk=DeskFactory(telecentre=place), day=WEDNESDAY)
    assert press_room(client, room, WEDNESDAY, "14:00", "16:00", "a").status_code == 303
    assert ROOMS in refused(press_room(client, room, WEDNESDAY, "16:00", "17:00", "b"))


def test_a_room_is_moved_within_its_week_and_not_into_a_full_one(place, member):
    room = DeskFactory(room=True, telecentre=place)
    this, _other = (
        BookingFactory(member=member, desk=room, day=WEDNESDAY, stretch=stretch) for stretch in (Stretch.MORNING, Stretch.AFTERNOON)
    )
    later = BookingFactory(member=member, desk=room, day=NEXT_MONDAY)
    thursday = WEDNESDAY + dt.timedelta(days=1)
    moved = moving.move_booking(booking=this, period=half_day(place, thursday), desk=room, by=member.user)
    assert moved.day == thursday, "nine hours since before there was a limit: they may be moved, not added to"
    with pytest.raises(BookingRefused, match="6 heures"):
        moving.move_booking(booking=later, period=half_day(place, WEDNESDAY), desk=room, by=member.user)


def test_the_lead_sets_the_limits_in_the_admin(client, client_of, place, member, settings):
    settings.STAFF_MFA_REQUIRED = False
    BookingLimits.objects.update_or_create(pk=1)
    lead = client_of(UserFactory(lead=True))
    page = reverse("admin:telecentres_bookinglimits_change", args=[1])
    assert lead.post(page, {"bookings_ahead": "1", "room_hours_a_week": "0"}).status_code == 302
    full(member, place, 1)
    day = days_ahead(4)[3]
    assert "au plus 1 réservation à venir" in refused(press(client, place, DeskFactory(telecentre=place), day))
    Booking.objects.all().delete()
    assert "pour 0 heure par semaine" in refused(
        press_room(client, DeskFactory(room=True, telecentre=place), day, "14:00", "15:00", "r")
    )
    answer = lead.post(page, {"bookings_ahead": "0", "room_hours_a_week": "6"})
    assert "au moins une réservation" in answer.content.decode()
    assert BookingLimits.objects.get().bookings_ahead == 1
    assert client_of(UserFactory(adviser=True)).post(page, {"bookings_ahead": "5", "room_hours_a_week": "0"}).status_code == 403


# ---- At once -----------------------------------------------------------------------------------------------------------


def thirty_at_once(member):
    """Each at a place of its own, so that nothing but the member is theirs in common."""
    acts = []
    for day in days_ahead(3):
        for number in range(10):
            place = TelecentreFactory(commune=member.commune)
            room = DeskFactory(room=True, telecentre=place)
            period = half_day(place, day)
            acts.append(partial(book_desk, desk=room, member=member, period=period, key=f"{day} {number}", now=NOW))
    return acts


@pytest.mark.django_db(transaction=True)
def test_thirty_requests_at_once_pass_no_limit():
    member = MemberFactory()
    BookingLimits.objects.update_or_create(pk=1, defaults={"bookings_ahead": 4, "room_hours_a_week": 400})
    outcomes = race(thirty_at_once(member))
    reasons = {outcome.error.reason for outcome in outcomes if outcome.error}
    assert reasons <= {RefusalReason.TOO_MANY, RefusalReason.BUSY}
    assert Booking.objects.filter(member=member).count() == 4


@pytest.mark.django_db(transaction=True)
def test_the_rig_sees_the_limit_passed_where_the_member_is_not_locked(monkeypatch):
    member = MemberFactory()
    BookingLimits.objects.update_or_create(pk=1, defaults={"bookings_ahead": 4, "room_hours_a_week": 400})
    monkeypatch.setattr("telecentres.booking.services.lock_members", set)
    race(thirty_at_once(member))
    assert Booking.objects.filter(member=member).count() > 4
