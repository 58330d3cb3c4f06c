"""How far each village is from the nearest shop, school or doctor: from the nearest of each kind of amenity."""

from collections.abc import Iterable

from django.db import connection, transaction

from villages.distances.journeys import ESTIMATE, ROAD_KM, ROAD_MINUTES
from villages.models import CommuneAmenity, NearestAmenity, Village

CANDIDATES = 12  # of the nearest as a flat map sees them, among which the round Earth decides


@transaction.atomic
def measure_amenities(*, villages: Iterable[Village] | None = None) -> int:
    """Find the nearest of each kind again, from these villages or from all. Returns how many rows are new, changed or gone.

    Distances as `measure_journeys` estimates them. Among the nearest as a flat map sees them, by an index, the great circle
    decides; at equal distance, the first in French order.
    """
    if not CommuneAmenity.objects.exists() and not NearestAmenity.objects.exists():
        return 0
    village_ids = None if villages is None else [village.pk for village in villages]
    values = ESTIMATE | {"villages": village_ids, "candidates": CANDIDATES}
    with connection.cursor() as cursor:
        for statement in (FORGET_GROUND, LAY_GROUND, INDEX_GROUND, ANALYSE_GROUND, FORGET_NEAREST, FIND_NEAREST):
            cursor.execute(statement, values)
        cursor.execute(KEEP_NEAREST, values)
        written = cursor.rowcount
        cursor.execute(DROP_FARTHER, values)
        return written + cursor.rowcount


FORGET_GROUND = "DROP TABLE IF EXISTS pg_temp.amenity_ground"
# East-west degrees are shortened by the cosine of the territory's middle, so that a flat distance is nearly the true one.
SPOT = "point(commune.longitude * cos(radians(middle.latitude)), commune.latitude)"
TURNS = """
    radians(round(commune.latitude::numeric, 6)) AS north, radians(round(commune.longitude::numeric, 6)) AS east
"""
MIDDLE = "(SELECT coalesce(avg(latitude), 0) AS latitude FROM villages_commune) AS middle"
LAY_GROUND = f"""
    CREATE TEMPORARY TABLE amenity_ground ON COMMIT DROP AS
    SELECT amenity.kind, commune.id AS commune_id, commune.sort_name, {TURNS}, {SPOT} AS spot
    FROM villages_communeamenity amenity JOIN villages_commune commune ON commune.id = amenity.commune_id CROSS JOIN {MIDDLE}
"""  # noqa: S608 -- constants of ours
INDEX_GROUND = "CREATE INDEX ON amenity_ground USING gist (kind, spot)"
ANALYSE_GROUND = "ANALYZE amenity_ground"
FORGET_NEAREST = "DROP TABLE IF EXISTS pg_temp.amenity_nearest"
FIND_NEAREST = f"""
    CREATE TEMPORARY TABLE amenity_nearest ON COMMIT DROP AS
    SELECT village_id, kind, commune_id, round(road::numeric, 1) AS kilometres, {ROAD_MINUTES} AS minutes
    FROM (
        SELECT here.village_id, kinds.kind, nearest.commune_id, nearest.road
        FROM (
            SELECT village.id AS village_id, commune.id AS commune_id, {TURNS}, {SPOT} AS spot
            FROM villages_village village JOIN villages_commune commune ON commune.id = village.commune_id CROSS JOIN {MIDDLE}
            WHERE %(villages)s::bigint[] IS NULL OR village.id = ANY(%(villages)s)
        ) AS here
        CROSS JOIN (SELECT DISTINCT kind FROM amenity_ground) AS kinds
        CROSS JOIN LATERAL (
            SELECT there.commune_id, {ROAD_KM} AS road
            FROM (
                SELECT * FROM amenity_ground ground WHERE ground.kind = kinds.kind
                ORDER BY ground.spot <-> here.spot LIMIT %(candidates)s
            ) AS there
            ORDER BY road, there.sort_name, there.commune_id LIMIT 1
        ) AS nearest
    ) AS found
"""  # noqa: S608 -- constants of ours
KEEP_NEAREST = """
    INSERT INTO villages_nearestamenity AS known (village_id, kind, commune_id, kilometres, minutes)
    SELECT village_id, kind, commune_id, kilometres, minutes FROM amenity_nearest
    ON CONFLICT (village_id, kind) DO UPDATE
    SET commune_id = excluded.commune_id, kilometres = excluded.kilometres, minutes = excluded.minutes
    WHERE (known.commune_id, known.kilometres, known.minutes)
        IS DISTINCT FROM (excluded.commune_id, excluded.kilometres, excluded.minutes)
"""
DROP_FARTHER = """
    DELETE FROM villages_nearestamenity AS known
    WHERE (%(villages)s::bigint[] IS NULL OR known.village_id = ANY(%(villages)s))
    AND NOT EXISTS (
        SELECT FROM amenity_nearest WHERE amenity_nearest.village_id = known.village_id AND amenity_nearest.kind = known.kind
    )
"""
