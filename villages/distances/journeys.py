"""Places of reference, and how far they are from every village."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import connection, transaction
from django.urls import translate_url

from villages.enums import PlaceKind
from villages.models import Commune, Place, Village
from villages.models.commune import DETOUR, EARTH_KM

FIRST_KM, FIRST_KMH, BEYOND_KMH = 10, 50, 65

# The estimate as SQL, with the values of ESTIMATE: of `here` and `there`, which have `north` and `east` in radians and a
# `commune_id`, and of the `road` between them. `measure_journeys` says what it is worth.
ROAD_KM = """
    CASE WHEN here.commune_id = there.commune_id THEN 0 ELSE
    %(detour)s * 2 * %(earth)s * asin(least(1, sqrt((
        1 - cos(there.north - here.north)
        + cos(here.north) * cos(there.north) * (1 - cos(there.east - here.east))
    ) / 2))) END
"""
ROAD_MINUTES = "ceil(60 * (least(road, %(first_km)s) / %(first_kmh)s + greatest(road - %(first_km)s, 0) / %(beyond_kmh)s))"
ESTIMATE = {
    "first_km": FIRST_KM,
    "first_kmh": FIRST_KMH,
    "beyond_kmh": BEYOND_KMH,
    "detour": DETOUR,
    "earth": EARTH_KM,
}


@transaction.atomic
def register_place(
    *,
    kind: PlaceKind | str,
    name: str,
    latitude: float,
    longitude: float,
    commune: Commune | None = None,
    path: str = "",
    source: str = "",
) -> Place:
    """Make a place of reference known, or bring it up to date, and measure the journeys to it from every village.

    A place with a page on this site is recognised by `path` (its `get_absolute_url()` in the active language), so that it may
    be renamed; any other by kind and name. In `commune`, the village itself, the journey counts nothing.
    """
    path = translate_url(path, settings.LANGUAGE_CODE) if path else ""
    facts = {"latitude": latitude, "longitude": longitude, "commune": commune, "source": source}
    if path:
        place, _created = Place.objects.update_or_create(path=path, defaults=facts | {"kind": kind, "name": name})
    else:
        place, _created = Place.objects.update_or_create(kind=kind, name=name, path="", defaults=facts)
    measure_journeys(places=[place])
    return place


@transaction.atomic
def register_territory_places() -> list[Place]:
    """Make the territory's own places of reference known: its cities, stations and airports, each in its commune.

    One that an official file has placed since, or a lead, stays where that has it.
    """
    places = settings.TERRITORY.places
    placed = set(Place.objects.filter(path="").exclude(source="").values_list("kind", "name"))
    communes = Commune.objects.in_bulk([place.insee_code for place in places if place.insee_code], field_name="insee_code")
    return [
        register_place(
            kind=place.kind,
            name=place.name,
            latitude=place.latitude,
            longitude=place.longitude,
            commune=communes.get(place.insee_code),
        )
        for place in places
        if (place.kind, place.name) not in placed
    ]


@transaction.atomic
def forget_place(*, place: Place) -> None:
    """Take a place away, with the journeys to it: a télécentre that closed is nobody's nearest."""
    place.delete()
    _summarise(None)


@transaction.atomic
def measure_journeys(*, villages: Iterable[Village] | None = None, places: Iterable[Place] | None = None) -> int:
    """Measure from these villages to these places (all, when not given). Returns how many journeys are new or different.

    An estimate, computed where the rows are: the great-circle distance (haversine) times 1.25, the order of magnitude that
    studies of rural road networks find between the straight line and the road; then 50 km/h over the first ten kilometres,
    for the village streets and lanes at both ends, and 65 km/h beyond, on roads limited to 80. No router was asked, and
    neither relief, rivers nor traffic are known: single journeys can be wrong by a quarter, so pages must say "estimated".
    From a village to a place in its own commune it is nothing at all, whatever the coordinates say.
    """
    village_ids = None if villages is None else [village.pk for village in villages]
    place_ids = None if places is None else [place.pk for place in places]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO villages_journey (village_id, place_id, kilometres, minutes)
            SELECT village_id, place_id, round(road::numeric, 1), {ROAD_MINUTES}
            FROM (
                SELECT here.village_id, there.place_id, {ROAD_KM} AS road
                FROM (
                    SELECT village.id AS village_id, commune.id AS commune_id,
                           radians(round(commune.latitude::numeric, 6)) AS north,
                           radians(round(commune.longitude::numeric, 6)) AS east
                    FROM villages_village village
                    JOIN villages_commune commune ON commune.id = village.commune_id
                    WHERE %(villages)s::bigint[] IS NULL OR village.id = ANY(%(villages)s)
                ) AS here
                CROSS JOIN (
                    SELECT id AS place_id, commune_id,
                           radians(round(latitude::numeric, 6)) AS north, radians(round(longitude::numeric, 6)) AS east
                    FROM villages_place
                    WHERE %(places)s::bigint[] IS NULL OR id = ANY(%(places)s)
                ) AS there
            ) AS measured
            ON CONFLICT (village_id, place_id) DO UPDATE
            SET kilometres = excluded.kilometres, minutes = excluded.minutes
            WHERE (villages_journey.kilometres, villages_journey.minutes) IS DISTINCT FROM (excluded.kilometres, excluded.minutes)
            """,  # noqa: S608 -- constants of ours
            ESTIMATE | {"villages": village_ids, "places": place_ids},
        )
        changed = cursor.rowcount
    _summarise(village_ids)
    return changed


def _summarise(village_ids: Sequence[int] | None) -> None:
    """Repeat on each village's own row what its journeys say of the nearest places."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE villages_village village
            SET telecentre_km = nearest.telecentre_km, station_km = nearest.station_km,
                metropolis_minutes = nearest.metropolis_minutes
            FROM (
                SELECT village.id,
                       min(journey.kilometres) FILTER (WHERE place.kind = %(telecentre)s) AS telecentre_km,
                       min(journey.kilometres) FILTER (WHERE place.kind = %(station)s) AS station_km,
                       min(journey.minutes) FILTER (WHERE place.kind = %(city)s AND place.name = %(metropolis)s)
                       AS metropolis_minutes
                FROM villages_village village
                LEFT JOIN villages_journey journey ON journey.village_id = village.id
                LEFT JOIN villages_place place ON place.id = journey.place_id
                WHERE %(villages)s::bigint[] IS NULL OR village.id = ANY(%(villages)s)
                GROUP BY village.id
            ) AS nearest
            WHERE nearest.id = village.id
            AND (village.telecentre_km, village.station_km, village.metropolis_minutes)
                IS DISTINCT FROM (nearest.telecentre_km, nearest.station_km, nearest.metropolis_minutes)
            """,
            {
                "telecentre": PlaceKind.TELECENTRE,
                "station": PlaceKind.STATION,
                "city": PlaceKind.CITY,
                "metropolis": settings.TERRITORY.metropolis,
                "villages": village_ids,
            },
        )
