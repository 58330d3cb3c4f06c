"""What housing costs, in: the usual rents (« carte des loyers ») and the sales (geo-DVF)."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from statistics import median

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from villages.enums import DwellingKind
from villages.models import FEWEST_SALES, Commune, CommuneRent, CommuneSales
from villages.opendata import Report, Row, Table, WrongFile, open_table
from villages.services.datasets import locked_dataset, tell_dataset

RENTS_SOURCE, RENTS_LICENCE = "Ministère de la Transition écologique, carte des loyers", "Licence Ouverte 2.0"
SALES_SOURCE, SALES_LICENCE = "DGFiP, demandes de valeurs foncières géolocalisées (Etalab)", "Licence Ouverte 2.0"

RENT_COLUMNS = ("INSEE_C", "loypredm2", "lwr.IPm2", "upr.IPm2", "TYPPRED", "nbobs_com")
SALE_COLUMNS = (
    *("id_mutation", "date_mutation", "nature_mutation", "valeur_fonciere", "code_commune", "type_local"),
    *("surface_reelle_bati",),
)
DWELLINGS = {"Maison": DwellingKind.HOUSE, "Appartement": DwellingKind.FLAT}
Progress = Callable[[float], None]


# ---- Rents -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def import_rents(
    *,
    path: str | Path,
    kind: DwellingKind | None = None,
    source: str | None = None,
    licence: str | None = None,
    edition: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Bring in the rents of houses or of flats of every size, whose file has a row for each commune.

    `kind` is read from the usual name of the file (`pred-mai-…`, `pred-app-…`) unless given. The same file a second time
    changes nothing. Raises opendata.WrongFile, and leaves the database as it was, for any other file.
    """
    report, name = Report(), Path(path).name
    kind = kind or _kind_named_by(name)
    dataset = locked_dataset(f"rents-{kind}", name)
    communes = dict(Commune.objects.values_list("insee_code", "pk"))
    with open_table(path) as table:
        table.require(*RENT_COLUMNS)
        rents = list(_read(table, report, lambda row: _rent_in(row, kind, communes), progress, key=lambda rent: rent.commune_id))
    _need_some(rents, name)
    _replace(CommuneRent, kind, rents, ("euros_per_m2", "lowest", "highest", "is_of_the_area", "offers"), report)
    tell_dataset(
        dataset,
        changed=bool(report.changed),
        file_name=name,
        source=RENTS_SOURCE if source is None else source,
        licence=RENTS_LICENCE if licence is None else licence,
        edition=_year_named_by(name) if edition is None else edition,
    )
    return report


def _kind_named_by(name: str) -> DwellingKind:
    lowered = name.lower()
    if "app12" in lowered or "app3" in lowered:
        raise WrongFile(_("%(file)s is about flats of one size: take the file of all flats (pred-app-…).") % {"file": name})
    if "pred-mai" in lowered or "maison" in lowered:
        return DwellingKind.HOUSE
    if "pred-app" in lowered or "appartement" in lowered:
        return DwellingKind.FLAT
    raise WrongFile(
        _("%(file)s does not say whether it is about houses (pred-mai-…) or flats (pred-app-…): add --kind house or --kind flat.")
        % {"file": name}
    )


def _year_named_by(name: str) -> str:
    return next((part for part in name.replace(".", "-").replace("_", "-").split("-") if part.isdigit() and len(part) == 4), "")


def _rent_in(row: Row, kind: DwellingKind, communes: Mapping[str, int]) -> CommuneRent | None:
    commune = _commune_of(row, "INSEE_C", communes)
    if commune is None:
        return None
    area = row.cells["TYPPRED"].lower()
    if area not in ("maille", "commune"):
        raise ValueError(_("TYPPRED is « %(text)s », and should be maille or commune") % {"text": row.cells["TYPPRED"][:20]})
    rent, lowest, highest = (_decimal(row.cells[column], column) for column in ("loypredm2", "lwr.IPm2", "upr.IPm2"))
    if not 0 < lowest <= rent <= highest < 10_000:
        raise ValueError(_("the rent does not lie between its bounds"))
    offers = _decimal(row.cells["nbobs_com"] or "0", "nbobs_com")
    return CommuneRent(
        commune_id=commune,
        kind=kind,
        euros_per_m2=rent,
        lowest=lowest,
        highest=highest,
        is_of_the_area=area == "maille",
        offers=int(offers),
    )


