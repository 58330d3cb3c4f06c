"""What the letter about a place that became free promises: it is kept so long, for nobody else, and then offered on."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox.delivery import deliver_due
from telecentres import tasks
from telecentres.enums import BookingStatus
from telecentres.models import Booking, Closure
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import DeskFactory, TelecentreFactory, half_day

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)  # Thursday, ten in the morning there
MONDAY = dt.date(2026, 11, 30)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def place(clock, settings):
    """One desk, and a host."""
    settings.HOST_MFA_REQUIRED = False
    place = TelecentreFactory(every_day=True, hold_hours=12)
    DeskFactory(telecentre=place)
    place.hosts.add(UserFactory())
    return place


def browser(person) -> Client:
    client = Client()
    client.force_login(getattr(person, "user", person))
    return client


def page(name: str, *args) -> str:
    return reverse(f"telecentres:{name}", args=args)


def book(place, member) -> bool:
    """The press on the week; whether it booked."""
    slot = {"slot": f"{place.desks.get().pk} {MONDAY} morning", "key": f"key-{member.pk}-{timezone.now():%H%M}"}
    browser(member).post(page("week", place.slug), slot)
    return Booking.objects.filter(member=member, status=BookingStatus.CONFIRMED).exists()


def wait(place, member) -> None:
    period = half_day(place, MONDAY)
    wish = {"start": period.lower.isoformat(), "end": period.upper.isoformat(), "kind": "desk"}
    assert browser(member).post(page("wait", place.slug), wish)["Location"] == page("my-bookings")


def letters_to(person) -> list[str]:
    deliver_due(now=timezone.now())
    found = [letter.body for letter in mail.outbox if letter.to == [getattr(person, "user", person).email]]
    return [re.sub(r"\s+", " ", body) for body in found]


def link_in(letter: str) -> str:
    return re.search(r"/places-gardees/[\w:-]+/", letter)[0]


@pytest.fixture
def line(place, clock):
    """Whoever waits, in their order: the desk was taken, they stood in the line, and it was called off."""

    def stand_in_line(*members) -> None:
        sits = MemberFactory()
        assert book(place, sits)
        for member in members:
            wait(place, member)
            clock.shift(MINUTE)
        browser(sits).post(page("cancel", Booking.objects.get(member=sits).pk))
        tasks.keep_lines()

    return stand_in_line


def test_a_place_is_kept_until_the_moment_of_the_letter_and_then_offered_on(place, line, clock):
    first, second, stranger = MemberFactory(), MemberFactory(), MemberFactory()
    line(first, second)
    (letter,) = letters_to(first)
    assert "La place vous est gardée jusqu’au jeudi 26 novembre à 22 h 02." in letter.replace("\u202f", " ")
    clock.move_to(dt.datetime(2026, 11, 26, 21, 1, tzinfo=dt.UTC))  # the last minute
    tasks.keep_lines()
    assert not book(place, stranger)
    assert not book(place, second)
    assert letters_to(second) == []
    assert "Une place vous est gardée" in Client().get(link_in(letter)).text
    clock.shift(MINUTE)
    tasks.keep_lines()
    late = Client().post(link_in(letter))
    assert (late.status_code, "et ce moment est passé" in late.text) == (409, True)
    (offered,) = letters_to(second)
    assert "Elle est à vous" in Client().post(link_in(offered)).text
    assert Booking.objects.get(status=BookingStatus.CONFIRMED).member == second


def test_a_place_that_is_let_go_with_nobody_behind_is_free_for_everybody(place, line, clock):
    first, stranger = MemberFactory(), MemberFactory()
    line(first)
    (letter,) = letters_to(first)
    assert "ou, si personne n’attend, libre pour tous" in letter
    assert not book(place, stranger)
    clock.move_to(dt.datetime(2026, 11, 26, 21, 2, tzinfo=dt.UTC))
    assert book(place, stranger), "before the clock came by, too"
    said = Client().get(link_in(letter)).text
    assert "Elle ne vous est plus gardée" in said


def test_whoever_had_a_place_kept_is_told_when_it_closes_and_waits_again(place, line, clock):
    first = MemberFactory()
    line(first)
    (held,) = letters_to(first)
    facts = {"first": str(MONDAY), "last": "", "stretch": "day", "reason": "l’électricien", "close": "1", "desk": ""}
    browser(place.hosts.get()).post(page("close", place.slug), facts)
    closure = Closure.objects.get()
    told = letters_to(first)[-1]
    assert "la place qui vous était gardée ne pourra pas être occupée à ce moment-là" in told
    assert "l’électricien" in told
    assert "Elle ne vous est plus gardée" in Client().get(link_in(held)).text
    assert "Vous êtes 1er sur la liste." in browser(first).get(page("my-bookings")).text
    clock.shift(MINUTE)
    browser(place.hosts.get()).post(page("reopen", place.slug, closure.pk))
    tasks.keep_lines()
    assert "La place vous est gardée" in letters_to(first)[-1]
