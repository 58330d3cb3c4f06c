"""What the portal told by itself, so that nothing is told twice."""

from collections.abc import Sequence
from typing import Protocol, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOT_YET_BOUNDED, NOTHING_PERSONAL, ROW, Ground, PersonalData
from members.access import Act
from projects.enums import ReminderRule
from projects.models.people import HOLDERS


def target_of(kind: str, pk: int | str) -> str:
    """What a reminder, or a letter kept back, is about: "task:17", "file:4", "user:3"; by the rule's name, "village_silent:9"."""
    return f"{kind}:{pk}"


class Tellable(Protocol):
    """A reminder that is not written down yet, or what one would be made of."""

    rule: str
    target: str
    occurrence: str


Matter = TypeVar("Matter", bound=Tellable)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user) -> Self:
        return self if user.may(Act.WORK_ON_FILES) else self.none()

    def untold(self, matters: Sequence[Matter]) -> list[Matter]:
        """Of these those that no reminder has told yet."""
        targets = [matter.target for matter in matters]
        told = set(self.filter(target__in=targets).values_list("rule", "target", "occurrence"))
        return [matter for matter in matters if (matter.rule, matter.target, matter.occurrence) not in told]


class Reminder(models.Model):
    """That a rule spoke about a target once for an occurrence. The unique row is what keeps a reminder from doubling.

    The row is written with the letter that tells it. A letter that could not leave by the next morning is folded into that
    day's digest: `letter_key` then names the digest.
    """

    rule = models.CharField(_("rule"), max_length=20, choices=ReminderRule)
    target = models.CharField(_("what it is about"), max_length=60)  # of target_of()
    occurrence = models.CharField(_("occurrence"), max_length=40)  # the day or step the rule names, and to whom if to several
    recipient = models.ForeignKey(  # of the team; somebody outside of it is in the letter
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="reminders", verbose_name=_("recipient")
    )
    file = models.ForeignKey(
        "projects.ProjectFile", models.CASCADE, null=True, blank=True, related_name="reminders", verbose_name=_("project file")
    )  # where somebody outside of the team is reminded of it
    letter_key = models.CharField(_("letter"), max_length=200)  # outbox.Letter.key
    told_at = models.DateTimeField(_("told at"), default=timezone.now)

    objects = ReminderQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("the team"),
        purpose=_("to remind of a matter once"),
        ground=Ground.INTEREST,
        kept=NOT_YET_BOUNDED,
        told=["rule", "target", "occurrence", "told_at"],
        erased=ROW,
        facts=["recipient", "file", "letter_key"],
    )

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
    nudged_at = models.DateTimeField(_("others written to at"), null=True, blank=True)  # holders and villages, at the next tick

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("digest run")
        verbose_name_plural = _("digest runs")

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"


class RuleSetting(models.Model):
    """What the lead changed of a rule: its delays, in the order of its steps, or that it is not used."""

    rule = models.CharField(_("rule"), max_length=20, choices=ReminderRule, unique=True)
    delays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("delays"))
    is_active = models.BooleanField(_("in use"), default=True)

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("setting of a rule")
        verbose_name_plural = _("settings of rules")

    def __str__(self) -> str:
        return self.get_rule_display()


class Hold(models.Model):
    """A letter to somebody outside of the team that an adviser keeps back: until a day, or for good."""

    rule = models.CharField(_("rule"), max_length=20, choices=ReminderRule)
    target = models.CharField(_("what it is about"), max_length=60)  # of target_of()
    until = models.DateField(_("until"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to keep back a letter that would be wrong"),
        ground=Ground.INTEREST,
        kept=NOT_YET_BOUNDED,
        told=["rule", "target", "until", "at"],
        erased=ROW,
        facts=["by"],
    )

    class Meta:
        verbose_name = _("letter kept back")
        verbose_name_plural = _("letters kept back")
        constraints = [models.UniqueConstraint(name="hold_once", fields=["rule", "target"])]

    def __str__(self) -> str:
        return f"{self.get_rule_display()}, {self.target}"
