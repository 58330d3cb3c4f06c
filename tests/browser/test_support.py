"""From the first word to the third month, in a real browser and from the keyboard alone: the holder, the adviser, the village."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from outbox.models import Letter
from projects import links
from projects.documents.services import ask_document
from projects.enums import FundingState, IntroductionState, Stage
from projects.introductions.services import send_ready
from projects.models import Introduction, ProjectFile, Scheme, SchemeStep
from tests.browser.conftest import NARROWEST, Visit
from tests.factories.members import UserFactory
from tests.factories.projects import ProjectFileFactory, TaskFactory
from tests.factories.villages import CommitteeMemberFactory, CommuneFactory, VillageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def network(settings):
    settings.STAFF_MFA_REQUIRED = False
    CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Auch")
    for name in ("Saint-Clar", "Lectoure"):
        village = VillageFactory(commune__name=name, slug=name.lower(), monthly_capacity=2)
        CommitteeMemberFactory(village=village, lead=True, name=f"Hélène de {name}", email=f"{name.lower()}@example.org")


@pytest.fixture
def claire():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


def enter(visitor: Visit, locator) -> None:
    """With the keyboard: to the button or the link, then Enter; the page it leads to is read when it is there."""
    locator.focus()
    visitor.arrive(lambda: visitor.page.keyboard.press("Enter"))


def tick(locator) -> None:
    locator.focus()
    locator.page.keyboard.press("Space")


def write(locator, text: str) -> None:
    locator.focus()
    locator.page.keyboard.type(text)


def path_in_letter(to: str, what: str) -> str:
    letter = Letter.objects.filter(to=to, text__contains=what).latest("pk")
    return re.search(rf"{re.escape(settings.SITE_URL)}(/{what}/\S+)", letter.text)[1]


def move(adviser: Visit, file: ProjectFile, stage: str) -> None:
    adviser.open(f"/admin/projects/projectfile/{file.pk}/etape/")
    tick(adviser.page.get_by_label(stage, exact=True))
    enter(adviser, adviser.page.get_by_role("button", name="Changer d’étape"))


@pytest.mark.journey
def test_from_a_new_request_to_the_form_of_the_third_month(visit, claire):
    stranger, adviser = visit(viewport=NARROWEST), visit(claire)

    # A project is laid down.
    assert stranger.faults("/projets/deposer/") == []
    for label, text in (
        ("Prénom", "Nadia"),
        ("Nom", "Ferrand"),
        ("Adresse électronique", "nadia@example.org"),
        ("Ce que vous faites", "Traductrice technique"),
    ):
        write(stranger.page.get_by_label(label, exact=True), text)
    tick(stranger.page.locator("[name=consent]"))
    enter(stranger, stranger.page.get_by_role("button", name="Envoyer mon projet"))
    expect(stranger.page.get_by_role("heading", level=1)).to_contain_text("Merci")
    assert stranger.faults() == []
    file = ProjectFile.objects.get()
    assert file.adviser == claire

    # Its holder says that the address is theirs: before that, no letter speaks of the project.
    assert stranger.faults(path_in_letter("nadia@example.org", "mon-adresse")) == []
    enter(stranger, stranger.page.get_by_role("button", name="Cette adresse est la mienne"))
    assert stranger.faults() == []
    file.holder.refresh_from_db()
    assert file.holder.address_is_confirmed

    # Called, qualified, supported.
    assert adviser.faults("/admin/") == []
    adviser.open(file.get_admin_url())
    write(adviser.page.get_by_label("Ce qui s’est dit, ce qui suit"), "Appelée, tout est clair")
    enter(adviser, adviser.page.get_by_role("button", name="Noter"))
    for stage in ("à qualifier", "accompagné"):
        move(adviser, file, stage)

    # Two villages are chosen; what would be shared is shown, and the holder asked.
    assert adviser.faults(f"/admin/projects/projectfile/{file.pk}/villages/") == []
    for name in ("Saint-Clar", "Lectoure"):
        tick(adviser.page.get_by_label(name, exact=True))
    enter(adviser, adviser.page.get_by_role("button", name="Voir ce qui serait partagé"))
    assert adviser.faults() == []
    enter(adviser, adviser.page.get_by_role("button", name="Demander l’accord par lettre"))
    assert stranger.faults(path_in_letter("nadia@example.org", "accord")) == []
    enter(stranger, stranger.page.get_by_role("button", name="Je suis d’accord"))
    assert stranger.faults() == []

    # One village says yes, without an account; the holder says that they have spoken.
    send_ready(now=timezone.now())
    village = visit(viewport=NARROWEST)
    assert village.faults(path_in_letter("saint-clar@example.org", "mise-en-relation")) == []
    expect(village.page.get_by_text("Ferrand")).to_have_count(0)
    tick(village.page.get_by_label("Oui, volontiers"))
    enter(village, village.page.get_by_role("button", name="Répondre"))
    expect(village.page.get_by_text("nadia@example.org")).to_be_visible()
    assert village.faults() == []
    assert stranger.faults(path_in_letter("nadia@example.org", "prise-de-contact")) == []
    enter(stranger, stranger.page.get_by_role("button", name="Oui, nous nous sommes parlé"))

    # A visit is planned, and the village chosen.
    introduction = Introduction.objects.get(village__slug="saint-clar")
    adviser.open(f"/admin/projects/introduction/{introduction.pk}/visite/")
    adviser.page.locator("[name=at_0]").fill((timezone.localdate() + dt.timedelta(days=9)).isoformat())
    adviser.page.locator("[name=at_1]").fill("14:30")
    assert adviser.faults() == []
    enter(adviser, adviser.page.get_by_role("button", name="L’organiser"))
    for outcome in ("visite faite", "village choisi"):
        adviser.open(f"/admin/projects/introduction/{introduction.pk}/suite/")
        tick(adviser.page.get_by_label(outcome, exact=True))
        enter(adviser, adviser.page.get_by_role("button", name="Noter"))
    introduction.refresh_from_db()
    assert introduction.state == IntroductionState.CHOSEN

    # Money: asked for, and granted.
    scheme = Scheme.objects.create(name="Prêt d’honneur", funder="Initiative Gers", kind="honour_loan")
    SchemeStep.objects.create(scheme=scheme, title="Devis", working_days_before=5)
    adviser.open(f"/admin/projects/projectfile/{file.pk}/financement/")
    adviser.page.get_by_label("Dispositif").select_option("Prêt d’honneur")
    write(adviser.page.get_by_label("Demandé, en euros"), "6000")
    adviser.page.get_by_label("Le comité siège le").fill((timezone.localdate() + dt.timedelta(days=30)).isoformat())
    assert adviser.faults() == []
    enter(adviser, adviser.page.get_by_role("button", name="Enregistrer"))
    line = file.funding_lines.get()
    assert line.tasks.count() == 1
    adviser.open(f"/admin/projects/projectfile/{file.pk}/financement/{line.pk}/")
    adviser.page.get_by_label("État").select_option("accordé")
    write(adviser.page.get_by_label("Accordé, en euros"), "5000")
    enter(adviser, adviser.page.get_by_role("button", name="Enregistrer"))
    line.refresh_from_db()
    assert line.state == FundingState.GRANTED

    # Settled; three months later half a minute is enough.
    move(adviser, file, "installé")
    assert adviser.faults(file.get_admin_url()) == []
    file.refresh_from_db()
    assert (file.stage, file.settled_in) == (Stage.SETTLED, introduction.village)
    asked = file.follow_ups.get(months=3)
    assert stranger.faults(links.news_link(asked)) == []
    tick(stranger.page.get_by_label("oui", exact=True).first)
    enter(stranger, stranger.page.get_by_role("button", name="Envoyer"))
    asked.refresh_from_db()
    assert asked.still_here == "yes"


def test_an_adviser_leaves_and_the_files_are_handed_over(visit, claire):
    lead, sophie = UserFactory(lead=True), UserFactory(adviser=True, first_name="Sophie", last_name="Dupuy")
    files = [ProjectFileFactory(supported=True, adviser=claire, title=f"Projet {n}") for n in range(3)]
    TaskFactory(file=files[0], assignee=claire)
    desk = visit(lead)
    assert desk.faults("/admin/projects/projectfile/transmettre/") == []
    enter(desk, desk.page.get_by_role("link", name="Transmettre Claire Marsan"))
    assert desk.faults() == []
    desk.page.get_by_label("À qui").select_option("Sophie Dupuy")
    enter(desk, desk.page.get_by_role("button", name="Les transmettre"))
    expect(desk.page.get_by_text("3 dossiers sont maintenant chez Sophie Dupuy")).to_be_visible()
    assert ProjectFile.objects.filter(adviser=sophie).count() == 3
    assert desk.faults(f"/admin/projects/projectfile/{files[0].pk}/fiche/") == []


def test_the_morning_is_worked_from_the_keyboard(visit, claire):
    file = ProjectFileFactory(supported=True, adviser=claire)
    tasks = [TaskFactory(file=file, assignee=claire, title=title, due_on=timezone.localdate()) for title in ("Un", "Deux")]
    mine = visit(claire)
    mine.open("/admin/")
    mine.page.keyboard.press("j")
    mine.arrive(lambda: mine.page.keyboard.press("f"))
    tasks[0].refresh_from_db()
    assert tasks[0].done_by == claire
    mine.page.keyboard.press("j")
    mine.page.keyboard.press("r")
    enter(mine, mine.page.get_by_role("button", name="à demain"))
    tasks[1].refresh_from_db()
    assert tasks[1].postponed == 1
    assert mine.complaints == []


@pytest.mark.parametrize("page", ["chiffres/", "../hold/semaine/", "../rulesetting/", "../scheme/", "../introduction/"])
def test_nothing_is_wrong_with_the_other_pages_of_the_desk(visit, claire, page):
    ProjectFileFactory(supported=True, adviser=claire)
    assert visit(claire).faults(f"/admin/projects/projectfile/{page}") == []


def test_nothing_is_wrong_with_the_holders_own_page(visit, claire):
    file = ProjectFileFactory(supported=True, adviser=claire)
    ask_document(file=file, label="Deux devis", by=claire)
    assert visit(viewport=NARROWEST).faults(links.file_link(file)) == []
