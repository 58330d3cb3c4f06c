"""The lists of files and tasks: their order, filters and search."""

import datetime as dt

import pytest
from django.utils import timezone

from projects.activity import events
from projects.enums import Direction, EventKind, Stage
from tests.factories.projects import (
    HolderFactory,
    ProjectFileFactory,
    TaskFactory,
)
from tests.projects.admin.pages import FILES, HOLDERS, TASKS, in_days, rows, texts, today

pytestmark = pytest.mark.django_db


def test_ones_own_open_files_come_first_then_the_newest(desk, claire):
    days = [timezone.now() - dt.timedelta(days=n) for n in range(5)]
    newest, mine_closed, of_sophie = ProjectFileFactory(opened_at=days[0]), None, ProjectFileFactory(opened_at=days[2])
    mine_closed = ProjectFileFactory(opened_at=days[1], adviser=claire, closed=True)
    mine_old, mine_new = (ProjectFileFactory(opened_at=day, adviser=claire) for day in (days[4], days[3]))
    assert rows(desk.get(FILES)) == [file.pk for file in (mine_new, mine_old, newest, mine_closed, of_sophie)]


@pytest.fixture
def files(claire, sophie):
    """One file a situation, by its name."""
    files = {
        "mine": ProjectFileFactory(adviser=claire, supported=True, origin="fair"),
        "hers": ProjectFileFactory(adviser=sophie, deputy=claire, settling_track="visiting"),
        "nobody's": ProjectFileFactory(),
        "closed": ProjectFileFactory(closed=True, adviser=sophie),
        "late": ProjectFileFactory(adviser=sophie, supported=True),
    }
    TaskFactory(file=files["late"], assignee=sophie, due_on=in_days(-1))
    TaskFactory(file=files["mine"], assignee=claire, due_on=in_days(-1), done=True)
    TaskFactory(file=files["hers"], assignee=sophie, due_on=today())
    TaskFactory(file=files["closed"], assignee=sophie, due_on=in_days(-1))
    return files


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("adviser=mine", {"mine"}),
        ("adviser=deputy", {"hers"}),
        ("adviser=team", {"hers", "closed", "late"}),
        ("adviser=unassigned", {"nobody's"}),
        ("stage=open", {"mine", "hers", "nobody's", "late"}),
        ("stage=closed", {"closed"}),
        ("origin__exact=fair", {"mine"}),
        ("settling_track__exact=visiting", {"hers"}),
        ("late=yes", {"late"}),
        ("adviser=team&stage=open", {"hers", "late"}),
        ("adviser=nonsense&stage=nonsense&late=nonsense", {"mine", "hers", "nobody's", "closed", "late"}),
    ],
)
def test_the_files_are_filtered(desk, files, query, found):
    names = {file.pk: name for name, file in files.items()}
    assert {names[pk] for pk in rows(desk.get(f"{FILES}?{query}"))} == found


def test_the_files_are_filtered_by_colleague(desk, files, sophie):
    assert set(rows(desk.get(f"{FILES}?adviser={sophie.pk}"))) == {files[name].pk for name in ("hers", "closed", "late")}


@pytest.mark.parametrize(
    "words",
    [
        "2026-0142",
        "0142",
        "elodie castera",
        "ÉLODIE",
        "castéra lutherie",
        "elodie@exemple.fr",
        "06 00 00 01 42",
        "0600000142",
        "+33 6 00 00 01 42",
    ],
)
def test_a_file_is_found_by_what_one_remembers(desk, words):
    elodie = HolderFactory(first_name="Élodie", last_name="Castéra", email="elodie@exemple.fr", phone="+33600000142")
    wanted = ProjectFileFactory(reference="2026-0142", holder=elodie, title="Atelier de lutherie")
    ProjectFileFactory(reference="2025-0007", holder__last_name="Rey", title="Graphisme", holder__phone="+33600009999")
    assert rows(desk.get(FILES, {"q": words})) == [wanted.pk]


@pytest.mark.parametrize("words", ["élodie graphisme", "%", "_", "'; --", "x" * 5000, "-", "…"])
def test_a_search_for_the_impossible_finds_nothing_and_breaks_nothing(desk, words):
    ProjectFileFactory(holder__first_name="Élodie", title="Lutherie")
    assert desk.get(FILES, {"q": words}).status_code in (200, 302)


def test_holders_and_tasks_are_found_without_accents_too(desk):
    task = TaskFactory(title="Relire le prévisionnel", file__holder__last_name="Castéra")
    assert rows(desk.get(HOLDERS, {"q": "castera"})) == [task.file.holder_id]
    assert rows(desk.get(TASKS, {"q": "previsionnel relire"})) == [task.pk]
    assert rows(desk.get(TASKS, {"q": "castera"})) == [task.pk]
    assert rows(desk.get(TASKS, {"q": "rien de tel"})) == []


def test_a_row_says_the_next_task_with_its_day_and_the_last_contact(desk, claire):
    file = ProjectFileFactory(adviser=claire, supported=True)
    TaskFactory(file=file, title="Oral du comité", due_on=dt.date(2099, 12, 1))
    TaskFactory(file=file, title="Devis", due_on=dt.date(2020, 11, 24))
    TaskFactory(file=file, title="Déjà fait", due_on=dt.date(2019, 1, 1), done=True)
    events.log_event(
        file=file,
        kind=EventKind.CALL,
        direction=Direction.IN,
        text="…",
        author=claire,
        at=dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC),
    )
    row = texts(desk.get(FILES))
    assert "en retard, 24 nov. 2020 Devis" in row
    assert "1 mars 2026" in row
    assert "Oral" not in row


def test_ones_own_tasks_come_first_and_the_late_ones_are_said_to_be_late(desk, claire, sophie):
    hers = TaskFactory(assignee=sophie, due_on=in_days(-30))
    mine_coming, mine_late = TaskFactory(assignee=claire, due_on=in_days(3)), TaskFactory(assignee=claire, due_on=in_days(-3))
    page = desk.get(TASKS)
    assert rows(page) == [mine_late.pk, mine_coming.pk, hers.pk]
    assert texts(page).count("en retard, ") == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"late", "today", "coming", "hers"}),
        ("when=late", {"late", "hers"}),
        ("when=today", {"today"}),
        ("when=coming", {"coming"}),
        ("when=done", {"done"}),
        ("when=all", {"late", "today", "coming", "done", "asleep", "hers"}),
        ("assignee=mine", {"late", "today", "coming"}),
        ("assignee=team", {"hers"}),
        ("assignee=mine&when=late", {"late"}),
    ],
)
def test_the_tasks_are_filtered(desk, claire, sophie, query, found):
    tasks = {
        "late": TaskFactory(assignee=claire, due_on=in_days(-1)),
        "today": TaskFactory(assignee=claire, due_on=today()),
        "coming": TaskFactory(assignee=claire, due_on=in_days(1)),
        "done": TaskFactory(assignee=claire, due_on=in_days(-1), done=True),
        "asleep": TaskFactory(assignee=claire, due_on=in_days(-1), file__stage=Stage.CLOSED, file__closing_reason="done"),
        "hers": TaskFactory(assignee=sophie, due_on=in_days(-2)),
    }
    names = {task.pk: name for name, task in tasks.items()}
    assert {names[pk] for pk in rows(desk.get(f"{TASKS}?{query}"))} == found
