"""The villages in the admin: leads work, other staff look communes up, and the services do what counts."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from tests.factories.members import UserFactory
from tests.factories.villages import (
    CommitteeMemberFactory,
    CommuneFactory,
    FactCheckFactory,
    HousingFactory,
    JourneyFactory,
    PlaceFactory,
    SpeedTestFactory,
    TerritoryProjectFactory,
    VillageFactory,
)
from villages.enums import VillageStatus
from villages.models import Dataset, Place, Village

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_step_asked(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def lead(client):
    client.force_login(UserFactory(lead=True))
    return client


def page(name: str, *args) -> str:
    return reverse(f"admin:villages_{name}", args=args)


INLINE = {
    f"{rows}-{key}": "0" for rows in ("committee", "projects", "checks", "speed_tests") for key in ("TOTAL_FORMS", "INITIAL_FORMS")
}


@pytest.mark.parametrize(
    ("who", "communes", "villages", "places"),
    [("lead", 200, 200, 200), ("admin", 200, 200, 200), ("adviser", 200, 403, 403), (None, 302, 302, 302)],
)
def test_each_role_sees_only_its_pages_of_the_villages_admin(client, who, communes, villages, places):
    client.force_login(UserFactory(**({who: True} if who else {})))
    answers = [client.get(page(f"{name}_changelist")).status_code for name in ("commune", "village", "place", "dataset")]
    assert answers == [communes, villages, places, places]


def test_communes_are_read_and_never_written(lead):
    commune = CommuneFactory()
    assert lead.get(page("commune_change", commune.pk)).status_code == 200
    assert lead.post(page("commune_change", commune.pk), {"name": "Autre"}).status_code == 403
    assert lead.get(page("commune_add")).status_code == 403
    assert lead.post(page("commune_delete", commune.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("typed", ["castera verduzan", "Castéra", "32083", "32410"])
def test_communes_are_found_as_people_type_them(lead, typed):
    CommuneFactory(name="Castéra-Verduzan", insee_code="32083", postal_codes=["32410"])
    CommuneFactory(name="Ailleurs", postal_codes=["32000"])
    found = lead.get(page("commune_changelist"), {"q": typed}).context["cl"].queryset
    assert [commune.name for commune in found] == ["Castéra-Verduzan"]


def test_other_staff_complete_a_commune_s_name(client):
    client.force_login(UserFactory(adviser=True))
    CommuneFactory(name="Éauze")
    query = {"app_label": "villages", "model_name": "village", "field_name": "commune", "term": "eauze"}
    assert [result["text"] for result in client.get(reverse("admin:autocomplete"), query).json()["results"]] == ["Éauze"]


def test_a_village_is_opened_through_the_service(lead):
    commune = CommuneFactory(name="Saint-Clar")
    PlaceFactory(commune=commune)
    facts = {"commune": commune.pk, "monthly_capacity": 2, "tagline": "Deux places"} | INLINE
    response = lead.post(page("village_add"), facts | {
        "committee-TOTAL_FORMS": "1", "committee-0-name": "Hélène Daubas", "committee-0-role": "lead",
    })  # fmt: skip
    village = Village.objects.get()
    assert response.status_code == 302
    assert (village.slug, village.tagline, village.monthly_capacity, village.station_km) == ("saint-clar", "Deux places", 2, 0)
    assert [person.name for person in village.committee.all()] == ["Hélène Daubas"]


def test_a_commune_that_is_a_village_already_is_said_to_be_one(lead):
    village = VillageFactory()
    response = lead.post(page("village_add"), {"commune": village.commune.pk, "monthly_capacity": 1} | INLINE)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["commune"]


def test_its_words_change_and_its_status_does_not(lead):
    village = VillageFactory()
    facts = {"monthly_capacity": 3, "tagline": "Nouveau", "status": "former", "telecentre_km": "1"} | INLINE
    lead.post(page("village_change", village.pk), facts)
    village.refresh_from_db()
    assert (village.tagline, village.monthly_capacity, village.status, village.telecentre_km) == ("Nouveau", 3, "partner", None)


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("pause", VillageStatus.PARTNER, VillageStatus.PAUSED),
        ("pause", VillageStatus.FORMER, VillageStatus.FORMER),
        ("resume", VillageStatus.PAUSED, VillageStatus.PARTNER),
        ("resume", VillageStatus.FORMER, VillageStatus.PARTNER),
        ("resume", VillageStatus.PARTNER, VillageStatus.PARTNER),
        ("end_partnership", VillageStatus.PARTNER, VillageStatus.FORMER),
        ("end_partnership", VillageStatus.FORMER, VillageStatus.FORMER),
    ],
)
def test_actions_go_through_the_services_and_are_noted(lead, action, before, after):
    village = VillageFactory(status=before)
    response = lead.post(page("village_changelist"), {"action": action, "_selected_action": [village.pk]}, follow=True)
    village.refresh_from_db()
    assert village.status == after
    assert LogEntry.objects.filter(object_id=str(village.pk)).exists() is (before != after)
    [message] = response.context["messages"]
    refusals = {"former": f"{village} n’est plus dans le réseau.", "partner": f"{village} est déjà un village du réseau."}
    assert str(message) == ("1 village modifié." if before != after else refusals[before])


def test_a_village_is_never_deleted(lead):
    village = VillageFactory()
    assert lead.post(page("village_delete", village.pk), {"post": "yes"}).status_code == 403


def test_the_lists_cost_the_same_for_two_and_for_two_hundred(lead, django_assert_max_num_queries):
    costs = []
    for number in (2, 98):
        for _ in range(number):
            CommitteeMemberFactory(village=VillageFactory(commune__intercommunality="CC"))
            PlaceFactory(commune=CommuneFactory(intercommunality="CC"))
            HousingFactory(village__commune__intercommunality="CC")
        for name in ("village", "commune", "place", "housing"):
            with django_assert_max_num_queries(12) as queries:
                lead.get(page(f"{name}_changelist"))
            costs.append(len(queries))
    assert costs[:4] == costs[4:]


def test_a_place_that_moves_is_measured_again(lead):
    village, place = VillageFactory(), PlaceFactory(latitude=43.8)
    facts = {"kind": "station", "name": "Gare", "latitude": "43.9", "longitude": "0.5"}
    assert lead.post(page("place_change", place.pk), facts).status_code == 302
    village.refresh_from_db()
    assert village.station_km == 27.8


def test_a_deleted_place_is_nobody_s_nearest(lead):
    journey = JourneyFactory(village__station_km=1)
    lead.post(page("place_delete", journey.place.pk), {"post": "yes"})
    journey.village.refresh_from_db()
    assert not Place.objects.exists()
    assert journey.village.station_km is None


def test_a_place_that_another_app_keeps_is_only_read(lead):
    place = PlaceFactory(telecentre=True, path="/telecentres/x/")
    assert lead.get(page("place_change", place.pk)).status_code == 200
    assert lead.post(page("place_change", place.pk), {"name": "Autre"}).status_code == 403
    assert lead.post(page("place_delete", place.pk), {"post": "yes"}).status_code == 403


def test_datasets_are_shown_in_the_admin_and_not_changed(lead):
    dataset = Dataset.objects.create(key="communes", source="INSEE", file_name="communes.csv", imported_at="2026-11-24T09:00Z")
    assert "INSEE" in lead.get(page("dataset_change", dataset.pk)).content.decode()


def test_what_a_committee_keeps_stands_with_its_village_in_the_admin(lead):
    village = VillageFactory()
    TerritoryProjectFactory(village=village, title="La halle", link="https://example.org/")
    FactCheckFactory(village=village, note="Fermé en août.")
    SpeedTestFactory(village=village, where="La médiathèque")
    page_text = lead.get(page("village_change", village.pk)).content.decode()
    for told in ("La halle", "Fermé en août.", "La médiathèque"):
        assert told in page_text


def test_all_staff_look_at_the_homes_find_them_and_change_none_by_hand(client):
    home = HousingFactory(title="Longère", village__commune__name="Saint-Clar", owner_contact="Mme Daubas")
    HousingFactory(title="Grange")
    client.force_login(UserFactory(adviser=True))
    found = client.get(page("housing_changelist"), {"q": "saint clar"}).content.decode()
    assert "Longère" in found
    assert "Grange" not in found
    assert "Mme Daubas" in client.get(page("housing_change", home.pk)).content.decode()
    assert client.post(page("housing_change", home.pk), {"price": "1"}).status_code == 403
    assert client.post(page("housing_delete", home.pk), {"post": "yes"}).status_code == 403


def test_an_adviser_who_hears_that_a_home_is_let_takes_it_off_the_lists(client):
    let, gone_before = HousingFactory(), HousingFactory(withdrawn_on=dt.date(2026, 11, 2))
    client.force_login(UserFactory(adviser=True))
    chosen = {"action": "withdraw", "_selected_action": [let.pk, gone_before.pk]}
    answer = client.post(page("housing_changelist"), chosen, follow=True)
    assert "1 logement retiré des listes" in answer.content.decode()
    let.refresh_from_db()
    gone_before.refresh_from_db()
    assert (let.withdrawn_on, gone_before.withdrawn_on) == (timezone.localdate(), dt.date(2026, 11, 2))
    noted = LogEntry.objects.get()
    assert (noted.object_id, noted.get_change_message()) == (str(let.pk), "Retiré.")
