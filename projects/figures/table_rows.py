"""What stands behind a figure or a line of a table: a figure brings its rows, those of a table are read here when asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from projects.enums import Stage
from projects.figures.parts import FigureRow, figure_row, people_of, quarter_of
from projects.figures.report import Report, answer_labels

MOST_ROWS = 500


@dataclass(frozen=True)
class RowsBehind:
    """At most MOST_ROWS of the rows behind one figure or one line of a table."""

    title: str
    rows: list[FigureRow]
    has_more: bool


def rows_behind(report: Report, slug: str) -> RowsBehind | None:
    """What `slug` names: a figure, or `kind.line` of a table; None where it names neither."""
    for figure in report.figures:
        if figure.slug == slug:
            return cut_rows(figure.unit, iter(figure.rows))
    kind, _dot, line = slug.partition(".")
    if kind in TABLES and line in TABLES[kind].lines(report):
        return cut_rows(TABLES[kind].lines(report)[line], TABLES[kind].rows(report, line))
    return None


def cut_rows(title: str, rows: Iterator[FigureRow]) -> RowsBehind:
    first = list(islice(rows, MOST_ROWS + 1))
    return RowsBehind(title, first[:MOST_ROWS], len(first) > MOST_ROWS)


def stage_lines(report: Report) -> dict[str, str]:
    return {stage.slug: stage.label for stage in report.stages}


def stage_rows(report: Report, stage: str = "") -> Iterator[FigureRow]:
    files = report.files_then.filter(then=stage) if stage else report.files_then
    for file in files.order_by("opened_at", "pk").iterator():
        yield figure_row(file, str(Stage(file.then).label))


def answer_rows(report: Report, answer: str = "") -> Iterator[FigureRow]:
    labels = answer_labels()
    for introduction in report.sent.select_related("file", "village__commune").order_by("sent_at", "pk").iterator():
        said = report.answer_of_introduction[introduction.pk]
        if not answer or said == answer:
            yield figure_row(
                introduction.file,
                f"{introduction.village}, {day_in_figures(timezone.localdate(introduction.sent_at))}, {labels[said]}",
            )


def fate_labels() -> dict[str, str]:
    return {"active": _("at work"), "unknown": _("unknown"), "stopped": _("stopped")}


def news_lines(report: Report) -> dict[str, str]:
    return {
        f"{cohort.months}.{fate}": _("%(months)d months after settling: %(fate)s") % {"months": cohort.months, "fate": label}
        for cohort in report.survival
        for fate, label in fate_labels().items()
    }


def news_rows(report: Report, line: str = "") -> Iterator[FigureRow]:
    labels = news_lines(report)
    for news in report.news:
        named = f"{news.months}.{news.fate}"
        if not line or named == line:
            yield figure_row(news.file, f"{labels[named]} ({day_in_figures(news.due_on)})")


def quarter_lines(report: Report) -> dict[str, str]:
    return {quarter.slug: quarter.label for quarter in report.quarters}


def quarter_rows(report: Report, quarter: str = "") -> Iterator[FigureRow]:
    for arrival in report.arrivals:
        year, number = quarter_of(arrival.day)
        if not quarter or quarter == f"{year}-{number}":
            yield figure_row(arrival.file, f"{people_of(arrival.file)} ({day_in_figures(arrival.day)})")


def day_in_figures(date) -> str:
    return date_format(date, "SHORT_DATE_FORMAT")


@dataclass(frozen=True)
class FigureTable:
    """`lines` tells the title of each line; `rows` what stands behind one of them, or behind all."""

    lines: Callable[[Report], dict[str, str]]
    rows: Callable[..., Iterator[FigureRow]]


TABLES = {
    "trimestre": FigureTable(quarter_lines, quarter_rows),
    "etape": FigureTable(stage_lines, stage_rows),
    "reponse": FigureTable(lambda report: {answer.slug: answer.label for answer in report.answers}, answer_rows),
    "suivi": FigureTable(news_lines, news_rows),
}
