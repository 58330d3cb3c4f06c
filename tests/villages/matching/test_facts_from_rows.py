"""From the database to the facts that the matching reads."""

import datetime as dt
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone

from tests.factories.villages import (
    CommuneFactory,
    ConnectionFactory,
    HousingFactory,
    JourneyFactory,
    NearestAmenityFactory,
    PlaceFactory,
    VillageFactory,
)
from villages.distances import journeys
from villages.enums import AmenityKind, DwellingKind, HousingAudience, Level, Seeks
from villages.facts.estimates import NOWHERE
from villages.matching.facts import OfferedDwelling, VillageFacts
from villages.matching.facts_from_rows import village_facts_for
from villages.matching.household import Household, LineNeed
from villages.models import CommuneRent, CommuneSales, SpeedTest

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 24)


def village_facts(village, on=TODAY, **answers) -> VillageFacts:
    household = Household(**{"line": LineNeed.ALL_DAY, "seeks": Seeks.RENT} | answers)
    return {facts.key: facts for facts in village_facts_for(household, on=on)}[village.slug]


def test_of_a_village_without_any_row_nothing_is_known_but_its_own():
    village = VillageFactory(commune__population=640, monthly_capacity=2)
    facts = village_facts(village, children=(Level.PRIMARY,))
    assert facts == VillageFacts(
        key=village.slug, name=village.commune.name.lower(), population=640, amenities={}, capacity=2, is_paused=False
    )


def test_the_line_the_speed_and_the_prices_are_read():
    village = VillageFactory()
    ConnectionFactory(commune=village.commune, premises=200, can_fibre=190, speed_30=100, can_4g=150)
    for day, speed in ((1, 40), (2, 412)):
        SpeedTest.objects.create(village=village, where="Mairie", measured_on=dt.date(2026, 9, day), down_mbps=speed, up_mbps=20)
    CommuneRent.objects.create(
        commune=village.commune,
        kind=DwellingKind.HOUSE,
        euros_per_m2="7.50",
        lowest=6,
        highest=9,
        is_of_the_area=True,
        offers=2,
    )
    CommuneSales.objects.create(
        commune=village.commune,
        kind=DwellingKind.HOUSE,
        count=7,
        median_price=150_000,
        median_per_m2=1400,
        first_on=TODAY,
        last_on=TODAY,
    )
    facts = village_facts(village)
    assert (facts.fibre_share, facts.fast_line_share, facts.fast_radio_share, facts.measured_mbps) == (0.95, 0.5, 0.75, 412.0)
    assert (facts.rent_per_m2, facts.sale_per_m2) == (7.5, None)
    assert village_facts(village, seeks=Seeks.SALE).sale_per_m2 == 1400.0


def test_a_kind_of_amenity_without_a_row_is_nowhere_once_others_were_measured():
    measured, unmeasured = VillageFactory(), VillageFactory()
    NearestAmenityFactory(village=measured, kind=AmenityKind.BAKERY, kilometres=3.5)
    NearestAmenityFactory(village=measured, kind=AmenityKind.POOL, kilometres=9)
    asked = {"services": frozenset({AmenityKind.BAKERY, AmenityKind.DOCTOR})}
    assert village_facts(measured, **asked).amenities == {AmenityKind.BAKERY: 3.5, AmenityKind.DOCTOR: NOWHERE}
    assert village_facts(unmeasured, **asked).amenities == {}


def test_only_what_everybody_may_see_and_is_still_believed_is_offered():
    village, other = VillageFactory(), VillageFactory()
    offered = HousingFactory(village=village, price="620.40", rooms=4, surface_m2=84, added_on=TODAY, confirmed_on=TODAY)
    HousingFactory(village=village, audience=HousingAudience.QUALIFIED, confirmed_on=TODAY)
    HousingFactory(village=village, confirmed_on=TODAY - dt.timedelta(days=60))
    HousingFactory(village=village, withdrawn_on=TODAY, confirmed_on=TODAY)
    HousingFactory(village=village, sale=True, confirmed_on=TODAY)
    assert village_facts(village).dwellings == (OfferedDwelling("rent", Decimal("620.40"), 4, 84, "unknown", offered.pk),)
    assert village_facts(other).dwellings == ()
    offered.delete()
    assert village_facts(village, seeks=Seeks.TRIAL).dwellings == ()


def test_where_nobody_offers_anything_nobody_knows():
    assert village_facts(VillageFactory()).dwellings is None


def test_journeys_are_read_and_a_place_that_is_nowhere_is_said_to_be():
    chief = CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Chef-lieu")
    village = VillageFactory()
    JourneyFactory(village=village, place=PlaceFactory(city=True, name=chief.name), minutes=27)
    JourneyFactory(village=village, place=PlaceFactory(city=True, name="Ailleurs"), minutes=3)
    journeys.measure_journeys(villages=[])
    facts = village_facts(village)
    assert (facts.chief_town_minutes, facts.telecentre_km, facts.station_km) == (27, NOWHERE, NOWHERE)


@pytest.mark.parametrize(("until", "paused"), [(None, True), (TODAY, True), (TODAY - dt.timedelta(days=1), False)])
def test_a_pause_ends_on_its_day(until, paused):
    village = VillageFactory(status="paused", paused_until=until)
    assert village_facts(village).is_paused == paused == village.is_paused(TODAY)


def test_a_former_village_is_no_candidate():
    VillageFactory(former=True)
    partner = VillageFactory()
    found = village_facts_for(Household(line=LineNeed.ALL_DAY, seeks=Seeks.RENT), on=timezone.localdate())
    assert [facts.key for facts in found] == [village_facts(partner).key]


def test_two_hundred_villages_cost_the_queries_of_two(queries_of):
    household = Household(line=LineNeed.ALL_DAY, seeks=Seeks.RENT, children=(Level.PRIMARY, Level.MIDDLE), cars=0)

    def cost(more: int) -> int:
        for village in VillageFactory.create_batch(more):
            ConnectionFactory(commune=village.commune)
            NearestAmenityFactory(village=village)
            HousingFactory(village=village)
        return queries_of(lambda: village_facts_for(household, on=timezone.localdate()))

    assert cost(2) == cost(198)
