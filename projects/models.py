"""Project files: who wants to settle, what was said and done, and what is due next."""

import datetime as dt
import re
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from projects.enums import (
    BusinessTrack,
    ClosingReason,
    Direction,
    EventKind,
    Origin,
    ReminderRule,
    SchoolLevel,
    SettlingTrack,
    Stage,
)
from villages.models import PlainWords

LOOKS_LIKE_A_TELEPHONE = re.compile(r"\+?[\d\s.()/-]{4,}")


class HolderQuerySet(models.QuerySet["Holder"]):
    def visible_to(self, user) -> Self:
        return self if user.is_adviser else self.none()

    def matching(self, text: str) -> Self:
        """Each word of `text` in the name or the address, accents forgiven; or the telephone number, however it is spaced."""
        found = Q()
        for word in text.split():
            found &= Q(words__contains=PlainWords(Value(word)))
        digits = re.sub(r"\D", "", text).lstrip("0")
        if digits and LOOKS_LIKE_A_TELEPHONE.fullmatch(text.strip()):
            found |= Q(phone__contains=digits)
        return self.filter(found)


class Holder(models.Model):
    """The person who carries a project. With an account or not; later perhaps a member: it stays one person."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="holder", verbose_name=_("account")
    )
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    lives_in = models.CharField(_("lives in"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)
    words = models.GeneratedField(
        expression=PlainWords(Concat("first_name", Value(" "), "last_name", Value(" "), "email", output_field=models.TextField())),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
    )

    objects = HolderQuerySet.as_manager()

    class Meta:
        verbose_name = _("project holder")
        verbose_name_plural = _("project holders")
        indexes = [
            models.Index(fields=["last_name", "first_name"], name="holder_name"),
            GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="holder_words"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class ProjectFileQuerySet(models.QuerySet["ProjectFile"]):
    def open(self) -> Self:
        return self.filter(stage__in=Stage.open())

    def visible_to(self, user) -> Self:
        """Advisers see the team's files; nobody else sees any here."""
        return self if user.is_adviser else self.none()

    def without_adviser(self) -> Self:
        return self.open().filter(adviser__isnull=True)

    def followed_by(self, user) -> Self:
        return self.open().filter(adviser=user)

    def with_late_task(self, today: dt.date) -> Self:
        return self.open().filter(Exists(Task.objects.to_do().filter(file=OuterRef("pk"), due_on__lt=today)))

    def matching(self, text: str) -> Self:
        """Each word of `text` in the reference, the title or the holder's name or address; or the holder's telephone number."""
        found = Q()
        for word in text.split():
            holders = Holder.objects.filter(words__contains=PlainWords(Value(word)))
            found &= Q(reference__icontains=word) | Q(words__contains=PlainWords(Value(word))) | Q(holder__in=holders)
        if LOOKS_LIKE_A_TELEPHONE.fullmatch(text.strip()):
            found |= Q(holder__in=Holder.objects.matching(text))
        return self.filter(found)

    def with_answers(self, address: str) -> Self:
        """Adds `has_answers`: whether `services.note_answers` has carried those of this address into the file."""
        noted = Event.objects.filter(file=OuterRef("pk"), kind=EventKind.NOTE, text__endswith=f"\n{address}")
        return self.annotate(has_answers=Exists(noted))

    def with_people(self) -> Self:
        return self.select_related("holder", "adviser", "deputy")

    def with_next_task(self) -> Self:
        """Adds `next_task_title` and `next_task_on`: what is to be done first, on each row."""
        first = Task.objects.to_do().filter(file=OuterRef("pk")).order_by("due_on", "pk")
        return self.annotate(next_task_title=Subquery(first.values("title")[:1]), next_task_on=Subquery(first.values("due_on")[:1]))


