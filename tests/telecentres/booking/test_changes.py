"""A booking moved, and somebody who says that they are there."""

import datetime as dt

import pytest
from django.urls import reverse

from telecentres.enums import BookingStatus, Stretch
from tests.factories.telecentres import (
    BookingFactory,
    DeskFactory,
    half_day,
)
from tests.telecentres.pages import MY_BOOKINGS, WEDNESDAY, press, said

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def booking(member, desk):
    return BookingFactory(member=member, desk=desk, day=WEDNESDAY)


def test_a_press_in_the_week_moves_it(client, booking, desk):
    page = client.get(reverse("telecentres:move", args=[booking.pk]))
    assert "Poste 1" in page.content.decode()
    answer = press(client, "move", booking.pk, slot=f"{desk.pk} 2026-11-26 afternoon", key=booking.key)
    assert said(answer) == ["Déplacé : Poste 1, Télécentre de Fleurance, jeudi 26 novembre après-midi."]
    booking.refresh_from_db()
    assert booking.period == half_day(desk.telecentre, dt.date(2026, 11, 26), Stretch.AFTERNOON)


def test_a_press_in_the_week_of_another_place_moves_it_there(client, booking):
    other = DeskFactory(telecentre__slug="auch")
    address = reverse("telecentres:move", args=[booking.pk]) + "?lieu=auch&jour=2026-11-25"
    client.post(address, {"slot": f"{other.pk} 2026-11-25 morning", "key": booking.key})
    booking.refresh_from_db()
    assert booking.desk == other


def test_why_it_cannot_move_is_said_above_the_week(client, booking, desk):
    BookingFactory(desk=desk, day=dt.date(2026, 11, 26))
    answer = press(client, "move", booking.pk, slot=f"{desk.pk} 2026-11-26 morning", key=booking.key)
    assert answer.status_code == 409
    assert "Rien n’a été déplacé" in answer.content.decode()


def test_a_press_that_is_not_understood_moves_nothing(client, booking):
    assert press(client, "move", booking.pk, slot="nonsense", key=booking.key).status_code == 422


def test_a_booking_is_only_offered_desks_of_its_kind(client, booking, place):
    DeskFactory(telecentre=place, room=True, name="Grande salle")
    page = client.get(reverse("telecentres:move", args=[booking.pk])).content.decode()
    assert "Grande salle" not in page
    assert "Poste 1" in page


def test_a_member_says_that_they_are_there(client, booking, clock):
    assert "Je suis là" not in client.get(MY_BOOKINGS).content.decode()
    clock.move_to(booking.starts_at)
    assert "Je suis là" in client.get(MY_BOOKINGS).content.decode()
    press(client, "arrive", booking.pk)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CHECKED_IN
    assert "Vous êtes là" in client.get(MY_BOOKINGS).content.decode()


def test_a_check_in_that_is_too_early_is_refused_with_a_sentence(client, booking):
    assert "trop tôt" in said(press(client, "arrive", booking.pk))[0]


@pytest.mark.parametrize("name", ["answer", "arrive", "move"])
def test_nobody_changes_the_booking_of_another_member(client, member, name):
    foreign = BookingFactory(day=WEDNESDAY, held=name == "answer")
    assert client.post(reverse(f"telecentres:{name}", args=[foreign.pk])).status_code == 404
