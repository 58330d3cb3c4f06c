"""After settling: a short form at 3, 12, 24 and 36 months."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal_data import Ground, PersonalData
from projects.enums import Dwelling, LeavingReason, PartnerWork, StillActive, StillHere, Via
from projects.models.people import HOLDERS, KEPT_AS_FILE

MONTHS = (3, 12, 24, 36)


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def answered(self) -> Self:
        return self.filter(answered_at__isnull=False)


class FollowUp(models.Model):
    """What somebody who settled says so many months later. Asked and not answered is unknown, never « still here »."""

    file = models.ForeignKey("projects.ProjectFile", models.CASCADE, related_name="follow_ups", verbose_name=_("project file"))
    months = models.PositiveSmallIntegerField(_("months after settling"))
    due_on = models.DateField(_("due on"))
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    via = models.CharField(_("how"), max_length=6, choices=Via, blank=True)
    still_here = models.CharField(_("still lives here"), max_length=8, choices=StillHere, blank=True)
    still_active = models.CharField(_("still works"), max_length=8, choices=StillActive, blank=True)
    dwelling = models.CharField(_("home"), max_length=10, choices=Dwelling, blank=True)
    partner = models.CharField(_("partner"), max_length=8, choices=PartnerWork, blank=True)
    knows_people = models.PositiveSmallIntegerField(_("people to count on"), null=True, blank=True)  # 1 nobody … 4 many
    jobs = models.PositiveSmallIntegerField(_("jobs, one's own among them"), null=True, blank=True)
    leaving = models.CharField(_("why they left"), max_length=12, choices=LeavingReason, blank=True)
    comment = models.TextField(_("in their words"), max_length=2000, blank=True)

    objects = FollowUpQuerySet.as_manager()

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to know what became of those who settled, and to help where it goes badly"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=[
            "months",
            "due_on",
            "asked_at",
            "answered_at",
            "via",
            "still_here",
            "still_active",
            "dwelling",
            "partner",
            "knows_people",
            "jobs",
            "leaving",
            "comment",
        ],
        erased=["comment"],
        facts=["file"],
    )

    class Meta:
        verbose_name = _("news after settling")
        verbose_name_plural = _("news after settling")
        constraints = [
            models.UniqueConstraint(name="follow_up_once", fields=["file", "months"]),
            models.CheckConstraint(name="follow_up_months_known", condition=Q(months__in=MONTHS)),
            models.CheckConstraint(
                name="follow_up_answered_says_something",
                condition=Q(answered_at__isnull=True, still_here="") | (Q(answered_at__isnull=False) & ~Q(still_here="")),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="follow_up_due", condition=Q(answered_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.file_id}, {self.months}"

    @property
    def signals(self) -> list[str]:
        """What an adviser should call about: each a weak signal that somebody may leave."""
        found = []
        if self.answered_at and self.still_here == StillHere.YES:
            if self.knows_people == 1:
                found.append("isolated")
            if self.dwelling == Dwelling.TEMPORARY:
                found.append("temporary_housing")
            if self.partner == PartnerWork.SEEKS:
                found.append("partner_without_work")
        return found
