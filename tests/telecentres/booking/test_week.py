"""The week of a place: what it shows to whom, and a room by the hour."""

import datetime as dt
import html
import re

import pytest

from telecentres.enums import Stretch
from telecentres.half_days import instant
from telecentres.models import Booking, Desk
from tests.factories.members import UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    PassFactory,
    RateFactory,
)
from tests.telecentres.pages import DAY, LOGIN, WEDNESDAY, presses, text_of, week_of

pytestmark = pytest.mark.usefixtures("clock")


def test_a_member_may_press_whatever_is_free(client, member, place, desk):
    BookingFactory(desk=desk, day=dt.date(2026, 11, 26), stretch=DAY)
    response = client.get(week_of(place))
    assert presses(response) == [
        f"{desk.pk} 2026-11-24 afternoon",
        f"{desk.pk} 2026-11-25 morning",
        f"{desk.pk} 2026-11-25 afternoon",
        f"{desk.pk} 2026-11-25 day",
        f"{desk.pk} 2026-11-27 morning",
        f"{desk.pk} 2026-11-27 afternoon",
        f"{desk.pk} 2026-11-27 day",
    ]
    assert 'aria-label="Libre\u202f: Poste 1, mercredi 25, matin"' in response.content.decode()


def test_a_visitor_s_press_leads_to_the_sign_in_and_back_to_the_week(client, place, desk):
    body = client.get(week_of(place, WEDNESDAY)).content.decode()
    assert presses(client.get(week_of(place))) == []
    assert f'<form action="{LOGIN}"' in body
    assert f'name="next" value="{week_of(place, WEDNESDAY)}"' in body
    assert '<button class="slot slot--free"' in body


def test_somebody_who_is_no_member_reads_why_they_may_not_press(client, place, desk):
    client.force_login(UserFactory())
    response = client.get(week_of(place))
    assert "La réservation est ouverte aux membres du réseau SOHO SOLO." in text_of(response)
    assert '<button class="slot' not in response.content.decode()


def test_one_s_own_half_day_says_so_and_leads_to_one_s_bookings(client, member, place, desk):
    BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    body = client.get(week_of(place)).content.decode()
    assert body.count('<a class="slot slot--mine" href="/mes-reservations/"') == 1


@pytest.mark.parametrize(
    ("asked", "monday"),
    [
        ("2026-11-25", "23 novembre 2026"),
        ("2026-12-06", "30 novembre 2026"),
        ("2025-11-30", "24 novembre 2025"),
        ("", "23 novembre 2026"),
    ],
)
def test_the_week_of_the_day_asked_for(client, place, desk, asked, monday):
    response = client.get(week_of(place), {"jour": asked})
    assert response.status_code == 200
    assert f"Semaine du {monday}" in text_of(response)


@pytest.mark.parametrize("asked", ["2026-02-31", "demain", "2026-11", "9999-12-31", "0001-01-01", "2026-11-25T08:30", "'"])
def test_a_day_that_is_none_shows_this_week_and_says_so(client, place, desk, asked):
    response = client.get(week_of(place), {"jour": asked})
    assert response.status_code == 400
    assert "Ce jour-là n’existe pas ou ne se montre pas. Voici cette semaine." in text_of(response)
    assert "Semaine du 23 novembre 2026" in text_of(response)


def test_each_page_has_a_key_of_its_own(client, member, place, desk):
    keys = [re.search(r'name="key" value="([^"]{20,})"', client.get(week_of(place)).content.decode())[1] for _ in range(2)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("count", [2, 200])
def test_the_week_costs_the_same(client, member, place, django_assert_num_queries, count):
    for number, each_desk in enumerate(DeskFactory.create_batch(count, telecentre=place)):
        BookingFactory(desk=each_desk, day=WEDNESDAY, stretch=list(Stretch)[number % 3])
        RateFactory(telecentre=place, kind="desk", price=number, unit="hour") if number == 0 else None
        ClosureFactory(telecentre=place, desk=each_desk, day=dt.date(2026, 11, 27))
    # session, person; the place with its hours and rates; the member and what is left on their passes; desks, closures, who waits,
    # bookings, what a member may hold, what this one holds, their passes
    with django_assert_num_queries(11):
        client.get(week_of(place))


@pytest.fixture
def room(place) -> Desk:
    RateFactory(telecentre=place, kind="room", unit="half_day", price=20)
    RateFactory(telecentre=place, kind="room", unit="day", price=36)
    return DeskFactory(telecentre=place, room=True, name="Salle Arrats")


def confirmed(client, response) -> dict[str, str]:
    """What the press under the price sends."""
    (form,) = re.findall(r'<form method="post"[^>]*aria-labelledby="salle">(.*?)</form>', response.content.decode(), re.DOTALL)
    return {name: html.unescape(re.search(f'name="{name}" value="([^"]*)"', form)[1]) for name in ("desk", "start", "end", "key")}


def asked(room, start="09:00", end="11:00", day="2026-11-25") -> dict:
    return {"salle": room.pk, "jour": day, "de": start, "a": end}


def test_two_hours_of_a_room_cost_no_more_than_its_morning_and_the_price_is_read_first(client, member, place, room):
    page = client.get(week_of(place), asked(room))
    assert "Réserver la salle : 20 €" in text_of(page)
    assert "autant d’heures ne coûtent pas plus qu’une demi-journée" in text_of(page)
    assert not Booking.objects.exists()
    assert client.post(week_of(place), confirmed(client, page)).status_code == 303
    booking = Booking.objects.get()
    assert (booking.desk, booking.stretch, booking.price) == (room, Stretch.HOURS, 20)
    assert booking.starts_at == instant(WEDNESDAY, dt.time(9))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"de": "25:00"}, "Cette heure n’existe pas. Écrivez par exemple 10:30."),
        ({"a": ""}, "Dites à quelle heure."),
        ({"a": "08:00"}, "La fin vient après le début."),
        ({"salle": "99999"}, "Ce télécentre n’a pas cette salle. Choisissez-en une dans la liste."),
    ],
)
def test_what_is_not_understood_of_a_room_is_kept_with_a_sentence_beside_it(client, member, place, room, wrong, sentence):
    page = client.get(week_of(place), asked(room) | wrong)
    assert sentence in text_of(page)
    assert 'value="09:00"' in page.content.decode() or "de" in wrong
    assert "Réserver la salle" not in text_of(page)


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (("12:00", "14:00"), "tant que le lieu reste ouvert sans pause"),
        (("09:10", "11:00"), "d’une demi-heure à une autre"),
    ],
)
def test_a_room_that_cannot_be_had_is_refused_before_the_press(client, member, place, room, hours, sentence):
    page = client.get(week_of(place), asked(room, *hours))
    assert sentence in text_of(page)
    assert "Réserver la salle" not in text_of(page)


def test_a_room_that_others_have_is_refused_before_the_press(client, member, place, room):
    BookingFactory(desk=room, day=WEDNESDAY)
    page = client.get(week_of(place), asked(room))
    assert "Quelqu’un a réservé avant vous" in text_of(page)


def test_each_line_of_the_week_says_what_a_press_costs(client, member, place, desk):
    RateFactory(telecentre=place, price=6)
    RateFactory(telecentre=place, unit="day", price=10)
    assert "demi-journée : 6 €, jour : 10 €" in text_of(client.get(week_of(place)))
    PassFactory(member=member)
    assert "demi-journée : 1 du carnet, jour : 2 du carnet" in text_of(client.get(week_of(place)))
