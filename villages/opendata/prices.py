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
from villages.opendata.datasets import locked_dataset, tell_dataset
from villages.opendata.reader import ImportReport, OfficialTable, TableRow, WrongFile, open_table

RENTS_SOURCE, RENTS_LICENCE = "Ministère de la Transition écologique, carte des loyers", "Licence Ouverte 2.0"
SALES_SOURCE, SALES_LICENCE = "DGFiP, demandes de valeurs foncières géolocalisées (Etalab)", "Licence Ouverte 2.0"

RENT_COLUMNS = ("INSEE_C", "loypredm2", "lwr.IPm2", "upr.IPm2", "TYPPRED", "nbobs_com")
SALE_COLUMNS = (
    *("id_mutation", "date_mutation", "nature_mutation", "valeur_fonciere", "code_commune", "type_local"),
    *("surface_reelle_bati",),
)
RIGHT_RENTS, RIGHT_SALES = "pred-mai-mef-dhup.csv, pred-app-mef-dhup.csv", "geo-dvf, {department}.csv.gz"
OF_THE_DGFIP = "Valeur fonciere"  # a column of its own text file, which has neither INSEE codes nor what groups the rows of a sale
BUSINESS = "Local "  # how its type begins: « Local industriel. commercial ou assimilé »
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
) -> ImportReport:
    """Bring in the rents of houses or of flats of every size, whose file has a row for each commune.

    `kind` is read from the usual name of the file (`pred-mai-…`, `pred-app-…`) unless given. The rent of an absorbed commune
    stands for the one that it is part of where the file has none for that one. The same file a second time
    changes nothing. Raises reader.WrongFile, and leaves the database as it was, for any other file.
    """
    report, name = ImportReport(), Path(path).name
    kind = kind or _kind_named_by(name)
    dataset = locked_dataset(f"rents-{kind}", name)
    communes = dict(Commune.objects.values_list("insee_code", "pk"))
    with open_table(path, right=RIGHT_RENTS) as table:
        table.require(*RENT_COLUMNS)
        rents = _read_rents(table, report, lambda row: _rent_in(row, kind, communes), progress)
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


def _read_rents(
    table: OfficialTable, report: ImportReport, understand: Callable[[TableRow], CommuneRent | None], progress: Progress | None
) -> list[CommuneRent]:
    """One for each commune: its own, or else that of a commune which it absorbed."""
    own: dict[int, CommuneRent] = {}
    absorbed: dict[int, CommuneRent] = {}
    seen: dict[str, int] = {}
    for row in table.rows():
        report.read += 1
        if progress and report.read % 500 == 0:
            progress(table.done())
        try:
            rent = understand(row)
            if rent is None:
                continue
            code = row.cells["INSEE_C"].upper()
            if code in seen:
                raise ValueError(_("this commune was already read on line %(line)s") % {"line": seen[code]})
        except ValueError as reason:
            report.reject(row.line, str(reason))
            continue
        seen[code] = row.line
        report.kept += 1
        if settings.TERRITORY.present_code(code) == code:
            own[rent.commune_id] = rent
        else:
            absorbed.setdefault(rent.commune_id, rent)
    return list((absorbed | own).values())


def _rent_in(row: TableRow, kind: DwellingKind, communes: Mapping[str, int]) -> CommuneRent | None:
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


@dataclass(frozen=True)
class SoldDwelling:
    """A dwelling that was sold, and the price of the part of the sale that holds it."""

    kind: DwellingKind
    surface: Decimal  # m²; 0 where it is not known
    commune: int
    price: Decimal | None


@dataclass
class Sale:
    """What the rows of one sale say together. `is_mixed`: something was sold with it that hides the price of the dwelling."""

    day: dt.date
    dwellings: dict[tuple, SoldDwelling] = field(default_factory=dict)
    is_mixed: bool = False

    @property
    def dwelling(self) -> SoldDwelling | None:
        """The one dwelling whose price this sale tells; None where it tells nobody's."""
        if self.is_mixed or len(self.dwellings) != 1:
            return None
        dwelling = next(iter(self.dwellings.values()))
        return dwelling if dwelling.price else None


