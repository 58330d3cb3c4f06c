"""What every page shares, in a real browser: the bar and its menu, the ring of the focus, errors, the reader's own colours."""

import pytest

from tests.browser.conftest import PHONE

NOTHING_HERE = "/nulle-part/"
SIGN_UP = "/comptes/signup/"
RING = """() => {
  const found = document.activeElement;
  const ringed = [found, found.closest(".village-card"), found.closest(".choice--boxed")].filter(Boolean);
  return [found.outerHTML.slice(0, 80), Math.max(...ringed.map((one) => parseFloat(getComputedStyle(one).outlineWidth)))];
}"""


@pytest.mark.django_db(transaction=True)
def test_nothing_is_wrong_with_a_missing_page(visit):
    assert visit().faults(NOTHING_HERE, status=404) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_on_a_phone_the_menu_opens_and_closes_with_the_keyboard_alone(visit, javascript):
    stranger = visit(viewport=PHONE, javascript=javascript)
    stranger.open(NOTHING_HERE)
    page = stranger.page
    menu = page.locator(".site-menu")
    assert not menu.is_visible()
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    assert menu.get_by_role("link", name="Membres").is_visible()
    page.keyboard.press("Escape")
    assert not menu.is_visible()


@pytest.mark.django_db(transaction=True)
def test_the_bar_says_the_same_page_in_the_other_language(visit):
    stranger = visit()
    stranger.open("/comptes/login/?next=/mon-espace/")
    stranger.arrive(stranger.page.get_by_role("link", name="EN English", exact=True).click)
    assert stranger.page.url == stranger.address + "/en/comptes/login/?next=/mon-espace/"
    assert stranger.page.locator("html").get_attribute("lang") == "en"


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_form_that_comes_back_is_accessible_and_its_summary_leads_to_the_field(visit):
    stranger = visit()
    stranger.open(SIGN_UP)
    stranger.page.get_by_label("Adresse électronique").fill("pas une adresse")
    stranger.arrive(stranger.page.locator("main form .button--main").click)
    assert stranger.faults() == []
    summary = stranger.page.get_by_role("alert")
    summary.get_by_role("link", name="Adresse électronique").click()
    assert stranger.page.evaluate("document.activeElement.matches('input[type=email]') || location.hash === '#id_email'")
    assert stranger.page.get_by_label("Adresse électronique").input_value() == "pas une adresse"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_wherever_the_keyboard_goes_a_ring_shows_it(visit, dark):
    stranger = visit(dark=dark)
    stranger.open(SIGN_UP)
    page = stranger.page
    ringless = []
    for _ in range(24):
        page.keyboard.press("Tab")
        element, width = page.evaluate(RING)
        if not element.startswith("<body") and width < 2:
            ringless.append(element)
    assert ringless == []


@pytest.mark.django_db(transaction=True)
def test_in_the_readers_own_colours_nothing_is_said_by_a_ground_alone(visit):
    """Forced colours take every ground away: the one action and the present language keep an edge."""
    stranger = visit(forced_colors=True)
    stranger.open(SIGN_UP)
    page = stranger.page
    action = page.locator(".button--main").first
    assert action.evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)") >= 2
    present = page.locator(".site-menu__lang [aria-current]")
    assert present.evaluate("one => parseFloat(getComputedStyle(one).outlineWidth)") >= 2
