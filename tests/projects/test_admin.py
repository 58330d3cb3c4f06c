"""The advisers' pages: who may, what they cost, what they say to bad input."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.html import escape

from projects.activity import events, to_do
from projects.enums import ClosingReason, Direction, EventKind, Stage
from projects.files import lifecycle
from projects.models import (
    Event,
    Export,
    Hold,
    Holder,
    Household,
    Merge,
    ProjectFile,
    RuleSetting,
    Scheme,
    Task,
    TaskTemplate,
    Transition,
)
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import (
    DocumentFactory,
    EventFactory,
    FundingLineFactory,
    HolderFactory,
    HouseholdFactory,
    IntroductionFactory,
    ProjectFileFactory,
    TaskFactory,
)
from tests.factories.villages import CommitteeMemberFactory

pytestmark = pytest.mark.django_db

NARROW = "\u202f"
FILES, TASKS, HOLDERS, REMINDERS = (f"/admin/projects/{name}/" for name in ("projectfile", "task", "holder", "reminder"))
INTRODUCTIONS, SCHEMES, RULES, HOLDS, TEMPLATES, EXPORTS = (
    f"/admin/projects/{name}/" for name in ("introduction", "scheme", "rulesetting", "hold", "tasktemplate", "export")
)


@pytest.fixture(autouse=True)
def no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def claire():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


@pytest.fixture
def sophie():
    return UserFactory(adviser=True, first_name="Sophie", last_name="Dupuy")


@pytest.fixture
def desk(client, claire):
    """Claire at her desk."""
    client.force_login(claire)
    return client


def today():
    return timezone.localdate()


def in_days(count):
    return today() + dt.timedelta(days=count)


def texts(response):
    """What the page shows, without its markup, and with plain spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def rows(response):
    return [row.pk for row in response.context["cl"].result_list]


# ---- Who may ---------------------------------------------------------------------------------------------------------

