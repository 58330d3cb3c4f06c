"""Ending a saved search: one press, from any letter."""

import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from outbox import delivery
from outbox.enums import LetterState
from tests.factories.villages import VillageFactory
from tests.test_access import named_addresses
from tests.villages.alerts.searches import DAY, MONDAY, ask, confirmed, find, letters, path_in
from villages import tasks
from villages.alerts import services
from villages.alerts.services import token_of
from villages.models import SavedSearch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_before():
    cache.clear()


def test_a_mail_program_ends_it_in_one_press_without_cookies_or_token_of_a_page():
    """RFC 8058: POST of List-Unsubscribe=One-Click to the address in the letter's head, answered without a redirect."""
    search = confirmed()
    VillageFactory()
    find(MONDAY + DAY)
    (letter,) = letters()
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(rf"<{settings.SITE_URL}(.+)>", letter.headers["List-Unsubscribe"]).group(1)
    mail_program = Client(enforce_csrf_checks=True)
    assert mail_program.get(address).status_code == 200
    assert SavedSearch.objects.filter(pk=search.pk).exists()
    for _ in range(2):
        response = mail_program.post(address, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert "L’alerte est arrêtée" in response.content.decode()
    assert not response.cookies
    assert not mail_program.cookies
    assert not SavedSearch.objects.exists()


def test_every_letter_can_be_used_to_end_the_alert(client):
    ask()
    (letter,) = letters()
    token = path_in(letter).split("/")[-2]
    assert letter.headers["List-Unsubscribe"] == f"<{settings.SITE_URL}/alertes/{token}/fin/>"


def test_that_view_alone_goes_without_the_token_of_a_page():
    resolver = get_resolver()
    exempt = [
        name
        for name in named_addresses()
        if name.startswith("villages:")
        and any(getattr(pattern.callback, "csrf_exempt", False) for pattern in patterns_named(resolver, name.partition(":")[2]))
    ]
    assert exempt == ["villages:end-search"]


def patterns_named(resolver, name):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from patterns_named(pattern, name)
        elif pattern.name == name:
            yield pattern


def test_a_letter_that_has_not_left_when_the_alert_ends_does_not_leave():
    search = confirmed()
    VillageFactory()
    find(MONDAY + DAY)
    services.end_search(token=token_of(search))
    delivery.deliver_due(now=MONDAY + DAY)
    (letter,) = letters()
    assert (letter.state, letter.text, letter.headers) == (LetterState.DROPPED, "", {})


def test_an_alert_that_ends_leaves_its_owners_address_nowhere(client):
    """« Votre adresse et votre recherche sont effacées immédiatement »: also from the letters that were sent."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        for email in ("camille@example.org", "other@example.org"):
            ask(client, email=email)
        for letter in letters():
            client.post(path_in(letter), {"rhythm": "daily", "confirm": "1"})
        ended = path_in(letters()[0])
        delivery.deliver_due(now=timezone.now())
        VillageFactory()
        clock.shift(DAY)
        tasks.send_news()
        assert "sont effacées" in client.get(f"{ended}fin/").text
        assert "sont effacées" in client.post(f"{ended}fin/").text
        delivery.deliver_due(now=timezone.now())
    assert [letter.state for letter in letters()] == [LetterState.SENT, LetterState.SENT, LetterState.DROPPED, LetterState.SENT]
    assert [letter.to for letter in letters()] == ["", "other@example.org", "", "other@example.org"]


def test_whoever_does_nothing_is_forgotten_by_the_day_that_the_letter_names():
    """« rien ne suit, et l’adresse est effacée après 7 jours »: of the outbox too, whether the letter left or not."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        ask()
        assert "l’adresse est effacée après 7 jours" in re.sub(r"\s+", " ", letters()[0].text)
        delivery.deliver_due(now=timezone.now())
        ask(email="out-of-reach@example.org")
        for _hour in range(7 * 24):
            clock.shift(dt.timedelta(hours=1))
            tasks.send_news()
    assert not SavedSearch.objects.exists()
    assert [(letter.to, letter.text) for letter in letters()] == [("", "")] * 2


def test_ended_and_asked_for_again_it_has_another_link():
    ask()
    old = path_in(letters()[0])
    services.end_search(token=old.split("/")[-2])
    ask(rhythm="weekly")
    assert path_in(letters()[1]) != old
    assert Client().get(old).status_code == 404


def test_what_nobody_confirms_within_seven_days_is_erased():
    with time_machine.travel(MONDAY, tick=False) as clock:
        ask()
        running = confirmed()
        clock.shift(7 * DAY - dt.timedelta(seconds=1))
        tasks.send_news()
        assert SavedSearch.objects.count() == 2
        clock.shift(1)
        tasks.send_news()
    assert SavedSearch.objects.get() == running