@transaction.atomic
def import_sales(
    *,
    paths: Sequence[str | Path],
    source: str | None = None,
    licence: str | None = None,
    edition: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring in the sales of several years, given together: they replace what was there, since only medians are kept.

    One sale spans several rows; it counts when it is a `Vente`, in the territory, of one dwelling alone (with its land and
    outbuildings), in the commune of that dwelling and at the price of its disposition. Business premises, or a dwelling beyond
    the border, sold with it make it nobody's price. A row that is repeated for each parcel of land is the same dwelling.
    Raises reader.WrongFile, and leaves the database as it was, when one of the files is another.
    """
    report, names = ImportReport(), [Path(path).name for path in paths]
    dataset = locked_dataset("sales", ", ".join(names)[:200])
    communes = dict(Commune.objects.values_list("insee_code", "pk"))
    sales: dict[str, Sale] = {}
    for number, path in enumerate(paths):
        with open_table(path, right=RIGHT_SALES.format(department=settings.TERRITORY.department)) as table:
            if OF_THE_DGFIP in table.columns:
                raise WrongFile(
                    _("%(file)s is the DGFiP's own text file, without what groups the rows of a sale: take %(right)s.")
                    % {"file": table.name, "right": RIGHT_SALES.format(department=settings.TERRITORY.department)}
                )
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


def _add_sales(table: OfficialTable, sales: dict[str, Sale], communes: Mapping[str, int], report: ImportReport) -> Iterator[float]:
    """Yields the share read now and then.

    Only the territory's sales are kept in memory; their rows may stand anywhere, but what was sold with them elsewhere is seen
    only after one of them or right before.
    """
    hides_next = ""  # the sale of the last row that hides a price and belongs to none of the sales known so far
    for row in table.rows():
        report.read += 1
        name = row.cells and f"{row.cells['date_mutation'][:4]} {row.cells['id_mutation']}"
        hides = False
        try:
            commune = _commune_of(row, "code_commune", communes)
            if row.cells["nature_mutation"] == "Vente":
                if commune is None:
                    hides = row.cells["type_local"] in DWELLINGS or row.cells["type_local"].startswith(BUSINESS)
                else:
                    _add_row(sales, name, commune, row)
                    sales[name].is_mixed |= hides_next == name
                    report.kept += 1
        except ValueError as reason:
            report.reject(row.line, str(reason))
            hides = True
        if hides and name in sales:
            sales[name].is_mixed = True
        elif hides and name:
            hides_next = name
        if report.read % 5000 == 0:
            yield table.done()


def _add_row(sales: dict[str, Sale], name: str, commune: int, row: TableRow) -> None:
    cells = row.cells
    price = _decimal(cells["valeur_fonciere"], "valeur_fonciere") if cells["valeur_fonciere"] else None
    sale = sales.setdefault(name, Sale(_day(cells["date_mutation"])))
    sale.is_mixed |= cells["type_local"].startswith(BUSINESS)
    if kind := DWELLINGS.get(cells["type_local"]):
        surface = _decimal(cells["surface_reelle_bati"] or "0", "surface_reelle_bati")
        # A dwelling is told again for each parcel and each use of its land.
        place = ("numero_disposition", "adresse_nom_voie", "adresse_numero", "lot1_numero")
        sale.dwellings.setdefault(
            (kind, surface, commune, *(cells.get(column) for column in place)), SoldDwelling(kind, surface, commune, price)
        )


def _by_commune(sales: Iterable[Sale]) -> list[CommuneSales]:
    sold: dict[tuple[int, DwellingKind], list[tuple[dt.date, SoldDwelling]]] = {}
    for sale in sales:
        if dwelling := sale.dwelling:
            sold.setdefault((dwelling.commune, dwelling.kind), []).append((sale.day, dwelling))
    return [_summed_up(commune, kind, of_them) for (commune, kind), of_them in sold.items()]


def _summed_up(commune: int, kind: DwellingKind, sold: list[tuple[dt.date, SoldDwelling]]) -> CommuneSales:
    days = [day for day, _dwelling in sold]
    return CommuneSales(
        commune_id=commune,
        kind=kind,
        count=len(sold),
        median_price=_median([dwelling.price for _day, dwelling in sold]),
        median_per_m2=_median([dwelling.price / dwelling.surface for _day, dwelling in sold if dwelling.surface > 0]),
        first_on=min(days),
        last_on=max(days),
    )


def _median(values: list[Decimal]) -> Decimal | None:
    return round(Decimal(median(values)), 2) if len(values) >= FEWEST_SALES else None


# ---- Both ------------------------------------------------------------------------------------------------------------


def _commune_of(row: TableRow, column: str, communes: Mapping[str, int]) -> int | None:
    """The key of the row's commune; None when it is elsewhere. Raises ValueError with the reason to reject the row."""
    if row.cells is None:
        raise ValueError(_("not as many cells as columns"))
    code = settings.TERRITORY.present_code(row.cells[column].upper())
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
    model: type[models.Model], kind: DwellingKind, rows: Sequence[models.Model], facts: Sequence[str], report: ImportReport
) -> None:
    """Write what is new or different, and take away the communes that the file no longer has."""
    known = {row.commune_id: row for row in model.objects.filter(kind=kind)}
    different = []
    for row in rows:
        was = known.pop(row.commune_id, None)
        if was is None or any(getattr(was, fact) != _as_stored(model, fact, getattr(row, fact)) for fact in facts):
            different.append(row)
    model.objects.bulk_create(
        different, batch_size=1000, update_conflicts=True, unique_fields=["commune", "kind"], update_fields=facts
    )
    model.objects.filter(pk__in=[row.pk for row in known.values()]).delete()
    report.changed += len(different) + len(known)


def _as_stored(model: type[models.Model], fact: str, value: object) -> object:
    column = model._meta.get_field(fact)
    return round(value, column.decimal_places) if isinstance(value, Decimal) else value
