"""Journeys, places and partnerships: what the services promise."""

import datetime as dt
import math

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.factories.villages import CommitteeMemberFactory, CommuneFactory, PlaceFactory, VillageFactory
from villages.committee import partnerships
from villages.distances import journeys
from villages.enums import CommitteeRole, PlaceKind, VillageStatus
from villages.models import CommitteeMember, Journey, Place, Village, welcomes

pytestmark = pytest.mark.django_db


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """By the spherical law of cosines in vectors: another road to the same great circle."""

    def vector(latitude: float, longitude: float) -> tuple[float, float, float]:
        up, east = math.radians(latitude), math.radians(longitude)
        return math.cos(up) * math.cos(east), math.cos(up) * math.sin(east), math.sin(up)

    p, q = vector(*a), vector(*b)
    return 6371.0088 * 2 * math.asin(min(1, math.dist(p, q) / 2))


degrees = st.tuples(st.floats(-89, 89), st.floats(-179, 179))


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(degrees, degrees)
def test_a_journey_is_the_great_circle_with_its_detour(db, here, there):
    with transaction.atomic():
        village = VillageFactory(commune__latitude=here[0], commune__longitude=here[1])
        PlaceFactory(latitude=there[0], longitude=there[1])
        journeys.measure_journeys(villages=[village])
        journey = village.journeys.get()
        assert journey.kilometres == pytest.approx(1.25 * kilometres(here, there), rel=1e-6, abs=0.06)
        transaction.set_rollback(True)


@pytest.mark.parametrize(("straight", "minutes"), [(3.99, 6), (7.99, 12), (16, 22), (48, 59), (80, 96)])
def test_minutes_are_slow_near_the_village_and_quicker_beyond(straight, minutes):
    """5 km by road at 50 km/h are 6 minutes; 60 km are 12 minutes for the first ten and 46.2 for the others, rounded up."""
    village = VillageFactory(commune__latitude=0, commune__longitude=0)
    PlaceFactory(latitude=0, longitude=math.degrees(straight / 6371.0088))
    journeys.measure_journeys()
    assert village.journeys.get().minutes == minutes


def test_measuring_again_changes_nothing():
    VillageFactory.create_batch(3)
    PlaceFactory.create_batch(2, latitude=44)
    assert journeys.measure_journeys() == 6
    assert journeys.measure_journeys() == 0


def test_measuring_touches_only_the_villages_and_places_it_is_given():
    villages, places = VillageFactory.create_batch(2), PlaceFactory.create_batch(2)
    journeys.measure_journeys(villages=villages[:1], places=places[1:])
    assert [(journey.village, journey.place) for journey in Journey.objects.all()] == [(villages[0], places[1])]


def test_measuring_costs_the_same_queries_whatever_the_number(django_assert_num_queries):
    VillageFactory.create_batch(40)
    PlaceFactory.create_batch(10)
    with django_assert_num_queries(4):  # two statements between the two of a savepoint
        assert journeys.measure_journeys() == 400


def test_each_village_repeats_its_nearest_places_on_its_own_row():
    village = VillageFactory(commune__latitude=43.7, commune__longitude=0.5)
    PlaceFactory(telecentre=True, latitude=43.9)
    PlaceFactory(telecentre=True, latitude=43.8)
    PlaceFactory(latitude=44.0)
    PlaceFactory(city=True, name="Ailleurs", latitude=43.7)
    PlaceFactory(city=True, name=settings.TERRITORY.metropolis, latitude=43.5)
    journeys.measure_journeys()
    village.refresh_from_db()
    assert (village.telecentre_km, village.station_km, village.metropolis_minutes) == (13.9, 41.7, 29)


def test_in_its_own_commune_a_place_is_no_journey_at_all():
    village = VillageFactory(commune__latitude=43.7)
    PlaceFactory(telecentre=True, commune=village.commune, latitude=43.75)
    journeys.measure_journeys()
    village.refresh_from_db()
    assert (village.telecentre_km, village.journeys.get().minutes) == (0, 0)


