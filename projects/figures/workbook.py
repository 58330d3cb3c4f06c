"""A report as a spreadsheet: what was asked, the figures, then the rows behind each.

No cell is ever a formula, whatever somebody typed.
"""

import io
from collections.abc import Iterable

import xlsxwriter
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.csv_files import would_compute
from projects.figures.parts import Figure, FigureRow
from projects.figures.report import Report
from projects.figures.table_rows import TABLES

CELLS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def workbook_of(report: Report) -> tuple[bytes, int]:
    """The file, and how many rows it holds in all."""
    told = io.BytesIO()
    book = xlsxwriter.Workbook(told, CELLS)
    bold, rows = book.add_format({"bold": True}), 0
    as_typed = book.add_format({"quote_prefix": True})  # stays a text, also when somebody edits the cell

    def sheet(name: str, header: list[str], lines: Iterable[list]) -> None:
        nonlocal rows
        page = book.add_worksheet(name[:31])
        page.freeze_panes(1, 0)
        page.set_column(0, len(header) - 1, 24)
        page.write_row(0, 0, header, bold)
        for number, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                write_cell(page, number, column, value, as_typed if isinstance(value, str) and would_compute(value) else None)
            rows += 1

    def rows_sheet(name: str, lines: Iterable[FigureRow]) -> None:
        sheet(name, [_("Reference"), _("Project"), _("Counts for")], ([row.reference, row.title, row.counts_for] for row in lines))

    sheet(_("Parameters"), [_("Parameter"), _("Value")], parameters_of(report))
    figures = [[figure.unit, figure.value, defined(report, figure)] for figure in report.figures]
    quarters = [[figure.label, figure.people, figure.households, figure.remark] for figure in report.quarters]
    sheet(_("Figures"), [_("Figure"), _("Value"), _("Definition")], figures)
    sheet(_("By quarter"), [_("Quarter"), _("People"), _("Households"), _("Remark")], quarters)
    sheet(_("Stages"), [_("Stage"), _("Files")], [[figure.label, figure.number] for figure in report.stages])
    sheet(_("Villages"), [_("Answer"), _("Number")], [[figure.label, figure.number] for figure in report.answers])
    sheet(
        _("Survival"),
        [_("After, months"), _("Followed"), _("At work"), _("Unknown"), _("Stopped")],
        [[figure.months, figure.followed, figure.active, figure.unknown, figure.stopped] for figure in report.survival],
    )
    for figure in report.figures:
        rows_sheet(figure.slug, figure.rows)
    for kind, table in TABLES.items():
        rows_sheet(kind, table.rows(report))
    book.close()
    return told.getvalue(), rows


def parameters_of(report: Report) -> list[list]:
    """Whoever holds the file can ask for the same report again, and knows what its tables are of."""
    territory = settings.TERRITORY.spoken(get_language())
    tables = {
        "trimestre": _("By quarter"),
        "etape": _("Stages"),
        "reponse": _("Villages"),
        "suivi": _("Survival"),
    }
    return [
        [_("Report to the funders"), f"{territory.network} {territory.name}, {territory.operator}"],
        *([name, value] for name, value in report.asked.parameters),
        *([_("As it stands today"), words] for words in [report.as_of_today] if words),
        *([tables[kind], words] for kind, words in report.definitions.items()),
        [_("Median of days until a village first answered"), report.answer_days],
    ]


def defined(report: Report, figure: Figure) -> str:
    if not report.asked.is_past or not figure.today:
        return figure.definition
    return figure.definition + " " + _("Read as it stands today: %(things)s.") % {"things": figure.today}


def write_cell(page, number: int, column: int, value, look) -> None:
    if value is None:
        page.write_blank(number, column, None)
    elif isinstance(value, str):
        page.write_string(number, column, value, look)
    else:
        page.write_number(number, column, float(value))