PAGES = {  # address: (what a GET answers an adviser, what a POST without a word answers)
    FILES: (200, 200),
    FILES + "add/": (200, 200),
    FILES + "{file}/change/": (200, 200),
    FILES + "{file}/history/": (200, 200),
    FILES + "{file}/delete/": (403, 403),
    FILES + "{file}/etape/": (200, 200),
    FILES + "{file}/confier/": (200, 200),
    FILES + "{file}/noter/": (200, 200),
    FILES + "{file}/echeance/": (200, 200),
    FILES + "{file}/villages/": (200, 422),
    FILES + "{file}/accord/": (200, 409),
    FILES + "{file}/accord/oral/": (302, 302),  # nobody was asked
    FILES + "{file}/besoins/": (200, 422),
    FILES + "{file}/financement/": (200, 200),
    FILES + "{file}/financement/{line}/": (200, 200),
    FILES + "{file}/documents/demander/": (200, 200),
    FILES + "{file}/documents/ajouter/": (200, 200),
    FILES + "{file}/documents/{document}/": (200, 405),
    FILES + "{file}/documents/{document}/enlever/": (200, 302),
    FILES + "{file}/fiche/": (200, 200),
    FILES + "{file}/": (302, 302),
    FILES + "matinee/": (405, 404),
    FILES + "chiffres/": (200, 405),
    FILES + "chiffres.xlsx": (200, 405),
    INTRODUCTIONS: (200, 200),
    INTRODUCTIONS + "add/": (403, 403),
    INTRODUCTIONS + "{introduction}/change/": (200, 302),
    INTRODUCTIONS + "{introduction}/history/": (200, 200),
    INTRODUCTIONS + "{introduction}/delete/": (403, 403),
    INTRODUCTIONS + "{introduction}/reponse/": (200, 200),
    INTRODUCTIONS + "{introduction}/visite/": (200, 200),
    INTRODUCTIONS + "{introduction}/suite/": (200, 200),
    INTRODUCTIONS + "{introduction}/contact/": (405, 302),
    INTRODUCTIONS + "{introduction}/": (302, 302),
    RULES: (200, 200),
    RULES + "add/": (403, 403),
    RULES + "{rule}/change/": (200, "lead only"),
    RULES + "{rule}/history/": (200, 200),
    RULES + "{rule}/delete/": (403, 403),
    RULES + "{rule}/": (302, 302),
    HOLDS: (200, 200),
    HOLDS + "add/": (403, 403),
    HOLDS + "semaine/": (200, 405),
    HOLDS + "retenir/": (405, 404),
    HOLDS + "{hold}/change/": (200, 302),
    HOLDS + "{hold}/history/": (200, 200),
    HOLDS + "{hold}/delete/": (403, 403),
    HOLDS + "{hold}/": (302, 302),
    TEMPLATES: (200, 200),
    TEMPLATES + "add/": (200, 200),
    TEMPLATES + "{template}/change/": (200, 200),
    TEMPLATES + "{template}/history/": (200, 200),
    TEMPLATES + "{template}/delete/": (403, 403),
    TEMPLATES + "{template}/": (302, 302),
    EXPORTS: (200, 200),
    EXPORTS + "add/": (403, 403),
    EXPORTS + "{export}/change/": (200, 302),
    EXPORTS + "{export}/history/": (200, 200),
    EXPORTS + "{export}/delete/": (403, 403),
    EXPORTS + "{export}/": (302, 302),
    SCHEMES: (200, 200),
    SCHEMES + "add/": (200, 200),
    SCHEMES + "{scheme}/change/": (200, 200),
    SCHEMES + "{scheme}/history/": (200, 200),
    SCHEMES + "{scheme}/delete/": (403, 403),
    SCHEMES + "{scheme}/": (302, 302),
    TASKS: (200, 200),
    TASKS + "add/": (403, 403),
    TASKS + "{task}/change/": (200, 200),
    TASKS + "{task}/history/": (200, 200),
    TASKS + "{task}/delete/": (403, 403),
    TASKS + "{task}/fait/": (405, 302),
    TASKS + "{task}/reporter/": (200, 200),
    TASKS + "{task}/": (302, 302),
    HOLDERS: (200, 200),
    HOLDERS + "add/": (200, 200),
    HOLDERS + "{holder}/change/": (200, 200),
    HOLDERS + "{holder}/history/": (200, 200),
    HOLDERS + "{holder}/delete/": (403, 403),
    HOLDERS + "{holder}/": (302, 302),
    HOLDERS + "{holder}/fusionner/{other}/": (200, 302),
    HOLDERS + "{kept}/separer/{merge}/": (405, 302),
    FILES + "transmettre/": ("lead only", "lead only"),
    REMINDERS: (200, 200),
    REMINDERS + "add/": (403, 403),
    REMINDERS + "{reminder}/change/": (200, 403),
    REMINDERS + "{reminder}/history/": (200, 200),
    REMINDERS + "{reminder}/delete/": (403, 403),
    REMINDERS + "{reminder}/": (302, 302),
}


NOTHING_MOVED = {"files": [], "consents": [], "filled": [], "user": None}


def somebody(role):
    match role:
        case "adviser":
            return UserFactory(adviser=True)
        case "lead":
            return UserFactory(lead=True)
        case "administrator":
            return UserFactory(admin=True)
        case "member":
            return MemberFactory().user
        case "committee":
            return CommitteeMemberFactory(user=UserFactory()).user
        case "staff":  # enters the admin for something else
            return UserFactory(is_staff=True)
        case "former adviser":
            return UserFactory(role="advisers", is_staff=False)
        case "visitor":
            return None


@pytest.fixture
def addresses(settings, tmp_path):
    """Every page of the app, on rows that exist."""
    settings.MEDIA_ROOT = tmp_path
    task = TaskFactory()
    services_reminder = task.assignee.reminders.create(rule="task_due", target=f"task:{task.pk}", occurrence="x", letter_key="x")
    facts = {"file": task.file_id, "task": task.pk, "holder": task.file.holder_id, "reminder": services_reminder.pk}
    facts |= {
        "introduction": IntroductionFactory(file=task.file, sent=True).pk,
        "line": FundingLineFactory(file=task.file).pk,
        "document": DocumentFactory(file=task.file, received=True).pk,
        "other": HolderFactory().pk,
        "kept": (
            merge := Merge.objects.create(kept=HolderFactory(), absorbed=HolderFactory(), moved=NOTHING_MOVED, by=task.assignee)
        ).kept_id,
        "merge": merge.pk,
        "template": TaskTemplate.objects.create(stage="new", title="Appel").pk,
        "export": Export.objects.create(what="funder_report", rows=1, by=task.assignee).pk,
        "rule": RuleSetting.objects.create(rule="pause_ends", delays=[7, 10]).pk,
        "hold": Hold.objects.create(rule="document_asked", target="document_asked:1", by=task.assignee).pk,
        "scheme": Scheme.objects.create(name="ACRE", funder="Urssaf", kind="relief").pk,
    }
    return {page: page.format(**facts) for page in PAGES}


