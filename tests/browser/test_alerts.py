"""Keeping villages and asking for their news, to the letter and out again: with and without JavaScript."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from outbox.delivery import deliver_due
from tests.factories.members import UserFactory
from tests.factories.villages import CommuneFactory, SavedSearchFactory, VillageFactory
from villages.alerts import services
from villages.alerts.services import token_of
from villages.distances import journeys
from villages.favourites.services import take_over_villages
from villages.models import Favourite, SavedSearch

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/alertes/nouvelle/?of=villages&taille=petit&q=village"


@pytest.fixture(autouse=True)
def villages():
    cache.clear()
    journeys.register_territory_places()
    CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Chef-lieu", latitude=43.65, longitude=0.57)
    return [
        VillageFactory(commune__name=f"Village {number:02}", commune__population=300, tagline="Une place.") for number in range(5)
    ]


def path_of_the_letter() -> str:
    """Letters leave at once here, and their rows then keep no link."""
    return re.search(rf"{settings.SITE_URL}(/alertes/[\w-]+/)", mail.outbox[-1].body).group(1)


def test_nothing_is_wrong_with_the_pages(visit, villages):
    waiting, running = SavedSearchFactory(query="taille=petit"), SavedSearchFactory()
    services.confirm_search(token=token_of(running), now=timezone.now())
    user = UserFactory()
    take_over_villages(user=user, slugs=[village.slug for village in villages])
    visitor, owner = visit(), visit(user)
    seen = [
        (owner, "/villages/favoris/"),
        (owner, villages[0].get_absolute_url()),
        (visitor, "/villages/favoris/"),
        (visitor, f"/villages/{villages[0].slug}/garder/?keep=1"),
        (visitor, NEW),
        (visitor, "/alertes/demandee/"),
        (visitor, f"/alertes/{token_of(waiting)}/"),
        (visitor, f"/alertes/{token_of(running)}/"),
        (visitor, f"/alertes/{token_of(running)}/fin/"),
    ]
    for somebody, path in seen:
        assert somebody.faults(path) == [], path


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_search_to_the_letter_to_the_yes_to_the_end(visit, javascript):
    somebody = visit(javascript=javascript)
    page = somebody.page
    somebody.open(NEW)
    expect(page.locator(".asked")).to_contain_text("Moins de 500 habitants")
    page.get_by_role("button", name="Écrivez-moi").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Adresse électronique").fill("camille@example.org")
    page.get_by_label("Au plus une fois par jour").check()
    page.get_by_role("button", name="Écrivez-moi").click()
    expect(page.locator(".kept")).to_contain_text("Regardez dans votre boîte")
    somebody.open(path_of_the_letter())
    assert SavedSearch.objects.get().confirmed_at is None
    expect(page.get_by_label("Au plus une fois par jour")).to_be_checked()
    page.get_by_role("button", name="Oui, écrivez-moi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre alerte")
    search = SavedSearch.objects.get()
    assert search.confirmed_at
    assert (search.rhythm, search.query) == ("daily", "q=village&taille=petit")
    VillageFactory(commune__name="Village neuf", commune__population=200)
    services.find_news(now=search.next_at)
    deliver_due(now=search.next_at)
    assert "Village neuf" in mail.outbox[-1].body
    somebody.open(path_of_the_letter() + "fin/")
    page.get_by_role("button", name="L’arrêter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("L’alerte est arrêtée")
    assert not SavedSearch.objects.exists()
    assert somebody.open(path_of_the_letter()).status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne marche plus")
    if javascript:  # axe is a script
        assert somebody.axe() == []


def test_one_press_keeps_a_village_and_the_same_button_lets_it_go(visit, villages):
    somebody = visit()
    page = somebody.page
    somebody.open(villages[0].get_absolute_url())
    assert somebody.context.cookies() == []
    page.locator(".keep__press").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".keep__press")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".keep__press")).to_be_focused()
    assert {cookie["name"] for cookie in somebody.context.cookies()} == {"csrftoken", "favoris"}
    assert somebody.axe() == []
    page.get_by_role("link", name="Mes villages gardés").click()
    expect(page.get_by_role("heading", level=3)).to_have_text("Village 00")
    page.go_back()
    page.reload()
    page.locator(".keep__press").click()
    expect(page.locator(".keep__press")).to_have_attribute("aria-pressed", "false")
    assert {cookie["name"] for cookie in somebody.context.cookies()} == {"csrftoken"}
    assert somebody.complaints == []


def test_without_javascript_a_small_page_asks_once_more(visit, villages):
    somebody = visit(javascript=False)
    page = somebody.page
    for village in villages[:2]:
        somebody.open(village.get_absolute_url())
        somebody.arrive(page.locator(".keep__press").click)
        page.get_by_role("button", name="Garder ce village").click()
        expect(page.locator(".keep__press")).to_have_attribute("aria-pressed", "true")
        assert page.url.endswith(village.get_absolute_url())
    somebody.open("/villages/favoris/")
    expect(page.get_by_role("heading", level=3)).to_have_text(["Village 00", "Village 01"])
    page.get_by_role("button", name=re.compile("L’enlever.*Village 00")).click()
    expect(page.get_by_role("heading", level=3)).to_have_text(["Village 01"])


def test_somebody_signed_in_keeps_in_the_same_press(visit, villages):
    user = UserFactory()
    somebody = visit(user)
    somebody.open(villages[2].get_absolute_url())
    somebody.page.locator(".keep__press").click()
    expect(somebody.page.locator(".keep__press")).to_have_attribute("aria-pressed", "true")
    assert Favourite.objects.get(user=user).village == villages[2]
