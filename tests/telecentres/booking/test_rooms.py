"""A room, booked by the hour."""

import pytest
from django.urls import reverse

from telecentres.enums import DeskKind, Stretch
from telecentres.models import Booking
from tests.factories.telecentres import (
    DeskFactory,
    RateFactory,
)
from tests.telecentres.pages import said

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def room(place):
    RateFactory(telecentre=place, kind=DeskKind.ROOM, unit="hour", price=5)
    return DeskFactory(telecentre=place, room=True, name="Salle")


def test_a_room_is_booked_by_the_hour(client, member, room):
    wish = {"desk": room.pk, "start": "2026-11-25T14:00", "end": "2026-11-25T16:30", "key": "a"}
    answer = client.post(reverse("telecentres:week", args=["fleurance"]), wish, follow=True)
    assert said(answer) == [
        "C’est réservé : Salle, Télécentre de Fleurance, mercredi 25 novembre de 14 h à 16 h 30. 15 €, à payer sur place."
    ]
    booking = Booking.objects.get()
    assert (booking.stretch, booking.price) == (Stretch.HOURS, 15)


@pytest.mark.parametrize(
    ("start", "end"), [("14:10", "16:00"), ("11:00", "14:00"), ("07:00", "09:00"), ("16:00", "14:00"), ("xx", "16:00")]
)
def test_hours_at_which_it_cannot_be_had_are_said_beside_the_field(client, member, room, start, end):
    wish = {"desk": room.pk, "start": f"2026-11-25T{start}", "end": f"2026-11-25T{end}", "key": "a"}
    answer = client.post(reverse("telecentres:week", args=["fleurance"]), wish)
    assert answer.status_code == 422
    assert f"2026-11-25T{end}" in answer.content.decode()  # what was typed is kept
    assert not Booking.objects.exists()


def test_a_desk_is_not_booked_by_the_hour(client, member, desk):
    wish = {"desk": desk.pk, "start": "2026-11-25T09:00", "end": "2026-11-25T10:00", "key": "a"}
    assert client.post(reverse("telecentres:week", args=["fleurance"]), wish).status_code == 422