def test_the_table_names_every_page_of_the_app():
    def patterns(resolver, prefix=""):
        for pattern in resolver.url_patterns:
            path = prefix + str(pattern.pattern)
            yield from patterns(pattern, path) if hasattr(pattern, "url_patterns") else [path]

    ours = {f"/{path}" for path in patterns(get_resolver()) if path.startswith("admin/projects/")}
    told = {re.sub(r"\{\w+\}", "<pk>", page) for page in PAGES}
    assert {re.sub(r"<(path:object_id|int:\w+)>", "<pk>", path) for path in ours} == told


@pytest.mark.parametrize("role", ["adviser", "lead", "administrator"])
def test_the_team_may_open_every_page(client, addresses, role):
    client.force_login(somebody(role))
    for page, address in addresses.items():
        shown, pressed = client.get(address), client.post(address)
        b"".join(shown)  # read to its end, a file is closed
        expected = PAGES[page]
        expected = tuple((403 if role == "adviser" else 200) if code == "lead only" else code for code in expected)
        assert (shown.status_code, pressed.status_code) == expected, page


@pytest.mark.parametrize("role", ["member", "committee", "staff", "former adviser", "visitor"])
def test_nobody_else_gets_in_and_nothing_changes(client, addresses, role):
    user = somebody(role)
    if user:
        client.force_login(user)
    for address in addresses.values():
        for answer in (client.get(address), client.post(address, {"title": "x", "to": "closed", "closing_reason": "no_news"})):
            assert answer.status_code in (302, 403, 405), (address, answer.status_code)
            if answer.status_code == 302:  # to sign in; to the first page, as if it were not there; to a page that refuses in turn
                assert re.match(r"/comptes/|/admin/login/|/admin/$|/admin/projects/.+/change/$", answer.url), answer.url
    task = Task.objects.get()
    assert (task.done_at, task.file.stage) == (None, Stage.SUPPORTED)


def test_the_index_shows_the_desk_to_advisers_only(client, claire):
    client.force_login(UserFactory(is_staff=True))
    assert "Ma matinée" not in texts(client.get("/admin/"))
    client.force_login(claire)
    assert "Ma matinée" in texts(client.get("/admin/"))


def test_no_page_holds_an_inline_script_or_style(desk, addresses):
    HouseholdFactory(file=ProjectFile.objects.get())
    for page, address in {**addresses, "index": "/admin/"}.items():
        answer = desk.get(address)
        html = b"".join(answer).decode(errors="replace")
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", html), page


# ---- The lists -------------------------------------------------------------------------------------------------------


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


# ---- Opening and correcting ------------------------------------------------------------------------------------------

NO_HOUSEHOLD = {"household-TOTAL_FORMS": "0", "household-INITIAL_FORMS": "0"}
HOUSEHOLD = {
    "household-TOTAL_FORMS": "1",
    "household-INITIAL_FORMS": "0",
    "household-0-adults": "2",
    "household-0-children": "1",
    "household-0-level_college": "1",
    "household-0-seeks": "louer",
    "household-0-housing_budget": "650",
}


