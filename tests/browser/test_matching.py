"""« Quel village pour vous ? »: answered with the mouse, the keyboard alone, on the narrowest phone, and without JavaScript."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.conftest import DESK, NARROWEST, PHONE
from tests.factories.members import UserFactory
from tests.factories.projects import HolderFactory, ProjectFileFactory
from tests.factories.villages import CommuneFactory, ConnectionFactory, HousingFactory, NearestAmenityFactory, VillageFactory

pytestmark = pytest.mark.django_db(transaction=True)

FIND, MATCHES = "/villages/trouver/", "/villages/trouver/resultats/"
ANSWERS = "?connexion=toujours&elementaire=1&logement=louer&budget=650&voeu1=logement"
LIST_OF_VILLAGES = ".match h2 a"


@pytest.fixture(autouse=True)
def network():
    """One village that suits, one that is too dear, one of which nobody knows the line."""
    CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Chef-lieu")
    for name, fibre, price in (("Cologne", 480, 900), ("Saramon", None, 640), ("Saint-Clar", 480, 620)):
        village = VillageFactory(commune__name=name)
        if fibre:
            ConnectionFactory(commune=village.commune, can_fibre=fibre)
        NearestAmenityFactory(village=village)
        HousingFactory(village=village, price=price)


def expect_the_answer(page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Deux villages vous iraient")
    expect(page.locator(LIST_OF_VILLAGES)).to_have_text(["Saint-Clar", "Saramon"])
    expect(page.get_by_role("heading", name="On ne sait pas encore").first).to_be_visible()
    expect(page.locator(".setbacks")).to_contain_text("1 n’a que des logements au-dessus de votre budget")
    assert page.url.endswith(MATCHES + ANSWERS)


def test_nothing_is_wrong_with_the_questions_nor_with_their_answers(visit):
    somebody = visit()
    for path in (FIND, MATCHES + "?budget=cher&voeu1=taille&voeu2=taille", MATCHES + ANSWERS):
        assert somebody.faults(path) == [], path


@pytest.mark.parametrize("viewport", [DESK, NARROWEST], ids=["desk", "narrowest"])
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_one_answers_the_questions_corrects_an_answer_and_reads_the_reasons(visit, viewport, javascript):
    somebody = visit(viewport=viewport, javascript=javascript)
    page = somebody.page
    somebody.open("/villages/")
    page.get_by_role("link", name="Répondez à quelques questions").click()
    page.get_by_label("À l’école élémentaire").fill("1")
    page.get_by_text("Louer", exact=True).click()
    page.get_by_label("Votre budget, en euros").fill("six cents")
    page.get_by_label("D’abord", exact=True).select_option("Le logement")
    if javascript:
        expect(page.locator(".progress__sum")).to_have_text(re.compile("3 sur 5"))
    page.get_by_role("button", name="Voir mes villages").click()
    expect(page.get_by_role("alert")).to_contain_text("Deux réponses sont à revoir")
    expect(page.locator(".progress__sum")).to_have_text(re.compile("3 sur 5"))
    assert page.get_by_label("Votre budget, en euros").input_value() == "six cents"
    assert page.get_by_label("À l’école élémentaire").input_value() == "1"
    page.get_by_text("Visios et gros fichiers, toute la journée").click()
    page.get_by_label("Votre budget, en euros").fill("650")
    page.get_by_role("button", name="Voir mes villages").click()
    expect_the_answer(page)
    page.get_by_role("link", name="Les revoir quand même").click()
    expect(page.locator(LIST_OF_VILLAGES)).to_have_text(["Cologne"])
    page.get_by_role("link", name="Changer mes réponses").click()
    expect(page.get_by_label("Louer")).to_be_checked()
    assert page.get_by_label("Votre budget, en euros").input_value() == "650"
    expect(page.get_by_role("button", name="Imprimer")).to_have_count(0)


def test_the_keyboard_alone_answers_and_opens_the_first_village(visit):
    somebody = visit()
    page = somebody.page
    somebody.open(FIND)

    def tab_to(locator) -> None:
        for _ in range(60):
            if locator.evaluate("one => one === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {locator}")

    tab_to(page.locator("[name=connexion][value=toujours]"))
    page.keyboard.press("Space")
    tab_to(page.get_by_label("À l’école élémentaire"))
    page.keyboard.type("1")
    tab_to(page.locator("[name=logement][value=louer]"))
    page.keyboard.press("Space")
    tab_to(page.get_by_label("Votre budget, en euros"))
    page.keyboard.type("650")
    tab_to(page.get_by_label("D’abord", exact=True))
    page.keyboard.type("Le log")
    tab_to(page.get_by_role("button", name="Voir mes villages"))
    page.keyboard.press("Enter")
    expect_the_answer(page)
    tab_to(page.locator(LIST_OF_VILLAGES).first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Saint-Clar")


def test_the_holder_of_a_file_joins_the_answers_to_it(visit):
    file = ProjectFileFactory(holder=HolderFactory(user=UserFactory()))
    somebody = visit(file.holder.user, viewport=PHONE)
    somebody.open(MATCHES + ANSWERS)
    somebody.page.get_by_role("button", name="Joindre ces réponses à mon dossier").click()
    expect(somebody.page.locator(".messages")).to_contain_text(f"Vos réponses sont dans votre dossier {file.reference}")
    expect(somebody.page.locator(".kept")).to_be_visible()
    assert somebody.axe() == []
    assert file.events.count() == 1


def test_on_paper_the_reasons_stay_and_what_one_presses_goes(visit):
    somebody = visit()
    page = somebody.page
    somebody.open(MATCHES + ANSWERS)
    expect(page.get_by_role("button", name="Imprimer, avec les raisons")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="On ne sait pas encore").first).to_be_visible()
    expect(page.get_by_role("heading", name="Ce que vous avez dit")).to_be_visible()
    expect(page.get_by_role("link", name="Comparer les deux")).not_to_be_visible()
    expect(page.locator(".match__picture")).not_to_be_visible()
