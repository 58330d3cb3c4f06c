"""What funders and the team are told, each figure with its definition and the rows behind it.

A report is of a period `[first, last]`, as it was known at the end of the day `known`. What is dated by an append-only log (stages
with the day of a settling, introductions) or by the moment it was written down (news) is the same whenever it is worked out again.
What a file says of itself (household, jobs, amounts, convention) and what was said by word of mouth is read as it is today: each
figure says so in `today`.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import NamedTuple

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.days import end_of
from common.rounding import whole
from common.typography import dated
from common.working_days import working_days_between
from projects.enums import ClosingReason, Direction, EventKind, FundingState, IntroductionState, Stage, StillActive, StillHere
from projects.figures.parts import ONE_DAY, Cohort, Count, Figure, Quarter, ReportRequest, figure_row, people_of, quarter_of
from projects.figures.standing import settlings, with_stage_then, without_duplicates
from projects.follow_up.services import months_later
from projects.models import MONTHS, Event, FollowUp, FundingLine, Introduction, IntroductionMove, ProjectFile

SILENT_AFTER = dt.timedelta(days=30)
SAID = {
    IntroductionState.ACCEPTED: "yes",
    IntroductionState.CONTACT_MADE: "yes",
    IntroductionState.LATER: "later",
    IntroductionState.DECLINED: "no",
}


class Arrival(NamedTuple):
    file: ProjectFile
    day: dt.date  # they settled


class News(NamedTuple):
    """What somebody who settled says, or does not say, so many months later."""

    file: ProjectFile
    months: int
    due_on: dt.date
    fate: str  # active, stopped (gone from here, or no longer at work), or unknown to whoever read on the day `known`


class Report:
    """Every figure is worked out once, when it is first read."""

    def __init__(self, asked: ReportRequest) -> None:
        self.asked = asked
        self.start = timezone.make_aware(dt.datetime.combine(asked.first, dt.time()))
        self.known_until = end_of(asked.known)
        self.end = min(end_of(asked.last), self.known_until)
        self.last = min(asked.last, asked.known)

    def of_these_files(self, prefix: str = "") -> Q:
        wanted = {}
        if self.asked.convention:
            wanted[f"{prefix}convention"] = self.asked.convention
        if self.asked.origin:
            wanted[f"{prefix}origin"] = self.asked.origin
        return Q(**wanted)

    @property
    def counted_files(self) -> QuerySet[ProjectFile]:
        """At whatever stage, duplicates aside."""
        return without_duplicates(ProjectFile.objects.filter(self.of_these_files()), self.known_until)

    @cached_property
    def figures(self) -> list[Figure]:
        return [self.arrived, self.registered, self.jobs, self.obtained, self.first_contact, self.not_contacted]

    # ---- People -----------------------------------------------------------------------------------------------------

    @cached_property
    def all_arrivals(self) -> list[Arrival]:
        """Of everybody who had ever settled by then."""
        moves = settlings(self.known_until).filter(self.of_these_files("file__")).select_related("file__household")
        return [Arrival(move.file, move.settled_on) for move in moves]

    @cached_property
    def arrivals(self) -> list[Arrival]:
        return [arrival for arrival in self.all_arrivals if self.asked.first <= arrival.day <= self.last]

    @cached_property
    def arrived(self) -> Figure:
        said = [(arrival.file, people_of(arrival.file)) for arrival in self.arrivals]
        return Figure(
            "arrives",
            sum(people for _file, people in said),
            _("people who arrived"),
            _(
                "Adults and children of the households that settled on a day of the period; where nobody said, one adult and no "
                "child. A file closed since still counts, unless as %(reasons)s; one that was reopened does not."
            )
            % {"reasons": either_of(ClosingReason.no_arrival())},
            _("the households"),
            rows=[figure_row(file, ngettext("%(n)d person", "%(n)d people", people) % {"n": people}) for file, people in said],
        )

    @cached_property
    def quarters(self) -> list[Quarter]:
        """Of the period, each with its people and households; the one under way is said to be."""
        people, households = Counter(), Counter()
        for arrival in self.arrivals:
            people[quarter_of(arrival.day)] += people_of(arrival.file)
            households[quarter_of(arrival.day)] += 1
        found, day = [], self.asked.first
        while day <= self.last:
            year, number = key = quarter_of(day)
            first_day = dt.date(year, number * 3 - 2, 1)
            last_day = dt.date(year + (number == 4), number % 4 * 3 + 1, 1) - ONE_DAY
            label = _("%(year)d, quarter %(number)d") % {"year": year, "number": number}
            running, cut = last_day > self.asked.known, first_day < self.asked.first or last_day > self.asked.last
            found.append(Quarter(f"{year}-{number}", label, people[key], households[key], is_running=running, is_cut=cut))
            day = last_day + ONE_DAY
        return found

    @cached_property
    def registered(self) -> Figure:
        files = self.counted_files.filter(registered_on__gte=self.asked.first, registered_on__lte=self.last)
        rows = [figure_row(file, dated(file.registered_on)) for file in files.order_by("registered_on", "pk")]
        return Figure(
            "immatriculees",
            len(rows),
            _("businesses registered"),
            _(
                "Files at any stage whose business was registered in the period, except those closed as %(reasons)s; "
                "a business taken over counts as one."
            )
            % {"reasons": either_of([ClosingReason.DUPLICATE])},
            _("the days of registration"),
            rows=rows,
        )

    @cached_property
    def jobs(self) -> Figure:
        return Figure(
            "emplois",
            sum(arrival.file.jobs or 0 for arrival in self.arrivals),
            _("jobs"),
            _("As told by those who arrived in the period, counted as above, their own job among them; untold counts for none."),
            _("the jobs"),
            rows=[figure_row(arrival.file, str(arrival.file.jobs)) for arrival in self.arrivals if arrival.file.jobs],
        )

    # ---- Money and time ---------------------------------------------------------------------------------------------------

    @cached_property
    def obtained(self) -> Figure:
        lines = FundingLine.objects.filter(
            file__in=self.counted_files.values("pk"),
            scheme__isnull=False,
            state__in=FundingState.acquired(),
            granted__gt=0,
            decided_on__gte=self.asked.first,
            decided_on__lte=self.last,
        ).select_related("file")
        found = list(lines.order_by("decided_on", "pk"))
        return Figure(
            "obtenus",
            sum((line.granted for line in found), Decimal(0)),
            _("euros obtained by the holders"),
            _(
                "Decided in the period by the schemes of the directory, of lines that stand %(states)s, whatever has become of "
                "the file unless it is closed as %(reasons)s; what families bring themselves is not counted."
            )
            % {"states": either_of(FundingState.acquired()), "reasons": either_of([ClosingReason.DUPLICATE])},
            _("the lines of money, their states, sums and days"),
            rows=[figure_row(line.file, f"{line.funder}, {line.granted:.0f} €") for line in found],
        )

    @cached_property
    def first_words(self) -> list[tuple[ProjectFile, int | None]]:
        """Of each file laid down in the period: working days until somebody of the team spoke to them; None for not yet."""
        spoken = Q(direction=Direction.OUT) | Q(kind__in=[EventKind.MEETING, EventKind.VISIT])
        first = Event.objects.filter(spoken, file=OuterRef("pk"), at__lt=self.known_until).exclude(kind=EventKind.NOTE)
        first = first.order_by().values("file").annotate(at=Min("at")).values("at")
        files = self.counted_files.filter(opened_at__gte=self.start, opened_at__lt=self.end)
        files = files.annotate(first_contact_at=Subquery(first)).order_by("opened_at", "pk")
        return [
            (file, at and working_days_between(file.opened_on, timezone.localdate(at)))
            for file in files
            for at in [file.first_contact_at]
        ]

    @cached_property
    def first_contact(self) -> Figure:
        waits = [(file, wait) for file, wait in self.first_words if wait is not None]
        days = sorted(wait for _file, wait in waits)
        silent = len(self.first_words) - len(waits)
        told = [
            _(
                "Median of working days from a project laid down in the period, at whatever stage it is, to the first call made, "
                "mail sent, meeting or visit; none for who was spoken to before; files closed as %(reasons)s aside."
            )
            % {"reasons": either_of([ClosingReason.DUPLICATE])}
        ]
        if days:
            nine = days[-(-len(days) * 9 // 10) - 1]
            told.append(ngettext("9 of 10 within %(n)d day.", "9 of 10 within %(n)d days.", nine) % {"n": nine})
        if silent:
            words = ngettext("%(n)d file without a contact is left out.", "%(n)d files without a contact are left out.", silent)
            told.append(words % {"n": silent})
        rows = [figure_row(file, ngettext("%(n)d day", "%(n)d days", wait) % {"n": wait}) for file, wait in waits]
        value = median(days) if days else None
        return Figure(
            "premier-contact", value, _("days to the first contact"), " ".join(told), _("what was noted of it"), places=1, rows=rows
        )

    @cached_property
    def not_contacted(self) -> Figure:
        files = [file for file, wait in self.first_words if wait is None]
        return Figure(
            "sans-contact",
            len(files),
            _("files without a contact"),
            _("Of the projects laid down in the period, those to whom nobody of the team had spoken by %(day)s; not in the median.")
            % {"day": dated(self.asked.known)},
            _("what was noted of it"),
            rows=[figure_row(file, dated(file.opened_on)) for file in files],
        )

    # ---- Files, villages, survival -----------------------------------------------------------------------------------------

    @property
    def files_then(self) -> QuerySet[ProjectFile]:
        """The files laid down by then; `then` is the stage each stood at when `known` ended."""
        files = ProjectFile.objects.filter(self.of_these_files(), opened_at__lt=self.known_until)
        return with_stage_then(files, self.known_until)

    @cached_property
    def stages(self) -> list[Count]:
        counted = Counter(self.files_then.values_list("then", flat=True))
        return [Count(stage.value, str(stage.label), counted[stage]) for stage in Stage]

    @cached_property
    def answers(self) -> list[Count]:
        """Of all that was sent in the period, also to villages that never answered: what they had said by then."""
        counted = Counter(self.answer_of_introduction.values())
        return [Count(answer, label, counted[answer]) for answer, label in answer_labels().items()]

    @property
    def sent(self) -> QuerySet[Introduction]:
        return Introduction.objects.filter(self.of_these_files("file__"), sent_at__gte=self.start, sent_at__lt=self.end)

    @cached_property
    def sent_at(self) -> dict[int, dt.datetime]:
        return dict(self.sent.values_list("pk", "sent_at"))

    @cached_property
    def steps(self) -> list[tuple[int, str, dt.datetime]]:
        """The answers and withdrawals of what was sent, oldest first, as the log has them."""
        moves = IntroductionMove.objects.filter(introduction__in=self.sent, at__lt=self.known_until)
        moves = moves.filter(to_state__in=IntroductionState.closes_the_question())
        return list(moves.order_by("at", "pk").values_list("introduction", "to_state", "at"))

    @cached_property
    def answer_of_introduction(self) -> dict[int, str]:
        """By introduction: its last answer; without one, whether it was taken back, is awaited or has met with silence."""
        found = {pk: SAID[state] for pk, state, _at in self.steps if state in SAID}
        for pk, _state, _at in self.steps:
            found.setdefault(pk, "withdrawn")
        for pk, sent_at in self.sent_at.items():
            found.setdefault(pk, "silent" if sent_at + SILENT_AFTER < self.known_until else "awaited")
        return found

    @cached_property
    def answer_days(self) -> int | None:
        """Median of days until a village first answered, of those that did."""
        first: dict[int, dt.datetime] = {}
        for pk, state, at in self.steps:
            if state in SAID:
                first.setdefault(pk, at)
        days = [(at - self.sent_at[pk]).total_seconds() / 86_400 for pk, at in first.items()]
        return whole(median(days)) if days else None

    @cached_property
    def news(self) -> list[News]:
        """Of everybody who had ever settled by then: the news of those whose 3, 12, 24 or 36 months had come."""
        arrivals = {arrival.file.pk: arrival for arrival in self.all_arrivals}
        facts = ("file", "months", "answered_at", "still_here", "still_active")
        found = []
        for pk, months, answered_at, here, active in FollowUp.objects.order_by("months", "pk").values_list(*facts):
            if pk in arrivals and (due_on := months_later(arrivals[pk].day, months)) <= self.asked.known:
                told = answered_at is not None and answered_at < self.known_until
                found.append(News(arrivals[pk].file, months, due_on, fate_of(here, active) if told else "unknown"))
        return sorted(found, key=lambda news: (news.months, news.due_on, news.file.pk))

    @cached_property
    def survival(self) -> list[Cohort]:
        found: dict[int, Counter] = defaultdict(Counter)
        for news in self.news:
            found[news.months][news.fate] += 1
        return [
            Cohort(months, found[months].total(), found[months]["active"], found[months]["unknown"], found[months]["stopped"])
            for months in MONTHS
        ]

    # ---- What the tables are of ---------------------------------------------------------------------------------------------

    @property
    def definitions(self) -> dict[str, str]:
        """By the name of each table of table_rows.TABLES."""
        return {
            "trimestre": _("The people who arrived, and their households, by the day they settled."),
            "suivi": _(
                "Of everybody who ever arrived, counted as above: a form at 3, 12, 24 and 36 months. At work: said that the "
                "activity goes on, the same or another. Stopped: said that it does not, or that they have left. Whoever does "
                "not answer, or does not say, is unknown, never at work: the truth lies in the band."
            ),
            "reponse": _(
                "Of all introductions sent in the period, by the last answer of the village; no answer after 30 days is said "
                "as such, and so is what was taken back before an answer."
            ),
            "etape": _("All files laid down by %(day)s, duplicates among the closed ones, at the stage of that day.")
            % {"day": dated(self.asked.known)},
        }

    @property
    def as_of_today(self) -> str:
        """What this report cannot give as it was on the day `known`; nothing where that is today."""
        if not self.asked.is_past:
            return ""
        things = list(dict.fromkeys(figure.today for figure in self.figures if figure.today))
        if self.asked.convention or self.asked.origin:
            things.append(_("the convention and the origin of a file"))
        return _(
            "The stages, the days of settling, the answers of villages and the news are those known on %(day)s. These are read as "
            "they stand today, and may have been others then: %(things)s."
        ) % {"day": dated(self.asked.known), "things": ", ".join(things)}


def fate_of(still_here: str, still_active: str) -> str:
    if still_here == StillHere.LEFT or still_active == StillActive.STOPPED:
        return "stopped"
    return "active" if still_active in StillActive.at_work() else "unknown"


def answer_labels() -> dict[str, str]:
    return {
        "yes": _("accepted"),
        "later": _("later"),
        "no": _("declined, with a reason"),
        "silent": _("no answer after 30 days"),
        "awaited": _("still awaited"),
        "withdrawn": _("taken back before an answer"),
    }


def either_of(choices: Iterable) -> str:
    """« duplicate », « settled elsewhere » or « … »: the words that the pages have for these states."""
    return get_text_list([_("“%(state)s”") % {"state": choice.label} for choice in choices], _("or"))


def conventions() -> Iterable[str]:
    return ProjectFile.objects.exclude(convention="").order_by("convention").values_list("convention", flat=True).distinct()