def test_registering_a_place_twice_is_registering_it_once():
    village = VillageFactory()
    for latitude in (43.8, 43.9):
        place = journeys.register_place(kind="station", name="Gare", latitude=latitude, longitude=0.5, source="SNCF")
    assert Place.objects.get() == place
    assert (place.latitude, place.source) == (43.9, "SNCF")
    village.refresh_from_db()
    assert village.station_km == village.journeys.get().kilometres == 27.8


def test_a_place_with_a_page_may_change_its_name():
    commune = CommuneFactory()
    for name in ("La Poste", "Le Phare"):
        journeys.register_place(
            kind=PlaceKind.TELECENTRE, name=name, latitude=43, longitude=0, commune=commune, path="/telecentres/nogaro/"
        )
    assert [place.name for place in Place.objects.all()] == ["Le Phare"]


def test_two_places_with_pages_may_share_a_name():
    for slug in ("a", "b"):
        journeys.register_place(kind="telecentre", name="Le Phare", latitude=43, longitude=0, path=f"/telecentres/{slug}/")
    assert Place.objects.count() == 2


def test_a_place_is_known_by_its_page_in_any_language():
    village = VillageFactory()
    with translation.override("en"):
        journeys.register_place(kind="telecentre", name="A", latitude=43, longitude=0, path=village.get_absolute_url())
    journeys.register_place(kind="telecentre", name="A", latitude=43, longitude=0, path=village.get_absolute_url())
    place = Place.objects.get()
    assert place.path == f"/villages/{village.slug}/"
    with translation.override("en"):
        assert place.get_absolute_url() == f"/en/villages/{village.slug}/"


def test_a_forgotten_place_is_nobody_s_nearest():
    village = VillageFactory()
    near, _far = PlaceFactory(latitude=43.7), PlaceFactory(latitude=44)
    journeys.measure_journeys()
    journeys.forget_place(place=near)
    village.refresh_from_db()
    assert village.station_km == 41.7


def test_opening_a_village_makes_its_page_its_committee_and_its_journeys():
    PlaceFactory(latitude=43.8)
    village = partnerships.open_village(
        commune=CommuneFactory(name="L'Œuvre-sur-Baïse"),
        tagline="Sur la rivière",
        monthly_capacity=2,
        committee=[
            partnerships.Seat(name="Hélène Daubas", role="lead"),
            partnerships.Seat(name="Bernard Lacoste", about="maraîcher"),
        ],
    )
    assert (village.slug, village.status, village.monthly_capacity) == ("l-oeuvre-sur-baise", VillageStatus.PARTNER, 2)
    assert [(person.name, person.role) for person in village.committee.in_order()] == [
        ("Hélène Daubas", "lead"), ("Bernard Lacoste", "volunteer")
    ]  # fmt: skip
    assert village.station_km == 13.9


def test_two_villages_of_one_name_have_two_addresses():
    first = partnerships.open_village(commune=CommuneFactory(name="Saint-Médard", insee_code="32394"))
    second = partnerships.open_village(commune=CommuneFactory(name="Saint-Médard", insee_code="2A394"))
    assert (first.slug, second.slug) == ("saint-medard", "saint-medard-2a394")


@pytest.mark.parametrize("status", [VillageStatus.PARTNER, VillageStatus.PAUSED])
def test_a_partner_is_not_opened_again(status):
    village = VillageFactory(status=status, tagline="Avant")
    with pytest.raises(partnerships.VillageRefused, match="est déjà un village du réseau"):
        partnerships.open_village(commune=village.commune, tagline="Après")
    village.refresh_from_db()
    assert village.tagline == "Avant"


def test_a_village_that_left_comes_back_at_its_address():
    village = VillageFactory(former=True, slug="ancienne-adresse")
    CommitteeMemberFactory(village=village, lead=True)
    again = partnerships.open_village(commune=village.commune, committee=[partnerships.Seat(name="Paul", role="lead")])
    assert (again.pk, again.slug, again.status) == (village.pk, "ancienne-adresse", VillageStatus.PARTNER)
    assert [person.name for person in again.committee.all()] == ["Paul"]


