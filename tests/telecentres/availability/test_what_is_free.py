"""What is free, as pages read it."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from telecentres.availability.board import DeskState
from telecentres.availability.network import next_morning, with_free_desks
from telecentres.availability.place_now import PlaceNow, next_days_free
from telecentres.availability.week import Week
from telecentres.booking.coming import ComingBooking
from telecentres.enums import HalfDay, Stretch
from telecentres.half_days import instant
from telecentres.models import Booking, OpeningHours, Telecentre
from tests.factories.members import MemberFactory
from tests.factories.telecentres import BookingFactory, ClosureFactory, DeskFactory, TelecentreFactory, half_day

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)  # Tuesday, 9:00: the morning has begun
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (dt.date(2026, 11, day) for day in range(23, 28))
MORNING, AFTERNOON, DAY = Stretch.of_opening_hours()
FREE, MINE, _HELD, TAKEN, FULL, PROMISED, NOT_FOR_YOU, CLOSED, PAST, LATER = DeskState


def states(place: Telecentre, *, day=TUESDAY, now=NOW, member=None) -> dict[str, list]:
    """Line by line, what the week says; "–" where there is no cell."""
    week = Week(place, day, now=now, member=member)
    return {
        line.desk.name if line.desk else "any": [
            "–" if cell is None else (cell.state, cell.free) if cell.free else cell.state
            for _day, cells in line.days
            for cell in cells
        ]
        for lines in week.groups
        for line in lines
    }


def test_the_week_says_of_each_desk_and_half_day_what_it_is():
    place = TelecentreFactory()
    one, two = DeskFactory(telecentre=place, name="1"), DeskFactory(telecentre=place, name="2")
    member = MemberFactory()
    BookingFactory(desk=one, day=TUESDAY, stretch=AFTERNOON, member=member)
    BookingFactory(desk=one, day=WEDNESDAY, stretch=DAY)
    BookingFactory(desk=two, day=WEDNESDAY, stretch=MORNING)
    ClosureFactory(telecentre=place, day=FRIDAY)
    ClosureFactory(telecentre=place, desk=two, period=half_day(place, THURSDAY, AFTERNOON))
    # Monday, Tuesday, Wednesday, Thursday (with a third column: desk 1 is free all day), Friday
    assert states(place, member=member) == {
        "any": [PAST, PAST, PAST, NOT_FOR_YOU, FULL, (FREE, 1), (FREE, 2), (FREE, 1), (FREE, 1), CLOSED, CLOSED],
        "1": [PAST, PAST, PAST, MINE, TAKEN, TAKEN, FREE, FREE, FREE, CLOSED, CLOSED],
        "2": [PAST, PAST, PAST, NOT_FOR_YOU, TAKEN, FREE, FREE, CLOSED, "–", CLOSED, CLOSED],
    }
    assert states(place)["1"][3] == TAKEN, "whose it is, nobody else may know"
    assert (states(place)["any"][3], states(place)["2"][3]) == ((FREE, 1), FREE), "the member sits elsewhere, others do not"


def test_offices_stand_among_the_seats_and_rooms_last():
    place = TelecentreFactory()
    DeskFactory(telecentre=place, name="salle", room=True, position=0)
    DeskFactory(telecentre=place, name="bureau", office=True, position=1)
    DeskFactory(telecentre=place, name="poste", position=2)
    DeskFactory(telecentre=place, name="hors d’usage", is_active=False)
    week = Week(place, TUESDAY, now=NOW)
    assert [[line.desk.name for line in lines] for lines in week.groups] == [["bureau", "poste"], ["salle"]]


def test_any_desk_counts_the_shared_ones():
    place = TelecentreFactory()
    DeskFactory.create_batch(2, telecentre=place)
    DeskFactory(telecentre=place, office=True)
    DeskFactory(telecentre=place, room=True)
    assert states(place)["any"][4] == (FREE, 2)


def test_beyond_the_horizon_it_is_later_and_within_the_notice_too_late():
    place = DeskFactory(telecentre__horizon_days=1, telecentre__notice_minutes=60 * 6, name="1").telecentre
    line = states(place)["1"]
    assert line[:4] == [PAST] * 4, "Tuesday at 13:30 is less than six hours away"
    assert line[4:] == [FREE, FREE, FREE, LATER, LATER, LATER, LATER]


def test_a_public_holiday_closes_the_day_and_says_its_name():
    place = DeskFactory(name="1").telecentre
    week = Week(place, dt.date(2026, 12, 25), now=dt.datetime(2026, 12, 20, tzinfo=dt.UTC))
    friday = week.days[-1]
    assert (friday.date, friday.holiday, friday.opens_at) == (dt.date(2026, 12, 25), "Noël", None)


def test_a_place_that_takes_no_bookings_is_closed_all_week():
    place = DeskFactory(name="1", telecentre__is_open=False).telecentre
    assert set(states(place, day=dt.date(2026, 11, 30))["1"]) == {CLOSED}


def test_the_days_are_those_the_place_opens_and_say_their_hours():
    place = TelecentreFactory()
    place.opening_hours.filter(weekday=2, half=HalfDay.AFTERNOON).delete()
    place.opening_hours.filter(weekday=3, half=HalfDay.MORNING).delete()
    OpeningHours.objects.create(telecentre=place, weekday=5, half=HalfDay.MORNING, opens_at=dt.time(9), closes_at=dt.time(12, 30))
    days = Week(place, TUESDAY, now=NOW).days
    assert [day.date.day for day in days] == [23, 24, 25, 26, 27, 28]
    assert [(day.is_shut_in_the_morning, day.is_shut_in_the_afternoon) for day in days] == [
        (False, False), (False, False), (False, True), (True, False), (False, False), (False, True)
    ]  # fmt: skip
    assert (days[0].opens_at, days[0].closes_at) == (instant(MONDAY, dt.time(8, 30)), instant(MONDAY, dt.time(18, 30)))
    assert days[5].closes_at == instant(dt.date(2026, 11, 28), dt.time(12, 30))


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [(WEDNESDAY, WEDNESDAY), (dt.date(2026, 11, 28), FRIDAY), (MONDAY, MONDAY)],
    ids=["as asked", "a Saturday has no column", "the past may be looked at"],
)
def test_a_phone_shows_the_day_asked_for(asked, chosen):
    week = Week(DeskFactory().telecentre, asked, now=NOW)
    assert [day.date for day in week.days if day.is_chosen] == [chosen]


def test_one_turns_pages_neither_into_the_past_nor_beyond_the_horizon():
    place = TelecentreFactory(horizon_days=14)
    this, last = Week(place, TUESDAY, now=NOW), Week(place, TUESDAY + dt.timedelta(days=14), now=NOW)
    assert (this.previous, this.next) == (None, MONDAY + dt.timedelta(days=7))
    assert (last.previous, last.next) == (MONDAY + dt.timedelta(days=7), None)


def test_a_place_without_hours_has_no_days():
    assert Week(TelecentreFactory(weekdays=()), TUESDAY, now=NOW).days == []


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_the_week_of_a_change_of_clocks_shows_what_is_booked(day):
    desk = DeskFactory(telecentre=TelecentreFactory(every_day=True), name="1")
    BookingFactory(desk=desk, day=day, stretch=AFTERNOON)
    line = states(desk.telecentre, day=day, now=instant(day - dt.timedelta(days=6), dt.time(7)))["1"]
    assert line == [FREE] * 18 + [FREE, TAKEN]


@pytest.mark.parametrize("count", [2, 200])
def test_the_week_costs_the_same_for_two_and_two_hundred_desks(django_assert_num_queries, count):
    place = TelecentreFactory()
    for desk in DeskFactory.create_batch(count, telecentre=place):
        BookingFactory(desk=desk, day=WEDNESDAY)
    with django_assert_num_queries(5):  # hours, desks, closures, who waits, bookings
        week = Week(place, TUESDAY, now=NOW)
        assert len(week.seats) == count


# ---- One place now -----------------------------------------------------------------------------------------------------


def test_a_place_that_is_open_says_until_when_and_what_is_free():
    place = TelecentreFactory()
    DeskFactory(telecentre=place, name="libre")
    booking = BookingFactory(desk__telecentre=place, desk__name="pris", day=TUESDAY)
    DeskFactory(telecentre=place, name="salle", room=True)
    ClosureFactory(telecentre=place, desk=DeskFactory(telecentre=place, name="fermé"), day=TUESDAY)
    standing = PlaceNow(place, now=NOW, member=booking.member)
    assert (standing.is_open, standing.free) == (True, 0), "one seat at a time"
    assert PlaceNow(place, now=NOW).free == 1
    assert standing.open_until == instant(TUESDAY, dt.time(12, 30))
    assert {desk.name: state for desk, state in standing.desks()} == {
        "libre": NOT_FOR_YOU, "pris": MINE, "salle": FREE, "fermé": CLOSED
    }  # fmt: skip
    assert (standing.next_bookable.slot.stretch, standing.next_bookable.free) == (AFTERNOON, 2)
    assert dict(PlaceNow(place, now=NOW).desks())[booking.desk] == TAKEN


def test_a_place_that_does_not_close_at_noon_is_open_until_the_evening():
    place = TelecentreFactory()
    place.opening_hours.filter(half=HalfDay.MORNING).update(closes_at=dt.time(13, 30))
    assert PlaceNow(place, now=NOW).open_until == instant(TUESDAY, dt.time(18, 30))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (instant(TUESDAY, dt.time(7)), instant(TUESDAY, dt.time(8, 30))),
        (instant(TUESDAY, dt.time(12, 30)), instant(TUESDAY, dt.time(13, 30))),
        (instant(FRIDAY, dt.time(20)), instant(dt.date(2026, 11, 30), dt.time(8, 30))),
        (
            instant(dt.date(2026, 12, 24), dt.time(20)),
            instant(dt.date(2026, 12, 28), dt.time(8, 30)),
        ),  # Christmas, a week-end
    ],
)
def test_a_place_that_is_closed_says_when_it_opens(now, opens):
    standing = PlaceNow(DeskFactory().telecentre, now=now)
    assert (standing.is_open, standing.open_until, standing.slot.starts_at) == (False, None, opens)


def test_a_place_closed_for_weeks_says_nothing():
    place = DeskFactory().telecentre
    ClosureFactory(telecentre=place, period=DateTimeTZRange(NOW, NOW + dt.timedelta(days=90)))
    standing = PlaceNow(place, now=NOW + dt.timedelta(hours=5))
    assert (standing.slot, standing.is_open, standing.free, standing.next_bookable) == (None, False, 0, None)
    assert [state for _desk, state in standing.desks()] == [CLOSED]


# ---- The next days, the next morning -----------------------------------------------------------------------------------


def test_the_next_days_say_how_many_desks_are_free(django_assert_num_queries):
    place = TelecentreFactory()
    DeskFactory(telecentre=place)
    BookingFactory(desk__telecentre=place, day=WEDNESDAY, stretch=DAY)
    ClosureFactory(telecentre=place, day=THURSDAY)
    with django_assert_num_queries(5):  # hours, desks, closures, who waits, bookings
        days = next_days_free(place, now=NOW, days=3)
    assert [(day, [(half.slot.stretch, half.free) for half in halves]) for day, halves in days] == [
        (TUESDAY, [(AFTERNOON, 2)]),
        (WEDNESDAY, [(MORNING, 1), (AFTERNOON, 1)]),
        (FRIDAY, [(MORNING, 2), (AFTERNOON, 2)]),
    ]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (TUESDAY, WEDNESDAY),
        (FRIDAY, dt.date(2026, 11, 30)),
        (dt.date(2026, 12, 24), dt.date(2026, 12, 28)),
    ],
)
def test_the_next_morning_is_one_on_which_people_work(today, expected, django_assert_num_queries):
    TelecentreFactory(weekdays=[0, 1, 2])
    TelecentreFactory()
    TelecentreFactory(weekdays=range(7), is_open=False)
    with django_assert_num_queries(1):
        assert next_morning(instant(today, dt.time(23))) == expected


def test_without_a_place_there_is_no_next_morning():
    assert next_morning(NOW) is None


@pytest.mark.parametrize("count", [2, 60])
def test_all_places_cost_as_much_as_one(django_assert_num_queries, count):
    for _ in range(count):
        DeskFactory()
    with django_assert_num_queries(6):  # places; hours, desks, closures, who waits, bookings
        places = with_free_desks(list(Telecentre.objects.open().select_related("commune")), WEDNESDAY, MORNING, now=NOW)
    assert [place.free for place in places] == [1] * count


# ---- What a member has booked ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "days_away", "can_be_cancelled", "access"),
    [
        (instant(MONDAY, dt.time(9)), 2, True, ""),
        (instant(TUESDAY, dt.time(18, 30)), 1, True, ""),
        (instant(TUESDAY, dt.time(18, 31)), 1, False, ""),
        (instant(WEDNESDAY, dt.time(0, 1)), 0, False, "Code 7316"),
    ],
)
def test_a_coming_booking_says_what_may_still_be_done(now, days_away, can_be_cancelled, access):
    booking = BookingFactory(day=WEDNESDAY, desk__telecentre__access_notes="Code 7316")
    line = ComingBooking(Booking.objects.with_place().get(pk=booking.pk), now)
    assert (line.at, line.days_away, line.can_be_cancelled, line.access_notes) == (
        booking.starts_at, days_away, can_be_cancelled, access
    )  # fmt: skip
