"""Official communes in."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from villages.distances.amenities import measure_amenities
from villages.distances.journeys import measure_journeys
from villages.models import Commune, Village
from villages.opendata.datasets import locked_dataset, tell_dataset
from villages.opendata.reader import REASONS_KEPT, ImportReport, TableRow, WrongFile, open_table

COMMUNES_AT_ONCE = 1000
RIGHT_FILE = "communes.csv"
POPULATION = re.compile(r"population_(\d{4})")
COMMUNE_FACTS = ("name", "postal_codes", "population", "population_year", "latitude", "longitude", "intercommunality")


@transaction.atomic
def import_communes(
    *,
    path: str | Path,
    source: str | None = None,
    licence: str | None = None,
    edition: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> ImportReport:
    """Bring in the communes of the territory's department from a table with one row each.

    Columns: insee_code, name, postal_codes (separated by |), population_<year>, latitude, longitude (degrees WGS 84, decimal
    point or comma), intercommunality. The same file a second time changes nothing. Raises reader.WrongFile, and leaves the
    database as it was, for a file that cannot be that table. A commune that the file does not name stays as it is, and a note of
    the report says so. The row of an absorbed commune is rejected: the one that it is part of has its own.
    `source`, `licence` and `edition` are the territory's own unless given. `progress` is told the share read, from 0 to 1.
    """
    territory, report, moved = settings.TERRITORY, ImportReport(), []
    dataset = locked_dataset("communes", Path(path).name)
    with open_table(path, right=RIGHT_FILE) as table:
        population = next((column for column in table.columns if POPULATION.fullmatch(column)), "population_<année>")
        table.require("insee_code", "name", "postal_codes", population, "latitude", "longitude", "intercommunality")
        year, seen, batch = int(POPULATION.fullmatch(population)[1]), {}, []
        named = set()  # the codes of all rows, of those that are rejected too
        for row in table.rows():
            report.read += 1
            if row.cells:
                named.add(row.cells["insee_code"].upper())
            try:
                commune = _commune_in(row, population, year, territory.department, seen)
            except ValueError as reason:
                report.reject(row.line, str(reason))
                continue
            if commune:
                batch.append(commune)
            if len(batch) == COMMUNES_AT_ONCE:
                moved += _keep_communes(batch, report)
                batch = []
            if progress and report.read % 500 == 0:
                progress(table.done())
        moved += _keep_communes(batch, report)
    if not report.kept:
        raise WrongFile(
            _("%(file)s holds no commune of the department %(department)s.")
            % {"file": Path(path).name, "department": territory.department}
        )
    tell_dataset(
        dataset,
        changed=bool(report.changed),
        file_name=Path(path).name,
        source=territory.communes_source if source is None else source,
        licence=territory.communes_licence if licence is None else licence,
        edition=territory.communes_edition if edition is None else edition,
    )
    report.notes += _no_longer_there(named)
    if moved:
        measure_journeys(villages=Village.objects.filter(commune__in=moved))
        measure_amenities()  # a commune that moved is another's neighbour, too
    return report


def _commune_in(row: TableRow, population: str, year: int, department: str, seen: dict[str, int]) -> Commune | None:
    """The commune that a row describes; None when it is elsewhere. Raises ValueError with the reason to reject it."""
    if row.cells is None:
        raise ValueError(_("not as many cells as columns"))
    code = row.cells["insee_code"].upper()
    if not re.fullmatch(r"[0-9A-Z]{5}", code):
        raise ValueError(_("« %(code)s » is not an INSEE code of five signs") % {"code": code[:20]})
    if not code.startswith(department):
        return None
    if (present := settings.TERRITORY.present_code(code)) != code:
        raise ValueError(_("%(code)s is part of %(present)s now, and no commune of its own") % {"code": code, "present": present})
    if code in seen:
        raise ValueError(_("%(code)s was already read on line %(line)s") % {"code": code, "line": seen[code]})
    commune = Commune(
        insee_code=code,
        name=row.cells["name"],
        postal_codes=[postal_code.strip() for postal_code in row.cells["postal_codes"].split("|")],
        population=_number(row.cells[population], int, population),
        population_year=year,
        latitude=_number(row.cells["latitude"], float, "latitude"),
        longitude=_number(row.cells["longitude"], float, "longitude"),
        intercommunality=row.cells["intercommunality"],
    )
    if not 0 < len(commune.name) <= 100:
        raise ValueError(_("the name is missing or too long"))
    if not all(re.fullmatch(r"\d{5}", postal_code) for postal_code in commune.postal_codes):
        raise ValueError(_("a postal code has not five digits"))
    if not 0 <= commune.population < 2**31:
        raise ValueError(_("« %(column)s » is out of bounds") % {"column": population})
    if not (-90 <= commune.latitude <= 90 and -180 <= commune.longitude <= 180):
        raise ValueError(_("the coordinates are not on Earth"))
    if len(commune.intercommunality) > 120 or "\0" in commune.intercommunality:
        raise ValueError(_("the intercommunality is too long"))
    seen[code] = row.line
    return commune


def _no_longer_there(named: set[str]) -> list[str]:
    """A sentence for each commune of the department that is known here and not in the file."""
    here = Commune.objects.filter(insee_code__startswith=settings.TERRITORY.department)
    known = dict(here.in_french_order().values_list("insee_code", "name"))
    sentences = []
    for code, name in known.items():
        present = settings.TERRITORY.present_code(code)
        facts = {"name": name, "code": code, "present": known.get(present, ""), "present_code": present}
        if code in named:
            continue
        if present != code:
            sentences.append(
                _("%(name)s (%(code)s) is no longer in the file: it is part of %(present)s (%(present_code)s).") % facts
            )
        else:
            sentences.append(_("%(name)s (%(code)s) is no longer in the file, and no table says what became of it.") % facts)
    return sentences[:REASONS_KEPT]


def _number(text: str, kind: type, column: str) -> float:
    try:
        return kind(text.replace(",", ".").replace("\u202f", "").replace("\u00a0", "").replace(" ", ""))
    except ValueError:
        raise ValueError(_("« %(column)s » is not a number: « %(text)s »") % {"column": column, "text": text[:20]}) from None


def _keep_communes(batch: Sequence[Commune], report: ImportReport) -> list[Commune]:
    """Write what is new or different in one batch. Returns the communes that moved, whose journeys must be measured again."""
    known = Commune.objects.in_bulk([commune.insee_code for commune in batch], field_name="insee_code")
    different, moved = [], []
    for commune in batch:
        was = known.get(commune.insee_code)
        if was is None or any(getattr(was, fact) != getattr(commune, fact) for fact in COMMUNE_FACTS):
            different.append(commune)
        if was and (was.latitude, was.longitude) != (commune.latitude, commune.longitude):
            moved.append(commune)
    Commune.objects.bulk_create(different, update_conflicts=True, unique_fields=["insee_code"], update_fields=COMMUNE_FACTS)
    report.kept += len(batch)
    report.changed += len(different)
    return moved
