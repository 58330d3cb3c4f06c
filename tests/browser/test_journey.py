"""A stranger walks in; a member books a desk in three presses. With the mouse, by keyboard, without JavaScript, on a phone."""

import pytest
from django.conf import settings
from django.urls import reverse

from members.enums import Visibility
from telecentres.models import Booking
from telecentres.places.services import register_as_place
from tests.browser.conftest import DESK, NARROWEST
from tests.factories.members import PASSWORD, MemberFactory
from tests.factories.telecentres import DeskFactory, RateFactory, TelecentreFactory
from villages.committee.partnerships import open_village
from villages.distances.journeys import register_territory_places
from villages.models import Commune
from villages.opendata.communes import import_communes

pytestmark = pytest.mark.django_db(transaction=True)

VILLAGES = ("32249", "32370", "32433")  # of the real communes: the pages need their names, places and neighbours


@pytest.fixture
def network():
    """The communes, three villages, a télécentre with three desks, a member who is shown. Returns the télécentre."""
    import_communes(path=settings.TERRITORY.communes_file)
    register_territory_places()
    for commune in Commune.objects.filter(insee_code__in=VILLAGES):
        open_village(commune=commune, tagline="Un village sur sa colline.", description="On y vit.", monthly_capacity=2)
    place = TelecentreFactory(commune=Commune.objects.get(insee_code="32132"), name="Télécentre de Fleurance", every_day=True)
    DeskFactory.create_batch(3, telecentre=place)
    RateFactory(telecentre=place)
    register_as_place(telecentre=place)
    MemberFactory(shown=True, user__first_name="Inès", user__last_name="Lacaze", commune=place.commune)
    return place


def public_pages(place):
    return [
        reverse("home"),
        reverse("villages:village", args=["saint-clar"]),  # with the free desks of the télécentre beside it
        reverse("telecentres:telecentres"),
        place.get_absolute_url(),
        reverse("telecentres:week", args=[place.slug]),
        reverse("account_login"),
    ]


@pytest.mark.journey
def test_nothing_is_wrong_with_the_public_pages(visit, network):
    person = visit()
    for path in public_pages(network):
        assert person.faults(path) == [], path


def test_nothing_is_wrong_with_a_member_s_own_pages(visit, network):
    person = visit(MemberFactory(shown=True, commune=network.commune).user)
    for name in ("my-space", "telecentres:my-bookings"):
        assert person.faults(reverse(name)) == [], name


@pytest.mark.journey
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_stranger_finds_a_village_then_signs_in_and_books_a_desk(visit, network, javascript):
    member = MemberFactory(commune=network.commune)
    person = visit(javascript=javascript)
    page = person.page
    person.open("/")
    page.get_by_label("Où voulez-vous vivre et travailler").fill("saint clar")
    person.arrive(page.get_by_role("button", name="Chercher").click)
    person.arrive(page.get_by_role("link", name="Saint-Clar").first.click)
    person.arrive(page.get_by_role("link", name="Télécentre de Fleurance").click)
    person.arrive(page.get_by_role("link", name="Réserver un poste").first.click)
    person.arrive(page.get_by_role("button", name="Libre").first.click)
    page.get_by_label("Adresse", exact=False).fill(member.user.email)
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    person.arrive(page.get_by_role("button", name="Se connecter", exact=True).click)
    person.arrive(page.get_by_role("button", name="Libre").first.click)
    assert page.get_by_role("heading", name="Mes réservations").is_visible()
    assert Booking.objects.live().filter(member=member).count() == 1
    assert person.complaints == []


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
@pytest.mark.parametrize("viewport", [DESK, NARROWEST], ids=["desk", "narrowest"])
def test_a_member_books_in_three_presses_from_the_home_page(visit, network, viewport, javascript):
    member = MemberFactory(commune=network.commune, level=Visibility.NOBODY)
    person = visit(member.user, viewport=viewport, javascript=javascript)
    person.open("/")
    page = person.page
    person.arrive(page.get_by_role("list", name="Les télécentres").get_by_role("link", name="Fleurance").click)
    person.arrive(page.get_by_role("link", name="Réserver un poste").first.click)
    person.arrive(page.get_by_role("button", name="libre").locator("visible=true").first.click)
    assert Booking.objects.live().filter(member=member).count() == 1


def test_the_same_by_keyboard_alone(visit, network):
    member = MemberFactory(commune=network.commune)
    person = visit(member.user)
    person.open("/")
    press_on(person.page, "Fleurance")
    press_on(person.page, "Réserver un poste")
    press_on(person.page, "Libre")
    assert Booking.objects.live().filter(member=member).count() == 1


def press_on(page, name: str) -> None:
    """Tab until what is focused bears this name, then Enter."""
    for _ in range(200):
        page.keyboard.press("Tab")
        label = page.evaluate("(document.activeElement.ariaLabel || document.activeElement.innerText || '')")
        if name in label:
            break
    else:
        raise AssertionError(f"« {name} » is never reached with Tab on {page.url}")
    with page.expect_navigation():
        page.keyboard.press("Enter")
