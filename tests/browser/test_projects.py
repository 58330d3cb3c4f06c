"""The advisers' pages in a real browser: read by axe, walked with the keyboard, narrow and dark."""

import datetime as dt

import pytest
from django.utils import timezone

from projects import links
from projects.activity import events
from projects.enums import Ball, Direction, EventKind, Stage
from projects.models import Event, ProjectFile, Task
from tests.factories.members import UserFactory
from tests.factories.projects import HolderFactory, HouseholdFactory, ProjectFileFactory, TaskFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def claire():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


@pytest.fixture
def file(claire):
    holder = HolderFactory(first_name="Nadia", last_name="Ferrand", phone="+33600000142", lives_in="Lyon")
    file = ProjectFileFactory(holder=holder, adviser=claire, supported=True)
    HouseholdFactory(file=file, adults=2, housing_budget=650)
    TaskFactory(file=file, assignee=claire, due_on=timezone.localdate() - dt.timedelta(days=6))
    TaskFactory(file=file, assignee=claire, title="Oral du comité", due_on=timezone.localdate() + dt.timedelta(days=6))
    call = {"kind": EventKind.CALL, "direction": Direction.IN, "author": claire, "minutes": 12}
    events.log_event(file=file, text="Demande si l’ARCE se cumule avec le prêt d’honneur.", **call)
    return file


def pages(file):
    acts = [f"/admin/projects/projectfile/{file.pk}/{page}/" for page in ("etape", "confier", "noter", "echeance")]
    task = file.tasks.first()
    lists = [f"/admin/projects/{name}/" for name in ("projectfile", "task", "holder", "reminder")]
    others = ["/admin/", "/admin/projects/projectfile/add/", f"/admin/projects/task/{task.pk}/change/"]
    return [file.get_admin_url(), *acts, f"/admin/projects/task/{task.pk}/reporter/", *lists, *others]


def test_nothing_is_wrong_with_the_advisers_pages(visit, claire, file):
    mine = visit(claire)
    for page in pages(file):
        assert mine.faults(page) == [], page


def test_nothing_is_wrong_with_a_form_that_comes_back(visit, claire, file):
    mine = visit(claire)
    mine.open(f"/admin/projects/projectfile/{file.pk}/etape/")
    mine.page.get_by_label("en pause", exact=True).check()
    mine.arrive(mine.page.get_by_role("button", name="Changer d’étape").click)
    assert "Une pause demande le jour où elle finit" in mine.page.inner_text("main")
    assert mine.faults() == []


def test_a_call_is_noted_and_a_task_is_done_with_the_keyboard_alone(visit, claire, file):
    mine = visit(claire)
    mine.open(file.get_admin_url())
    keyboard = mine.page.keyboard
    mine.page.get_by_label("Ce qui s’est dit, ce qui suit").focus()
    keyboard.type("Rappel promis lundi")
    keyboard.press("Tab")
    keyboard.type("Rendez-vous")
    keyboard.press("Tab")
    keyboard.type("le porteur")
    keyboard.press("Tab")
    keyboard.type("25")
    keyboard.press("Enter")
    mine.page.get_by_text("C’est noté dans le fil.").wait_for()
    event = Event.objects.latest("pk")
    assert (event.text, event.kind, event.minutes) == ("Rappel promis lundi", EventKind.MEETING, 25)
    file.refresh_from_db()
    assert (file.ball, file.ball_note) == (Ball.HOLDER, "Rappel promis lundi")
    mine.page.get_by_role("button", name="Fait").first.focus()
    keyboard.press("Enter")
    mine.page.get_by_text("est fait.").wait_for()
    assert Task.objects.filter(done_by=claire).count() == 1


def test_a_file_is_opened_for_somebody_who_is_looked_up(visit, claire):
    HolderFactory(first_name="Élodie", last_name="Castéra")
    mine = visit(claire)
    mine.open("/admin/projects/projectfile/add/")
    mine.page.get_by_role("combobox").first.click()
    mine.page.locator(".select2-search__field").fill("castera")
    mine.page.get_by_role("option", name="Élodie Castéra").click()
    mine.page.locator("#id_title").fill("Lutherie")
    mine.page.locator("#id_origin").select_option("phone")
    mine.page.get_by_role("button", name="Enregistrer", exact=True).click()
    mine.page.get_by_role("link", name="Ouvrir un dossier").wait_for()
    opened = ProjectFile.objects.get()
    assert (str(opened.holder), opened.adviser, opened.stage) == ("Élodie Castéra", claire, Stage.NEW)
    assert mine.complaints == []


def test_without_javascript_the_daily_work_is_done_all_the_same(visit, claire, file):
    mine = visit(claire, javascript=False)
    mine.open(file.get_admin_url())
    mine.page.get_by_label("Ce qui s’est dit, ce qui suit").fill("Rappel promis")
    mine.arrive(mine.page.get_by_role("button", name="Noter").click)
    mine.arrive(mine.page.get_by_role("link", name="Changer d’étape").click)
    mine.page.get_by_label("installé", exact=True).check()
    mine.arrive(mine.page.get_by_role("button", name="Changer d’étape").click)
    file.refresh_from_db()
    assert (file.stage, file.events.count()) == (Stage.SETTLED, 2)


@pytest.mark.journey
def test_a_word_for_the_holder_is_seen_before_it_is_written_as_they_will_see_it(visit, claire, file):
    mine = visit(claire)
    mine.open(file.get_admin_url())
    mine.page.get_by_label("Ce qui s’est dit, ce qui suit").fill("Couple en crise, ne pas presser.")
    mine.page.get_by_label("Qui a la balle").select_option("holder")
    mine.page.get_by_label("Un mot pour le porteur").fill("Envoyez-nous le compromis, sans presser")
    mine.arrive(mine.page.get_by_role("button", name="Noter", exact=True).click)
    shown = mine.page.locator(".preview__page").inner_text()
    assert "Envoyez-nous le compromis" in shown
    assert mine.faults() == []
    mine.arrive(mine.page.get_by_role("button", name="Noter, et lui montrer ceci").click)
    theirs = visit(None)
    theirs.open(links.file_link(file))
    assert theirs.page.locator(".ball").inner_text().startswith(shown)
    assert "crise" not in theirs.page.inner_text("main")
    assert theirs.faults() == []
