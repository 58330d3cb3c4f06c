"""What a letter about a booking offers its reader can be done: nobody is sent to a page or a button that is not there for them."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from outbox.models import Letter
from telecentres.booking.clockwork import remind_upcoming
from telecentres.booking.moving import move_booking
from telecentres.half_days import instant
from telecentres.models import Booking
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import BookingFactory, DeskFactory, TelecentreFactory, half_day

TUESDAY, WEDNESDAY = dt.date(2026, 11, 24), dt.date(2026, 11, 25)
EARLY, LATE = (
    instant(TUESDAY, dt.time(9)),
    instant(TUESDAY, dt.time(20)),
)  # before and after the place's limit, 14 hours ahead
MY_BOOKINGS = reverse("telecentres:my-bookings")


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(EARLY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place():
    return TelecentreFactory(slug="fleurance", phone="+33536490132")


@pytest.fixture
def desk(place):
    return DeskFactory(telecentre=place)


def words_of(letter: Letter) -> tuple[str, str]:
    """Both of its forms, without the spaces that French typography makes narrow."""
    return tuple(form.replace("\u202f", " ").replace("\xa0", " ") for form in (letter.text, letter.html))


def written(rule: str) -> tuple[str, str]:
    return words_of(Letter.objects.get(key__startswith=f"telecentres.{rule}:"))


def test_a_passer_by_is_sent_to_no_page_of_an_account(client, place, desk):
    host = UserFactory(host=True)
    place.hosts.add(host)
    client.force_login(host)
    facts = {"who": "passant@example.org", "desk": desk.pk, "day": str(WEDNESDAY), "stretch": "morning", "key": "k"}
    client.post(reverse("telecentres:book-for", args=["fleurance"]), facts)
    remind_upcoming(now=LATE)
    move_booking(booking=Booking.objects.get(), desk=DeskFactory(telecentre=place), period=half_day(place, WEDNESDAY), by=host)
    for rule in ("booking_confirmed", "booking_reminder", "booking_moved"):
        for words in written(rule):
            assert MY_BOOKINGS not in words, rule
            assert "nnuler" not in words, rule
            assert "05 36 49 01 32" in words, rule


def test_a_member_is_told_to_call_off_while_they_may(client, place, desk):
    member = MemberFactory()
    client.force_login(member.user)
    press = {"slot": f"{desk.pk} {WEDNESDAY} morning", "key": "k"}
    client.post(reverse("telecentres:week", args=["fleurance"]), press)
    remind_upcoming(now=EARLY)
    for words in (*written("booking_confirmed"), *written("booking_reminder")):
        assert "annuler jusqu’au mardi 24 novembre à 18 h 30" in words
        assert MY_BOOKINGS in words


def test_once_it_is_too_late_a_member_is_told_to_call_the_place(client, place, desk, clock):
    clock.move_to(LATE)
    member = MemberFactory()
    client.force_login(member.user)
    press = {"slot": f"{desk.pk} {WEDNESDAY} morning", "key": "k"}
    client.post(reverse("telecentres:week", args=["fleurance"]), press)
    remind_upcoming(now=LATE)
    for words in (*written("booking_confirmed"), *written("booking_reminder")):
        assert "nnuler" not in words
        assert "05 36 49 01 32" in words
        assert MY_BOOKINGS in words


@pytest.mark.parametrize("why", ["booking_cancelled", "booking_closed_out"])
def test_a_passer_by_whose_booking_is_called_off_books_again_by_telephone(client, place, desk, why):
    host = UserFactory(host=True)
    place.hosts.add(host)
    client.force_login(host)
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=None, guest="Madame Duprat", guest_email="duprat@example.org")
    if why == "booking_cancelled":
        client.post(reverse("telecentres:call-off", args=["fleurance", booking.pk]))
    else:
        facts = {"first": str(WEDNESDAY), "stretch": "day", "reason": "travaux", "close": "1"}
        client.post(reverse("telecentres:close", args=["fleurance"]), facts)
    for words in written(why):
        assert "Pour réserver un autre moment, appelez le télécentre : 05 36 49 01 32" in words
        assert "Réserver un autre moment" not in words


@pytest.mark.parametrize("guest", ["toto.secret@nowhere.example", "Pierre Dupont"])
def test_neither_name_nor_address_of_a_passer_by_stands_on_the_wall(client, place, desk, guest):
    host = UserFactory(host=True)
    place.hosts.add(host)
    client.force_login(host)
    BookingFactory(desk=desk, day=TUESDAY, member=None, guest=guest, guest_email=guest if "@" in guest else "")
    wall = client.get(reverse("telecentres:wall", args=["fleurance"])).content.decode()
    assert guest not in wall
    assert "Un visiteur" in wall
    assert guest in client.get(reverse("telecentres:day", args=["fleurance"])).content.decode()
