"""What advisers and their lead are told in the digest of the morning."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from common.days import end_of
from common.typography import day
from projects import first_contact
from projects.enums import FundingState, ReminderRule, Stage, Unit
from projects.files.retention import KEPT_FOR, with_last_seen
from projects.models import FundingLine, ProjectFile, Task
from projects.reminders.rules.base import AdviserRule, DigestLine, DueMatter, Reader

ADVISER, LEAD = Reader.ADVISER, Reader.LEAD
NEVER_CALLED = Q(stage__in=Stage.to_be_called(), last_contact_out_at__isnull=True)


SHOWN = (
    *("reference", "opened_on", "active_at", "paused_until", "holder__first_name", "holder__last_name"),
    *("stage_since", "last_contact_in_at", "last_contact_out_at"),
)


def files_of(files: QuerySet[ProjectFile], pks: set[int], words: Callable[[ProjectFile], str]) -> dict[int, DigestLine]:
    found = files.filter(pk__in=pks).select_related("holder").only(*SHOWN)
    return {file.pk: DigestLine(file.pk, partial(words, file)) for file in found}


class FirstContact(AdviserRule):
    slug, delays, units = ReminderRule.FIRST_CONTACT, (first_contact.USUAL, 7), (Unit.WORKING_DAYS,) * 2

    @classmethod
    def files(cls) -> QuerySet[ProjectFile]:
        return ProjectFile.objects.filter(NEVER_CALLED)

    @classmethod
    def heard_by_lead(cls, today: dt.date, delays: Sequence[int]) -> Q:
        return Q(opened_on__lte=cls.began_by(today, delays[1]))

    @classmethod
    def due(cls, today: dt.date, delays: Sequence[int]) -> Iterator[DueMatter]:
        waiting = cls.files().filter(opened_on__lte=cls.began_by(today, delays[0]), adviser__isnull=False)
        for pk, opened_on, adviser, deputy in waiting.values_list("pk", "opened_on", "adviser", "deputy"):
            step = cls.reached(opened_on, today, delays)
            yield DueMatter(pk, str(step), [ADVISER, LEAD][: step + 1], adviser, deputy)

    @classmethod
    def lines(cls, pks: set[int], today: dt.date, delays: Sequence[int]) -> dict[int, DigestLine]:
        def words(file):
            return _("%(holder)s (%(reference)s): no first contact since %(day)s") % told(file, file.opened_on)

        return files_of(cls.files(), pks, words)


class NoNextAction(AdviserRule):
    """Once a week, from the first Monday on; the lead hears of it at the third. The morning shows it in the week before."""

    slug, delays, units = ReminderRule.NO_NEXT_ACTION, (1, 3), (Unit.MONDAYS,) * 2

    @classmethod
    def files(cls) -> QuerySet[ProjectFile]:
        """With `idle_since`. Those that wait for their first call are another rule's."""
        done = Task.objects.filter(file=OuterRef("pk"), done_at__isnull=False).order_by("-done_at").values("done_at")[:1]
        nothing_planned = ~Exists(Task.objects.to_do().filter(file=OuterRef("pk")))
        idle = ProjectFile.objects.filter(nothing_planned, ~NEVER_CALLED, stage__in=Stage.before_settling())
        return idle.annotate(idle_since=Greatest("stage_since", Coalesce(Subquery(done), "stage_since")))

    @classmethod
    def idle_for(cls, today: dt.date, mondays: int) -> Q:
        """Of the files those over which so many Mondays have passed."""
        monday = today - dt.timedelta(days=today.weekday())
        return Q(idle_since__lt=end_of(monday - dt.timedelta(days=1 + 7 * (mondays - 1))))

    @classmethod
    def shown(cls, today: dt.date, delays: Sequence[int]) -> QuerySet[ProjectFile]:
        """Those of which the digest will tell on the coming Monday at the latest."""
        return cls.files().filter(cls.idle_for(today, delays[0] - 1)) if delays[0] > 1 else cls.files()

    @classmethod
    def heard_by_lead(cls, today: dt.date, delays: Sequence[int]) -> Q:
        return cls.idle_for(today, delays[1])

    @classmethod
    def due(cls, today: dt.date, delays: Sequence[int]) -> Iterator[DueMatter]:
        monday = today - dt.timedelta(days=today.weekday())
        idle = cls.files().filter(cls.idle_for(today, 1), adviser__isnull=False)
        for pk, since, adviser, deputy in idle.values_list("pk", "idle_since", "adviser", "deputy"):
            began = timezone.localdate(since)
            mondays = (monday - began - dt.timedelta(days=1)).days // 7 + 1
            if mondays >= delays[0]:
                yield DueMatter(pk, f"{today:%G-%V}", [ADVISER, LEAD] if mondays >= delays[1] else [ADVISER], adviser, deputy)

    @classmethod
    def lines(cls, pks: set[int], today: dt.date, delays: Sequence[int]) -> dict[int, DigestLine]:
        def words(file):
            return _("%(holder)s (%(reference)s): open, and nothing is planned") % told(file)

        return files_of(cls.files(), pks, words)


