"""A member's own bookings: what is coming, what was, and calling off."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from telecentres.enums import BookingStatus
from telecentres.half_days import instant
from telecentres.models import Booking
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    DeskFactory,
    TelecentreFactory,
    half_day,
)
from tests.telecentres.pages import MY_BOOKINGS, TUESDAY, WEDNESDAY, text_of

pytestmark = pytest.mark.usefixtures("clock")


def test_my_bookings_are_mine_the_next_one_first(client, member, place, desk):
    BookingFactory(desk=desk, day=dt.date(2026, 12, 1), member=member)
    BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    BookingFactory(desk=DeskFactory(telecentre=place, name="d’une autre"), day=WEDNESDAY)
    BookingFactory(desk=desk, day=dt.date(2026, 11, 20), member=member, status=BookingStatus.COMPLETED)
    said = text_of(client.get(MY_BOOKINGS))
    assert said.index("demain 25 novembre Fleurance, Poste 1, matin") < said.index("mardi 1 er décembre Fleurance, Poste 1, matin")
    assert "De 8 h 30 à 12 h 30." in said
    assert "possible jusqu’au mardi 24 novembre à 18 h 30" in said
    assert "Vendredi 20 novembre 2026, matin Télécentre de Fleurance Poste 1 honorée" in said
    assert "d’une autre" not in said


def test_how_to_get_in_is_shown_on_the_day_only(client, member, desk, clock):
    BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    assert "7316" not in text_of(client.get(MY_BOOKINGS))
    clock.move_to(instant(WEDNESDAY, dt.time(0, 1)))
    assert "Comment entrer : Code de la porte : 7316" in text_of(client.get(MY_BOOKINGS))


def test_too_late_to_cancel_one_is_told_whom_to_call(client, member, desk, clock):
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    clock.move_to(instant(TUESDAY, dt.time(18, 31)))
    response = client.get(MY_BOOKINGS)
    assert reverse("telecentres:cancel", args=[booking.pk]) not in response.content.decode()
    assert "Prévenez le télécentre : 05 36 49 01 32" in text_of(response)


@pytest.mark.parametrize("who", ["member", "no member"])
def test_without_any_booking_the_way_on_is_shown(client, who):
    client.force_login(MemberFactory().user if who == "member" else UserFactory())
    assert "Rien n’est réservé." in text_of(client.get(MY_BOOKINGS))


def test_the_past_comes_in_pages(client, member, desk):
    for week in range(25):
        BookingFactory(desk=desk, day=WEDNESDAY - dt.timedelta(weeks=week + 1), member=member)
    assert text_of(client.get(MY_BOOKINGS)).count("Télécentre de Fleurance") == 20
    assert text_of(client.get(MY_BOOKINGS, {"page": 2})).count("Télécentre de Fleurance") == 5
    assert client.get(MY_BOOKINGS, {"page": "la dernière"}).status_code == 200


@pytest.mark.parametrize("count", [2, 60])
def test_my_bookings_cost_the_same_for_two_and_for_sixty(client, member, django_assert_num_queries, count):
    for day in range(count):
        BookingFactory(member=member, period=half_day(TelecentreFactory(every_day=True), WEDNESDAY + dt.timedelta(days=day)))
        BookingFactory(member=member, period=half_day(TelecentreFactory(every_day=True), TUESDAY - dt.timedelta(days=day + 1)))
    # person, coming ones, the past counted and read, who waits, series, passes, member
    with django_assert_num_queries(11):
        client.get(MY_BOOKINGS)


def test_cancelling_asks_first_and_then_does(client, member, desk):
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    address = reverse("telecentres:cancel", args=[booking.pk])
    asked = client.get(address)
    assert "Annuler cette réservation ? Poste 1, Télécentre de Fleurance, mercredi 25 novembre au matin" in text_of(asked)
    assert Booking.objects.get().status == BookingStatus.CONFIRMED, "looking changes nothing"
    response = client.post(address)
    assert (response.status_code, response["Location"]) == (303, MY_BOOKINGS)
    assert Booking.objects.get().status == BookingStatus.CANCELLED
    said = text_of(client.get(MY_BOOKINGS))
    assert "C’est annulé : Poste 1, Télécentre de Fleurance, mercredi 25 novembre au matin." in said
    assert "annulée" in said


def test_a_cancellation_that_is_too_late_is_refused_with_a_sentence(client, member, desk, clock):
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    clock.move_to(instant(TUESDAY, dt.time(18, 31)))
    response = client.post(reverse("telecentres:cancel", args=[booking.pk]))
    assert response.status_code == 409
    assert "On pouvait l’annuler jusqu’au mardi 24 novembre à 18 h 30." in text_of(response)
    assert Booking.objects.get().status == BookingStatus.CONFIRMED


def test_too_late_to_cancel_is_said_before_the_press(client, member, desk, clock):
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    clock.move_to(instant(TUESDAY, dt.time(18, 31)))
    page = client.get(reverse("telecentres:cancel", args=[booking.pk]))
    assert page.status_code == 200
    assert "On pouvait l’annuler jusqu’au mardi 24 novembre à 18 h 30." in text_of(page)
    assert "button--danger" not in page.content.decode()


def test_too_late_to_move_elsewhere_is_said_before_the_press(client, member, desk, clock):
    DeskFactory(telecentre=desk.telecentre, name="Poste 2")
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    clock.move_to(instant(TUESDAY, dt.time(18, 31)))
    page = client.get(reverse("telecentres:move", args=[booking.pk]))
    assert "Elle pouvait être déplacée jusqu’au mardi 24 novembre à 18 h 30" in text_of(page)
    free = re.findall(r'slot--free[^"]*" name="slot" value="([^"]+)"', page.content.decode())
    assert {press.split(" ", 1)[1] for press in free} == {"2026-11-25 morning"}, "another desk at the same time"
