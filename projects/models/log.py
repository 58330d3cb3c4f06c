"""What happened on a file: the moves of its stage, and what was said and done."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.triggers import Trigger
from projects.enums import ClosingReason, Direction, EventKind, Stage

REWRITTEN = "RAISE EXCEPTION 'stage moves are append-only' USING ERRCODE = 'restrict_violation';"


class Transition(models.Model):
    """One move of a file from stage to stage. Append-only: the database refuses a change, and rows go only with their file.

    From settled to settled is a day put right.
    """

    file = models.ForeignKey("projects.ProjectFile", models.CASCADE, related_name="transitions", verbose_name=_("project file"))
    from_stage = models.CharField(_("from stage"), max_length=12, choices=Stage)
    to_stage = models.CharField(_("to stage"), max_length=12, choices=Stage)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    closing_reason = models.CharField(_("closing reason"), max_length=10, choices=ClosingReason, blank=True)  # of a closing
    settled_on = models.DateField(_("settled on"), null=True, blank=True)  # of a settling: the day that was told
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("moved by"))
    at = models.DateTimeField(_("moved at"), default=timezone.now)

    class Meta:
        verbose_name = _("stage move")
        verbose_name_plural = _("stage moves")
        indexes = [
            models.Index(fields=["file", "at"], name="transition_of_file"),
            models.Index(fields=["file"], name="transition_ended_by_holder", condition=Q(to_stage=Stage.CLOSED, by__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="transition_settling_has_its_day",
                condition=Q(to_stage=Stage.SETTLED, settled_on__isnull=False)
                | (~Q(to_stage=Stage.SETTLED) & Q(settled_on__isnull=True)),
            )
        ]
        triggers = [
            Trigger(name="transition_is_append_only", when=pgtrigger.Before, operation=pgtrigger.Update, func=REWRITTEN),
            Trigger(
                name="transition_goes_with_its_file",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=(
                    "IF NOT EXISTS (SELECT FROM projects_projectfile WHERE id = OLD.file_id) THEN RETURN NULL; END IF; " + REWRITTEN
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_from_stage_display()} → {self.get_to_stage_display()}"


class Event(models.Model):
    """A call, a meeting, a mail, a visit or a note on a file."""

    file = models.ForeignKey("projects.ProjectFile", models.CASCADE, related_name="events", verbose_name=_("project file"))
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
        indexes = [
            models.Index(fields=["file", "-at"], name="event_of_file"),
            models.Index(fields=["file"], name="event_from_holder", condition=Q(kind=EventKind.NOTE, direction=Direction.IN)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {timezone.localtime(self.at):%d/%m/%Y}"


class Export(models.Model):
    """That somebody took data out of the portal: what, how much, when."""

    what = models.CharField(_("what"), max_length=80)
    asked = models.CharField(_("as asked for"), max_length=500, blank=True)
    rows = models.PositiveIntegerField(_("rows"))
    by = models.ForeignKey(  # nobody: a command on the server
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["-at"], name="export_recent")]

    def __str__(self) -> str:
        return self.what


class Change(models.Model):
    """That a field of a file, its household, its holder or its money was changed by hand: what stood there, what stands now.

    Stages, introductions and what was said have logs of their own.
    """

    file = models.ForeignKey("projects.ProjectFile", models.CASCADE, related_name="changes", verbose_name=_("project file"))
    of = models.CharField(_("of what"), max_length=60)
    field = models.CharField(_("field"), max_length=60)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["file", "-at"], name="change_of_file")]

    def __str__(self) -> str:
        return f"{self.field}: {self.before} → {self.after}"
