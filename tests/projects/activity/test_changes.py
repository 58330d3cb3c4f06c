"""What was changed by hand: kept with what stood there before, on the page of a file's history."""

import pytest

from projects.models import Change
from tests.factories.members import UserFactory
from tests.factories.projects import FundingLineFactory, HouseholdFactory, ProjectFileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


@pytest.fixture
def desk(client, claire, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(claire)
    return client


def told(file):
    return list(Change.objects.filter(file=file).order_by("pk").values_list("field", "before", "after"))


def form_of(file, **facts):
    household = file.household
    return {
        "title": file.title,
        "summary": "",
        "business_track": file.business_track,
        "settling_track": file.settling_track,
        "origin": file.origin,
        "convention": "",
        "siret": "",
        "household-TOTAL_FORMS": 1,
        "household-INITIAL_FORMS": 1,
        "household-0-id": household.pk,
        "household-0-file": file.pk,
        "household-0-adults": household.adults or "",
        "household-0-children": "",
    } | facts


def test_a_file_and_its_household(desk, claire):
    file = HouseholdFactory(file__adviser=claire, file__title="Lutherie", adults=1).file
    page = file.get_admin_url()
    assert (
        desk.post(page, form_of(file, title="Lutherie d’art", business_track="plan", **{"household-0-adults": "2"})).status_code
        == 302
    )
    assert told(file) == [
        ("Projet", "Lutherie", "Lutherie d’art"),
        ("Entreprise", "idée", "plan"),
        ("Adultes", "1", "2"),
    ]
    assert Change.objects.first().by == claire
    history = desk.get(page.replace("change", "history")).content.decode()
    assert "Lutherie d’art" in history
    assert "Claire Marsan" in history


def test_what_stays_is_no_change(desk, claire):
    file = HouseholdFactory(file__adviser=claire).file
    desk.post(file.get_admin_url(), form_of(file))
    assert told(file) == []


def test_a_holders_change_stands_in_each_of_their_files(desk, claire):
    first = ProjectFileFactory(adviser=claire, holder__lives_in="Lyon")
    two = ProjectFileFactory(adviser=claire, holder=first.holder)
    facts = {"first_name": "Nadia", "last_name": "Ferrand", "email": first.holder.email, "phone": "", "lives_in": "Auch"}
    desk.post(f"/admin/projects/holder/{first.holder_id}/change/", facts)
    for file in (first, two):
        assert ("Habite à", "Lyon", "Auch") in told(file)


def test_money(desk, claire):
    line = FundingLineFactory(file__adviser=claire)
    page = f"/admin/projects/projectfile/{line.file_id}/financement/{line.pk}/"
    desk.post(page, {"funder": "Initiative Gers", "requested": "7000", "state": "planned"})
    assert ("Demandé, en euros", "6000.00", "7000") in told(line.file)
