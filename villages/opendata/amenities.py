"""Equipment in (INSEE, base permanente des équipements), commune by commune."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from villages.distances.amenities import measure_amenities
from villages.models import Commune, CommuneAmenity
from villages.opendata.datasets import locked_dataset, tell_dataset
from villages.opendata.reader import ImportReport, OfficialTable, WrongFile, open_table

SOURCE, LICENCE = "INSEE, base permanente des équipements", "Licence Ouverte 2.0"
RIGHT_FILE = "BPE25.csv, DS_BPE_2024_data.csv"
DETAIL = ("AN", "DEPCOM", "TYPEQU")
AGGREGATED = ("GEO", "GEO_OBJECT", "FACILITY_TYPE", "BPE_MEASURE", "TIME_PERIOD", "OBS_VALUE")
CODES_FILE = Path(__file__).resolve().parent / "amenities.toml"

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
) -> ImportReport:
    """Bring in the equipment of the territory, from either shape of the list: one row each, or counts by commune.

    What stands in an absorbed commune is counted in the one that it is part of.
    What the file no longer counts is taken away. The same file a second time changes nothing. Memory does not grow with the
    file. Raises reader.WrongFile, and leaves the database as it was, for any other file.
    """
    report = ImportReport()
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
    report.changed = _keep_amenities(counts)
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


def _read_detail(table: OfficialTable, report: ImportReport, progress: Callable[[float], None] | None) -> tuple[Counts, set[str]]:
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


def _read_aggregated(
    table: OfficialTable, report: ImportReport, progress: Callable[[float], None] | None
) -> tuple[Counts, set[str]]:
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


def _reject_commune(report: ImportReport, line: int, code: str, unknown: set[str]) -> None:
    """Each commune that is not known here is told once, its other rows are only counted."""
    if code in unknown:
        report.rejected += 1
    else:
        unknown.add(code)
        report.reject(line, _("no commune has the code %(code)s here: import the communes first") % {"code": code[:20]})


def _keep_amenities(counts: Counts) -> int:
    """Write what is new or different, take away what is no longer there. Returns how many rows that were."""
    communes = dict(Commune.objects.values_list("insee_code", "pk"))
    wanted = {(communes[code], kind): count for (code, kind), count in counts.items()}
    known = {(row.commune_id, row.kind): row for row in CommuneAmenity.objects.iterator(chunk_size=5000)}
    different = [
        CommuneAmenity(commune_id=commune, kind=kind, count=count)
        for (commune, kind), count in wanted.items()
        if (commune, kind) not in known or known[commune, kind].count != count
    ]
    gone = [row.pk for key, row in known.items() if key not in wanted]
    CommuneAmenity.objects.bulk_create(
        different, batch_size=5000, update_conflicts=True, unique_fields=["commune", "kind"], update_fields=["count"]
    )
    CommuneAmenity.objects.filter(pk__in=gone).delete()
    return len(different) + len(gone)
