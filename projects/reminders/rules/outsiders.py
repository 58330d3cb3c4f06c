"""What holders and villages are reminded of, and what the portal does once writing has not helped."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.days import end_of
from common.typography import dated, day
from common.working_days import working_days_after
from projects import links
from projects.activity.kept_words import in_first_language
from projects.enums import ClosingReason, IntroductionState, ReminderRule, Stage, Unit
from projects.introductions.services import add_task_to_telephone, move_introduction
from projects.introductions.sharing import FamilyLabel
from projects.models import ConsentRequest, Document, FollowUp, Introduction, ProjectFile, Task
from projects.reminders.rules.advisers import NoActivity
from projects.reminders.rules.base import Nudge, OutsiderRule
from villages.committee.readers import first_reader, second_reader
from villages.enums import VillageStatus

State = IntroductionState


class ConsentPending(OutsiderRule):
    """Once to the holder; then a task for the adviser."""

    slug, delays, units = ReminderRule.CONSENT_PENDING, (5, 10), (Unit.WORKING_DAYS,) * 2

    @classmethod
    def waiting(cls) -> QuerySet[ConsentRequest]:
        waiting = Introduction.objects.filter(state=State.AWAITING_CONSENT).without_choice()
        pending = ConsentRequest.objects.filter(answered_at__isnull=True, introductions__in=waiting)
        return pending.filter(file__stage__in=Stage.running()).distinct()

    @classmethod
    def nudges(cls, today: dt.date, delays: Sequence[int]) -> Iterator[Nudge]:
        waiting = cls.waiting().filter(asked_at__lt=end_of(cls.began_by(today, delays[0]))).exclude(file__holder__email="")
        for request in waiting.select_related("file__holder", "file__adviser").order_by("pk"):
            yield nudge_holder(
                cls.slug,
                request.pk,
                "once",
                request.file,
                subject=_("May we introduce you to villages?"),
                text=_("We asked you on %(day)s whether we may introduce you to villages. Nothing leaves without your yes.")
                % {"day": day(timezone.localdate(request.asked_at))},
                path=links.consent_link(request),
                label=_("Say yes or no"),
            )

    @classmethod
    def still(cls, pks: set[int], delays: Sequence[int]) -> set[int]:
        return set(cls.waiting().filter(pk__in=pks).values_list("pk", flat=True))

    @classmethod
    def escalate(cls, now: dt.datetime, delays: Sequence[int]) -> int:
        late = cls.waiting().filter(asked_at__lt=end_of(cls.began_by(timezone.localdate(now), delays[1])))
        title = gettext_noop("Call %(holder)s: the consent to be introduced")
        return sum(
            add_task_once(request.file, title, now=now, about=request.asked_at) for request in late.select_related("file__holder")
        )


class VillageSilent(OutsiderRule):
    """To whoever reads for the village; at the second step to the deputy, with a task to telephone; then it is « no answer »."""

    slug, delays = ReminderRule.VILLAGE_SILENT, (5, 10, 30)
    units = (Unit.WORKING_DAYS, Unit.WORKING_DAYS, Unit.DAYS)

    @classmethod
    def silent(cls, today: dt.date) -> QuerySet[Introduction]:
        """Of families that still wait for the answer. A village that pauses today, or has left the network, is not asked; a pause
        that is over is none."""
        paused = Q(village__paused_until__isnull=True) | Q(village__paused_until__gte=today)
        asks_nobody = Q(village__status=VillageStatus.FORMER) | Q(village__status=VillageStatus.PAUSED) & paused
        running = Introduction.objects.silent().filter(file__stage__in=Stage.running()).without_choice()
        return running.exclude(asks_nobody)

    @classmethod
    def waiting(cls, today: dt.date, delays: Sequence[int]) -> QuerySet[Introduction]:
        """Silent for long enough to be reminded."""
        return cls.silent(today).filter(sent_at__lt=end_of(cls.began_by(today, delays[0])))

    @classmethod
    def nudges(cls, today: dt.date, delays: Sequence[int]) -> Iterator[Nudge]:
        for introduction in cls.waiting(today, delays).with_people().with_committee().order_by("village", "pk"):
            step = cls.reached(timezone.localdate(introduction.sent_at), today, delays[:2])
            reader_at_step = second_reader if step else first_reader
            if reader := reader_at_step(introduction.village.committee.all(), today):
                named = FamilyLabel.of(introduction.request)
                yield Nudge(
                    rule=cls.slug,
                    pk=introduction.pk,
                    occurrence=str(step),
                    to=reader.email,
                    name=reader.name,
                    subject=_("A family awaits the answer of %(village)s") % {"village": introduction.village},
                    text=_("%(name)s (%(project)s) would like to know %(village)s. You were written to on %(day)s.")
                    % {
                        "name": named.first_name,
                        "project": named.project,
                        "village": introduction.village,
                        "day": day(timezone.localdate(introduction.sent_at)),
                    },
                    path=links.answer_link(introduction, reader),
                    label=_("Answer for %(name)s") % {"name": named.first_name},
                    file=introduction.file,
                )

    @classmethod
    def still(cls, pks: set[int], delays: Sequence[int]) -> set[int]:
        return set(cls.silent(timezone.localdate()).filter(pk__in=pks).values_list("pk", flat=True))

    @classmethod
    def escalate(cls, now: dt.datetime, delays: Sequence[int]) -> int:
        today, done = timezone.localdate(now), 0
        for introduction in (
            cls.silent(today).filter(sent_at__lt=end_of(today - dt.timedelta(days=delays[2]))).with_people().order_by("pk")
        ):
            move_introduction(introduction=introduction, to=State.NO_ANSWER, by=None, now=now)
            done += 1
        to_call = cls.silent(today).filter(sent_at__lt=end_of(cls.began_by(today, delays[1]))).exclude(tasks__isnull=False)
        for introduction in to_call.with_people().order_by("pk"):
            add_task_to_telephone(introduction, now=now)
            done += 1
        return done


class ContactPending(OutsiderRule):
    """The village has said yes and nobody has called: the holder is told, then the adviser."""

    slug, delays, units = ReminderRule.CONTACT_PENDING, (7, 14), (Unit.DAYS,) * 2

    @classmethod
    def pending(cls) -> QuerySet[Introduction]:
        return Introduction.objects.filter(state=State.ACCEPTED, file__stage__in=Stage.running()).without_choice()

    @classmethod
    def nudges(cls, today: dt.date, delays: Sequence[int]) -> Iterator[Nudge]:
        waiting = cls.pending().filter(state_since__lt=end_of(cls.began_by(today, delays[0]))).exclude(file__holder__email="")
        for introduction in waiting.with_people().order_by("pk"):
            yield nudge_holder(
                cls.slug,
                introduction.pk,
                "once",
                introduction.file,
                subject=_("%(village)s awaits a word from you") % {"village": introduction.village},
                text=_("%(village)s said yes on %(day)s. Have you spoken? One press tells us; or call us if nobody answers you.")
                % {"village": introduction.village, "day": day(timezone.localdate(introduction.state_since))},
                path=links.contact_link(introduction),
                label=_("We have spoken"),
            )

    @classmethod
    def still(cls, pks: set[int], delays: Sequence[int]) -> set[int]:
        return set(cls.pending().filter(pk__in=pks).values_list("pk", flat=True))

    @classmethod
    def escalate(cls, now: dt.datetime, delays: Sequence[int]) -> int:
        late = cls.pending().filter(state_since__lt=end_of(cls.began_by(timezone.localdate(now), delays[1])))
        title = gettext_noop("%(village)s has said yes, and nobody has called: bring them together")
        return sum(
            add_task_once(
                introduction.file,
                title,
                now=now,
                about=introduction.state_since,
                introduction=introduction,
                village=introduction.village,
            )
            for introduction in late.with_people()
        )


class DocumentAsked(OutsiderRule):
    """Twice to the holder; then a task for the adviser."""

    slug, delays, units = ReminderRule.DOCUMENT_ASKED, (7, 14, 21), (Unit.DAYS,) * 3

    @classmethod
    def awaited(cls) -> QuerySet[Document]:
        return Document.objects.awaited().filter(asked_at__isnull=False, file__stage__in=Stage.running())

    @classmethod
    def waiting(cls, today: dt.date, delays: Sequence[int]) -> QuerySet[Document]:
        """Awaited for long enough to be asked for again."""
        return cls.awaited().filter(asked_at__lt=end_of(cls.began_by(today, delays[0])))

    @classmethod
    def nudges(cls, today: dt.date, delays: Sequence[int]) -> Iterator[Nudge]:
        waiting = cls.waiting(today, delays).exclude(file__holder__email="")
        for document in waiting.select_related("file__holder", "file__adviser").order_by("pk"):
            yield nudge_holder(
                cls.slug,
                document.pk,
                str(cls.reached(timezone.localdate(document.asked_at), today, delays[:2])),
                document.file,
                subject=_("A paper is awaited: %(paper)s") % {"paper": document.label},
                text=_("“%(paper)s” was asked for on %(day)s. A photograph is enough.")
                % {"paper": document.label, "day": day(timezone.localdate(document.asked_at))},
                path=links.file_link(document.file),
                label=_("Send the paper"),
            )

    @classmethod
    def still(cls, pks: set[int], delays: Sequence[int]) -> set[int]:
        return set(cls.awaited().filter(pk__in=pks).values_list("pk", flat=True))

    @classmethod
    def escalate(cls, now: dt.datetime, delays: Sequence[int]) -> int:
        late = cls.awaited().filter(asked_at__lt=end_of(cls.began_by(timezone.localdate(now), delays[2])))
        title = gettext_noop("Ask for it by telephone, or do without: %(paper)s")
        return sum(
            add_task_once(document.file, title, now=now, about=document.asked_at, paper=document.label)
            for document in late.select_related("file__holder")
        )


class NewsAsked(OutsiderRule):
    """The short form of 3, 12, 24 and 36 months; without an answer, a task for the adviser. Silence is counted as unknown.

    Where a settling was told late and several have come due, the last one is asked alone.
    """

    slug, delays, units = ReminderRule.NEWS_ASKED, (0, 10), (Unit.WORKING_DAYS,) * 2

    @classmethod
    def pending(cls) -> QuerySet[FollowUp]:
        settled = FollowUp.objects.filter(answered_at__isnull=True, file__stage__in=Stage.asked_for_news())
        settled = settled.filter(file__settled_on__isnull=False)
        return settled.exclude(file__stage=Stage.CLOSED, file__closing_reason__in=ClosingReason.no_arrival())

    @classmethod
    def come(cls, day: dt.date) -> QuerySet[FollowUp]:
        """Those whose day had come by `day`, and no later one of the same file."""
        later = FollowUp.objects.filter(file=OuterRef("file"), months__gt=OuterRef("months"), due_on__lte=day)
        return cls.pending().filter(~Exists(later), due_on__lte=day)

    @classmethod
    def nudges(cls, today: dt.date, delays: Sequence[int]) -> Iterator[Nudge]:
        waiting = cls.come(cls.began_by(today, delays[0])).filter(asked_at__isnull=True).exclude(file__holder__email="")
        for follow_up in waiting.select_related("file__holder", "file__adviser").order_by("pk"):
            yield nudge_holder(
                cls.slug,
                follow_up.pk,
                str(follow_up.months),
                follow_up.file,
                subject=_("How are you, %(months)s months later?") % {"months": follow_up.months},
                text=_("You settled on %(day)s. Half a minute is enough to tell us how it goes.")
                % {"day": dated(follow_up.file.settled_on)},
                path=links.news_link(follow_up),
                label=_("Tell how it goes"),
            )

    @classmethod
    def still(cls, pks: set[int], delays: Sequence[int]) -> set[int]:
        return set(cls.pending().filter(pk__in=pks).values_list("pk", flat=True))

    @classmethod
    def escalate(cls, now: dt.datetime, delays: Sequence[int]) -> int:
        late = cls.come(cls.began_by(timezone.localdate(now), delays[1])).filter(file__stage=Stage.SETTLED)
        title = gettext_noop("Call %(holder)s: their news after %(months)s months")
        return sum(
            add_task_once(follow_up.file, title, now=now, about=end_of(follow_up.due_on), months=follow_up.months)
            for follow_up in late.select_related("file__holder")
        )


class StillInterested(OutsiderRule):
    """After 60 quiet days, and two working days in which the adviser may hold it: is it still on?"""

    slug, delays, units = ReminderRule.STILL_INTERESTED, (60, 2), (Unit.DAYS, Unit.WORKING_DAYS)

    @classmethod
    def quiet(cls, today: dt.date, delays: Sequence[int]) -> QuerySet[ProjectFile]:
        return NoActivity.files().filter(active_at__lt=end_of(cls.began_by(today, delays[0])))

    @classmethod
    def nudges(cls, today: dt.date, delays: Sequence[int]) -> Iterator[Nudge]:
        for file in cls.quiet(today, delays).exclude(holder__email="").with_people().order_by("pk"):
            began = timezone.localdate(file.active_at)
            if working_days_after(began + dt.timedelta(days=delays[0]), delays[1]) <= today:
                yield nudge_holder(
                    cls.slug,
                    file.pk,
                    str(began),
                    file,
                    subject=_("Your project: is it still on?"),
                    text=_(
                        "We have not heard of you since %(day)s. Still on, or given up: one press tells us. "
                        "Put off: answer this letter."
                    )
                    % {"day": day(began)},
                    path=links.file_link(file),
                    label=_("Tell where you stand"),
                )

    @classmethod
    def still(cls, pks: set[int], delays: Sequence[int]) -> set[int]:
        quiet = cls.quiet(timezone.localdate(), delays).filter(pk__in=pks)
        return set(quiet.values_list("pk", flat=True))


OUTSIDERS = (ConsentPending, VillageSilent, ContactPending, DocumentAsked, NewsAsked, StillInterested)


def nudge_holder(rule: ReminderRule, pk: int, occurrence: str, file: ProjectFile, **words: str) -> Nudge:
    holder = file.holder
    facts = {"to": holder.email, "name": holder.first_name, "confirmed": holder.address_is_confirmed, "file": file}
    return Nudge(rule=rule, pk=pk, occurrence=occurrence, **facts, **words)


@transaction.atomic
def add_task_once(
    file: ProjectFile,
    title: str,
    *,
    now: dt.datetime,
    about: dt.datetime,
    introduction: Introduction | None = None,
    **facts: object,
) -> bool:
    """A task for whoever follows the file, for the next working day; none where nobody does, or where it was set since `about`."""
    words = in_first_language(title, holder=file.holder, **facts)[:160]
    if file.adviser_id is None or file.tasks.filter(title=words, created_at__gte=about).exists():
        return False
    Task.objects.create(
        file=file,
        introduction=introduction,
        title=words,
        due_on=working_days_after(timezone.localdate(now), 1),
        due_set_at=now,
        assignee_id=file.adviser_id,
        created_at=now,
    )
    return True
