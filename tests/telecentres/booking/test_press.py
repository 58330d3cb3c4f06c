"""A press in the week: it books, or the page says no with the ways out."""

import datetime as dt
import re
from urllib.parse import quote

import pytest
from django.urls import reverse

from outbox.models import Letter
from telecentres.enums import BookingStatus
from telecentres.models import Booking, Telecentre
from tests.factories.members import UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    TelecentreFactory,
    half_day,
)
from tests.telecentres.pages import (
    AFTERNOON,
    DAY,
    LOGIN,
    MY_BOOKINGS,
    TUESDAY,
    WEDNESDAY,
    presses,
    text_of,
    unchanged,
    week_of,
    wish,
)

pytestmark = pytest.mark.usefixtures("clock")


def test_a_press_books_and_says_so_in_words(client, member, place, desk):
    response = client.post(week_of(place), {"slot": f"{desk.pk} 2026-11-25 day", "key": "k"})
    assert (response.status_code, response["Location"]) == (303, MY_BOOKINGS)
    booking = Booking.objects.get()
    assert (booking.desk, booking.member, booking.booked_by) == (desk, member, member.user)
    assert (booking.period, booking.stretch) == (half_day(place, WEDNESDAY, DAY), DAY)
    said = text_of(client.get(MY_BOOKINGS))
    assert "C’est réservé : Poste 1, Télécentre de Fleurance, mercredi 25 novembre toute la journée." in said


@pytest.mark.parametrize("offset", ["+00:00", "+01:00", "-05:00", None])
def test_the_four_fields_book_the_same_in_any_time_zone(client, member, place, desk, offset):
    period = half_day(place, WEDNESDAY, AFTERNOON)
    zone = dt.datetime.fromisoformat(f"2026-01-01T00:00{offset or '+01:00'}").tzinfo
    start, end = (moment.astimezone(zone).isoformat()[: None if offset else 16] for moment in (period.lower, period.upper))
    response = client.post(week_of(place), {"desk": desk.pk, "start": start, "end": end, "key": "k"})
    assert response.status_code == 303
    assert Booking.objects.get().period == period


def test_any_desk_books_the_first_one(client, member, place):
    second, first = (DeskFactory(telecentre=place, position=position) for position in (2, 1))
    client.post(week_of(place), wish(first) | {"desk": "any"})
    assert Booking.objects.get().desk == first
    assert second.bookings.count() == 0


def test_a_double_press_is_one_booking(client, member, place, desk):
    answers = [client.post(week_of(place), wish(desk)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (Booking.objects.count(), Letter.objects.count()) == (1, 1)


def test_after_going_back_the_same_page_books_something_else(client, member, place, desk):
    """A browser brings the page back with its old key."""
    client.post(week_of(place), wish(desk))
    client.post(week_of(place), wish(desk, stretch=AFTERNOON))
    client.post(week_of(place), wish(DeskFactory(telecentre=place, room=True)))
    assert Booking.objects.count() == 3


def test_a_page_that_comes_back_after_cancelling_books_nothing_by_itself(client, member, place, desk):
    client.post(week_of(place), wish(desk))
    client.post(reverse("telecentres:cancel", args=[Booking.objects.get().pk]))
    response = client.post(week_of(place), wish(desk))
    assert response.status_code == 409
    assert "Vous aviez réservé, puis annulé. Rien n’a été réservé de nouveau." in text_of(response)
    assert Booking.objects.get().status == BookingStatus.CANCELLED


def test_a_visitor_is_sent_to_sign_in_and_comes_back_to_the_week(client, place, desk):
    response = client.post(week_of(place, WEDNESDAY), wish(desk))
    assert response["Location"] == f"{LOGIN}?next={quote(week_of(place, WEDNESDAY))}"
    assert unchanged(desk)


def test_somebody_who_is_no_member_reads_why_they_cannot_book(client, place, desk):
    client.force_login(UserFactory())
    response = client.post(week_of(place), wish(desk))
    assert response.status_code == 403
    assert "Votre compte n’est pas celui d’un membre : rien n’a été réservé." in text_of(response)
    assert unchanged(desk)


def ways_of(response) -> list[dict]:
    """The forms of the ways out: where they post, and what."""
    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', response.content.decode(), re.DOTALL)
    return [{"action": action} | dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside)) for action, inside in forms]