class ProjectFile(models.Model):
    """One project to settle and work here. Its stage moves through `services.move_file` only."""

    reference = models.CharField(_("reference"), max_length=12, unique=True)  # 2026-0042
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="files", verbose_name=_("holder"))
    title = models.CharField(_("project"), max_length=160)
    summary = models.TextField(_("summary"), blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.NEW)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    pause_reason = models.CharField(_("reason of the pause"), max_length=200, blank=True)
    closing_reason = models.CharField(_("closing reason"), max_length=10, choices=ClosingReason, blank=True)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin, default=Origin.WEB)
    convention = models.CharField(_("convention"), max_length=80, blank=True)
    business_track = models.CharField(_("business"), max_length=12, choices=BusinessTrack, default=BusinessTrack.IDEA)
    settling_track = models.CharField(_("settling"), max_length=14, choices=SettlingTrack, default=SettlingTrack.SEARCHING)
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="advised_files",
        verbose_name=_("adviser"),
    )
    adviser_since = models.DateTimeField(_("with this adviser since"), null=True, blank=True, editable=False)
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputised_files",
        verbose_name=_("deputy adviser"),
    )
    opened_on = models.DateField(_("opened on"))
    opened_at = models.DateTimeField(_("entered at"), default=timezone.now)
    last_contact_in_at = models.DateTimeField(_("last heard of"), null=True, blank=True)
    last_contact_out_at = models.DateTimeField(_("last contacted"), null=True, blank=True)
    stage_since = models.DateTimeField(_("at this stage since"), default=timezone.now)
    words = models.GeneratedField(expression=PlainWords("title"), output_field=models.TextField(), db_persist=True, editable=False)

    objects = ProjectFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("project file")
        verbose_name_plural = _("project files")
        indexes = [
            models.Index(fields=["adviser", "stage"], name="file_of_adviser"),
            models.Index(fields=["stage", "-opened_on"], name="file_by_stage"),
            models.Index(fields=["opened_at"], name="file_unassigned", condition=Q(adviser__isnull=True, stage__in=Stage.open())),
        ]
        constraints = [
            models.CheckConstraint(name="file_stage_known", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(
                name="file_pause_has_an_end_and_a_reason",
                condition=~Q(stage=Stage.PAUSED) | (Q(paused_until__isnull=False) & ~Q(pause_reason="")),
                violation_error_message=_("A pause has an end and a reason."),
            ),
            models.CheckConstraint(
                name="file_closed_has_a_reason",
                condition=~Q(stage=Stage.CLOSED) | ~Q(closing_reason=""),
                violation_error_message=_("A closed file says why."),
            ),
            models.CheckConstraint(
                name="file_deputy_is_somebody_else",
                condition=Q(deputy__isnull=True) | Q(adviser__isnull=True) | ~Q(deputy=F("adviser")),
                violation_error_message=_("The deputy is somebody else than the adviser."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_admin_url(self) -> str:
        return reverse("admin:projects_projectfile_change", args=[self.pk])

    @property
    def last_contact_at(self) -> dt.datetime | None:
        """The last time either spoke to the other."""
        return max(filter(None, [self.last_contact_in_at, self.last_contact_out_at]), default=None)


class ReferenceCounter(models.Model):
    """The last number given in a year. The row stays locked until the file that took the number is there: no gap, no double."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    last = models.PositiveIntegerField(_("last number"))

    class Meta:
        verbose_name = _("counter of references")
        verbose_name_plural = _("counters of references")

    def __str__(self) -> str:
        return f"{self.year}-{self.last:04d}"


class Household(models.Model):
    """Who would come along, and what they look for."""

    file = models.OneToOneField(ProjectFile, models.CASCADE, related_name="household", verbose_name=_("project file"))
    adults = models.PositiveSmallIntegerField(_("adults"), default=1)
    children = models.PositiveSmallIntegerField(_("children"), default=0)
    school_levels = ArrayField(
        models.CharField(max_length=12, choices=SchoolLevel), default=list, blank=True, verbose_name=_("school levels")
    )
    partner_job = models.CharField(_("partner's job"), max_length=120, blank=True)
    wished_on = models.DateField(_("wishes to arrive on"), null=True, blank=True)
    housing_budget = models.DecimalField(_("housing budget, euros a month"), max_digits=9, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            models.CheckConstraint(
                name="household_has_an_adult",
                condition=Q(adults__gte=1),
                violation_error_message=_("A household has an adult."),
            )
        ]

    def __str__(self) -> str:
        return str(self.file)

    @property
    def school_words(self) -> list[str]:
        return [str(SchoolLevel(level).label) for level in self.school_levels]


class Transition(models.Model):
    """One move of a file from stage to stage. Append-only: the database refuses a change, and rows go only with their file."""

    file = models.ForeignKey(ProjectFile, models.CASCADE, related_name="transitions", verbose_name=_("project file"))
    from_stage = models.CharField(_("from stage"), max_length=12, choices=Stage)
    to_stage = models.CharField(_("to stage"), max_length=12, choices=Stage)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("moved by"))
    at = models.DateTimeField(_("moved at"), default=timezone.now)

    class Meta:
        verbose_name = _("stage move")
        verbose_name_plural = _("stage moves")
        indexes = [models.Index(fields=["file", "at"], name="transition_of_file")]

    def __str__(self) -> str:
        return f"{self.get_from_stage_display()} → {self.get_to_stage_display()}"


class Event(models.Model):
    """A call, a meeting, a mail, a visit or a note on a file."""

    file = models.ForeignKey(ProjectFile, models.CASCADE, related_name="events", verbose_name=_("project file"))
    kind = models.CharField(_("kind of event"), max_length=8, choices=EventKind, default=EventKind.NOTE)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.INTERNAL)
    at = models.DateTimeField(_("happened at"), default=timezone.now)
    text = models.TextField(_("what was said or done"))
    minutes = models.PositiveSmallIntegerField(_("minutes spent"), null=True, blank=True)
    convention = models.CharField(_("convention"), max_length=80, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["file", "-at"], name="event_of_file")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {timezone.localtime(self.at):%d/%m/%Y}"


class TaskQuerySet(models.QuerySet["Task"]):
    def to_do(self) -> Self:
        return self.filter(done_at__isnull=True)

    def live(self) -> Self:
        """To do, on a file that is open: what reminders speak of. A closed file's tasks sleep, and wake if it reopens."""
        return self.to_do().filter(file__stage__in=Stage.open())

    def late(self, today: dt.date) -> Self:
        return self.live().filter(due_on__lt=today)

    def visible_to(self, user) -> Self:
        return self if user.is_adviser else self.none()

    def matching(self, text: str) -> Self:
        """Each word of `text` in the task's own words, or all of it in its file's."""
        words = Q()
        for word in text.split():
            words &= Q(words__contains=PlainWords(Value(word)))
        return self.filter(words | Q(file__in=ProjectFile.objects.matching(text))) if words else self

    def with_file(self) -> Self:
        """All that a task's line shows, in one query."""
        return self.select_related("file__holder", "assignee")


class Task(models.Model):
    """Something to do on a file by a day. Postponing counts, so that a task pushed again and again shows.

    `due_set_at` says when the day was chosen; the database keeps it true even where the day is changed by hand.
    """

    file = models.ForeignKey(ProjectFile, models.CASCADE, related_name="tasks", verbose_name=_("project file"))
    title = models.CharField(_("what is to be done"), max_length=160)
    due_on = models.DateField(_("due on"))
    due_set_at = models.DateTimeField(_("day chosen at"), default=timezone.now, editable=False)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks", verbose_name=_("by whom"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    postponed = models.PositiveSmallIntegerField(_("postponed, times"), default=0)
    postponed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("last postponed by"),
    )
    created_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entered by")
    )

    words = models.GeneratedField(expression=PlainWords("title"), output_field=models.TextField(), db_persist=True, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(fields=["due_on", "assignee"], name="task_due", condition=Q(done_at__isnull=True)),
            models.Index(fields=["due_set_at"], name="task_day_chosen", condition=Q(done_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(name="task_done_by_somebody", condition=Q(done_at__isnull=False) | Q(done_by__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user) -> Self:
        return self if user.is_adviser else self.none()


class Reminder(models.Model):
    """That a rule spoke about a target once for an occurrence. The unique row is what keeps a reminder from doubling.

    The row is written with the letter that tells it. A letter that could not leave by the next morning is folded into that
    day's digest: `letter_key` then names the digest.
    """

    rule = models.CharField(_("rule"), max_length=20, choices=ReminderRule)
    target = models.CharField(_("what it is about"), max_length=60)  # "task:17", "file:4", "user:3"
    occurrence = models.CharField(_("occurrence"), max_length=40)  # the day or step the rule names, and to whom if to several
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders", verbose_name=_("recipient"))
    letter_key = models.CharField(_("letter"), max_length=200)  # outbox.Letter.key
    told_at = models.DateTimeField(_("told at"), default=timezone.now)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(name="reminder_once", fields=["rule", "target", "occurrence"])]
        indexes = [
            models.Index(fields=["letter_key"], name="reminder_of_letter"),
            models.Index(fields=["-told_at"], name="reminder_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()}, {self.target}"


class DigestRun(models.Model):
    """That a working day's digests have been written: what becomes due later that day is told by a letter of its own."""

    day = models.DateField(_("day"), primary_key=True)
    at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("digest run")
        verbose_name_plural = _("digest runs")

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"
