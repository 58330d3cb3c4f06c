"""Before a desk, its code scanned: I am there, or I take it. And what hosts print and hang up for it."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from telecentres.booking.desk_codes import CODES
from telecentres.enums import BookingStatus
from telecentres.half_days import instant
from telecentres.models import Booking, WaitingEntry
from telecentres.tasks import keep_lines
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    TelecentreFactory,
    WaitingEntryFactory,
    half_day,
)

TUESDAY = dt.date(2026, 11, 24)
NOW = instant(TUESDAY, dt.time(9))


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk():
    return DeskFactory(name="Poste 1", telecentre=TelecentreFactory(slug="fleurance"))


@pytest.fixture
def member(client):
    member = MemberFactory()
    client.force_login(member.user)
    return member


@pytest.fixture
def address(desk) -> str:
    return reverse("telecentres:at-desk", args=[CODES.sign(desk.pk)])


def test_whoever_booked_it_is_there_with_one_press(client, member, desk, address):
    booking = BookingFactory(desk=desk, member=member, day=TUESDAY)
    assert "Je suis là" in client.get(address).content.decode()
    client.post(address)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CHECKED_IN
    assert "Vous êtes là" in client.get(address).content.decode()


def test_what_is_free_is_taken_though_it_has_begun(client, member, desk, address):
    for _press in range(2):
        client.post(address, {"key": "a"})
    booking = Booking.objects.get()
    assert (booking.member, booking.status, booking.checked_in_at) == (member, BookingStatus.CHECKED_IN, NOW)
    assert booking.starts_at < NOW < booking.ends_at


def test_a_get_of_a_desk_code_books_nothing(client, member, address):
    assert client.get(address).status_code == 200
    assert not Booking.objects.exists()


def test_a_desk_that_another_has_is_not_taken_by_its_code(client, member, desk, address):
    BookingFactory(desk=desk, day=TUESDAY)
    assert "Quelqu’un d’autre" in client.get(address).content.decode()
    assert client.post(address, {"key": "a"}).status_code == 409
    assert Booking.objects.count() == 1


def test_a_closed_desk_is_not_taken(client, member, desk, address):
    ClosureFactory(telecentre=desk.telecentre, day=TUESDAY, reason="peinture")
    answer = client.post(address, {"key": "a"})
    assert answer.status_code == 409
    assert "peinture" in answer.content.decode()


def test_a_desk_code_scanned_at_night_says_that_the_place_is_closed(client, member, address, clock):
    clock.move_to(instant(TUESDAY, dt.time(22)))
    assert "fermé pour le moment" in client.get(address).content.decode()
    client.post(address, {"key": "a"})
    assert not Booking.objects.exists()


@pytest.mark.parametrize("code", ["1", "1:forged", "x"])
def test_a_code_that_nobody_printed_is_none(client, member, code):
    assert client.get(reverse("telecentres:at-desk", args=[code])).status_code == 404


def test_a_host_prints_a_code_for_each_desk(client, desk):
    host = UserFactory(host=True)
    desk.telecentre.hosts.add(host)
    DeskFactory(telecentre=desk.telecentre)
    client.force_login(host)
    page = client.get(reverse("telecentres:codes", args=["fleurance"])).content.decode()
    assert page.count('class="code"') == 2
    assert " style=" not in page


def test_the_wall_says_first_names_alone_and_renews_itself(client, desk):
    host = UserFactory(host=True)
    desk.telecentre.hosts.add(host)
    BookingFactory(desk=desk, day=TUESDAY, member__user__first_name="Inès", member__user__last_name="Daubas")
    DeskFactory(telecentre=desk.telecentre)
    client.force_login(host)
    answer = client.get(reverse("telecentres:wall", args=["fleurance"]))
    page = answer.content.decode()
    assert answer["Refresh"] == "60"
    assert "Inès" in page
    assert "Daubas" not in page
    assert "libre" in page


NOON = instant(TUESDAY, dt.time(12))
FREE_UNTIL, TAKE_IT = "libre jusqu’à 12", "Le prendre et m’installer"


def given_back_at_noon(desk, clock) -> None:
    """Somebody waits for the morning; who had booked it never comes, and the desk is given back too late to call anybody."""
    desk.telecentre.release_after_minutes = 60 * 3 + 30
    desk.telecentre.save()
    booked = BookingFactory(desk=desk, day=TUESDAY)
    waiting = MemberFactory()
    page = Client()
    page.force_login(waiting.user)
    wish = {"kind": "desk", "start": booked.starts_at.isoformat(), "end": booked.ends_at.isoformat()}
    page.post(reverse("telecentres:wait", args=["fleurance"]), wish)
    assert waiting.waiting_entries.waiting().count() == 1
    clock.move_to(NOON + dt.timedelta(minutes=5))
    keep_lines()
    booked.refresh_from_db()
    assert booked.status == BookingStatus.NO_SHOW


def test_a_desk_that_says_free_after_noon_can_be_taken_though_somebody_waited(client, member, desk, address, clock):
    given_back_at_noon(desk, clock)
    page = client.get(address).content.decode().replace("\u202f", " ")
    assert FREE_UNTIL in page
    assert TAKE_IT in page
    assert client.post(address, {"key": "a"}).status_code == 303
    assert Booking.objects.get(member=member).status == BookingStatus.CHECKED_IN


def test_who_waits_for_a_time_that_is_nearly_over_waits_no_more_and_nobody_joins(client, member, desk, address, clock):
    given_back_at_noon(desk, clock)
    assert not WaitingEntry.objects.waiting().exists()
    client.post(address, {"key": "a"})
    late = MemberFactory()
    client.force_login(late.user)
    morning = half_day(desk.telecentre, TUESDAY)
    wish = {"kind": "desk", "start": morning.lower.isoformat(), "end": morning.upper.isoformat()}
    answer = client.post(reverse("telecentres:wait", args=["fleurance"]), wish, follow=True)
    assert "touche à sa fin" in answer.content.decode()
    assert not WaitingEntry.objects.waiting().exists()


def test_a_desk_that_another_waits_for_is_not_said_to_be_free(client, member, desk, address):
    """In the minute before it is kept for them."""
    WaitingEntryFactory(telecentre=desk.telecentre, day=TUESDAY)
    page = client.get(address).content.decode()
    assert TAKE_IT not in page
    assert "promis à ceux qui attendent" in page
    assert client.post(address, {"key": "a"}).status_code == 409


def test_who_sits_elsewhere_is_not_offered_a_second_seat(client, member, desk, address):
    BookingFactory(member=member, day=TUESDAY)
    page = client.get(address).content.decode()
    assert TAKE_IT not in page
    assert "Vous avez déjà une place" in page


def test_before_a_closed_desk_one_reads_why(client, member, desk, address):
    ClosureFactory(telecentre=desk.telecentre, desk=desk, day=TUESDAY, reason="peinture fraîche")
    page = client.get(address).content.decode()
    assert TAKE_IT not in page
    assert "peinture fraîche" in page
