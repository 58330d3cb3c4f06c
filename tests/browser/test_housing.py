"""« The committee confirms a house »: from the letter's link and from its space; and the pages of the dwellings for anybody."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from outbox.models import Letter
from tests.browser.conftest import DESK, NARROWEST, PHONE
from tests.factories.members import UserFactory
from tests.factories.villages import CommitteeMemberFactory, HousingFactory, VillageFactory
from villages.housing import reminders
from villages.models import Housing, Village

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/logements/"
WAYS = pytest.mark.parametrize("way", ["mouse", "keyboard", "narrow", "no JavaScript"])


def ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


@pytest.fixture
def village() -> Village:
    village = VillageFactory(commune__name="Saint-Clar", slug="saint-clar")
    CommitteeMemberFactory(village=village, lead=True, user=UserFactory(), name="Hélène Daubas", email="helene@example.org")
    return village


@pytest.fixture
def house(village) -> Housing:
    """A house that waits for a word."""
    return HousingFactory(village=village, title="Ferme en pierre", sale=True, confirmed_on=ago(52))


def open_browser(visit, way: str, user=None):
    return visit(user, viewport=NARROWEST if way == "narrow" else DESK, javascript=way != "no JavaScript")


def press(page, way: str, name: str) -> None:
    button = page.get_by_role("button", name=name)
    if way != "keyboard":
        button.click()
        return
    for _ in range(60):  # as somebody without a mouse would: from the top, step by step
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach « {name} »")


@pytest.mark.journey
@WAYS
def test_the_committee_confirms_a_house_from_the_letter(visit, house, way):
    reminders.remind_committees(now=timezone.now())
    link = re.search(r"/logements/\d+/toujours-libre/\S+", Letter.objects.get().text).group()
    somebody = open_browser(visit, way)
    somebody.open(link)
    assert not somebody.overflows()
    press(somebody.page, way, "Oui, toujours libre")
    expect(somebody.page.get_by_role("heading", name="C’est noté")).to_be_visible()
    house.refresh_from_db()
    assert (house.confirmed_on, house.confirmed_by) == (timezone.localdate(), "Hélène Daubas")
    assert somebody.open(link).status == 410
    expect(somebody.page.get_by_role("heading", name="Cette question a sa réponse")).to_be_visible()


@WAYS
def test_the_committee_confirms_a_house_from_its_space(visit, house, way):
    somebody = open_browser(visit, way, house.village.committee.get().user)
    somebody.open("/comite/saint-clar/logements/")
    assert not somebody.overflows()
    expect(somebody.page.get_by_role("heading", name="Un logement attend un mot de vous")).to_be_visible()
    press(somebody.page, way, "Toujours libre Ferme en pierre")
    expect(somebody.page.get_by_text("« Ferme en pierre » est toujours libre")).to_be_visible()
    house.refresh_from_db()
    assert house.confirmed_on == timezone.localdate()
    assert somebody.complaints == []


def test_nothing_is_wrong_with_the_pages(visit, house):
    HousingFactory(village=house.village, confirmed_on=ago(63), title="Longère")
    HousingFactory(village=house.village, audience="qualified", trial=True)
    reminders.remind_committees(now=timezone.now())
    link = re.search(r"/logements/\d+/toujours-libre/\S+", Letter.objects.get().text).group()
    somebody = visit(house.village.committee.get().user)
    for path in (
        f"{LIST}?retires=oui&loyer=cher&autour=nulle-part&tri=prix",
        house.get_absolute_url(),
        link,
        "/comite/saint-clar/logements/",
        "/comite/saint-clar/logements/ajouter/",
        f"/comite/saint-clar/logements/{house.pk}/",
    ):
        assert somebody.faults(path) == [], path


def test_a_choice_shows_its_homes_its_figures_and_its_address_at_once(visit, house):
    HousingFactory.create_batch(3, price=700)
    HousingFactory(price=900)
    somebody = visit()
    page = somebody.page
    somebody.open(LIST)
    page.get_by_label("À louer").check()
    expect(page.locator("#combien")).to_have_text("4 logements")
    page.get_by_label("Loyer, au plus").select_option("800")
    expect(page.locator("#combien")).to_have_text("3 logements")
    expect(page).to_have_url(re.compile(r"/logements/\?type=louer&loyer=800$"))
    assert page.title().startswith("3 logements sur 5")
    page.get_by_label("Lequel").fill("Atlantis")
    page.get_by_label("Lequel").press("Enter")
    expect(page.get_by_text("Aucun village ne s’appelle ainsi")).to_be_visible()
    page.get_by_role("link", name="Enlever : Loyer, au plus").click()
    expect(page.locator("#combien")).to_have_text("4 logements")


def test_without_javascript_and_on_a_phone_nothing_is_missing(visit, house):
    HousingFactory(price=700)
    somebody = visit(viewport=PHONE, javascript=False)
    page = somebody.page
    somebody.open(LIST)
    page.get_by_role("button", name="Mes critères").click()
    page.get_by_label("À vendre").check()
    page.get_by_role("button", name="Voir les logements").click()
    expect(page.locator("#combien")).to_have_text("1 logement")
    page.get_by_label("Trier par").select_option("prix")
    somebody.arrive(page.get_by_role("button", name="Trier").click)
    page.get_by_role("link", name="Ferme en pierre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ferme en pierre")
