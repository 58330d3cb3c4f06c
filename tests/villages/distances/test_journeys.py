"""Journeys, and the places that they lead to."""

import math

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.factories.villages import CommuneFactory, PlaceFactory, VillageFactory
from villages.distances import journeys
from villages.enums import PlaceKind
from villages.models import Journey, Place

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


def test_measuring_journeys_again_changes_nothing():
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
