"""From many villages to one, and to three side by side: with the mouse, the keyboard alone, at 320 px, and without JavaScript."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, NARROWEST
from tests.factories.villages import CommuneFactory, ConnectionFactory, HousingFactory, NearestAmenityFactory, VillageFactory
from villages.enums import AmenityKind

pytestmark = pytest.mark.django_db(transaction=True)

LIST, COMPARE = "/villages/", "/villages/comparer/"
WAYS = pytest.mark.parametrize(
    ("viewport", "javascript", "keys"),
    [(DESK, True, False), (DESK, True, True), (NARROWEST, True, False), (NARROWEST, False, True)],
)


@pytest.fixture(autouse=True)
def network():
    """Four villages; the first alone has the fibre, a school and something to rent under 800 €."""
    CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Chef-lieu", latitude=43.65, longitude=0.57)
    facts = {"Aignan": (95, 0, 620), "Barran": (95, 0, 1100), "Cologne": (95, 6, 540), "Denguin": (40, 0, 600)}
    for number, (name, (fibre, school_km, rent)) in enumerate(facts.items()):
        commune = CommuneFactory(name=name, latitude=43.7 + number / 10, longitude=0.5)
        village = VillageFactory(commune=commune, slug=name.lower())
        ConnectionFactory(commune=commune, premises=100, can_fibre=fibre)
        NearestAmenityFactory(village=village, kilometres=school_km, kind=AmenityKind.PRIMARY_SCHOOL)
        HousingFactory(village=village, price=rent, title=f"Maison à {name}")


def press(page: Page, locator, keys: bool) -> None:
    """With the mouse, or from the keyboard: focus, then Enter on a link or a button, the space bar on a box."""
    if not keys:
        locator.click()
        return
    locator.focus()
    page.keyboard.press("Space" if locator.get_attribute("type") == "checkbox" else "Enter")


@pytest.mark.journey
@WAYS
def test_filter_to_a_village_with_fibre_a_school_and_a_home_to_rent(visit, viewport, javascript, keys):
    somebody = visit(viewport=viewport, javascript=javascript)
    page = somebody.page
    somebody.open(LIST)
    if viewport is NARROWEST:
        press(page, page.get_by_role("button", name="Mes critères"), keys)
    for box in ("Fibre pour 9 locaux sur 10", "École au village", "À louer jusqu’à 800 €"):
        press(page, page.get_by_label(box), keys)
    if not javascript or viewport is NARROWEST:
        press(page, page.get_by_role("button", name="Voir les villages"), keys)
    expect(page.locator("#combien")).to_have_text("1 village sur 4")
    assert not somebody.overflows()
    press(page, page.get_by_role("link", name="Aignan", exact=True), keys)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aignan")
    expect(page.get_by_role("link", name="Maison à Aignan")).to_be_visible()


@WAYS
def test_compare_three(visit, viewport, javascript, keys):
    somebody = visit(viewport=viewport, javascript=javascript)
    page = somebody.page
    somebody.open(LIST)
    for name in ("Aignan", "Barran", "Cologne"):
        press(page, page.get_by_label(f"Comparer {name}"), keys)
    press(page, page.get_by_role("button", name="Comparer", exact=True), keys)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aignan, Barran ou Cologne")
    expect(page.get_by_role("row").filter(has_text="École élémentaire")).to_contain_text("le plus loin")
    assert not somebody.overflows()
    press(page, page.get_by_role("link", name="Retirer Barran"), keys)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aignan ou Cologne")
    page.get_by_label("Un autre village").fill("dengin")
    press(page, page.get_by_role("button", name="Ajouter"), keys)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aignan, Cologne ou Denguin")


def test_nothing_is_wrong_with_a_comparison_nor_with_a_whole_village_page(visit):
    somebody = visit()
    for path in (f"{COMPARE}?v=aignan&v=barran", f"{LIST}aignan/", COMPARE, f"{LIST}?fibre=90&ecole=village&loyer=800&presque=oui"):
        assert somebody.faults(path) == [], path


def test_after_four_ticks_the_other_boxes_wait(visit):
    VillageFactory(commune__name="Eauze", slug="eauze")
    page = (somebody := visit()).page
    somebody.open(LIST)
    for name in ("Aignan", "Barran", "Cologne", "Denguin"):
        page.get_by_label(f"Comparer {name}").check()
    expect(page.get_by_label("Comparer Eauze")).to_be_disabled()
    page.get_by_label("Comparer Aignan").uncheck()
    expect(page.get_by_label("Comparer Eauze")).to_be_enabled()