@pytest.mark.parametrize("mine", [True, False])
def test_a_file_is_opened_with_its_reference_and_its_household(desk, claire, mine):
    holder = HolderFactory()
    facts = {"holder": holder.pk, "title": "Lutherie", "origin": "fair", **({"mine": "on"} if mine else {}), **HOUSEHOLD}
    answer = desk.post(FILES + "add/", facts)
    file = ProjectFile.objects.get()
    assert (answer.status_code, file.reference) == (302, f"{today().year}-0001")
    assert (file.holder, file.stage, file.origin, file.adviser) == (holder, Stage.NEW, "fair", claire if mine else None)
    assert (file.household.adults, file.household.school_levels, file.household.housing_budget) == (2, ["college"], 650)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Ce champ est obligatoire."),
        ({"title": "x" * 161}, "Assurez-vous que cette valeur comporte au plus 160 caractères"),
        ({"holder": "999999"}, "Sélectionnez un choix valide."),
        ({"holder": "<script>"}, "Sélectionnez un choix valide."),
        ({"holder": "9" * 30}, "Sélectionnez un choix valide."),
        ({"origin": "moon"}, "Sélectionnez un choix valide."),
        ({**HOUSEHOLD, "household-0-adults": "0"}, "Un foyer compte au moins un adulte."),
        ({**HOUSEHOLD, "household-0-level_college": "2"}, "Il y a moins d’enfants ici"),
        ({**HOUSEHOLD, "household-0-level_college": "dix"}, "Saisissez un nombre entier."),
        ({**HOUSEHOLD, "household-0-wish": "31/02/2027"}, "Ni un jour ni un mois"),
        ({**HOUSEHOLD, "household-0-seeks": ""}, "Dites à quoi sert ce budget"),
        ({**HOUSEHOLD, "household-0-seeks": "acheter"}, "en tout"),
        ({**HOUSEHOLD, "household-0-adults": "", "household-0-may_be_more": "on"}, "demande un nombre d’adultes"),
        ({**HOUSEHOLD, "household-0-housing_budget": "beaucoup"}, "Saisissez un nombre."),
    ],
)
def test_a_file_badly_filled_in_is_not_opened_and_what_was_typed_is_kept(desk, wrong, said):
    facts = {
        "holder": HolderFactory().pk,
        "title": "Lutherie d’art",
        "summary": "Cherche un atelier",
        "origin": "web",
        **NO_HOUSEHOLD,
    }
    answer = desk.post(FILES + "add/", facts | wrong)
    assert (answer.status_code, ProjectFile.objects.count()) == (200, 0)
    assert said in texts(answer)
    assert "Cherche un atelier" in texts(answer)


def correct(file, **facts):
    given = {
        "title": file.title,
        "summary": file.summary,
        "origin": file.origin,
        "convention": file.convention,
        "business_track": file.business_track,
        "settling_track": file.settling_track,
    }
    return given | NO_HOUSEHOLD | facts


def test_a_file_is_corrected_without_touching_what_moves_by_itself(desk, claire, sophie):
    file = ProjectFileFactory(adviser=sophie, supported=True)
    desk.post(
        file.get_admin_url(), correct(file, title="Lutherie d’art", settling_track="visiting", stage="closed", adviser=claire.pk)
    )
    file.refresh_from_db()
    assert (file.title, file.settling_track, file.stage, file.adviser) == ("Lutherie d’art", "visiting", Stage.SUPPORTED, sophie)


def test_correcting_a_file_does_not_undo_what_a_colleague_does_meanwhile(desk, claire, monkeypatch):
    file = ProjectFileFactory(adviser=claire, supported=True)
    from projects.admin.files import ProjectFileAdmin

    save = ProjectFileAdmin.save_model

    def meanwhile(self, request, obj, form, change):
        lifecycle.move_file(file=file, to=Stage.SETTLED, by=claire)
        save(self, request, obj, form, change)

    monkeypatch.setattr(ProjectFileAdmin, "save_model", meanwhile)
    desk.post(file.get_admin_url(), correct(file, title="Autre titre"))
    file.refresh_from_db()
    assert (file.title, file.stage) == ("Autre titre", Stage.SETTLED)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"email": "", "phone": ""}, "Il faut une adresse électronique ou un téléphone"),
        ({"email": "pas une adresse"}, "Saisissez une adresse"),
        ({"phone": "12"}, "ne peut être composé"),
        ({"last_name": ""}, "Ce champ est obligatoire."),
    ],
)
def test_a_holder_badly_filled_in_is_not_entered(desk, facts, said):
    given = {"first_name": "Nadia", "last_name": "Ferrand", "email": "nadia@exemple.fr", "phone": "", "lives_in": "Lyon"}
    answer = desk.post(HOLDERS + "add/", given | facts)
    assert (answer.status_code, Holder.objects.count()) == (200, 0)
    assert said in texts(answer)
    assert 'value="Lyon"' in answer.content.decode()


