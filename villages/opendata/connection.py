"""The regulator's counts of premises in (Arcep, « Ma connexion internet »)."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from villages.models import Commune, Connection
from villages.opendata.datasets import locked_dataset, tell_dataset
from villages.opendata.reader import ImportReport, OfficialTable, TableRow, WrongFile, open_table

OF_ALL_TECHNOLOGIES = re.compile(r"commune_debit(?!_filaire)", re.IGNORECASE)  # the name of the file that counts satellites
REACHED_BY_SATELLITES, FEWEST_ROWS = 0.95, 10  # the share of communes in which everybody is reached, and of how many at least
SOURCE, LICENCE = "Arcep, Ma connexion internet", "Licence Ouverte 2.0"
COMMUNES_AT_ONCE = 1000


@dataclass(frozen=True, eq=False)
class RegulatorFile:
    """What one of the three files fills: the date, and by field the names that its column had over the years."""

    key: str
    file_name: str
    date: str
    columns: Mapping[str, tuple[str, ...]]

    def find(self, table: OfficialTable) -> dict[str, str] | None:
        """By field: the column of this file. None when it is not this part's file."""
        found = {field: next((name for name in names if name in table.columns), None) for field, names in self.columns.items()}
        return found if all(found.values()) else None


SPEEDS = RegulatorFile(
    key="arcep-speeds",
    file_name="commune_debit_filaire.csv",
    date="speeds_on",
    columns={
        "speed_none": ("inel_hd",),
        "speed_half": ("elig_hd05",),
        "speed_3": ("elig_hd3",),
        "speed_8": ("elig_bhd8",),
        "speed_30": ("elig_thd30",),
        "speed_100": ("elig_thd100",),
        "speed_1000": ("elig_thd1g",),
    },
)
BEST = RegulatorFile(
    key="arcep-best",
    file_name="commune_meilleure_techno_thd.csv",
    date="best_on",
    columns={
        "best_total": ("nbr_elig_8",),
        "best_fibre": ("elig_ftth",),
        "best_coax": ("elig_coax",),
        "best_copper_30": ("elig_cu_30",),
        "best_fast_radio": ("elig_thdr",),
        "best_copper_8": ("elig_cu_8",),
        "best_4g": ("elig_4gf", "elig_4fg"),
        "best_radio": ("elig_hdr",),
        "best_satellite": ("elig_sat",),
    },
)
TECHNOLOGIES = RegulatorFile(
    key="arcep-technologies",
    file_name="commune_techno.csv",
    date="technologies_on",
    columns={
        "can_fibre": ("elig_ftth",),
        "can_coax": ("elig_coax",),
        "can_copper": ("elig_cu",),
        "can_fast_radio": ("elig_thdr",),
        "can_4g": ("elig_4gf", "elig_4fg"),
        "can_radio": ("elig_hdr",),
        "can_satellite": ("elig_sat",),
    },
)
REGULATOR_FILES = (SPEEDS, BEST, TECHNOLOGIES)


@transaction.atomic
def import_connections(
    *,
    path: str | Path,
    source: str | None = None,
    licence: str | None = None,
    edition: str | None = None,
    wired: bool = False,
    progress: Callable[[float], None] | None = None,
) -> ImportReport:
    """Bring in one of the three files of the regulator, recognised by its columns; the other two parts stay as they are.

    The file of the speeds of all technologies has the columns of the wired one: it is refused by its name, and where nearly
    every commune has everybody at 8 Mb/s and nobody without, unless `wired` says that it is the right one. What is counted in
    an absorbed commune is added to the one that it is part of. Rows of all premises alone are read (`type` is `all`); a row
    whose counts contradict each other is rejected. The same file a second time changes nothing. Raises reader.WrongFile, and
    leaves the database as it was, for any other file.
    """
    report = ImportReport()
    right = ", ".join(part.file_name for part in REGULATOR_FILES)
    with open_table(path, right=right) as table:
        part, columns = recognised(table)
        if part is SPEEDS and not wired and any(map(OF_ALL_TECHNOLOGIES.search, (table.name, table.packed))):
            raise _of_all_technologies(table)
        dataset = locked_dataset(part.key, Path(path).name)
        communes = dict(Commune.objects.values_list("insee_code", "pk"))
        rows = _connections_in(table, part, columns, communes, report, progress)
        newest, everybody, communes_read = dt.date.min, 0, 0
        while batch := list(islice(rows, COMMUNES_AT_ONCE)):
            newest = max(newest, *(getattr(connection, part.date) for connection in batch))
            communes_read += len(batch)
            if part is SPEEDS:
                everybody += sum(not connection.speed_none and connection.speed_8 == connection.premises for connection in batch)
            _keep_connections(batch, part, report)
        if not wired and communes_read >= FEWEST_ROWS and everybody >= REACHED_BY_SATELLITES * communes_read:
            raise _of_all_technologies(table)
    if not report.kept:
        raise WrongFile(
            _("%(file)s holds no commune of the department %(department)s.")
            % {"file": Path(path).name, "department": settings.TERRITORY.department}
        )
    tell_dataset(
        dataset,
        changed=bool(report.changed),
        file_name=Path(path).name,
        source=SOURCE if source is None else source,
        licence=LICENCE if licence is None else licence,
        edition=newest.isoformat() if edition is None else edition,
    )
    return report


def _of_all_technologies(table: OfficialTable) -> WrongFile:
    return WrongFile(
        _("%(file)s counts satellites, which reach everybody: take %(right)s, or add --wired if it is that file after all.")
        % {"file": table.name, "right": SPEEDS.file_name}
    )