# ---- Sales -----------------------------------------------------------------------------------------------------------


@dataclass
class Sale:
    """What the rows of one sale say together."""

    day: dt.date
    price: Decimal | None
    commune: int
    dwellings: dict[tuple, tuple[DwellingKind, Decimal]] = field(default_factory=dict)  # by row: kind and surface in m²


@transaction.atomic
def import_sales(
    *,
    paths: Sequence[str | Path],
    source: str | None = None,
    licence: str | None = None,
    edition: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Bring in the sales of several years, given together: they replace what was there, since only medians are kept.

    One sale spans several rows; it counts when it is a `Vente`, in the territory, of one dwelling alone (with its land and
    outbuildings). A row that is repeated for each parcel of land is the same dwelling. Raises opendata.WrongFile, and leaves
    the database as it was, when one of the files is another.
    """
    report, names = Report(), [Path(path).name for path in paths]
    dataset = locked_dataset("sales", ", ".join(names)[:200])
    communes = dict(Commune.objects.values_list("insee_code", "pk"))
    sales: dict[str, Sale] = {}
    for number, path in enumerate(paths):
        with open_table(path) as table:
            table.require(*SALE_COLUMNS)
            for done in _add_sales(table, sales, communes, report):
                if progress:
                    progress((number + done) / len(paths))
    _need_some(sales, ", ".join(names))
    found = _by_commune(sales.values())
    for kind in DwellingKind:
        of_kind = [row for row in found if row.kind == kind]
        _replace(CommuneSales, kind, of_kind, ("count", "median_price", "median_per_m2", "first_on", "last_on"), report)
    years = sorted({sale.day.year for sale in sales.values()})
    tell_dataset(
        dataset,
        changed=bool(report.changed),
        file_name=", ".join(names)[:200],
        source=SALES_SOURCE if source is None else source,
        licence=SALES_LICENCE if licence is None else licence,
        edition=(f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])) if edition is None else edition,
    )
    return report


def _add_sales(table: Table, sales: dict[str, Sale], communes: Mapping[str, int], report: Report) -> Iterator[float]:
    """Yields the share read now and then. Only the territory's sales are kept in memory; their rows may stand anywhere."""
    for row in table.rows():
        report.read += 1
        try:
            commune = _commune_of(row, "code_commune", communes)
            if commune is not None and row.cells["nature_mutation"] == "Vente":
                _add_row(sales, commune, row)
                report.kept += 1
        except ValueError as reason:
            report.reject(row.line, str(reason))
        if report.read % 5000 == 0:
            yield table.done()


def _add_row(sales: dict[str, Sale], commune: int, row: Row) -> None:
    cells = row.cells
    price = _decimal(cells["valeur_fonciere"], "valeur_fonciere") if cells["valeur_fonciere"] else None
    day = _day(cells["date_mutation"])
    sale = sales.setdefault(f"{day.year} {cells['id_mutation']}", Sale(day, price, commune))
    if kind := DWELLINGS.get(cells["type_local"]):
        surface = _decimal(cells["surface_reelle_bati"] or "0", "surface_reelle_bati")
        # A dwelling is told again for each parcel and each use of its land.
        told_by = kind, surface, *(cells.get(column) for column in ("numero_disposition", "adresse_numero", "lot1_numero"))
        sale.dwellings[told_by] = kind, surface


def _by_commune(sales: Iterable[Sale]) -> list[CommuneSales]:
    prices: dict[tuple[int, DwellingKind], list[tuple[Sale, Decimal]]] = {}
    for sale in sales:
        if len(sale.dwellings) == 1 and sale.price:
            kind, surface = next(iter(sale.dwellings.values()))
            prices.setdefault((sale.commune, kind), []).append((sale, surface))
    return [_summed_up(commune, kind, sold) for (commune, kind), sold in prices.items()]


def _summed_up(commune: int, kind: DwellingKind, sold: list[tuple[Sale, Decimal]]) -> CommuneSales:
    days = [sale.day for sale, _surface in sold]
    by_m2 = [sale.price / surface for sale, surface in sold if surface > 0]
    return CommuneSales(
        commune_id=commune,
        kind=kind,
        count=len(sold),
        median_price=_median([sale.price for sale, _surface in sold]),
        median_per_m2=_median(by_m2),
        first_on=min(days),
        last_on=max(days),
    )


def _median(values: list[Decimal]) -> Decimal | None:
    return round(Decimal(median(values)), 2) if len(values) >= FEWEST_SALES else None


# ---- Both ------------------------------------------------------------------------------------------------------------


def _read(
    table: Table,
    report: Report,
    understand: Callable[[Row], models.Model | None],
    progress: Progress | None,
    key: Callable[[models.Model], int],
) -> Iterator[models.Model]:
    seen: dict[int, int] = {}
    for row in table.rows():
        report.read += 1
        try:
            fact = understand(row)
            if fact is not None and key(fact) in seen:
                raise ValueError(_("this commune was already read on line %(line)s") % {"line": seen[key(fact)]})
        except ValueError as reason:
            report.reject(row.line, str(reason))
            continue
        if fact is not None:
            seen[key(fact)] = row.line
            report.kept += 1
            yield fact
        if progress and report.read % 500 == 0:
            progress(table.done())


def _commune_of(row: Row, column: str, communes: Mapping[str, int]) -> int | None:
    """The key of the row's commune; None when it is elsewhere. Raises ValueError with the reason to reject the row."""
    if row.cells is None:
        raise ValueError(_("not as many cells as columns"))
    code = row.cells[column].upper()
    if not code.startswith(settings.TERRITORY.department):
        return None
    if code not in communes:
        raise ValueError(_("no commune has the code %(code)s here: import the communes first") % {"code": code[:20]})
    return communes[code]


def _decimal(text: str, column: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", ".").replace("\u202f", "").replace("\u00a0", "").replace(" ", ""))
    except InvalidOperation:
        number = Decimal(-1)
    if not 0 <= number < 10**10:
        raise ValueError(_("« %(column)s » is not a number: « %(text)s »") % {"column": column, "text": text[:20]})
    return number


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("« %(text)s » is not a date") % {"text": text[:20]}) from None


def _need_some(found: Sequence | Mapping, name: str) -> None:
    if not found:
        raise WrongFile(
            _("%(file)s holds no commune of the department %(department)s.")
            % {"file": name, "department": settings.TERRITORY.department}
        )


def _replace(
    model: type[models.Model], kind: DwellingKind, rows: Sequence[models.Model], facts: Sequence[str], report: Report
) -> None:
    """Write what is new or different, and take away the communes that the file no longer has."""
    known = {row.commune_id: row for row in model.objects.filter(kind=kind)}
    new, changed = [], []
    for row in rows:
        was = known.pop(row.commune_id, None)
        if was is None:
            new.append(row)
        elif any(getattr(was, fact) != _as_stored(model, fact, getattr(row, fact)) for fact in facts):
            row.pk = was.pk
            changed.append(row)
    model.objects.bulk_create(new, batch_size=1000)
    model.objects.bulk_update(changed, facts, batch_size=1000)
    model.objects.filter(pk__in=[row.pk for row in known.values()]).delete()
    report.changed += len(new) + len(changed) + len(known)


def _as_stored(model: type[models.Model], fact: str, value: object) -> object:
    column = model._meta.get_field(fact)
    return round(value, column.decimal_places) if isinstance(value, Decimal) else value