def test_a_holder_is_entered_with_a_telephone_alone(desk):
    desk.post(
        HOLDERS + "add/", {"first_name": "Nadia", "last_name": "Ferrand", "email": "", "phone": "06 00 00 01 42", "lives_in": ""}
    )
    assert Holder.objects.get().phone.as_e164 == "+33600000142"


# ---- The file's page -------------------------------------------------------------------------------------------------


def test_the_page_of_a_file_shows_its_history_newest_first(desk, claire):
    file = ProjectFileFactory(adviser=claire)
    noon = timezone.now() - dt.timedelta(days=3)
    lifecycle.move_file(file=file, to=Stage.TO_QUALIFY, by=claire, now=noon, reason="Premier contact pris")
    EventFactory(file=file, text="Un appel <b>plus ancien</b>", at=noon - dt.timedelta(days=1), minutes=12)
    task = TaskFactory(file=file, title="Envoyer le devis")
    to_do.finish_task(task=task, by=claire, now=noon + dt.timedelta(days=1))
    page = texts(desk.get(file.get_admin_url()))
    words = [
        "Fait : Envoyer le devis",
        "Étape : nouveau → à qualifier",
        "(Premier contact pris)",
        "Appel reçu, 12 min",
        "plus ancien&lt;/b&gt;",
    ]
    assert sorted(words, key=page.index) == words


def test_a_long_history_is_cut_and_can_be_read_whole(desk, claire):
    file = ProjectFileFactory(adviser=claire)
    for number in range(40):
        EventFactory(file=file, text=f"Échange n° {number}.", at=timezone.now() - dt.timedelta(days=number))
    page = desk.get(file.get_admin_url())
    assert "Tout voir (40)" in texts(page)
    assert texts(page).count("Échange n°") == 30
    assert texts(desk.get(file.get_admin_url() + "?fil=tout")).count("Échange n°") == 40


def test_the_page_of_a_file_costs_the_same_for_2_events_and_for_200(desk, claire):
    file = ProjectFileFactory(adviser=claire)
    HouseholdFactory(file=file)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(file.get_admin_url() + "?fil=tout").status_code == 200
        return len(queries)

    def add(count):
        for _ in range(count):
            EventFactory(file=file)
            TaskFactory(file=file)
            TaskFactory(file=file, done=True)

    add(2)
    few = cost()
    add(50)
    assert cost() == few


def test_an_unknown_file_leads_back_to_the_list_or_is_not_found(desk):
    assert desk.get(FILES + "999999/change/").status_code == 302
    for page in ("etape", "confier", "noter", "echeance"):
        assert desk.get(f"{FILES}999999/{page}/").status_code == 404
    assert desk.post(f"{TASKS}999999/fait/").status_code == 404


# ---- Acts ------------------------------------------------------------------------------------------------------------


def act(desk, file, page, **facts):
    return desk.post(f"{FILES}{file.pk}/{page}/", facts, follow=True)


def errors(answer):
    """What stands beside the fields, by the field."""
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