class NoActivity(AdviserRule):
    """At the second step the holder will be asked (see StillInterested); at the third, closing is proposed."""

    slug, delays, units = ReminderRule.NO_ACTIVITY, (30, 60, 90), (Unit.DAYS,) * 3

    @classmethod
    def files(cls) -> QuerySet[ProjectFile]:
        return ProjectFile.objects.filter(stage__in=Stage.in_hand(), adviser__isnull=False)

    @classmethod
    def due(cls, today: dt.date, delays: Sequence[int]) -> Iterator[DueMatter]:
        quiet = cls.files().filter(active_at__lt=end_of(cls.began_by(today, delays[0])))
        for pk, active_at, adviser, deputy in quiet.values_list("pk", "active_at", "adviser", "deputy"):
            began = timezone.localdate(active_at)
            yield DueMatter(pk, f"{began}:{cls.reached(began, today, delays)}", [ADVISER], adviser, deputy)

    @classmethod
    def lines(cls, pks: set[int], today: dt.date, delays: Sequence[int]) -> dict[int, DigestLine]:
        def words(file):
            since = timezone.localdate(file.active_at)
            match cls.reached(since, today, delays):
                case 0:
                    return _("%(holder)s (%(reference)s): nothing has happened since %(day)s") % told(file, since)
                case 1:
                    sentence = _(
                        "%(holder)s (%(reference)s): nothing since %(day)s; “is it still on?” leaves in two days unless held"
                    )
                    return sentence % told(file, since)
            return _("%(holder)s (%(reference)s): nothing since %(day)s; close it as “no news”?") % told(file, since)

        quiet = cls.files().filter(active_at__lt=end_of(cls.began_by(today, delays[0])))
        return files_of(quiet, pks, words)


class PauseEnds(AdviserRule):
    """A week before; ten days after, the lead too."""

    slug, delays, units = ReminderRule.PAUSE_ENDS, (7, 10), (Unit.DAYS_BEFORE, Unit.DAYS)

    @classmethod
    def files(cls, today: dt.date, delays: Sequence[int]) -> QuerySet[ProjectFile]:
        return ProjectFile.objects.filter(stage=Stage.PAUSED, paused_until__lte=today + dt.timedelta(days=delays[0]))

    @classmethod
    def heard_by_lead(cls, today: dt.date, delays: Sequence[int]) -> Q:
        return Q(paused_until__lte=today - dt.timedelta(days=delays[1]))

    @classmethod
    def due(cls, today: dt.date, delays: Sequence[int]) -> Iterator[DueMatter]:
        for pk, until, adviser, deputy in cls.files(today, delays).values_list("pk", "paused_until", "adviser", "deputy"):
            over = until + dt.timedelta(days=delays[1]) <= today
            yield DueMatter(pk, f"{until}:{int(over)}", [ADVISER, LEAD] if over else [ADVISER], adviser, deputy)

    @classmethod
    def lines(cls, pks: set[int], today: dt.date, delays: Sequence[int]) -> dict[int, DigestLine]:
        def words(file):
            return _("%(holder)s (%(reference)s): the pause ends on %(day)s") % told(file, file.paused_until)

        return files_of(ProjectFile.objects.filter(stage=Stage.PAUSED), pks, words)


