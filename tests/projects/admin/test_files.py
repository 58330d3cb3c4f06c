"""A file is opened and corrected, and its page shows its history."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.activity import to_do
from projects.enums import Stage
from projects.files import lifecycle
from projects.models import (
    Holder,
    ProjectFile,
)
from tests.factories.projects import (
    EventFactory,
    HolderFactory,
    HouseholdFactory,
    ProjectFileFactory,
    TaskFactory,
)
from tests.projects.admin.pages import FILES, HOLDERS, HOUSEHOLD, NO_HOUSEHOLD, TASKS, correct, texts, today

pytestmark = pytest.mark.django_db


# ---- Opening and correcting ------------------------------------------------------------------------------------------


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
