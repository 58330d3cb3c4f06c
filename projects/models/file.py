"""The project file: one project to settle and work here."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL, Ground, PersonalData
from common.phone import digits_to_look_for
from common.search_words import PlainWords, asked_words, holding
from common.states import HasStates
from members.access import Act
from projects.enums import Ball, BusinessTrack, ClosingReason, Origin, SettlingTrack, Stage
from projects.models.people import HOLDERS, KEPT_AS_FILE, Holder
from projects.models.task import Task
from villages.models import Village


class ProjectFileQuerySet(models.QuerySet["ProjectFile"]):
    def open(self) -> Self:
        return self.filter(stage__in=Stage.open())

    def visible_to(self, user) -> Self:
        """Advisers see the team's files; nobody else sees any here."""
        return self if user.may(Act.WORK_ON_FILES) else self.none()

    def without_adviser(self) -> Self:
        return self.open().filter(adviser__isnull=True)

    def followed_by(self, user) -> Self:
        return self.open().filter(adviser=user)

    def with_late_task(self, today: dt.date) -> Self:
        return self.open().filter(Exists(Task.objects.to_do().filter(file=OuterRef("pk"), due_on__lt=today)))

    def matching(self, text: str) -> Self:
        """Each word of `text` in the reference, the title or the holder's name or address; or the holder's telephone number."""
        found = Q()
        for word in asked_words(text):
            holders = Holder.objects.filter(holding("words", word))
            found &= Q(reference__icontains=word) | holding("words", word) | Q(holder__in=holders)
        if digits_to_look_for(text):
            found |= Q(holder__in=Holder.objects.matching(text))
        return self.filter(found)

    def with_answers(self, query: str) -> Self:
        """Adds `has_answers`: whether the file's answers to the questionnaire are these."""
        return self.annotate(has_answers=ExpressionWrapper(Q(answers=query), output_field=models.BooleanField()))

    def with_people(self) -> Self:
        return self.select_related("holder", "adviser", "deputy")

    def with_next_task(self) -> Self:
        """Adds `next_task_title` and `next_task_on`: what is to be done first, on each row."""
        first = Task.objects.to_do().filter(file=OuterRef("pk")).order_by("due_on", "pk")
        return self.annotate(next_task_title=Subquery(first.values("title")[:1]), next_task_on=Subquery(first.values("due_on")[:1]))


class ProjectFile(HasStates, models.Model):
    """One project to settle and work here. Its stage moves through `files.lifecycle.move_file` only."""

    reference = models.CharField(_("reference"), max_length=12, unique=True)  # 2026-0042
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="files", verbose_name=_("holder"))
    title = models.CharField(_("project"), max_length=160)
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("The holder reads it, and so do the villages they agree to be introduced to.")
    )
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
    ball = models.CharField(_("who holds the ball"), max_length=8, choices=Ball, default=Ball.ADVISER)
    ball_since = models.DateTimeField(_("since"), default=timezone.now)
    ball_note = models.CharField(_("what for"), max_length=160, blank=True)  # the team's own: an adviser's first words
    holder_word = models.CharField(_("a word for the holder"), max_length=160, blank=True)  # the only one shown on their page
    answers = models.CharField(_("answers to the questionnaire"), max_length=2000, blank=True)  # the query of its address
    settled_in = models.ForeignKey(
        Village, models.PROTECT, null=True, blank=True, related_name="newcomers", verbose_name=_("settled in")
    )
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    registered_on = models.DateField(_("business registered on"), null=True, blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    jobs = models.PositiveSmallIntegerField(_("jobs, the holder's among them"), null=True, blank=True)
    key = models.CharField(max_length=64, blank=True, editable=False)  # of the form it came by: sent twice is one file
    opened_on = models.DateField(_("opened on"))
    opened_at = models.DateTimeField(_("entered at"), default=timezone.now)
    last_contact_in_at = models.DateTimeField(_("last heard of"), null=True, blank=True)
    last_contact_out_at = models.DateTimeField(_("last contacted"), null=True, blank=True)
    active_at = models.DateTimeField(_("last activity"), default=timezone.now)  # anything said, done or moved
    stage_since = models.DateTimeField(_("at this stage since"), default=timezone.now)
    words = models.GeneratedField(expression=PlainWords("title"), output_field=models.TextField(), db_persist=True, editable=False)

    states, state_field = Stage, "stage"

    objects = ProjectFileQuerySet.as_manager()

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to help them settle and start their activity"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=[
            "reference",
            "title",
            "summary",
            "stage",
            "paused_until",
            "pause_reason",
            "closing_reason",
            "origin",
            "convention",
            "business_track",
            "settling_track",
            "ball",
            "ball_note",
            "holder_word",
            "answers",
            "settled_in",
            "settled_on",
            "registered_on",
            "siret",
            "jobs",
            "opened_on",
            "last_contact_in_at",
            "last_contact_out_at",
        ],
        erased=["title", "summary", "pause_reason", "ball_note", "holder_word", "answers", "siret"],
        facts=["holder", "adviser", "adviser_since", "deputy", "ball_since", "key", "opened_at", "active_at", "stage_since"],
        stays={
            "reference": _("a number of ours, of which nobody can tell whose it was"),
            "convention": _("the programme that pays for the work, for its accounts"),
        },
    )

    class Meta:
        verbose_name = _("project file")
        verbose_name_plural = _("project files")
        indexes = [
            models.Index(fields=["adviser", "stage"], name="file_of_adviser"),
            models.Index(fields=["stage", "-opened_on"], name="file_by_stage"),
            models.Index(fields=["active_at"], name="file_quiet", condition=Q(stage__in=Stage.in_hand())),
            models.Index(fields=["paused_until"], name="file_pause_ends", condition=Q(stage=Stage.PAUSED)),
            models.Index(fields=["opened_at"], name="file_unassigned", condition=Q(adviser__isnull=True, stage__in=Stage.open())),
        ]
        constraints = [
            models.UniqueConstraint(name="file_of_a_form_once", fields=["key"], condition=~Q(key="")),
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
    def stage_since_day(self) -> dt.date:
        """The day it came to this stage: of a settling, the day that was told."""
        told = self.settled_on if self.stage == Stage.SETTLED else None
        return told or timezone.localdate(self.stage_since)

    @property
    def last_contact_at(self) -> dt.datetime | None:
        """The last time either spoke to the other."""
        return max(filter(None, [self.last_contact_in_at, self.last_contact_out_at]), default=None)


def locked(file: ProjectFile) -> ProjectFile:
    """As it is now, locked until the transaction ends. One order everywhere: the file first, then what belongs to it."""
    return ProjectFile.objects.select_for_update(of=("self",), no_key=True).get(pk=file.pk)


class ReferenceCounter(models.Model):
    """The last number given in a year. The row stays locked until the file that took the number is there: no gap, no double."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    last = models.PositiveIntegerField(_("last number"))

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("counter of references")
        verbose_name_plural = _("counters of references")

    def __str__(self) -> str:
        return f"{self.year}-{self.last:04d}"
