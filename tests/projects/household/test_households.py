"""The household on the adviser's desk: what is typed is kept as it was said, and what nobody said stays unknown."""

from html import unescape

import pytest

from projects.models import Change, Household
from tests.factories.projects import HouseholdFactory, ProjectFileFactory
from tests.factories.villages import VillageFactory
from tests.test_join_answers import form_in, household_panel

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, claire, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(claire)
    return client


def page_of(desk, file) -> str:
    return desk.get(file.get_admin_url()).content.decode()


def corrected(desk, file, page, **facts) -> str:
    """The file's own form, sent from its page with other values in the fields of its household. Gives the page as it then is."""
    sent = form_in(page) | {f"household-0-{name}": value for name, value in facts.items()}
    assert desk.post(file.get_admin_url(), sent).status_code == 302
    return page_of(desk, file)


def test_when_they_wish_to_arrive_is_as_exact_as_it_was_said(desk, claire):
    file = HouseholdFactory(file__adviser=claire).file
    page = page_of(desk, file)
    for typed, shown in {
        "septembre 2027": "septembre 2027",
        "09/2027": "septembre 2027",
        "01/09/2027": "1er septembre 2027",
        "1er mars 2027": "1er mars 2027",
        "dès que possible": "dès que possible",
        "été 2027": "été 2027",
    }.items():
        before = Change.objects.filter(file=file).count()
        page = corrected(desk, file, page, wish=typed)
        assert household_panel(page) == [shown]
        page = corrected(desk, file, page, adults="2")
        assert household_panel(page) == ["2 adultes", shown], "looked through again, it stays"
        assert Change.objects.filter(file=file).count() == before + 2
        page = corrected(desk, file, page, adults="", wish="")
        assert household_panel(page) == []


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({}, []),
        ({"children": "0"}, ["sans enfant"]),
        ({"children": "3"}, ["3 enfants"]),
        ({"adults": "3", "may_be_more": "on"}, ["3 adultes ou davantage"]),
        (
            {"level_creche": "1", "level_lycee": "2"},
            ["3 enfants", "1 enfant : moins de 3 ans, à faire garder ; 2 enfants : au lycée"],
        ),
        ({"children": "3", "level_college": "1"}, ["3 enfants", "au collège"]),
        ({"seeks": "acheter", "housing_budget": "180000"}, ["Acheter, 180 000 € en tout au plus"]),
        (
            {"seeks": "essayer", "housing_budget": "700", "rooms": "1"},
            ["Essayer d’abord, quelques mois, 700 € par mois au plus, 1 pièce au moins"],
        ),
    ],
)
def test_the_lines_say_what_is_known_and_nothing_else(desk, claire, facts, shown):
    file = HouseholdFactory(file__adviser=claire).file
    plain = [line.replace("\u202f", " ") for line in household_panel(corrected(desk, file, page_of(desk, file), **facts))]
    assert plain == shown
    assert len(desk.get(file.get_admin_url().replace("/change/", "/fiche/")).content) > 0


def test_a_village_in_mind_is_the_advisers_to_read_and_no_other_villages(desk, claire):
    village = VillageFactory(commune__name="Saint-Clar", slug="saint-clar")
    file = HouseholdFactory(file__adviser=claire, file__supported=True, wished_village=village).file
    assert household_panel(page_of(desk, file)) == ["Saint-Clar"]
    preview = unescape(desk.get(file.get_admin_url().replace("/change/", "/accord/")).content.decode())
    assert "Saint-Clar" not in preview


def test_a_file_is_not_taken_for_one_of_the_web_site_because_nobody_said(desk, claire):
    page = desk.get("/admin/projects/projectfile/add/").content.decode()
    assert form_in(page)["origin"] == ""
    holder = ProjectFileFactory().holder
    answer = desk.post("/admin/projects/projectfile/add/", form_in(page) | {"holder": holder.pk, "title": "Lutherie"})
    assert answer.status_code == 200
    assert not Household.objects.exists()
    assert holder.files.count() == 1
