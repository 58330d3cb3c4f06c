"""Which of the advisers' pages opens to whom."""

import re

import pytest
from django.urls import get_resolver

from projects.enums import Stage
from projects.models import (
    Export,
    Hold,
    Merge,
    ProjectFile,
    RuleSetting,
    Scheme,
    Task,
    TaskTemplate,
)
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import (
    DocumentFactory,
    FundingLineFactory,
    HolderFactory,
    HouseholdFactory,
    IntroductionFactory,
    TaskFactory,
)
from tests.factories.villages import CommitteeMemberFactory
from tests.projects.admin.pages import FILES, HOLDERS, REMINDERS, TASKS, texts

pytestmark = pytest.mark.django_db

INTRODUCTIONS, SCHEMES, RULES, HOLDS, TEMPLATES, EXPORTS = (
    f"/admin/projects/{name}/" for name in ("introduction", "scheme", "rulesetting", "hold", "tasktemplate", "export")
)

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

INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=")
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


ADMINISTRATOR = pytest.param("administrator", marks=pytest.mark.thorough)


@pytest.mark.parametrize("role", ["adviser", "lead", ADMINISTRATOR])
def test_the_team_may_open_every_page_and_none_holds_an_inline_script(client, addresses, role):
    client.force_login(somebody(role))
    HouseholdFactory(file=ProjectFile.objects.get())
    assert not INLINE.search(client.get("/admin/").text)
    for page, address in addresses.items():
        shown = client.get(address)
        assert not INLINE.search(b"".join(shown).decode(errors="replace")), page  # read to its end, a file is closed
        assert (shown.status_code, client.post(address).status_code) == expected_of(role, page), page


def test_the_administrator_is_refused_what_everybody_is_and_may_what_a_lead_may(client, addresses):
    client.force_login(somebody("administrator"))
    for page in [page for page, codes in PAGES.items() if {403, "lead only"} & set(codes)]:
        answers = client.get(addresses[page]).status_code, client.post(addresses[page]).status_code
        assert answers == expected_of("administrator", page), page


def expected_of(role: str, page: str) -> tuple[int, int]:
    return tuple((403 if role == "adviser" else 200) if code == "lead only" else code for code in PAGES[page])


def test_nobody_else_gets_in_and_nothing_changes(client_of, addresses):
    for role in ("member", "committee", "staff", "former adviser", "visitor"):
        browser = client_of(somebody(role))
        for address in addresses.values():
            for answer in (
                browser.get(address),
                browser.post(address, {"title": "x", "to": "closed", "closing_reason": "no_news"}),
            ):
                assert answer.status_code in (302, 403, 405), (role, address, answer.status_code)
                if answer.status_code == 302:  # to sign in; to the first page, as if it were not there; to a page that refuses too
                    assert re.match(r"/comptes/|/admin/login/|/admin/$|/admin/projects/.+/change/$", answer.url), (role, answer.url)
    task = Task.objects.get()
    assert (task.done_at, task.file.stage) == (None, Stage.SUPPORTED)


def test_the_index_shows_the_desk_to_advisers_only(client, claire):
    client.force_login(UserFactory(is_staff=True))
    assert "Ma matinée" not in texts(client.get("/admin/"))
    client.force_login(claire)
    assert "Ma matinée" in texts(client.get("/admin/"))
