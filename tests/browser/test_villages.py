"""Looking for a village and reading its page: with the mouse, the keyboard alone, a phone, and without JavaScript."""

import datetime as dt
import gzip
import re
from collections import Counter

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.factories.members import UserFactory
from tests.factories.villages import (
    CommuneFactory,
    ConnectionFactory,
    FactCheckFactory,
    HousingFactory,
    NearestAmenityFactory,
    SpeedTestFactory,
    TerritoryProjectFactory,
)
from villages.catalogue.village_facts import SERVICES
from villages.committee import partnerships
from villages.distances import journeys
from villages.enums import DwellingKind, FactTopic
from villages.models import Commune, CommuneRent, CommuneSales, Village

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/villages/"


@pytest.fixture(autouse=True)
def network():
    """Fifteen villages of three sizes along one road, a télécentre at its start, the chief town that the map needs."""
    journeys.register_territory_places()
    chief = CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Chef-lieu", latitude=43.65, longitude=0.57)
    for number in range(15):
        commune = CommuneFactory(
            name=f"Village {number:02}",
            latitude=43.65 + number / 20,
            longitude=0.5,
            population=(300, 900, 2500)[number % 3],
            intercommunality=f"CC du Pays {number % 10}",
        )
        partnerships.open_village(
            commune=commune,
            tagline="Une place à arcades.",
            description="Le marché du jeudi.",
            monthly_capacity=number % 3,
            committee=[partnerships.NewSeat(name="Hélène Daubas", role="lead", about="libraire")],
            reviewed_on=dt.date(2026, 11, 9),
        )
    journeys.register_place(kind="telecentre", name="La Poste", latitude=43.65, longitude=0.5, commune=chief)


def entries(page) -> list[str]:
    return [re.sub(r"\s+", " ", text).strip() for text in page.locator(".entry h3 a").all_inner_texts()]


def test_nothing_is_wrong_with_the_list_nor_with_a_village(visit):
    paused, open_to_all = (Village.objects.get(commune__name=f"Village {number}") for number in ("03", "04"))
    partnerships.pause_village(village=paused)
    somebody = visit()
    for query in ("", "?taille=petit&q=village&tri=habitants&interco=x", "?q=%3F&taille=petit&accueil=oui"):
        assert somebody.faults(LIST + query) == [], query
    for village in (paused, open_to_all):
        assert somebody.faults(village.get_absolute_url()) == []


def test_a_tick_shows_its_villages_its_figures_and_its_address_at_once(visit):
    somebody = visit()
    page = somebody.page
    somebody.open(LIST)
    page.get_by_label("Moins de 500 habitants").check()
    expect(page.locator("#combien")).to_have_text("5 villages sur 15")
    assert page.url.endswith("/villages/?taille=petit")
    assert page.title().startswith("5 villages sur 15")
    assert page.locator("#annonce").inner_text() == "5 villages sur 15"
    assert page.locator("#n-taille-grand [aria-hidden]").inner_text() == "+5"
    page.get_by_label("Un village, un code postal").type("Village 0")
    expect(page.locator("#combien")).to_have_text("4 villages sur 15")
    assert entries(page) == ["Village 00", "Village 03", "Village 06", "Village 09"]
    page.get_by_role("link", name="Enlever : Moins de 500 habitants").click()
    expect(page.locator("#combien")).to_have_text("11 villages sur 15")  # ten by name, one by its intercommunality
    assert not page.get_by_label("Moins de 500 habitants").is_checked()


def test_going_back_brings_back_what_was_asked(visit):
    somebody = visit()
    page = somebody.page
    somebody.open(LIST)
    page.get_by_label("Moins de 500 habitants").check()
    expect(page.locator("#combien")).to_have_text("5 villages sur 15")
    page.get_by_label("Peut accueillir une famille").check()
    expect(page.locator("#combien")).to_have_text("Aucun village sur 15")
    page.go_back()
    expect(page.locator("#combien")).to_have_text("5 villages sur 15")
    expect(page.get_by_label("Moins de 500 habitants")).to_be_checked()
    expect(page.get_by_label("Peut accueillir une famille")).not_to_be_checked()
    page.go_back()
    expect(page.locator("#combien")).to_have_text("15 villages sur 15")
    expect(page.get_by_label("Moins de 500 habitants")).not_to_be_checked()
    assert somebody.complaints == []


def test_the_list_and_the_map_light_up_together(visit):
    somebody = visit()
    page = somebody.page
    somebody.open(LIST)
    place = Commune.objects.get(name="Village 02").insee_code
    page.locator(f'.entry[data-place="{place}"]').hover()
    expect(page.locator(f'.map__pin[data-place="{place}"]')).to_have_class(re.compile("is-lit"))
    page.get_by_label("Trier par").select_option("habitants")
    expect(page.locator(".entry h3 a").first).to_have_text("Village 02")
    page.locator(f'.map__pin[data-place="{place}"]').hover()
    expect(page.locator(f'.entry[data-place="{place}"]')).to_have_class(re.compile("is-lit"))


