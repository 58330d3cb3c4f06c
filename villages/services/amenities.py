"""Equipment in (INSEE, base permanente des équipements), and how far each village is from the nearest of each kind."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from villages.models import Commune, CommuneAmenity, NearestAmenity, Village
from villages.opendata import Report, Table, WrongFile, open_table
from villages.services.datasets import locked_dataset, tell_dataset
from villages.services.journeys import ESTIMATE, ROAD_KM, ROAD_MINUTES

SOURCE, LICENCE = "INSEE, base permanente des équipements", "Licence Ouverte 2.0"
RIGHT_FILE = "BPE25.csv, DS_BPE_2024_data.csv"
DETAIL = ("AN", "DEPCOM", "TYPEQU")
AGGREGATED = ("GEO", "GEO_OBJECT", "FACILITY_TYPE", "BPE_MEASURE", "TIME_PERIOD", "OBS_VALUE")
CODES_FILE = Path(__file__).resolve().parent.parent / "amenities.toml"
CANDIDATES = 12  # of the nearest as a flat map sees them, among which the round Earth decides

Counts = Counter[tuple[str, str]]  # by INSEE code and kind


@cache
def kinds_of_codes() -> Mapping[str, tuple[str, ...]]:
    """By official code: what it makes. A code that is not here is nothing a village lives by."""
    with CODES_FILE.open("rb") as file:
        codes = tomllib.load(file)["codes"]
    kinds = defaultdict(list)
    for kind, its_codes in codes.items():
        for code in its_codes:
            kinds[code].append(kind)
    return {code: tuple(its_kinds) for code, its_kinds in kinds.items()}


@transaction.atomic
def import_amenities(
    *,
    path: str | Path,
    source: str | None = None,
    licence: str | None = None,
    edition: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Bring in the equipment of the territory, from either shape of the list: one row each, or counts by commune.

    What stands in an absorbed commune is counted in the one that it is part of.
    What the file no longer counts is taken away. The same file a second time changes nothing. Memory does not grow with the
    file. Raises opendata.WrongFile, and leaves the database as it was, for any other file.
    """
    report = Report()
    dataset = locked_dataset("bpe", Path(path).name)
    with open_table(path, right=RIGHT_FILE) as table:
        if set(AGGREGATED) <= set(table.columns):
            counts, years = _read_aggregated(table, report, progress)
        elif "FACILITY_TYPE" in table.columns or "GEO_OBJECT" in table.columns:
            table.require(*AGGREGATED)
        else:
            table.require(*DETAIL)
            counts, years = _read_detail(table, report, progress)
    if not counts:
        raise WrongFile(
            _("%(file)s holds no commune of the department %(department)s.")
            % {"file": Path(path).name, "department": settings.TERRITORY.department}
        )
    report.changed = _keep(counts)
    tell_dataset(
        dataset,
        changed=bool(report.changed),
        file_name=Path(path).name,
        source=SOURCE if source is None else source,
        licence=LICENCE if licence is None else licence,
        edition=max(years) if edition is None else edition,
    )
    if report.changed:
        measure_amenities()
    return report


def _read_detail(table: Table, report: Report, progress: Callable[[float], None] | None) -> tuple[Counts, set[str]]:
    department, communes, kinds = settings.TERRITORY.department, _known_codes(), kinds_of_codes()
    present = settings.TERRITORY.present_codes
    counts, years, unknown = Counter(), set(), set()
    for line, (year, code, equipment) in table.cells(*DETAIL):
        report.read += 1
        if progress and report.read % 20_000 == 0:
            progress(table.done())
        if code is None:
            report.reject(line, _("not as many cells as columns"))
        elif (code := present.get(code, code)).startswith(department) and equipment in kinds:
            if code not in communes:
                _reject_commune(report, line, code, unknown)
                continue
            report.kept += 1
            years.add(year)
            for kind in kinds[equipment]:
                counts[code, kind] += 1
    return counts, years


def _read_aggregated(table: Table, report: Report, progress: Callable[[float], None] | None) -> tuple[Counts, set[str]]:
    department, communes, kinds = settings.TERRITORY.department, _known_codes(), kinds_of_codes()
    present = settings.TERRITORY.present_codes
    counts, years, unknown = Counter(), set(), set()
    for line, (code, level, equipment, measure, year, value) in table.cells(*AGGREGATED):
        report.read += 1
        if progress and report.read % 20_000 == 0:
            progress(table.done())
        if code is None:
            report.reject(line, _("not as many cells as columns"))
        elif level != "COM" or measure != "FACILITIES":
            continue
        elif (code := present.get(code, code)).startswith(department) and equipment in kinds:
            if code not in communes:
                _reject_commune(report, line, code, unknown)
                continue
            try:
                number = int(float(value))
            except ValueError:
                report.reject(line, _("« %(column)s » is not a number: « %(text)s »") % {"column": "OBS_VALUE", "text": value[:20]})
                continue
            report.kept += 1
            years.add(year)
            for kind in kinds[equipment] if number > 0 else ():
                counts[code, kind] += number
    return counts, years


def _known_codes() -> set[str]:
    return set(Commune.objects.values_list("insee_code", flat=True))


def _reject_commune(report: Report, line: int, code: str, unknown: set[str]) -> None:
    """Each commune that is not known here is told once, its other rows are only counted."""
    if code in unknown:
        report.rejected += 1
    else:
        unknown.add(code)
        report.reject(line, _("no commune has the code %(code)s here: import the communes first") % {"code": code[:20]})


def _keep(counts: Counts) -> int:
    """Write what is new or different, take away what is no longer there. Returns how many rows that were."""
    communes = dict(Commune.objects.values_list("insee_code", "pk"))
    wanted = {(communes[code], kind): count for (code, kind), count in counts.items()}
    known = {(row.commune_id, row.kind): row for row in CommuneAmenity.objects.iterator(chunk_size=5000)}
    new = [CommuneAmenity(commune_id=key[0], kind=key[1], count=count) for key, count in wanted.items() if key not in known]
    changed, gone = [], []
    for key, row in known.items():
        if key not in wanted:
            gone.append(row.pk)
        elif row.count != wanted[key]:
            row.count = wanted[key]
            changed.append(row)
    CommuneAmenity.objects.bulk_create(new, batch_size=5000)
    CommuneAmenity.objects.bulk_update(changed, ["count"], batch_size=2000)
    CommuneAmenity.objects.filter(pk__in=gone).delete()
    return len(new) + len(changed) + len(gone)


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
