"""Waiting, and what is held: on the pages, and by the link of the letter."""

import datetime as dt

import pytest
from django.urls import reverse

from telecentres.enums import BookingStatus, WaitingStatus
from telecentres.models import WaitingEntry
from telecentres.notifications import HELD_LINKS
from tests.factories.telecentres import (
    BookingFactory,
    DeskFactory,
    WaitingEntryFactory,
)
from tests.telecentres.pages import MY_BOOKINGS, NOW, WEDNESDAY, press, said

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def full(desk):
    return BookingFactory(desk=desk, day=WEDNESDAY)


def what(full, **changes) -> dict:
    return {"kind": full.desk.kind, "start": full.starts_at.isoformat(), "end": full.ends_at.isoformat()} | changes


def test_the_page_that_says_no_offers_to_wait_and_says_how_many_do(client, member, full):
    WaitingEntryFactory(telecentre=full.desk.telecentre, day=WEDNESDAY)
    wish = {"desk": full.desk.pk, "start": full.starts_at.isoformat(), "end": full.ends_at.isoformat(), "key": "a"}
    page = client.post(reverse("telecentres:week", args=["fleurance"]), wish)
    assert "1 personne avant vous" in page.content.decode()
    answer = press(client, "wait", "fleurance", **what(full))
    assert said(answer) == ["Vous attendez : Télécentre de Fleurance, mercredi 25 novembre au matin. Vous êtes 2e sur la liste."]
    assert "Vous êtes 2e sur la liste" in answer.content.decode()


def test_nobody_waits_for_what_is_free(client, member, full):
    DeskFactory(telecentre=full.desk.telecentre)
    answer = press(client, "wait", "fleurance", **what(full))
    assert "réservez-le" in said(answer)[0]
    assert not WaitingEntry.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"kind": "sofa"}, {"start": "demain"}, {"end": "2026-11-20T08:00"}, {"start": "9999-12-31T23:59"}]
)
def test_a_wish_that_is_not_understood_waits_for_nothing(client, member, full, wrong):
    answer = press(client, "wait", "fleurance", **what(full, **wrong))
    assert (answer.status_code, len(said(answer))) == (200, 1)
    assert not WaitingEntry.objects.exists()


def test_leaving_the_line_ends_the_waiting_list_entry(client, member, full):
    entry = WaitingEntryFactory(member=member, telecentre=full.desk.telecentre, day=WEDNESDAY)
    press(client, "leave-line", entry.pk)
    entry.refresh_from_db()
    assert entry.status == WaitingStatus.LEFT


@pytest.fixture
def held(member, desk):
    booking = BookingFactory(member=member, desk=desk, day=WEDNESDAY, held=True, held_until=NOW + dt.timedelta(hours=6))
    WaitingEntryFactory(member=member, telecentre=desk.telecentre, day=WEDNESDAY, status=WaitingStatus.OFFERED, booking=booking)
    return booking


def test_a_held_place_stands_first_and_is_accepted_in_one_press(client, held):
    page = client.get(MY_BOOKINGS).content.decode()
    assert "Accepter la place" in page
    assert "Gardée pour vous jusqu’au mardi 24 novembre à 15" in page
    press(client, "answer", held.pk)
    held.refresh_from_db()
    assert held.status == BookingStatus.CONFIRMED


def test_a_held_place_is_let_go(client, held):
    press(client, "answer", held.pk, decline="1")
    held.refresh_from_db()
    assert held.status == BookingStatus.CANCELLED


def test_a_hold_that_lapsed_is_refused_with_a_sentence(client, held, clock):
    clock.move_to(NOW + dt.timedelta(hours=7))
    answer = press(client, "answer", held.pk)
    assert said(answer)[0].endswith("à 15 h, et ce moment est passé.")


def test_the_link_of_the_letter_shows_and_a_press_accepts(client, held):
    client.logout()
    address = reverse("telecentres:held", args=[HELD_LINKS.sign(held.pk)])
    assert "Une place vous est gardée" in client.get(address).content.decode()
    held.refresh_from_db()
    assert held.status == BookingStatus.HELD  # looking accepts nothing
    assert "Elle est à vous" in client.post(address).content.decode()
    assert "Elle est à vous" in client.post(address).content.decode()
    held.refresh_from_db()
    assert held.status == BookingStatus.CONFIRMED


@pytest.mark.parametrize("token", ["1", "1:forged", "x:y:z"])
def test_a_forged_link_is_no_link(client, token):
    assert client.get(reverse("telecentres:held", args=[token])).status_code == 404


def test_a_held_place_is_seen_in_the_week(client, held):
    page = client.get(reverse("telecentres:week", args=["fleurance"])).content.decode()
    assert "slot--held" in page
    assert "Gardé" in page
