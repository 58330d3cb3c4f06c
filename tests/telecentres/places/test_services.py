"""Opening a place, and closing days of it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from outbox.models import Letter
from telecentres.booking.services import book_desk
from telecentres.enums import BookingStatus, DeskKind, HalfDay, RateUnit, Weekday
from telecentres.hosting import closing
from telecentres.hosting.closing import ClosureRefused
from telecentres.models import Booking, Closure, Desk, OpeningHours, PassOffer, Rate, Telecentre
from telecentres.passes import ledger
from telecentres.places.services import open_telecentre
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import BookingFactory, DeskFactory, RateFactory, TelecentreFactory, half_day, whole_day
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
    return open_telecentre(commune=commune, **usual | facts)


def test_a_place_opens_with_its_hours_desks_rates_and_hosts():
    host = UserFactory(host=True)
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


def test_a_telecentre_is_not_opened_twice():
    place = open_place()
    with pytest.raises(ValidationError):
        open_place(commune=place.commune)


# ---- Closing -----------------------------------------------------------------------------------------------------------


def test_days_are_closed_for_a_reason():
    place = DeskFactory().telecentre
    closure = closing.close_days(telecentre=place, period=whole_day(MONDAY), reason="travaux", now=NOW)
    assert (closure.telecentre, closure.desk, closure.period) == (place, None, whole_day(MONDAY))


def test_what_stands_elsewhere_or_is_off_closes_nothing_out():
    booking = BookingFactory(day=MONDAY, cancelled=True)
    BookingFactory(desk=booking.desk, day=MONDAY + dt.timedelta(days=1))
    BookingFactory(desk=booking.desk, day=MONDAY, held=True, held_until=NOW)
    BookingFactory(day=MONDAY)
    assert closing.close_days(telecentre=booking.desk.telecentre, period=whole_day(MONDAY), reason="travaux", now=NOW)


def test_one_desk_closes_while_its_neighbours_work():
    booking = BookingFactory(day=MONDAY)
    place, other = booking.desk.telecentre, DeskFactory(telecentre=booking.desk.telecentre)
    closure = closing.close_days(telecentre=place, desk=other, period=half_day(place, MONDAY), reason="peinture", now=NOW)
    assert closure.desk == other
    assert Booking.objects.get(status=BookingStatus.CONFIRMED) == booking


def test_a_closure_concerns_whom_it_touches_by_a_minute():
    booking = BookingFactory(day=MONDAY)
    minute, end = dt.timedelta(minutes=1), booking.ends_at
    concerned = [
        closing.affected_bookings(telecentre=booking.desk.telecentre, period=DateTimeTZRange(*period), now=NOW)
        for period in ((end - minute, end), (end, end + minute))
    ]
    assert [[concerned_booking.booking for concerned_booking in affected] for affected in concerned] == [[booking], []]


def test_a_time_that_is_over_is_not_closed():
    place = DeskFactory().telecentre
    with pytest.raises(ClosureRefused, match="passé"):
        closing.close_days(telecentre=place, period=whole_day(NOW.date() - dt.timedelta(days=1)), reason="travaux", now=NOW)
    assert not Closure.objects.exists()


def test_those_at_a_desk_that_closes_sit_elsewhere_at_the_same_price_and_are_told_once():
    booking = BookingFactory(day=MONDAY, price=6)
    place = booking.desk.telecentre
    DeskFactory(telecentre=place, office=True)
    other = DeskFactory(telecentre=place)
    closing.close_days(telecentre=place, desk=booking.desk, period=whole_day(MONDAY), reason="peinture", now=NOW)
    moved = Booking.objects.get()
    assert (moved.pk, moved.desk, moved.status, moved.price, moved.sequence) == (booking.pk, other, BookingStatus.CONFIRMED, 6, 1)
    letter = Letter.objects.get()
    assert letter.key == f"telecentres.booking_reseated:{booking.pk}.1"
    assert other.name in letter.text
    assert "peinture" in letter.text


def test_nobody_is_seated_where_somebody_sits():
    place = TelecentreFactory()
    first, second, third = (DeskFactory(telecentre=place) for _ in range(3))
    sitting = BookingFactory(desk=second, day=MONDAY)
    BookingFactory(desk=first, day=MONDAY)
    closing.close_days(telecentre=place, desk=first, period=whole_day(MONDAY), reason="peinture", now=NOW)
    assert set(Booking.objects.live(NOW).values_list("desk", flat=True)) == {sitting.desk_id, third.pk}


def test_those_for_whom_nothing_is_left_get_everything_back_and_the_nearest_ways_out():
    """Whatever the hour: it is not they who call it off."""
    place = TelecentreFactory()
    desk, member = DeskFactory(telecentre=place), MemberFactory()
    RateFactory(telecentre=place, price=6)
    offer = PassOffer.objects.create(half_days=10, price=48)
    bought = ledger.sell_pass(offer=offer, member=member, key="a", means="cash", by=UserFactory(), now=NOW)
    booking = book_desk(desk=desk, member=member, period=half_day(place, MONDAY), key="b", now=NOW, announce=False)
    bought.refresh_from_db()
    assert bought.balance == 9
    closing.close_days(telecentre=place, period=half_day(place, MONDAY), reason="dégât des eaux", now=booking.starts_at)
    bought.refresh_from_db()
    booking.refresh_from_db()
    assert (bought.balance, booking.status) == (10, BookingStatus.CANCELLED)
    letter = Letter.objects.get()
    assert letter.key == f"telecentres.booking_closed_out:{booking.pk}"
    assert "dégât des eaux" in letter.text
    assert "lundi 23 novembre après-midi" in letter.text.lower()


def test_nobody_is_sent_away_from_a_desk_they_sit_at():
    booking = BookingFactory(day=MONDAY, status=BookingStatus.CHECKED_IN)
    an_hour_later = booking.starts_at + dt.timedelta(hours=1)
    closing.close_days(telecentre=booking.desk.telecentre, period=whole_day(MONDAY), reason="coupure", now=an_hour_later)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CHECKED_IN