def recognised(table: OfficialTable) -> tuple[RegulatorFile, dict[str, str]]:
    """Which of the three files a table is, and its columns by field. Raises WrongFile with the name of the right one.

    `commune_debit.csv` had the columns of the wired speeds and one more, of satellites, which reach everybody: its speeds say
    nothing of a village. Today it lacks that column, and `import_connections` tells it apart.
    """
    names = ", ".join(part.file_name for part in REGULATOR_FILES)
    is_of_arcep = {"code_insee", "nbr", "type"} <= set(table.columns)
    if is_of_arcep and "elig_hd3" in table.columns and any("sat" in column for column in table.columns):
        raise WrongFile(
            _("%(file)s counts satellites, which reach everybody: take %(right)s of the same page.")
            % {"file": table.name, "right": SPEEDS.file_name}
        )
    for part in REGULATOR_FILES:
        if is_of_arcep and (columns := part.find(table)):
            table.require("code_insee", "code_dep", "nbr", "type", "date", *columns.values())
            return part, columns
    known = ["code_insee", "code_dep", "nbr", "type", "date"]
    lacking = {part: [name for name in [*known, *_usual(part)] if name not in table.columns] for part in REGULATOR_FILES}
    likely = min(REGULATOR_FILES, key=lambda part: len(lacking[part]))
    if len(lacking[likely]) < len(_usual(likely)):
        raise WrongFile(
            _("%(file)s is not whole: as %(right)s it lacks %(columns)s.")
            % {"file": table.name, "right": likely.file_name, "columns": ", ".join(lacking[likely])}
        )
    raise WrongFile(
        _("%(file)s is not a file of « Ma connexion internet »: take %(right)s.") % {"file": table.name, "right": names}
    )


def _usual(part: RegulatorFile) -> list[str]:
    return [names[0] for names in part.columns.values()]


def _connections_in(
    table: OfficialTable,
    part: RegulatorFile,
    columns: Mapping[str, str],
    communes: Mapping[str, int],
    report: ImportReport,
    progress: Callable[[float], None] | None,
) -> Iterator[Connection]:
    seen: dict[str, int] = {}
    merged = {communes[code]: [] for code in set(settings.TERRITORY.present_codes.values()) if code in communes}
    for row in table.rows():
        report.read += 1
        try:
            connection = _connection_in(row, part, columns, communes, seen)
        except ValueError as reason:
            report.reject(row.line, str(reason))
            continue
        if connection:
            report.kept += 1
        if connection and connection.commune_id in merged:
            merged[connection.commune_id].append(connection)
        elif connection:
            yield connection
        if progress and report.read % 500 == 0:
            progress(table.done())
    yield from (_added_up(parts, part) for parts in merged.values() if parts)


def _added_up(parts: Sequence[Connection], part: RegulatorFile) -> Connection:
    """What the rows of a commune and of those that it absorbed say together."""
    sums = {fact: sum(getattr(row, fact) for row in parts) for fact in ("premises", *part.columns)}
    newest = max(getattr(row, part.date) for row in parts)
    return Connection(commune_id=parts[0].commune_id, **sums, **{part.date: newest})


def _connection_in(
    row: TableRow, part: RegulatorFile, columns: Mapping[str, str], communes: Mapping[str, int], seen: dict[str, int]
) -> Connection | None:
    """The part of a connection that a row fills; None when it is elsewhere. Raises ValueError with the reason to reject it."""
    if row.cells is None:
        raise ValueError(_("not as many cells as columns"))
    code = row.cells["code_insee"].upper()
    present = settings.TERRITORY.present_code(code)
    if row.cells["type"].lower() != "all" or not present.startswith(settings.TERRITORY.department):
        return None
    if present not in communes:
        raise ValueError(_("no commune has the code %(code)s here: import the communes first") % {"code": code[:20]})
    if code in seen:
        raise ValueError(_("%(code)s was already read on line %(line)s") % {"code": code, "line": seen[code]})
    counts = {field: _count(row.cells[column], column) for field, column in columns.items()}
    connection = Connection(commune_id=communes[present], premises=_count(row.cells["nbr"], "nbr"), **counts)
    setattr(connection, part.date, _date(row.cells["date"]))
    _refuse_contradiction(connection, part, counts)
    seen[code] = row.line
    return connection


def _refuse_contradiction(connection: Connection, part: RegulatorFile, counts: Mapping[str, int]) -> None:
    if max(counts.values()) > connection.premises:
        raise ValueError(_("more premises of one kind than premises"))
    if part is SPEEDS and any(faster > slower for slower, faster in pairwise(list(counts.values())[1:])):
        raise ValueError(_("a higher speed reaches more premises than a lower one"))
    if part is BEST and sum(list(counts.values())[1:]) != connection.best_total:
        raise ValueError(_("the technologies do not add up to nbr_elig_8"))


def _count(text: str, column: str) -> int:
    try:
        number = int(float(text.replace(",", ".")))
    except ValueError:
        number = -1
    if not 0 <= number < 2**31:
        raise ValueError(_("« %(column)s » is not a count: « %(text)s »") % {"column": column, "text": text[:20]})
    return number


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(_("« %(text)s » is not a date") % {"text": text[:20]}) from None


def _keep_connections(batch: Sequence[Connection], part: RegulatorFile, report: ImportReport) -> None:
    facts = ["premises", part.date, *part.columns]
    known = Connection.objects.in_bulk([connection.commune_id for connection in batch], field_name="commune_id")
    different = []
    for connection in batch:
        was = known.get(connection.commune_id)
        if was and was.technologies_on and part is not TECHNOLOGIES:
            connection.premises = was.premises  # counted with the fibre, whose share they make
        if was is None or any(getattr(was, fact) != getattr(connection, fact) for fact in facts):
            different.append(connection)
    Connection.objects.bulk_create(different, update_conflicts=True, unique_fields=["commune"], update_fields=facts)
    report.changed += len(different)