class FundingDeadline(AdviserRule):
    slug, delays, units = ReminderRule.FUNDING_DEADLINE, (30, 14, 5), (Unit.DAYS_BEFORE,) * 3

    @classmethod
    def due_lines(cls, today: dt.date, delays: Sequence[int]) -> QuerySet[FundingLine]:
        return open_lines().filter(state__in=FundingState.to_lodge(), deadline__lte=today + dt.timedelta(days=delays[0]))

    @classmethod
    def heard_by_lead(cls, today: dt.date, delays: Sequence[int]) -> Q:
        return Q(deadline__lte=today + dt.timedelta(days=delays[2]))

    @classmethod
    def due(cls, today: dt.date, delays: Sequence[int]) -> Iterator[DueMatter]:
        soon = cls.due_lines(today, delays)
        for pk, deadline, adviser, deputy in soon.values_list("pk", "deadline", "file__adviser", "file__deputy"):
            step = sum(deadline <= today + dt.timedelta(days=delay) for delay in delays) - 1
            yield DueMatter(pk, f"{deadline}:{step}", [ADVISER, LEAD] if step == 2 else [ADVISER], adviser, deputy)

    @classmethod
    def lines(cls, pks: set[int], today: dt.date, delays: Sequence[int]) -> dict[int, DigestLine]:
        sentence = _("%(holder)s (%(reference)s): %(funder)s, to be lodged by %(day)s")
        return lines_of(open_lines().filter(state__in=FundingState.to_lodge()), pks, sentence, "deadline")


class DecisionOverdue(AdviserRule):
    slug, delays, units = ReminderRule.DECISION_OVERDUE, (5, 20), (Unit.DAYS,) * 2

    @classmethod
    def due_lines(cls, today: dt.date, delays: Sequence[int]) -> QuerySet[FundingLine]:
        return open_lines().filter(state=FundingState.LODGED, committee_on__lte=cls.began_by(today, delays[0]))

    @classmethod
    def heard_by_lead(cls, today: dt.date, delays: Sequence[int]) -> Q:
        return Q(committee_on__lte=cls.began_by(today, delays[1]))

    @classmethod
    def due(cls, today: dt.date, delays: Sequence[int]) -> Iterator[DueMatter]:
        late = cls.due_lines(today, delays)
        for pk, committee, adviser, deputy in late.values_list("pk", "committee_on", "file__adviser", "file__deputy"):
            step = cls.reached(committee, today, delays)
            yield DueMatter(pk, f"{committee}:{step}", [ADVISER, LEAD][: step + 1], adviser, deputy)

    @classmethod
    def lines(cls, pks: set[int], today: dt.date, delays: Sequence[int]) -> dict[int, DigestLine]:
        sentence = _("%(holder)s (%(reference)s): %(funder)s was to decide on %(day)s")
        return lines_of(open_lines().filter(state=FundingState.LODGED), pks, sentence, "committee_on")


class Retention(AdviserRule):
    """Closed files are anonymised two years after the last contact; their adviser is told before."""

    slug, delays, units = ReminderRule.RETENTION, (30, 7), (Unit.DAYS_BEFORE,) * 2

    @classmethod
    def files(cls, kept_until: dt.datetime) -> QuerySet[ProjectFile]:
        return with_last_seen(ProjectFile.objects.filter(stage=Stage.CLOSED)).filter(last_seen__lt=kept_until - KEPT_FOR)

    @classmethod
    def due(cls, today: dt.date, delays: Sequence[int]) -> Iterator[DueMatter]:
        closed = cls.files(end_of(today + dt.timedelta(days=delays[0])))
        for pk, last, adviser, deputy in closed.values_list("pk", "last_seen", "adviser", "deputy"):
            until = timezone.localdate(last + KEPT_FOR)
            step = sum(until <= today + dt.timedelta(days=delay) for delay in delays) - 1
            yield DueMatter(pk, f"{until}:{step}", [ADVISER], adviser, deputy)

    @classmethod
    def lines(cls, pks: set[int], today: dt.date, delays: Sequence[int]) -> dict[int, DigestLine]:
        def words(file):
            until = timezone.localdate(file.last_seen + KEPT_FOR)
            return _("%(holder)s (%(reference)s) is anonymised on %(day)s unless they are heard of") % told(file, until)

        return files_of(cls.files(end_of(today + dt.timedelta(days=delays[0]))), pks, words)


ADVISERS = (FirstContact, NoNextAction, NoActivity, PauseEnds, FundingDeadline, DecisionOverdue, Retention)


def open_lines() -> QuerySet[FundingLine]:
    return FundingLine.objects.filter(file__stage__in=Stage.open())


def lines_of(lines: QuerySet[FundingLine], pks: set[int], sentence: str, date: str) -> dict[int, DigestLine]:
    found = lines.filter(pk__in=pks).select_related("file__holder")

    def words(line: FundingLine) -> str:
        return sentence % {**told(line.file, getattr(line, date)), "funder": line.funder}

    return {line.pk: DigestLine(line.file_id, partial(words, line)) for line in found}


def told(file: ProjectFile, date: dt.date | None = None) -> dict[str, object]:
    return {"holder": file.holder, "reference": file.reference, "day": day(date) if date else ""}