def test_a_committee_with_two_leads_opens_nothing():
    commune = CommuneFactory()
    seats = [partnerships.Seat(name="A", role="lead"), partnerships.Seat(name="B", role="lead")]
    with pytest.raises(IntegrityError, match="committee_one_lead"), transaction.atomic():
        partnerships.open_village(commune=commune, committee=seats)
    assert not Village.objects.exists()
    assert not CommitteeMember.objects.exists()


@time_machine.travel("2026-11-24T09:00+01:00", tick=False)
def test_a_pause_ends_by_itself_and_by_hand():
    village = VillageFactory()
    village = partnerships.pause_village(village=village, until=dt.date(2026, 12, 1))
    assert [village.is_paused(dt.date(2026, 12, day)) for day in (1, 2)] == [True, False]
    assert [village.welcomes(dt.date(2026, 12, day)) for day in (1, 2)] == [False, True]
    assert partnerships.resume_village(village=village).paused_until is None


@time_machine.travel("2026-11-24T09:00+01:00", tick=False)
def test_a_pause_cannot_end_in_the_past():
    with pytest.raises(partnerships.VillageRefused, match="ne peut pas être passé"):
        partnerships.pause_village(village=VillageFactory(), until=dt.date(2026, 11, 23))


def test_a_former_village_cannot_be_paused_but_comes_back():
    village = partnerships.end_partnership(village=VillageFactory(paused=True))
    assert (village.status, village.paused_until) == (VillageStatus.FORMER, None)
    with pytest.raises(partnerships.VillageRefused, match="n’est plus dans le réseau"):
        partnerships.pause_village(village=village)
    assert partnerships.resume_village(village=village).status == VillageStatus.PARTNER


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({}, True),
        ({"monthly_capacity": 0}, False),
        ({"paused": True}, False),
        ({"status": VillageStatus.PAUSED}, False),
        ({"status": VillageStatus.PAUSED, "paused_until": dt.date(2026, 11, 23)}, True),
        ({"former": True}, False),
    ],
)
def test_the_question_and_the_count_of_who_welcomes_agree(facts, answer):
    village, day = VillageFactory(**facts), dt.date(2026, 11, 24)
    assert village.welcomes(day) is answer
    assert Village.objects.public().filter(welcomes(day)).exists() is answer


def test_the_database_keeps_the_end_of_a_pause_for_paused_villages():
    with pytest.raises(IntegrityError, match="village_end_of_pause_only_when_paused"):
        VillageFactory(paused_until=dt.date(2027, 1, 1))


def test_a_committee_is_shown_lead_first():
    village = VillageFactory()
    for name, role in (("Zoé", "volunteer"), ("Anne", "volunteer"), ("Yves", "deputy"), ("Wilma", "lead")):
        CommitteeMemberFactory(village=village, name=name, role=CommitteeRole(role))
    assert [person.name for person in village.committee.in_order()] == ["Wilma", "Yves", "Anne", "Zoé"]


def test_french_order_heeds_neither_accents_nor_hyphens():
    names = ["Zoé-sur-Save", "L'Isle-Jourdain", "Éauze", "Eauze-Bas", "Lectoure", "Saint-Clar", "Saint Antoine", "Œuilly", "Ordan"]
    for name in names:
        VillageFactory(commune__name=name)
    assert [str(village) for village in Village.objects.with_commune().in_french_order()] == [
        "Éauze", "Eauze-Bas", "L'Isle-Jourdain", "Lectoure", "Œuilly", "Ordan", "Saint Antoine", "Saint-Clar", "Zoé-sur-Save"
    ]  # fmt: skip


def test_the_address_of_a_village_is_in_every_language():
    village = VillageFactory(slug="saint-clar")
    assert village.get_absolute_url() == reverse("villages:village", args=["saint-clar"]) == "/villages/saint-clar/"
