"""Opening a place, and closing days of it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from telecentres import services
from telecentres.enums import DeskKind, HalfDay, RateUnit, Weekday
from telecentres.models import Closure, Desk, OpeningHours, Rate, Telecentre
from telecentres.services import ClosureRefused
from tests.factories.members import UserFactory
from tests.factories.telecentres import BookingFactory, DeskFactory, half_day, whole_day
from tests.factories.villages import CommuneFactory, VillageFactory
from villages.enums import PlaceKind
from villages.models import Place

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def hours(half: HalfDay, opens_at: str, closes_at: str, weekday=Weekday.MONDAY) -> OpeningHours:
    return OpeningHours(
        weekday=weekday, half=half, opens_at=dt.time.fromisoformat(opens_at), closes_at=dt.time.fromisoformat(closes_at)
    )


def open_place(**facts) -> Telecentre:
    usual = {
        "name": "Télécentre de L’Isle-Jourdain",
        "address": "2, rue du Télécentre",
        "postal_code": "32600",
        "opening_hours": [hours(HalfDay.MORNING, "08:30", "13:00"), hours(HalfDay.AFTERNOON, "13:00", "18:30")],
        "desks": [Desk(name="Poste 1"), Desk(name="Salle", kind=DeskKind.ROOM, seats=8)],
    }
    commune = facts.pop("commune", None) or CommuneFactory(name="L'Isle-Jourdain", latitude=43.61, longitude=1.08)
    return services.open_telecentre(commune=commune, **usual | facts)


def test_a_place_opens_with_its_hours_desks_rates_and_hosts():
    host = UserFactory()
    place = open_place(
        rates=[Rate(kind=DeskKind.DESK, unit=RateUnit.HALF_DAY, price=6)], hosts=[host], tagline="Treize postes", horizon_days=30
    )
    place.refresh_from_db()
    assert (place.slug, place.tagline, place.horizon_days) == ("l-isle-jourdain", "Treize postes", 30)
    assert place.get_absolute_url() == "/telecentres/l-isle-jourdain/"
    assert place.opening_hours.count() == 2
    assert list(place.desks.in_order().values_list("name", "position")) == [("Poste 1", 1), ("Salle", 2)]
    assert list(place.rates.values_list("price", flat=True)) == [6]
    assert list(place.hosts.all()) == [host]


def test_the_villages_around_know_it_at_once():
    village = VillageFactory(commune__latitude=43.71, commune__longitude=1.08)
    place = open_place()
    known = Place.objects.get()
    assert (known.kind, known.name, known.path) == (PlaceKind.TELECENTRE, place.name, place.get_absolute_url())
    assert village.journeys.get().place == known


@pytest.mark.parametrize(
    "wrong",
    [
        {"postal_code": "326001"},
        {"name": ""},
        {"phone": "+3312"},
        {"desks": [Desk(name="")]},
        {"rates": [Rate(kind="shed", unit=RateUnit.DAY, price=1)]},
        {"opening_hours": [hours(HalfDay.MORNING, "08:00", "14:00"), hours(HalfDay.AFTERNOON, "13:00", "18:00")]},
    ],
    ids=["postal code", "name", "telephone", "desk", "rate", "hours that cross"],
)
def test_what_does_not_hold_together_opens_nothing(wrong):
    with pytest.raises(ValidationError):
        open_place(**wrong)
    assert not Telecentre.objects.exists()
    assert not Place.objects.exists()


def test_two_desks_of_one_name_open_nothing():
    with pytest.raises(IntegrityError, match="desk_name_once_a_place"):
        open_place(desks=[Desk(name="Poste 1"), Desk(name="Poste 1")])


def test_a_place_opens_once():
    place = open_place()
    with pytest.raises(ValidationError):
        open_place(commune=place.commune)


# ---- Closing -----------------------------------------------------------------------------------------------------------


def test_days_are_closed_for_a_reason():
    place = DeskFactory().telecentre
    closure = services.close_days(telecentre=place, period=whole_day(MONDAY), reason="travaux", now=NOW)
    assert (closure.telecentre, closure.desk, closure.period) == (place, None, whole_day(MONDAY))


@pytest.mark.parametrize(("count", "sentence"), [(1, "1 réservation est prise"), (2, "2 réservations sont prises")])
def test_nothing_is_closed_over_a_booking(count, sentence):
    place = DeskFactory().telecentre
    for _ in range(count):
        BookingFactory(desk=DeskFactory(telecentre=place), day=MONDAY)
    with pytest.raises(ClosureRefused, match=sentence):
        services.close_days(telecentre=place, period=whole_day(MONDAY), reason="travaux", now=NOW)
    assert not Closure.objects.exists()


def test_what_stands_elsewhere_or_is_off_closes_nothing_out():
    booking = BookingFactory(day=MONDAY, cancelled=True)
    BookingFactory(desk=booking.desk, day=MONDAY + dt.timedelta(days=1))
    BookingFactory(desk=booking.desk, day=MONDAY, held=True, held_until=NOW)
    BookingFactory(day=MONDAY)
    assert services.close_days(telecentre=booking.desk.telecentre, period=whole_day(MONDAY), reason="travaux", now=NOW)


def test_one_desk_closes_while_its_neighbours_work():
    booking = BookingFactory(day=MONDAY)
    place, other = booking.desk.telecentre, DeskFactory(telecentre=booking.desk.telecentre)
    closure = services.close_days(telecentre=place, desk=other, period=half_day(place, MONDAY), reason="peinture", now=NOW)
    assert closure.desk == other
    with pytest.raises(ClosureRefused):
        services.close_days(telecentre=place, desk=booking.desk, period=half_day(place, MONDAY), reason="peinture", now=NOW)


def test_a_closure_that_touches_a_booking_by_a_minute_is_refused():
    booking = BookingFactory(day=MONDAY)
    minute = dt.timedelta(minutes=1)
    end = booking.ends_at
    with pytest.raises(ClosureRefused):
        services.close_days(telecentre=booking.desk.telecentre, period=DateTimeTZRange(end - minute, end), reason="ménage", now=NOW)
    assert services.close_days(
        telecentre=booking.desk.telecentre, period=DateTimeTZRange(end, end + minute), reason="ménage", now=NOW
    )
