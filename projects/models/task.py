"""What is to be done on a file, and by when."""

import datetime as dt
from functools import reduce
from operator import and_
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOT_YET_BOUNDED, NOTHING_PERSONAL, ROW, Ground, PersonalData
from common.search_words import PlainWords, asked_words, holding
from common.triggers import Trigger
from members.access import Act
from projects.enums import Stage
from projects.models.people import HOLDERS, KEPT_AS_FILE


class TaskQuerySet(models.QuerySet["Task"]):
    def to_do(self) -> Self:
        return self.filter(done_at__isnull=True)

    def live(self) -> Self:
        """To do, on a file that is open: what reminders speak of. A closed file's tasks sleep, and wake if it reopens."""
        return self.to_do().filter(file__stage__in=Stage.open())

    def late(self, today: dt.date) -> Self:
        return self.live().filter(due_on__lt=today)

    def visible_to(self, user) -> Self:
        return self if user.may(Act.WORK_ON_FILES) else self.none()

    def matching(self, text: str) -> Self:
        """Each word of `text` in the task's own words, or all of it in its file's."""
        words = reduce(and_, (holding("words", word) for word in asked_words(text)), Q())
        files = Task._meta.get_field("file").related_model.objects
        return self.filter(words | Q(file__in=files.matching(text))) if words else self

    def with_file(self) -> Self:
        """All that a task's line shows, in one query."""
        return self.select_related("file__holder", "assignee")


class Task(models.Model):
    """Something to do on a file by a day. Postponing counts, so that a task pushed again and again shows.

    `due_set_at` says when the day was chosen; the database keeps it true even where the day is changed by hand.
    """

    file = models.ForeignKey("projects.ProjectFile", models.CASCADE, related_name="tasks", verbose_name=_("project file"))
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
    introduction = models.ForeignKey(
        "projects.Introduction", models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("introduction")
    )
    funding_line = models.ForeignKey(
        "projects.FundingLine", models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("funding line")
    )
    created_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entered by")
    )

    words = models.GeneratedField(expression=PlainWords("title"), output_field=models.TextField(), db_persist=True, editable=False)

    objects = TaskQuerySet.as_manager()

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to do what is to be done for them, in time"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=["title", "due_on", "done_at", "postponed", "created_at"],
        erased=["title"],
        facts=["file", "due_set_at", "assignee", "done_by", "postponed_by", "introduction", "funding_line", "created_by"],
    )

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
        # A day changed without the service (by hand, in bulk) was chosen then, too: a task made due today is told today.
        triggers = [
            Trigger(
                name="task_day_was_chosen",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("due_on"),
                condition=pgtrigger.Condition("NEW.due_on <> OLD.due_on AND NEW.due_set_at = OLD.due_set_at"),
                func="NEW.due_set_at = now(); RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.title


class TaskTemplate(models.Model):
    """A task that comes by itself when a file reaches a stage, so many working days later."""

    stage = models.CharField(_("stage"), max_length=12, choices=Stage)
    title = models.CharField(_("what is to be done"), max_length=160)
    working_days = models.PositiveSmallIntegerField(_("working days after the stage is reached"), default=1)
    is_active = models.BooleanField(_("in use"), default=True)

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("task that comes by itself")
        verbose_name_plural = _("tasks that come by themselves")
        ordering = ["stage", "working_days", "pk"]
        constraints = [models.UniqueConstraint(name="task_template_once", fields=["stage", "title"])]

    def __str__(self) -> str:
        return self.title


SEEN = "seen-"  # how the cards are called that only tell that something happened


class AsideQuerySet(models.QuerySet["Aside"]):
    def standing(self, today: dt.date) -> Self:
        """Done with for good, or until a day that has not come."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=today))


class Aside(models.Model):
    """A card of the morning that somebody put aside until a day. What is a task is done or postponed instead.

    For good only what says no more than that something happened, and was read: such a card is called `seen-…`. `card` names the
    kind, the row and the occurrence: the next answer of the same village is another card.
    """

    card = models.CharField(_("card"), max_length=80, unique=True)
    until = models.DateField(_("until"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = AsideQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("the team"),
        purpose=_("to show a card of the morning no more"),
        ground=Ground.INTEREST,
        kept=NOT_YET_BOUNDED,
        told=["card", "until", "at"],
        erased=ROW,
        facts=["by"],
    )

    class Meta:
        verbose_name = _("card put aside")
        verbose_name_plural = _("cards put aside")
        constraints = [
            models.CheckConstraint(name="aside_for_good_once_seen", condition=Q(until__isnull=False) | Q(card__startswith=SEEN))
        ]

    def __str__(self) -> str:
        return self.card