def test_a_file_moves_and_the_page_says_so(desk, claire):
    file = ProjectFileFactory(adviser=claire)
    answer = act(desk, file, "etape", to="to_qualify", reason="Rappelé")
    assert "est maintenant à l’étape « à qualifier »" in texts(answer)
    trace = Transition.objects.get()
    assert (trace.file, trace.to_stage, trace.by, trace.reason) == (file, Stage.TO_QUALIFY, claire, "Rappelé")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "to"),
        ({"to": "settled_on_the_moon"}, "to"),
        ({"to": "new"}, "to"),
        ({"to": "anonymised"}, "to"),
        ({"to": "paused", "reason": "Vend"}, "paused_until"),
        ({"to": "paused", "reason": "Vend", "paused_until": "2020-01-01"}, "paused_until"),
        ({"to": "paused", "reason": "Vend", "paused_until": "2027-02-31"}, "paused_until"),
        ({"to": "paused", "paused_until": "2099-01-01"}, "reason"),
        ({"to": "closed"}, "closing_reason"),
        ({"to": "closed", "closing_reason": "boredom"}, "closing_reason"),
        ({"to": "closed", "closing_reason": "done"}, "closing_reason"),
        ({"to": "settled", "reason": "x" * 201}, "reason"),
    ],
)
def test_a_move_badly_filled_in_says_why_beside_the_field_and_keeps_what_was_typed(desk, claire, facts, field):
    file = ProjectFileFactory(adviser=claire, supported=True)
    answer = act(desk, file, "etape", **({"reason": "Attend la vente"} | facts if field != "reason" else facts))
    assert list(errors(answer)) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    if field != "reason":
        assert escape(facts.get("reason", "Attend la vente")) in answer.content.decode()
    file.refresh_from_db()
    assert (file.stage, Transition.objects.count()) == (Stage.SUPPORTED, 0)


def test_a_move_that_a_colleague_made_first_is_refused_with_a_sentence(desk, claire, monkeypatch):
    file = ProjectFileFactory(adviser=claire, supported=True)
    move = lifecycle.move_file

    def too_late(**facts):
        monkeypatch.setattr(lifecycle, "move_file", move)
        lifecycle.move_file(file=file, to=Stage.CLOSED, by=claire, closing_reason=ClosingReason.GAVE_UP)
        return move(**facts)

    monkeypatch.setattr(lifecycle, "move_file", too_late)
    answer = act(desk, file, "etape", to="settled")
    assert f"ne peut pas passer de «{NARROW}clos{NARROW}» à «{NARROW}installé{NARROW}»" in errors(answer)["to"][0]


def test_an_adviser_takes_a_file_and_gives_none_away(desk, claire, sophie):
    free, hers = ProjectFileFactory(), ProjectFileFactory(adviser=sophie)
    act(desk, free, "confier", adviser=claire.pk, deputy=sophie.pk)
    free.refresh_from_db()
    assert (free.adviser, free.deputy) == (claire, sophie)
    assert "adviser" in errors(act(desk, free, "confier", adviser=sophie.pk))
    assert "est déjà suivi par Sophie Dupuy" in errors(act(desk, hers, "confier", adviser=claire.pk))["__all__"][0]
    hers.refresh_from_db()
    assert hers.adviser == sophie


def test_the_lead_entrusts_a_file_to_anybody_of_the_team(client, claire, sophie):
    client.force_login(UserFactory(lead=True))
    file = ProjectFileFactory(adviser=claire)
    act(client, file, "confier", adviser=sophie.pk)
    file.refresh_from_db()
    assert file.adviser == sophie
    assert "adviser" in errors(act(client, file, "confier", adviser=UserFactory().pk))
    assert "deputy" in errors(act(client, file, "confier", adviser=sophie.pk, deputy=sophie.pk))


@pytest.mark.parametrize(
    ("what", "kind", "direction"),
    [
        ("call-in", EventKind.CALL, Direction.IN),
        ("call-out", EventKind.CALL, Direction.OUT),
        ("mail-in", EventKind.MAIL, Direction.IN),
        ("meeting", EventKind.MEETING, Direction.OUT),
        ("note", EventKind.NOTE, Direction.INTERNAL),
    ],
)
def test_what_was_said_is_noted_in_one_go(desk, claire, what, kind, direction):
    file = ProjectFileFactory(adviser=claire)
    act(desk, file, "noter", text="Rappel promis", what=what, minutes="15")
    event = Event.objects.get()
    assert (event.kind, event.direction, event.text, event.minutes, event.author) == (kind, direction, "Rappel promis", 15, claire)