@pytest.fixture
def refused(client, member, place, desk):
    """Somebody was faster; three ways out: another desk, other times, another place."""
    DeskFactory(telecentre=place, name="Poste 2")
    DeskFactory(telecentre=TelecentreFactory(slug="auch", commune__name="Auch", commune__latitude=43.8))
    BookingFactory(desk=desk, day=WEDNESDAY)
    return client.post(week_of(place), wish(desk))


def test_a_refusal_is_polite_and_keeps_everything(refused, member, place):
    assert refused.status_code == 409
    said = text_of(refused)
    for words in (
        "La place vient d’être prise",
        "Quelqu’un a réservé avant vous : Poste 1, Télécentre de Fleurance, mercredi 25 novembre au matin.",
        "Rien n’a été réservé et rien n’a été décompté.",
        "D’autres possibilités, libres à l’instant",
        "Poste 2, à la même heure",
        "Mercredi 25 novembre après-midi Poste 1, de 13 h 30 à 18 h 30.",
        "Auch, à 14 km Mercredi 25 novembre au matin. 1 place libre.",
    ):
        assert words in said, words
    assert f'href="{week_of(place, WEDNESDAY)}"' in refused.content.decode()
    assert not Booking.objects.filter(member=member).exists()


@pytest.mark.parametrize("number", range(4))
def test_each_way_out_is_one_press(refused, client, member, number):
    ways = ways_of(refused)
    assert len(ways) == 4
    way = ways[number]
    response = client.post(way.pop("action"), way)
    assert (response.status_code, response["Location"]) == (303, MY_BOOKINGS)
    assert Booking.objects.filter(member=member).count() == 1


def test_when_nothing_else_is_free_it_says_so(client, member, place, desk):
    ClosureFactory(telecentre=place, period=half_day(place, WEDNESDAY), day=None)
    Telecentre.objects.update(horizon_days=1)
    BookingFactory(desk=desk, day=WEDNESDAY, stretch=AFTERNOON)
    BookingFactory(desk=desk, day=TUESDAY, stretch=AFTERNOON)
    response = client.post(week_of(place), wish(desk))
    assert response.status_code == 409
    assert "C’est fermé à ce moment-là Fermé à ce moment-là : travaux." in text_of(response)
    assert "Rien d’autre n’est libre autour de ce moment-là." in text_of(response)


def test_who_already_sits_is_shown_the_way_to_their_bookings(client, member, place, desk):
    BookingFactory(member=member, day=WEDNESDAY)
    response = client.post(week_of(place), wish(desk))
    assert response.status_code == 409
    assert f'href="{MY_BOOKINGS}"' in response.content.decode()
    assert all(way["start"] != wish(desk)["start"] for way in ways_of(response))


def test_a_full_half_day_leads_to_other_ways_in_one_press(client, member, place):
    for desk in DeskFactory.create_batch(2, telecentre=place):
        BookingFactory(desk=desk, day=WEDNESDAY)
    assert "any 2026-11-25 morning" in presses(client.get(week_of(place)))
    response = client.post(week_of(place), {"slot": "any 2026-11-25 morning", "key": "k"})
    assert response.status_code == 409
    assert "Tout est pris : Télécentre de Fleurance, mercredi 25 novembre au matin." in text_of(response)
    assert len(ways_of(response)) == 2


@pytest.mark.parametrize("count", [2, 60])
def test_a_refusal_costs_the_same_however_many_there_are(client, member, place, desk, django_assert_num_queries, count):
    BookingFactory(desk=desk, day=WEDNESDAY)
    for number in range(count):
        DeskFactory(telecentre=place)
        DeskFactory(telecentre=TelecentreFactory(commune__latitude=43.8 + number / 100))
    answers = wish(desk)
    # session, person, place, member, desks; savepoint, lock_timeout, place, hours, closures, member, passes, key, desk, who
    # waits, bookings, what a member may hold and holds, rollback and release; then hours, desks, closures, line, bookings, what a
    # member may hold and holds; the other places, the same of them; who waits
    with django_assert_num_queries(35):
        response = client.post(week_of(place), answers)
    assert response.status_code == 409
