"""What the database knows of every village that is shown, in the shape that the matching reads."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from villages.enums import AmenityKind, DwellingKind, HousingKind, Level, PlaceKind, Seeks, VillageStatus
from villages.facts.estimates import NOWHERE
from villages.matching.facts import OfferedDwelling, VillageFacts
from villages.matching.findings import FOOD_SHOPS
from villages.matching.household import Household
from villages.models import Commune, CommuneRent, CommuneSales, Housing, Journey, NearestAmenity, SpeedTest, Village


def village_facts_for(household: Household, *, on: dt.date, qualified: bool = False) -> list[VillageFacts]:
    """The facts that the household's answers ask for, of every village shown: five queries, whatever their number.

    An empty table says nothing of any village; a village without a row, in a table that has some, has none. `qualified` is that
    of `Housing.objects.visible_to_candidates`: what committees keep for those whom an adviser knows is offered to them too.
    """
    kinds = amenities_asked(household)
    amenities, speeds = _amenities(kinds), _speeds()
    offered = Housing.objects.offered(on).visible_to_candidates(qualified=qualified)
    dwellings, prices = _dwellings(offered, household.seeks.housing), _prices(household.seeks)
    return [
        VillageFacts(
            key=row["slug"],
            name=row["commune__sort_name"],
            population=row["commune__population"],
            fibre_share=row["fibre_share"],
            fast_line_share=_share(row["speed_30"], row["premises"]),
            fast_radio_share=_share(row["can_4g"], row["premises"]),
            measured_mbps=speeds.get(row["pk"]),
            amenities=dict.fromkeys(kinds, NOWHERE) | amenities.get(row["pk"], {}) if row["amenities_measured"] else {},
            dwellings=tuple(dwellings.get(row["pk"], ())) if row["somebody_offers"] else None,
            rent_per_m2=prices.get(row["commune_id"]) if household.seeks == Seeks.RENT else None,
            sale_per_m2=prices.get(row["commune_id"]) if household.seeks == Seeks.SALE else None,
            telecentre_km=_distance(row["telecentre_km"], row["journeys_measured"]),
            station_km=_distance(row["station_km"], row["journeys_measured"]),
            metropolis_minutes=row["metropolis_minutes"],
            chief_town_minutes=row["chief_town_minutes"],
            chief_town_km=row["chief_town_km"],
            capacity=row["monthly_capacity"],
            is_paused=_is_paused(row, on),
        )
        for row in _villages(offered)
    ]


def amenities_asked(household: Household) -> set[AmenityKind]:
    asked = {Level(level).amenity for level in household.children} | household.services
    return asked | set(FOOD_SHOPS) if household.somebody_walks else asked


def chief_town_name() -> QuerySet:
    return Commune.objects.filter(insee_code=settings.TERRITORY.chief_town).values("name")


def _villages(offered: QuerySet[Housing]) -> QuerySet:
    to_chief_town = Journey.objects.filter(
        village=OuterRef("pk"), place__kind=PlaceKind.CITY, place__name=Subquery(chief_town_name())
    )
    return (
        Village.objects.public()
        .annotate(
            fibre_share=F("commune__connection__fibre_share"),
            premises=F("commune__connection__premises"),
            speed_30=F("commune__connection__speed_30"),
            can_4g=F("commune__connection__can_4g"),
            chief_town_minutes=Subquery(to_chief_town.values("minutes")[:1]),
            chief_town_km=Subquery(to_chief_town.values("kilometres")[:1]),
            journeys_measured=Exists(Journey.objects.filter(village=OuterRef("pk"))),
            amenities_measured=Exists(NearestAmenity.objects.filter(village=OuterRef("pk"))),
            somebody_offers=Exists(offered),
        )
        .order_by()
        .values(
            "pk",
            "slug",
            "status",
            "paused_until",
            "monthly_capacity",
            "telecentre_km",
            "station_km",
            "metropolis_minutes",
            "commune_id",
            "commune__sort_name",
            "commune__population",
            "fibre_share",
            "premises",
            "speed_30",
            "can_4g",
            "chief_town_minutes",
            "chief_town_km",
            "journeys_measured",
            "amenities_measured",
            "somebody_offers",
        )
    )


def _amenities(kinds: Collection[AmenityKind]) -> dict[int, dict[str, float]]:
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for village, kind, away in NearestAmenity.objects.filter(kind__in=kinds).values_list("village", "kind", "kilometres"):
        found[village][kind] = away
    return found


def _speeds() -> dict[int, float]:
    """What was measured last."""
    latest = SpeedTest.objects.order_by("village", "-measured_on", "-pk").distinct("village")
    return {village: float(down) for village, down in latest.values_list("village", "down_mbps")}


def _dwellings(offered: QuerySet[Housing], kind: HousingKind | None) -> dict[int, list[OfferedDwelling]]:
    found: dict[int, list[OfferedDwelling]] = defaultdict(list)
    if kind:
        rows = offered.filter(kind=kind).values_list("village", "kind", "price", "rooms", "surface_m2", "connection", "pk")
        for village, *dwelling in rows.order_by("pk"):
            found[village].append(OfferedDwelling(*dwelling))
    return found


def _prices(seeks: Seeks) -> dict[int, Decimal]:
    """Euros for a square metre of a house, by commune: a month of rent, or the median of what was sold."""
    if seeks == Seeks.RENT:
        rows = CommuneRent.objects.filter(kind=DwellingKind.HOUSE, commune__village__isnull=False)
        priced = rows.values_list("commune", "euros_per_m2")
    elif seeks == Seeks.SALE:
        rows = CommuneSales.objects.filter(kind=DwellingKind.HOUSE, commune__village__isnull=False, median_per_m2__isnull=False)
        priced = rows.values_list("commune", "median_per_m2")
    else:
        priced = []
    return dict(priced)


def _share(count: int | None, premises: int | None) -> float | None:
    return None if count is None or not premises else min(1.0, count / premises)


def _distance(kilometres: float | None, is_measured: bool) -> float | None:
    return NOWHERE if kilometres is None and is_measured else kilometres


def _is_paused(row: dict, on: dt.date) -> bool:
    """As `Village.is_paused(on)`."""
    return row["status"] == VillageStatus.PAUSED and not (row["paused_until"] and row["paused_until"] < on)