def test_the_keyboard_alone_filters_sorts_turns_the_page_and_opens_a_village(visit):
    somebody = visit()
    page = somebody.page
    somebody.open(LIST)
    page.locator("#q").focus()
    page.keyboard.type("village")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    page.locator("#tri").focus()
    page.keyboard.press("End")
    expect(page.locator("#tri")).to_be_focused()
    expect(page).to_have_url(re.compile(r"tri=fibre"))
    page.get_by_role("link", name="Suivante").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"page=2"))
    expect(page.locator(".entry h3 a")).to_have_count(3)
    page.locator(".entry h3 a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Village \d\d"))


def test_on_a_phone_the_filters_are_a_sheet_that_makes_way(visit):
    somebody = visit(viewport=PHONE)
    page = somebody.page
    somebody.open(LIST)
    box = page.get_by_label("Moins de 500 habitants")
    expect(box).not_to_be_visible()
    page.get_by_role("button", name="Mes critères").click()
    box.check()
    expect(page.locator("#combien")).to_have_text("5 villages sur 15")
    assert somebody.axe() == []
    page.get_by_role("button", name="Voir les villages").click()
    expect(box).not_to_be_visible()
    expect(page.locator("#ouvrir-criteres")).to_be_focused()
    expect(page.locator("#ouvrir-criteres")).to_have_text(re.compile(r"\(1\)"))


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_without_javascript_nothing_is_missing(visit, viewport):
    somebody = visit(viewport=viewport, javascript=False)
    page = somebody.page
    somebody.open(LIST)
    if viewport is PHONE:
        page.get_by_role("button", name="Mes critères").click()
    page.get_by_label("Moins de 500 habitants").check()
    page.get_by_role("button", name="Voir les villages").click()
    expect(page.locator("#combien")).to_have_text("5 villages sur 15")
    page.get_by_label("Trier par").select_option("telecentre")
    somebody.arrive(page.get_by_role("button", name="Trier").click)
    expect(page.locator("#combien")).to_have_text("5 villages sur 15")
    assert {"taille=petit", "tri=telecentre"} <= set(page.url.partition("?")[2].split("&"))
    page.get_by_label("Un village, un code postal").fill("Village 03")
    somebody.arrive(page.get_by_role("button", name="Chercher").click)
    assert entries(page) == ["Village 03"]
    page.locator(".entry h3 a").click()
    expect(page.get_by_role("heading", name="Ce qui manque ici")).to_be_visible()


def test_somebody_signed_in_finds_the_same(visit):
    somebody = visit(UserFactory())
    somebody.open(LIST)
    assert len(entries(somebody.page)) == 12
    assert somebody.axe() == []


def test_the_first_view_of_the_list_is_light(visit):
    """As it travels, compressed; with everything that the browser asks for before anybody scrolls."""
    somebody = visit()
    answers = []
    somebody.page.on("response", lambda answer: answers.append(answer))
    somebody.open(LIST)
    somebody.page.wait_for_load_state("networkidle")
    assert len(entries(somebody.page)) == 12
    weights = Counter()
    for answer in answers:
        weights[answer.request.resource_type] += len(gzip.compress(answer.body()))
    assert weights["document"] > 0
    assert 0 < weights["script"] <= 60_000, weights
    assert weights.total() <= 100_000, weights
    assert somebody.strangers == []


@pytest.fixture
def well_known():
    """A village of which everything is known: the longest page there is, but for its description."""
    village = Village.objects.get(commune__name="Village 01")
    other = Village.objects.get(commune__name="Village 02").commune
    ConnectionFactory(commune=village.commune, best_on=dt.date(2026, 6, 30), best_total=495, best_fibre=440, best_4g=55)
    for number, kind in enumerate(SERVICES):
        NearestAmenityFactory(village=village, kind=kind, kilometres=number, commune=other if number else village.commune)
    for price in (420, 560, 610, 700):
        HousingFactory(village=village, price=price)
    for kind in DwellingKind:
        rent = {"euros_per_m2": 7, "lowest": 5, "highest": 9, "is_of_the_area": True, "offers": 12}
        CommuneRent.objects.create(commune=village.commune, kind=kind, **rent)
        sales = {"count": 9, "median_price": 120_000, "median_per_m2": 1300}
        years = {"first_on": dt.date(2024, 1, 1), "last_on": dt.date(2025, 12, 1)}
        CommuneSales.objects.create(commune=village.commune, kind=kind, **sales, **years)
    for topic in FactTopic:
        FactCheckFactory(village=village, topic=topic, note="Le médecin reçoit le mardi et le jeudi.")
    TerritoryProjectFactory.create_batch(2, village=village, text="Dans l’ancienne école, avec six bureaux et une salle commune.")
    SpeedTestFactory(village=village)
    journeys.measure_journeys()
    return village


def test_a_village_is_printed_on_one_page(visit, well_known):
    somebody = visit()
    page = somebody.page
    somebody.open(well_known.get_absolute_url())
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    for heading in ("Ce que vous trouverez", "Ce qui manque ici", "La connexion", "Les services les plus proches"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    for pressed in (page.locator(".keep"), page.locator(".site-menu"), page.locator(".more").first):
        expect(pressed).not_to_be_visible()
