"""An adviser's morning: baskets worked from top to bottom. Each card says why it is there, what to do, and who holds the ball.

Read only, in the same number of queries for any number of files: one for each of its questions.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import Cast, Concat, RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import User
from projects.enums import FundingState, IntroductionState, Stage
from projects.models import Aside, Document, FollowUp, FundingLine, Introduction, ProjectFile, Task
from projects.working_days import latest_start, working_days_after
from sohosolo.templatetags.typography import day, euros

SHOWN = 20  # cards of one basket; the rest is counted
SOON = dt.timedelta(days=14)  # a deadline of funding
PAUSE_ENDS_WITHIN = dt.timedelta(days=7)
ANSWERS_FOR = dt.timedelta(days=45)  # how long an answer that nobody acted on is shown
PAPER_AFTER = dt.timedelta(days=7)
BEFORE_SETTLING = [Stage.NEW, Stage.TO_QUALIFY, Stage.SUPPORTED]


@dataclass(frozen=True)
class Card:
    """`key` is the name under which it is put aside; `task`, where it is one, is done or postponed instead."""

    key: str
    file: ProjectFile
    why: str
    what: str
    is_late: bool = False
    task: Task | None = None


@dataclass
class Basket:
    slug: str
    title: str
    cards: list[Card] = field(default_factory=list)

    @property
    def shown(self) -> list[Card]:
        return self.cards[:SHOWN]

    @property
    def count(self) -> str:
        """« 20+ » where there are more than are shown."""
        return f"{SHOWN}+" if len(self.cards) > SHOWN else str(len(self.cards))


class Morning:
    """Of one adviser, with the files that they stand in for; or of the whole team."""

    def __init__(self, user: User, *, now: dt.datetime, team: bool = False) -> None:
        self.user, self.now, self.team = user, now, team
        self.today = timezone.localdate(now)

    @cached_property
    def away(self) -> list[User]:
        """Colleagues who are absent today."""
        return [user for user in User.objects.advisers().order_by("sort_name", "pk") if user.is_absent_on(self.today)]

    def mine(self, prefix: str = "") -> Q:
        """Files of one's own, and those one stands in for while their adviser is away."""
        if self.team:
            return Q(**{f"{prefix}stage__in": Stage.open()})
        stands_in = Q(**{f"{prefix}deputy": self.user.pk, f"{prefix}adviser__in": [user.pk for user in self.away]})
        own = Q(**{f"{prefix}adviser": self.user.pk})
        return (own | stands_in if self.away else own) & Q(**{f"{prefix}stage__in": Stage.open()})

    @cached_property
    def baskets(self) -> list[Basket]:
        """All of them, also the empty ones: nothing in a basket is said, too."""
        return [
            Basket("appeler", _("To call"), [*self.first_contacts(), *self.tasks_of_today(), *self.weak_signals()]),
            Basket("reponses", _("Answers that came"), list(self.answers())),
            Basket("retard", _("Tasks late"), list(self.late_tasks())),
            Basket("sans-suite", _("Without a next action"), list(self.without_next_action())),
            Basket("pauses", _("Pauses that end"), list(self.pauses_ending())),
            Basket("villages", _("Silent villages"), list(self.silent_villages())),
            Basket("financements", _("Funding"), list(self.funding())),
            Basket("documents", _("Papers awaited"), list(self.documents())),
        ]

    @property
    def things(self) -> int:
        return sum(len(basket.cards) for basket in self.baskets)

    @cached_property
    def visits(self) -> list[Introduction]:
        start = timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        found = Introduction.objects.filter(self.mine("file__"), visit_at__gte=start, visit_at__lt=start + dt.timedelta(days=1))
        return list(found.select_related("village__commune", "file__holder").order_by("visit_at"))

    # ---- The baskets -----------------------------------------------------------------------------------------------

    def first(self, rows: QuerySet) -> Iterable:
        return rows[: SHOWN + 1]

    def still_there(self, rows: QuerySet, kind: str, *occurrence: str) -> QuerySet:
        """Those that nobody put aside, each with its `card`: the kind, the key, and the fields that make it another card."""
        parts = [part for name in occurrence for part in (Value(":"), Cast(name, CharField()))]
        named = rows.annotate(card=Concat(Value(f"{kind}:"), Cast("pk", CharField()), *parts, output_field=CharField()))
        return named.filter(~Exists(Aside.objects.standing(self.today).filter(card=OuterRef("card"))))

    def files(self) -> QuerySet[ProjectFile]:
        return ProjectFile.objects.filter(self.mine()).with_people()

    def first_contacts(self) -> Iterator[Card]:
        never = self.files().filter(stage__in=[Stage.NEW, Stage.TO_QUALIFY], last_contact_out_at__isnull=True)
        for file in self.first(self.still_there(never, "first").order_by("opened_at", "pk")):
            by = working_days_after(file.opened_on, settings.FIRST_CONTACT_WITHIN_DAYS)
            yield Card(
                key=file.card,
                file=file,
                why=_("Project laid down on %(day)s, no first contact yet. Within: %(by)s.")
                % {"day": day(file.opened_on), "by": day(by)},
                what=_("Call and qualify: %(project)s.") % {"project": file.title},
                is_late=by < self.today,
            )

    def tasks(self) -> QuerySet[Task]:
        rows = Task.objects.to_do().select_related("file__holder", "file__adviser", "assignee")
        if self.team:
            return rows.filter(file__stage__in=Stage.open())
        return rows.filter(Q(assignee=self.user) | Q(assignee__in=[one.pk for one in self.away], file__deputy=self.user)).filter(
            file__stage__in=Stage.open()
        )

    @cached_property
    def due_tasks(self) -> list[Task]:
        """Of today and late, as many of either as are shown, in one query."""
        of_today = Case(When(due_on=self.today, then=Value(True)), default=Value(False))
        place = Window(RowNumber(), partition_by=[of_today], order_by=["due_on", "pk"])
        due = self.tasks().filter(due_on__lte=self.today).annotate(place=place)
        return list(due.filter(place__lte=SHOWN + 1).order_by("due_on", "pk"))

    def tasks_of_today(self) -> Iterator[Card]:
        for task in (task for task in self.due_tasks if task.due_on == self.today):
            yield Card(key=f"task:{task.pk}", file=task.file, why=_("Due today."), what=task.title, task=task)

    def late_tasks(self) -> Iterator[Card]:
        for task in (task for task in self.due_tasks if task.due_on < self.today):
            why = _("Due on %(day)s.") % {"day": day(task.due_on)}
            if task.postponed:
                times = ngettext("put off %(n)d time", "put off %(n)d times", task.postponed) % {"n": task.postponed}
                why = _("Due on %(day)s, %(times)s.") % {"day": day(task.due_on), "times": times}
            yield Card(key=f"task:{task.pk}", file=task.file, why=why, what=task.title, task=task, is_late=True)

    def weak_signals(self) -> Iterator[Card]:
        heard = FollowUp.objects.filter(self.mine("file__"), answered_at__gte=self.now - ANSWERS_FOR)
        weak = Q(knows_people=1) | Q(dwelling="temporary") | Q(partner="seeks") | ~Q(leaving="")
        acted = Q(file__last_contact_out_at__gt=F("answered_at"))
        heard = self.still_there(heard.filter(weak).exclude(acted), "news").select_related("file__holder", "file__adviser")
        for one in self.first(heard.order_by("answered_at", "pk")):
            why = _("Their news after %(months)s months: %(said)s.") % {"months": one.months, "said": said_of(one)}
            yield Card(key=one.card, file=one.file, why=why, what=_("Call them."))

    def answers(self) -> Iterator[Card]:
        answered = Introduction.objects.filter(
            self.mine("file__"), state__in=IntroductionState.answered(), answered_at__gte=self.now - ANSWERS_FOR
        ).exclude(file__last_contact_out_at__gt=F("answered_at"))
        answered = self.still_there(answered.exclude(state__in=ENDED), "answer", "state")
        for one in self.first(answered.with_people().order_by("answered_at", "pk")):
            facts = {"village": one.village, "answer": one.get_state_display(), "day": day(timezone.localdate(one.answered_at))}
            why = _("%(village)s answered “%(answer)s” on %(day)s.") % facts
            yield Card(key=one.card, file=one.file, why=f"{why} {one.answer}".strip(), what=NEXT[one.state]())

    def without_next_action(self) -> Iterator[Card]:
        nothing = self.files().filter(stage__in=BEFORE_SETTLING, last_contact_out_at__isnull=False)
        nothing = nothing.filter(~Exists(Task.objects.to_do().filter(file=OuterRef("pk"))))
        for file in self.first(self.still_there(nothing, "nothing").order_by("last_contact_out_at", "pk")):
            last = file.last_contact_at
            why = _("Open file, no task, no pause. Last spoken to on %(day)s.") % {"day": day(timezone.localdate(last))}
            yield Card(key=file.card, file=file, why=why, what=_("Plan something, or pause it."))

    def pauses_ending(self) -> Iterator[Card]:
        ending = self.files().filter(stage=Stage.PAUSED, paused_until__lte=self.today + PAUSE_ENDS_WITHIN)
        for file in self.first(self.still_there(ending, "pause", "paused_until").order_by("paused_until", "pk")):
            facts = {"day": day(file.paused_until), "reason": file.pause_reason}
            yield Card(
                key=file.card,
                file=file,
                why=_("The pause ends on %(day)s (%(reason)s).") % facts,
                what=_("Call, then take it up again or prolong."),
                is_late=file.paused_until < self.today,
            )

    def silent_villages(self) -> Iterator[Card]:
        before = latest_start(self.today, settings.VILLAGE_SILENT_AFTER_DAYS)
        silent = Introduction.objects.silent().filter(self.mine("file__"), sent_at__date__lte=before)
        for one in self.first(self.still_there(silent, "silent").with_people().order_by("sent_at", "pk")):
            facts = {"village": one.village, "day": day(timezone.localdate(one.sent_at)), "name": one.reader_name or one.village}
            yield Card(
                key=one.card,
                file=one.file,
                why=_("%(village)s: no answer since %(day)s.") % facts,
                what=_("Telephone %(name)s.") % facts,
            )

    def funding(self) -> Iterator[Card]:
        due = Q(state__in=FundingState.to_lodge(), deadline__lte=self.today + SOON)
        overdue = Q(state=FundingState.LODGED, committee_on__lt=self.today)
        lines = self.still_there(FundingLine.objects.filter(self.mine("file__")).filter(due | overdue), "money", "state")
        for line in self.first(lines.select_related("file__holder", "file__adviser").order_by("deadline", "committee_on", "pk")):
            facts = {"funder": line.funder, "sum": euros(line.requested)}
            if line.state == FundingState.LODGED:
                facts["day"] = day(line.committee_on)
                why = _("%(funder)s: decision expected on %(day)s, nothing heard.") % facts
                what, is_late = _("Ask %(funder)s.") % facts, True
            else:
                facts["day"] = day(line.deadline)
                why = _("%(funder)s: to be lodged by %(day)s.") % facts
                what, is_late = _("Complete the request for %(sum)s.") % facts, line.deadline < self.today
            yield Card(key=line.card, file=line.file, why=why, what=what, is_late=is_late)

    def documents(self) -> Iterator[Card]:
        asked = Document.objects.awaited().filter(self.mine("file__"), asked_at__lte=self.now - PAPER_AFTER)
        asked = self.still_there(asked, "paper").select_related("file__holder", "file__adviser")
        for document in self.first(asked.order_by("asked_at", "pk")):
            facts = {"paper": document.label, "day": day(timezone.localdate(document.asked_at))}
            why = _("“%(paper)s” was asked for on %(day)s.") % facts
            yield Card(key=document.card, file=document.file, why=why, what=_("Ask again, or do without."))


ENDED = [IntroductionState.CHOSEN, IntroductionState.NOT_CHOSEN, IntroductionState.VISITED]
NEXT = {
    IntroductionState.ACCEPTED: lambda: _("Tell the family, and plan the visit."),
    IntroductionState.CONTACT_MADE: lambda: _("Plan the visit."),
    IntroductionState.DECLINED: lambda: _("Tell the family, and choose another village."),
    IntroductionState.LATER: lambda: _("Choose another village, or pause until then."),
}
SIGNALS = {
    "isolated": lambda: _("they know nobody yet"),
    "temporary_housing": lambda: _("their home is for a time only"),
    "partner_without_work": lambda: _("the partner looks for work"),
}


def said_of(one: FollowUp) -> str:
    if one.leaving:
        return _("they have left: %(reason)s") % {"reason": one.get_leaving_display()}
    return ", ".join(SIGNALS[signal]() for signal in one.signals)
