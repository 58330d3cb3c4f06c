"""What funders and the team are told, each figure with its definition and the rows behind it.

A report is of a period `[first, last]`, as it was known at the end of the day `known`. What is dated by an append-only log (stages,
introductions) or by the moment it was written down (news, events) is the same whenever it is worked out again. What a file says
of itself (household, jobs, amounts) is read as it is today.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from statistics import median

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.enums import Direction, EventKind, IntroductionState, Origin, Stage
from projects.models import MONTHS, Event, FollowUp, FundingLine, Introduction, IntroductionMove, ProjectFile, Transition
from projects.rules.base import end_of
from projects.working_days import is_working_day

ONE_DAY = dt.timedelta(days=1)
SILENT_AFTER = dt.timedelta(days=30)


@dataclass(frozen=True)
class Asked:
    """Which report. `convention` and `origin` empty: all of them."""

    first: dt.date
    last: dt.date
    known: dt.date
    convention: str = ""
    origin: str = ""

    def __str__(self) -> str:
        told = [
            f"{self.first} – {self.last}",
            f"{self.known}",
            self.convention,
            str(Origin(self.origin).label) if self.origin else "",
        ]
        return ", ".join(filter(None, told))


@dataclass(frozen=True)
class Row:
    """One row behind a figure."""

    file_id: int
    reference: str
    title: str
    said: str  # what this row adds


@dataclass(frozen=True)
class Figure:
    slug: str
    value: int | Decimal | None  # None: not known, of nothing
    unit: str
    definition: str
    rows: Sequence[Row] = field(default=(), repr=False)


@dataclass(frozen=True)
class Count:
    """One line of a table: how many stand there. The rows behind are in `figure_rows`."""

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


class Report:
    """Every figure is worked out once, when it is first read."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.start = timezone.make_aware(dt.datetime.combine(asked.first, dt.time()))
        self.known_until = end_of(asked.known)
        self.end = min(end_of(asked.last), self.known_until)

    def of_these_files(self, prefix: str = "") -> Q:
        wanted = {}
        if self.asked.convention:
            wanted[f"{prefix}convention"] = self.asked.convention
        if self.asked.origin:
            wanted[f"{prefix}origin"] = self.asked.origin
        return Q(**wanted)

    @cached_property
    def figures(self) -> list[Figure]:
        return [self.arrived, self.registered, self.jobs, self.obtained, self.first_contact]

    # ---- People -----------------------------------------------------------------------------------------------------

    @cached_property
    def settled(self) -> list[Transition]:
        """The last time each file was settled, in the period."""
        moves = Transition.objects.filter(self.of_these_files("file__"), to_stage=Stage.SETTLED, at__lt=self.known_until)
        moves = moves.order_by("file", "-at").distinct("file").select_related("file__household")
        return [move for move in moves if self.start <= move.at < self.end]

    @cached_property
    def arrived(self) -> Figure:
        definition = _(
            "Adults and children of households whose file became “settled” in the period, as far as they are known: "
            "one adult where nobody has said how many, no child where nobody has said that there are."
        )
        said = [(move.file, people_of(move.file)) for move in self.settled]
        rows = [row_of(file, ngettext("%(n)d person", "%(n)d people", people) % {"n": people}) for file, people in said]
        return Figure("arrives", sum(people for _file, people in said), _("people who arrived"), definition, rows)

    @cached_property
    def quarters(self) -> list[Quarter]:
        """Of the period, each with its people and households; the one under way is said to be."""
        people, households = Counter(), Counter()
        for move in self.settled:
            quarter = quarter_of(timezone.localdate(move.at))
            people[quarter] += people_of(move.file)
            households[quarter] += 1
        found, day = [], self.asked.first
        while day <= min(self.asked.last, self.asked.known):
            year, number = quarter_of(day)
            last_day = dt.date(year + (number == 4), number % 4 * 3 + 1, 1) - ONE_DAY
            label = _("%(year)d, quarter %(number)d") % {"year": year, "number": number}
            running = last_day > min(self.asked.last, self.asked.known)
            key = (year, number)
            found.append(Quarter(f"{year}-{number}", label, people[key], households[key], running))
            day = last_day + ONE_DAY
        return found

    @cached_property
    def registered(self) -> Figure:
        files = ProjectFile.objects.filter(
            self.of_these_files(), registered_on__gte=self.asked.first, registered_on__lte=min(self.asked.last, self.asked.known)
        ).order_by("registered_on", "pk")
        rows = [row_of(file, f"{file.registered_on:%d/%m/%Y}") for file in files]
        definition = _("Files whose business was registered in the period; a business taken over counts as one.")
        return Figure("immatriculees", len(rows), _("businesses registered"), definition, rows)

    @cached_property
    def jobs(self) -> Figure:
        rows = [row_of(move.file, str(move.file.jobs)) for move in self.settled if move.file.jobs]
        definition = _("As told by those who settled in the period, their own among them; who has not told counts for none.")
        return Figure("emplois", sum(move.file.jobs or 0 for move in self.settled), _("jobs"), definition, rows)

    # ---- Money and time ---------------------------------------------------------------------------------------------------

    @cached_property
    def obtained(self) -> Figure:
        lines = FundingLine.objects.filter(
            self.of_these_files("file__"),
            scheme__isnull=False,
            granted__gt=0,
            decided_on__gte=self.asked.first,
            decided_on__lte=min(self.asked.last, self.asked.known),
        ).select_related("file")
        found = list(lines.order_by("decided_on", "pk"))
        rows = [row_of(line.file, f"{line.funder}, {line.granted:.0f} €") for line in found]
        total = sum((line.granted for line in found), Decimal(0))
        definition = _("Granted in the period by the schemes of the directory; what families bring themselves is not counted.")
        return Figure("obtenus", total, _("euros obtained by the holders"), definition, rows)

    @cached_property
    def waits(self) -> list[tuple[ProjectFile, int]]:
        """Of each file laid down in the period and contacted since: working days until somebody of the team spoke to them."""
        spoken = Q(direction=Direction.OUT) | Q(kind__in=[EventKind.MEETING, EventKind.VISIT])
        first = Event.objects.filter(spoken, file=OuterRef("pk"), at__lt=self.known_until).exclude(kind=EventKind.NOTE)
        first = first.order_by().values("file").annotate(at=Min("at")).values("at")
        files = ProjectFile.objects.filter(self.of_these_files(), opened_at__gte=self.start, opened_at__lt=self.end)
        files = files.annotate(first_contact_at=Subquery(first)).filter(first_contact_at__gte=F("opened_at"))
        return [
            (file, working_days_between(file.opened_on, timezone.localdate(file.first_contact_at)))
            for file in files.order_by("opened_at", "pk")
        ]

    @cached_property
    def first_contact(self) -> Figure:
        days = sorted(wait for _file, wait in self.waits)
        rows = [row_of(file, ngettext("%(n)d day", "%(n)d days", wait) % {"n": wait}) for file, wait in self.waits]
        definition = _("Median of working days from the project laid down to the first word of the team.")
        if days:
            nine = days[min(len(days) - 1, -(-len(days) * 9 // 10) - 1)]
            definition += " " + ngettext("9 of 10 within %(n)d day.", "9 of 10 within %(n)d days.", nine) % {"n": nine}
        value = round(median(days)) if days else None
        return Figure("premier-contact", value, _("days to the first contact"), definition, rows)

    # ---- Files, villages, survival -----------------------------------------------------------------------------------------

    @property
    def files_then(self) -> QuerySet[ProjectFile]:
        """The files laid down by then; `then` is the stage each stood at when `known` ended."""
        last = Transition.objects.filter(file=OuterRef("pk"), at__lt=self.known_until).order_by("-at", "-pk").values("to_stage")[:1]
        files = ProjectFile.objects.filter(self.of_these_files(), opened_at__lt=self.known_until)
        return files.annotate(then=Coalesce(Subquery(last), Value(Stage.NEW.value)))

    @cached_property
    def stages(self) -> list[Count]:
        counted = Counter(self.files_then.values_list("then", flat=True))
        return [Count(stage.value, str(stage.label), counted[stage]) for stage in Stage]

    @cached_property
    def answers(self) -> list[Count]:
        """Of all that was sent in the period, also to villages that never answered: what they had said by then."""
        counted = Counter(self.said.values())
        return [Count(answer, label, counted[answer]) for answer, label in answer_labels().items()]

    @cached_property
    def sent(self) -> QuerySet[Introduction]:
        return Introduction.objects.filter(self.of_these_files("file__"), sent_at__gte=self.start, sent_at__lt=self.end)

    @cached_property
    def said(self) -> dict[int, str]:
        """By introduction, from the log of its steps."""
        said = {
            IntroductionState.ACCEPTED: "yes",
            IntroductionState.CONTACT_MADE: "yes",
            IntroductionState.LATER: "later",
            IntroductionState.DECLINED: "no",
        }
        found = {}
        moves = IntroductionMove.objects.filter(introduction__in=self.sent, at__lt=self.known_until, to_state__in=said)
        for pk, state in moves.order_by("at", "pk").values_list("introduction", "to_state"):
            found[pk] = said[IntroductionState(state)]
        for pk, sent_at in self.sent.values_list("pk", "sent_at"):
            found.setdefault(pk, "silent" if sent_at + SILENT_AFTER < self.known_until else "awaited")
        return found

    @cached_property
    def answer_days(self) -> int | None:
        """Median of days until a village answered, of those that did."""
        times = self.sent.filter(answered_at__lt=self.known_until).values_list("sent_at", "answered_at")
        days = [(answered - sent).total_seconds() / 86_400 for sent, answered in times]
        return round(median(days)) if days else None

    @property
    def due(self) -> QuerySet[FollowUp]:
        """Of everybody who ever settled: the news of those whose 3, 12, 24 or 36 months had come."""
        return FollowUp.objects.filter(self.of_these_files("file__"), due_on__lte=self.asked.known)

    def fate(self, news: FollowUp) -> str:
        """`active`, `stopped` (gone from here, or no longer at work), or `unknown` to whoever read on the day `known`."""
        if news.answered_at is None or news.answered_at >= self.known_until:
            return "unknown"
        return "stopped" if news.still_here == "left" or news.still_active == "stopped" else "active"

    @cached_property
    def survival(self) -> list[Cohort]:
        found: dict[int, Counter] = defaultdict(Counter)
        for news in self.due.only("months", "answered_at", "still_here", "still_active"):
            found[news.months][self.fate(news)] += 1
        return [
            Cohort(months, sum(found[months].values()), found[months]["active"], found[months]["unknown"], found[months]["stopped"])
            for months in MONTHS
        ]


def answer_labels() -> dict[str, str]:
    return {
        "yes": _("accepted"),
        "later": _("later"),
        "no": _("declined, with a reason"),
        "silent": _("no answer after 30 days"),
        "awaited": _("still awaited"),
    }


def people_of(file: ProjectFile) -> int:
    """Those who are known; whoever carries the project is one of them."""
    household = getattr(file, "household", None)
    return (household.adults or 1) + (household.children or 0) if household else 1


def row_of(file: ProjectFile, said: str) -> Row:
    return Row(file.pk, file.reference, file.title, said)


def quarter_of(day: dt.date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3 + 1


def working_days_between(first: dt.date, last: dt.date) -> int:
    """Working days after `first`, up to and with `last`."""
    return sum(is_working_day(first + n * ONE_DAY) for n in range(1, (last - first).days + 1))


def conventions() -> Iterable[str]:
    return ProjectFile.objects.exclude(convention="").order_by("convention").values_list("convention", flat=True).distinct()
