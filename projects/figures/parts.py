"""What a report is asked for, and what it is made of."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from common.typography import dated
from projects.enums import Origin
from projects.models import ProjectFile

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class ReportRequest:
    """Which report. `convention` and `origin` empty: all of them."""

    first: dt.date
    last: dt.date
    known: dt.date
    convention: str = ""
    origin: str = ""

    def __str__(self) -> str:
        told = [f"{self.first} – {self.last}", f"{self.known}", self.convention, self.origin_words if self.origin else ""]
        return ", ".join(filter(None, told))

    @property
    def origin_words(self) -> str:
        return str(Origin(self.origin).label) if self.origin else _("all")

    @property
    def is_past(self) -> bool:
        """Some of what it says is read as it stands today, which `known` is not."""
        return self.known < timezone.localdate()

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """In words, so that whoever holds the paper can ask for the same report again."""
        return [
            (_("From"), dated(self.first)),
            (_("To"), dated(self.last)),
            (_("As known on"), dated(self.known)),
            (_("Convention"), self.convention or _("all")),
            (_("Origin"), self.origin_words),
            (_("Worked out on"), dated(timezone.localdate())),
        ]


@dataclass(frozen=True)
class FigureRow:
    """One row behind a figure."""

    file_id: int
    reference: str
    title: str
    counts_for: str  # what this row adds


@dataclass(frozen=True)
class Figure:
    """`definition` says which states count; `today` what of it is read as it stands today, whatever day the report is of."""

    slug: str
    value: int | float | Decimal | None  # None: not known, of nothing
    unit: str
    definition: str
    today: str = ""
    places: int = 0
    rows: Sequence[FigureRow] = field(default=(), repr=False)


@dataclass(frozen=True)
class Count:
    """One line of a table: how many stand there. The rows behind are in `rows`."""

    slug: str
    label: str
    number: int


@dataclass(frozen=True)
class Quarter:
    slug: str
    label: str
    people: int
    households: int
    is_running: bool
    is_cut: bool  # the period begins or ends within it

    @property
    def remark(self) -> str:
        if self.is_running:
            return _("under way")
        return _("in part: the period begins or ends within it") if self.is_cut else ""


@dataclass(frozen=True)
class Cohort:
    """Of those whose turn has come after so many months: unknown is unknown, never « still at work »."""

    months: int
    followed: int
    active: int
    unknown: int
    stopped: int

    @property
    def surely(self) -> float | None:
        return self.active / self.followed if self.followed else None

    @property
    def perhaps(self) -> float | None:
        return (self.active + self.unknown) / self.followed if self.followed else None


def people_of(file: ProjectFile) -> int:
    """What nobody said of the household counts as one adult and no child."""
    household = getattr(file, "household", None)
    return (household.adults or 1) + (household.children or 0) if household else 1


def figure_row(file: ProjectFile, counts_for: str) -> FigureRow:
    return FigureRow(file.pk, file.reference, file.title, counts_for)


def quarter_of(day: dt.date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3 + 1
