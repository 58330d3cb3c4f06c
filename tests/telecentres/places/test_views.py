"""The list of the places, its map, and the page of one."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from telecentres.half_days import instant
from telecentres.models import Telecentre
from tests.factories.members import UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    RateFactory,
    TelecentreFactory,
)
from tests.factories.villages import CommuneFactory
from tests.telecentres.pages import TUESDAY, WEDNESDAY, text_of

pytestmark = pytest.mark.usefixtures("clock")


def test_the_list_says_what_is_free_tomorrow_morning(client, desk):
    full, shut = DeskFactory(), DeskFactory()
    BookingFactory(desk=full, day=WEDNESDAY)
    ClosureFactory(telecentre=shut.telecentre, day=WEDNESDAY)
    said = text_of(client.get(reverse("telecentres:telecentres")))
    assert "Postes libres, mercredi 25 novembre au matin" in said
    assert f"Télécentre de Fleurance {desk.telecentre.address}" in said
    assert [said.count(f"{words} Voir la semaine") for words in ("1 poste libre", "complet", "fermé")] == [1, 1, 1]


def test_a_place_whose_next_half_day_is_taken_says_full_and_counts_no_nought(client, clock, desk):
    """In the afternoon: in the morning the next half-day would be free, and nothing seen."""
    BookingFactory(desk=desk, day=WEDNESDAY)
    clock.move_to(instant(TUESDAY, dt.time(16)))
    said = text_of(client.get(desk.telecentre.get_absolute_url()))
    assert "Complet demain matin" in said
    assert "0 poste" not in said


def test_without_a_place_the_list_says_so(client):
    assert "Aucun télécentre n’est encore ouvert." in text_of(client.get(reverse("telecentres:telecentres")))


@pytest.mark.parametrize("count", [2, 200])
def test_the_list_costs_the_same_for_two_and_for_two_hundred(client, django_assert_num_queries, count):
    commune = CommuneFactory()
    for _ in range(count):
        DeskFactory(telecentre=TelecentreFactory(commune=commune))
    client.get(reverse("telecentres:telecentres"))  # draws the ground of the map, which is kept
    # the next morning, the places; hours, desks, closures, who waits, bookings of all; whether the ground has changed
    with django_assert_num_queries(8):
        client.get(reverse("telecentres:telecentres"))


def test_the_open_data_say_what_the_list_says(client, place, desk):
    BookingFactory(desk=DeskFactory(telecentre=place), day=WEDNESDAY)
    response = client.get("/telecentres.geojson")
    assert response["Content-Type"] == "application/geo+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    (feature,) = json.loads(response.content)["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [0.5, 43.7]}
    assert feature["properties"] == {
        "name": "Télécentre de Fleurance",
        "commune": "Fleurance",
        "insee_code": place.commune.insee_code,
        "address": "9, rue de l’École",
        "postal_code": "32500",
        "url": "http://testserver/telecentres/fleurance/",
        "free_desks": 1,
        "free_desks_on": "2026-11-25/morning",
    }


def test_the_page_of_a_place_says_all_of_it(client, place, desk):
    BookingFactory(desk=DeskFactory(telecentre=place, name="Poste 2"), day=TUESDAY)
    RateFactory(telecentre=place, price=6)
    RateFactory(telecentre=place, price=10, unit="day")
    ClosureFactory(telecentre=place, desk=desk, day=dt.date(2026, 12, 1), reason="peinture")
    ClosureFactory(telecentre=place, day=dt.date(2026, 12, 28), reason="congés")
    ClosureFactory(telecentre=place, day=dt.date(2026, 11, 20), reason="déjà passée")
    said = text_of(client.get(place.get_absolute_url()))
    for words in (
        "Ouvert jusqu’à 12 h 30",
        "1 poste libre en ce moment",
        "2 postes libres cet après-midi",
        "Poste 1 fenêtre sur la halle libre",
        "Poste 2 pris",
        "Fibre Imprimante",
        "Poste partagé 6 € 10 €",
        "Lundi à vendredi 8 h 30 – 12 h 30 13 h 30 – 18 h 30",
        "Samedi et dimanche fermé",
        "mardi 1er décembre, Poste 1 : peinture vendredi 25 décembre : Noël lundi 28 décembre : congés",
        "Par téléphone : 05 36 49 01 32",
        "Annulation libre jusqu’à 14 heures avant.",
    ):
        assert words in said, words
    assert "déjà passée" not in said


def test_hosts_are_named_to_those_who_signed_in(client, member, place):
    place.hosts.add(UserFactory(first_name="Jeanne", last_name="Mauroux"))
    assert "Jeanne Mauroux" in text_of(client.get(place.get_absolute_url()))


@pytest.mark.parametrize("count", [2, 200])
def test_a_place_costs_the_same_for_two_and_for_two_hundred_desks(client, place, django_assert_num_queries, count):
    for desk in DeskFactory.create_batch(count, telecentre=place):
        BookingFactory(desk=desk, day=TUESDAY)
        ClosureFactory(telecentre=place, desk=desk, day=dt.date(2026, 12, 1))
    with django_assert_num_queries(8):  # the place, its board's five, rates, closures to come
        client.get(place.get_absolute_url())


def test_the_home_page_does_not_call_full_what_cannot_be_booked_yet(client, place, desk, clock):
    Telecentre.objects.filter(pk=place.pk).update(horizon_days=1)
    clock.move_to(instant(dt.date(2026, 11, 27), dt.time(9)))  # a Friday: the next morning is three days away
    page = client.get("/").content.decode()
    assert "pas encore à réserver" in page
    assert ">complet<" not in page
