"""Project files: who wants to settle, what was said and done, and what is due next."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
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

    class Meta:
        verbose_name = _("project holder")
        verbose_name_plural = _("project holders")
        indexes = [models.Index(fields=["last_name", "first_name"], name="holder_name")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class ProjectFileQuerySet(models.QuerySet["ProjectFile"]):
    def open(self) -> Self:
        return self.filter(stage__in=Stage.open())

    def visible_to(self, user) -> Self:
        """Advisers see the team's files; nobody else sees any here."""
        return self if user.is_adviser else self.none()

    def own_first(self, user) -> Self:
        return self.order_by(
            models.Case(models.When(adviser=user, then=0), default=1, output_field=models.SmallIntegerField()),
            "-opened_on",
            "-pk",
        )

    def with_people(self) -> Self:
        return self.select_related("holder", "adviser", "deputy")


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
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputised_files",
        verbose_name=_("deputy"),
    )
    opened_on = models.DateField(_("opened on"))
    opened_at = models.DateTimeField(_("entered at"), default=timezone.now)
    last_contact_in_at = models.DateTimeField(_("last heard of"), null=True, blank=True)
    last_contact_out_at = models.DateTimeField(_("last contacted"), null=True, blank=True)
    stage_since = models.DateTimeField(_("at this stage since"), default=timezone.now)

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


class Household(models.Model):
    """Who would come along, and what they look for."""

    file = models.OneToOneField(ProjectFile, models.CASCADE, related_name="household", verbose_name=_("file"))
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
        constraints = [models.CheckConstraint(name="household_has_an_adult", condition=Q(adults__gte=1))]

    def __str__(self) -> str:
        return str(self.file)


class Transition(models.Model):
    """One move of a file from stage to stage. Append-only: the database refuses a change; rows go only with their file."""

    file = models.ForeignKey(ProjectFile, models.CASCADE, related_name="transitions", verbose_name=_("file"))
    from_stage = models.CharField(_("from"), max_length=12, choices=Stage)
    to_stage = models.CharField(_("to"), max_length=12, choices=Stage)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("stage move")
        verbose_name_plural = _("stage moves")
        indexes = [models.Index(fields=["file", "at"], name="transition_of_file")]

    def __str__(self) -> str:
        return f"{self.get_from_stage_display()} → {self.get_to_stage_display()}"


class Event(models.Model):
    """A call, a meeting, a mail, a visit or a note on a file."""

    file = models.ForeignKey(ProjectFile, models.CASCADE, related_name="events", verbose_name=_("file"))
    kind = models.CharField(_("kind"), max_length=8, choices=EventKind, default=EventKind.NOTE)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.INTERNAL)
    at = models.DateTimeField(_("at"), default=timezone.now)
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

    def due_by(self, day: dt.date) -> Self:
        return self.to_do().filter(due_on__lte=day)

    def visible_to(self, user) -> Self:
        return self if user.is_adviser else self.none()


class Task(models.Model):
    """Something to do on a file by a day. Postponing counts, so that a task pushed again and again shows."""

    file = models.ForeignKey(ProjectFile, models.CASCADE, related_name="tasks", verbose_name=_("file"))
    title = models.CharField(_("what"), max_length=160)
    due_on = models.DateField(_("due on"))
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks", verbose_name=_("who"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    postponed = models.PositiveSmallIntegerField(_("postponed, times"), default=0)
    created_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [models.Index(fields=["due_on", "assignee"], name="task_due", condition=Q(done_at__isnull=True))]

    def __str__(self) -> str:
        return self.title


class Reminder(models.Model):
    """That a rule spoke about a target once for an occurrence. The unique row is what keeps a reminder from doubling."""

    rule = models.CharField(_("rule"), max_length=20, choices=ReminderRule)
    target = models.CharField(_("about"), max_length=60)  # "task:17", "file:4"
    occurrence = models.CharField(_("occurrence"), max_length=40)  # the day or step the rule names
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="reminders", verbose_name=_("to")
    )
    planned_at = models.DateTimeField(_("planned at"), default=timezone.now)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)  # the reason had gone before it left

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(name="reminder_once", fields=["rule", "target", "occurrence"])]
        indexes = [
            models.Index(fields=["recipient"], name="reminder_waiting", condition=Q(told_at__isnull=True, dropped_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()}, {self.target}"