def test_what_was_said_yesterday_is_noted_for_yesterday(desk, claire):
    file = ProjectFileFactory(adviser=claire)
    act(desk, file, "noter", text="Rappel promis", what="call-in", at_0=in_days(-1).isoformat(), at_1="10:30")
    assert timezone.localtime(Event.objects.get().at).strftime("%d %H:%M") == f"{in_days(-1):%d} 10:30"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 5001}, "text"),
        ({"what": "dream"}, "what"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "-5"}, "minutes"),
        ({"minutes": "many"}, "minutes"),
        ({"minutes": "9" * 30}, "minutes"),
        ({"at_0": "2099-01-01", "at_1": "10:00"}, "at"),
        ({"at_0": "2026-02-31", "at_1": "10:00"}, "at"),
        ({"at_0": "2026-02-28", "at_1": ""}, "at"),
    ],
)
def test_an_event_badly_filled_in_is_not_noted_and_nothing_is_lost(desk, claire, facts, field):
    file = ProjectFileFactory(adviser=claire)
    answer = act(desk, file, "noter", **{"text": "Rappel promis", "what": "call-in", "minutes": ""} | facts)
    assert list(errors(answer)) == [field]
    assert Event.objects.count() == 0
    assert escape(facts.get("text", "Rappel promis")) in answer.content.decode()


def test_a_task_is_added_done_and_put_off(desk, claire, sophie):
    file = ProjectFileFactory(adviser=claire)
    answer = act(desk, file, "echeance", title="Devis", due_on=in_days(3).isoformat(), assignee=sophie.pk)
    assert "Devis" in texts(answer)
    task = Task.objects.get()
    assert (task.due_on, task.assignee, task.created_by) == (in_days(3), sophie, claire)
    desk.post(f"{TASKS}{task.pk}/reporter/", {"to": in_days(9).isoformat()})
    task.refresh_from_db()
    assert (task.due_on, task.postponed) == (in_days(9), 1)
    answer = desk.post(f"{TASKS}{task.pk}/fait/", follow=True)
    task.refresh_from_db()
    assert (task.done_by, answer.redirect_chain[-1][0]) == (claire, file.get_admin_url())


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "2027-02-31"}, "due_on"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"assignee": ""}, "assignee"),
        ({"assignee": "999999"}, "assignee"),
    ],
)
def test_a_task_badly_filled_in_is_not_added(desk, claire, facts, field):
    file = ProjectFileFactory(adviser=claire)
    given = {"title": "Devis du luthier", "due_on": in_days(3).isoformat(), "assignee": claire.pk}
    answer = act(desk, file, "echeance", **given | facts)
    assert (list(errors(answer)), Task.objects.count()) == ([field], 0)
    assert facts.get("title", "Devis du luthier") in answer.content.decode()


def test_nobody_outside_the_team_is_given_a_task(desk, claire):
    file = ProjectFileFactory(adviser=claire)
    stranger = UserFactory()
    answer = act(desk, file, "echeance", title="Devis", due_on=in_days(3).isoformat(), assignee=stranger.pk)
    assert (list(errors(answer)), Task.objects.count()) == (["assignee"], 0)


@pytest.mark.parametrize("to", ["", "2020-01-01", "31/02/2027", "demain"])
def test_a_task_is_put_off_to_a_day_to_come(desk, claire, to):
    task = TaskFactory(assignee=claire)
    answer = desk.post(f"{TASKS}{task.pk}/reporter/", {"to": to})
    assert list(errors(answer)) == ["to"]
    task.refresh_from_db()
    assert (task.due_on, task.postponed) == (today(), 0)


def test_a_task_is_given_to_a_colleague_and_its_day_stays(desk, claire, sophie):
    task = TaskFactory(assignee=claire, due_on=in_days(3))
    desk.post(f"{TASKS}{task.pk}/change/", {"title": "Devis", "assignee": sophie.pk, "due_on": "2020-01-01", "postponed": "0"})
    task.refresh_from_db()
    assert (task.title, task.assignee, task.due_on) == ("Devis", sophie, in_days(3))


# ---- Several at once -------------------------------------------------------------------------------------------------


def choose(desk, page, action, *rows, **facts):
    return desk.post(page, {"action": action, "_selected_action": [row.pk for row in rows], **facts}, follow=True)


def test_several_files_are_taken_and_what_is_refused_is_said(desk, claire, sophie):
    free, hers, deputised = ProjectFileFactory(), ProjectFileFactory(adviser=sophie), ProjectFileFactory(deputy=claire)
    said = texts(choose(desk, FILES, "take_selected", free, hers, deputised))
    advisers = {file.pk: file.adviser for file in ProjectFile.objects.select_related("adviser")}
    assert advisers == {free.pk: claire, hers.pk: sophie, deputised.pk: claire}
    assert "2 dossiers sont maintenant les vôtres." in said
    assert f"Le dossier {hers.reference} est déjà suivi par Sophie Dupuy." in said


