"""What happened on a file: the moves of its stage, and what was said and done."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOT_YET_BOUNDED, ROW, Ground, PersonalData
from common.triggers import Trigger
from projects.enums import ClosingReason, Direction, EventKind, Stage
from projects.models.people import HOLDERS, KEPT_AS_FILE

REWRITTEN = "RAISE EXCEPTION 'stage moves are append-only' USING ERRCODE = 'restrict_violation';"

ONLY_WORDS_GO = f"""
    IF (NEW.id, NEW.file_id, NEW.from_stage, NEW.to_stage, NEW.reason, NEW.closing_reason, NEW.settled_on, NEW.by_id, NEW.at)
        IS NOT DISTINCT FROM (OLD.id, OLD.file_id, OLD.from_stage, OLD.to_stage, '', OLD.closing_reason, OLD.settled_on, OLD.by_id,
            OLD.at)
        AND EXISTS (SELECT FROM projects_projectfile WHERE id = OLD.file_id AND stage = '{Stage.ANONYMISED}') THEN
        RETURN NEW;
    END IF;
    {REWRITTEN}
"""


class Transition(models.Model):
    """One move of a file from stage to stage. Append-only: rows go only with their file, and the database refuses any change but
    that of a file made anonymous, which takes the words of a reason away.

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

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to follow their file, and to count"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=["from_stage", "to_stage", "reason", "closing_reason", "settled_on", "at"],
        erased=["reason"],
        facts=["file", "by"],
    )

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
            Trigger(name="transition_is_append_only", when=pgtrigger.Before, operation=pgtrigger.Update, func=ONLY_WORDS_GO),
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

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to know what was said and done"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=["kind", "direction", "at", "text", "minutes", "convention"],
        erased=["text"],
        facts=["file", "author"],
        stays={"convention": _("the programme that pays for the work, for its accounts")},
    )

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

    personal_data = PersonalData(
        of=_("the team"),
        purpose=_("to know who took data out of the portal"),
        ground=Ground.INTEREST,
        kept=NOT_YET_BOUNDED,
        told=["what", "asked", "rows", "at"],
        erased=["asked"],
        facts=["by"],
        stays={"what": _("the name of a list")},
    )

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

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to show who changed what is kept of them"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=["of", "field", "before", "after", "at"],
        erased=ROW,
        facts=["file", "by"],
    )

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["file", "-at"], name="change_of_file")]

    def __str__(self) -> str:
        return f"{self.field}: {self.before} → {self.after}"