def test_several_files_are_closed_after_their_reason_was_asked_for(desk, claire):
    one, two, closed = ProjectFileFactory(), ProjectFileFactory(supported=True), ProjectFileFactory(closed=True)
    asked = choose(desk, FILES, "close_selected", one, two, closed)
    assert {row.pk for row in asked.context["rows"]} == {one.pk, two.pk, closed.pk}
    assert (ProjectFile.objects.filter(stage=Stage.CLOSED).count(), Transition.objects.count()) == (1, 0)
    again = choose(desk, FILES, "close_selected", one, two, closed, confirmed="1", reason="")
    assert (list(errors(again)), Transition.objects.count()) == (["reason"], 0)
    said = texts(choose(desk, FILES, "close_selected", one, two, closed, confirmed="1", reason="Trois appels sans réponse"))
    assert "2 dossiers sont clos." in said
    assert f"Le dossier {closed.reference} est déjà à cette étape." in said
    closings = Transition.objects.values_list("file", "to_stage", "reason", "by")
    assert set(closings) == {(file.pk, "closed", "Trois appels sans réponse", claire.pk) for file in (one, two)}
    assert set(ProjectFile.objects.values_list("closing_reason", flat=True)) == {"no_news", "gave_up"}


def test_several_tasks_are_done_at_once(desk, claire, sophie):
    tasks = [TaskFactory(assignee=claire), TaskFactory(assignee=sophie)]
    assert "2 échéances sont faites." in texts(choose(desk, TASKS, "finish_selected", *tasks))
    assert set(Task.objects.values_list("done_by", flat=True)) == {claire.pk}


def test_several_tasks_are_put_off_after_their_new_day_was_asked_for(desk, claire):
    one, two = TaskFactory(assignee=claire), TaskFactory(assignee=claire, due_on=in_days(7))
    choose(desk, TASKS, "postpone_selected", one, two)
    again = choose(desk, TASKS, "postpone_selected", one, two, confirmed="1", to="hier")
    assert list(errors(again)) == ["to"]
    assert set(Task.objects.values_list("postponed", flat=True)) == {0}
    said = texts(choose(desk, TASKS, "postpone_selected", one, two, confirmed="1", to=in_days(7).isoformat()))
    assert "1 échéance a son nouveau jour." in said
    assert "L’échéance est déjà à ce jour" in said
    assert dict(Task.objects.values_list("pk", "postponed")) == {one.pk: 1, two.pk: 0}


def test_nothing_can_be_deleted_in_bulk(desk):
    file = ProjectFileFactory()
    choose(desk, FILES, "delete_selected", file, post="yes")
    assert ProjectFile.objects.filter(pk=file.pk).exists()
    assert "delete_selected" not in desk.get(FILES).content.decode()


def test_the_holder_is_looked_up_as_one_types(desk):
    holder = HolderFactory(last_name="Castéra")
    HolderFactory(last_name="Rey")
    query = {"term": "castera", "app_label": "projects", "model_name": "projectfile", "field_name": "holder"}
    found = desk.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [row["id"] for row in found] == [str(holder.pk)]


def test_a_holder_nobody_asked_about_is_looked_up_by_the_team_only(client):
    HolderFactory(last_name="Castéra")
    client.force_login(UserFactory(is_staff=True))
    query = {"term": "castera", "app_label": "projects", "model_name": "projectfile", "field_name": "holder"}
    assert client.get(reverse("admin:autocomplete"), query).status_code == 403


def test_the_household_is_corrected_on_its_file(desk, claire):
    household = HouseholdFactory(file=ProjectFileFactory(adviser=claire))
    facts = HOUSEHOLD | {"household-INITIAL_FORMS": "1", "household-0-id": household.pk, "household-0-file": household.file_id}
    desk.post(household.file.get_admin_url(), correct(household.file) | facts)
    assert Household.objects.get().school_levels == ["college"]
