"""What a project needs, who pays for it, and what is missing. Amounts are euros."""

from decimal import Decimal
from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL, Ground, PersonalData
from common.states import HasStates
from members.access import Act
from projects.enums import FundingState, SchemeKind
from projects.models.people import HOLDERS, KEPT_AS_FILE

NOTHING = Decimal(0)


class Scheme(models.Model):
    """A source of money that the team knows, kept as a small directory."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    funder = models.CharField(_("funder"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=SchemeKind)
    most = models.DecimalField(_("at most, in euros"), max_digits=9, decimal_places=2, null=True, blank=True)
    about = models.TextField(_("for whom, on which conditions"), blank=True)
    website = models.URLField(_("web site"), blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    is_active = models.BooleanField(_("offered"), default=True)

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("funding scheme")
        verbose_name_plural = _("funding schemes")
        ordering = ["funder", "name"]
        constraints = [models.CheckConstraint(name="scheme_kind_known", condition=Q(kind__in=SchemeKind.values))]

    def __str__(self) -> str:
        return self.name


class SchemeStep(models.Model):
    """Something to be done so many working days before the funder's committee sits."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="steps", verbose_name=_("scheme"))
    title = models.CharField(_("what is to be done"), max_length=120)
    working_days_before = models.PositiveSmallIntegerField(_("working days before the committee"))

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("step before the committee")
        verbose_name_plural = _("steps before the committee")
        ordering = ["-working_days_before", "pk"]

    def __str__(self) -> str:
        return self.title


class Need(models.Model):
    file = models.ForeignKey("projects.ProjectFile", models.CASCADE, related_name="needs", verbose_name=_("project file"))
    label = models.CharField(_("what for"), max_length=120)
    amount = models.DecimalField(_("amount, in euros"), max_digits=10, decimal_places=2)

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to reckon what their project lacks"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=["label", "amount"],
        erased=["label"],
        facts=["file"],
    )

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [
            models.CheckConstraint(
                name="need_is_an_amount", condition=Q(amount__gt=0), violation_error_message=_("A need is more than nothing.")
            )
        ]

    def __str__(self) -> str:
        return self.label


class Gap(NamedTuple):
    """Of one file: what it needs, what is acquired, what is asked for beside, and what nobody has been asked for."""

    needs: Decimal
    acquired: Decimal
    asked: Decimal

    @property
    def missing(self) -> Decimal:
        return max(NOTHING, self.needs - self.acquired - self.asked)


class FundingLineQuerySet(models.QuerySet["FundingLine"]):
    def visible_to(self, user) -> Self:
        return self if user.may(Act.WORK_ON_FILES) else self.none()

    def to_lodge(self) -> Self:
        return self.filter(state__in=FundingState.to_lodge())

    def gap(self, needs: Decimal) -> Gap:
        sums = self.aggregate(
            acquired=Sum("granted", filter=Q(state__in=FundingState.acquired())),
            asked=Sum("requested", filter=Q(state__in=FundingState.hoped_for())),
        )
        return Gap(needs, sums["acquired"] or NOTHING, sums["asked"] or NOTHING)


class FundingLine(HasStates, models.Model):
    """One source asked for one file: what is requested, granted, paid, and the dates that matter."""

    file = models.ForeignKey("projects.ProjectFile", models.CASCADE, related_name="funding_lines", verbose_name=_("project file"))
    scheme = models.ForeignKey(Scheme, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("scheme"))
    funder = models.CharField(_("funder"), max_length=120)
    label = models.CharField(_("in a few words"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=FundingState, default=FundingState.PLANNED)
    requested = models.DecimalField(_("requested, in euros"), max_digits=10, decimal_places=2)
    granted = models.DecimalField(_("granted, in euros"), max_digits=10, decimal_places=2, null=True, blank=True)
    paid = models.DecimalField(_("paid, in euros"), max_digits=10, decimal_places=2, null=True, blank=True)
    deadline = models.DateField(_("to be lodged by"), null=True, blank=True)
    committee_on = models.DateField(_("the committee sits on"), null=True, blank=True)
    lodged_on = models.DateField(_("lodged on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)

    states = FundingState

    objects = FundingLineQuerySet.as_manager()

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to follow their requests for money"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=[
            "scheme",
            "funder",
            "label",
            "state",
            "requested",
            "granted",
            "paid",
            "deadline",
            "committee_on",
            "lodged_on",
            "decided_on",
            "paid_on",
        ],
        erased=["label"],
        facts=["file"],
        stays={"funder": _("an institution, for the figures of what was granted")},
    )

    class Meta:
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")
        indexes = [
            models.Index(fields=["deadline"], name="funding_to_lodge", condition=Q(state__in=FundingState.to_lodge())),
            models.Index(fields=["committee_on"], name="funding_to_decide", condition=Q(state=FundingState.LODGED)),
        ]
        constraints = [
            models.CheckConstraint(name="funding_state_known", condition=Q(state__in=FundingState.values)),
            models.CheckConstraint(
                name="funding_amounts",
                condition=Q(requested__gt=0)
                & (Q(granted__isnull=True) | Q(granted__gte=0))
                & (Q(paid__isnull=True) | Q(paid__gte=0, paid__lte=F("granted"))),
                violation_error_message=_("Nothing is paid beyond what was granted, and nothing is less than zero."),
            ),
            models.CheckConstraint(
                name="funding_granted_says_how_much",
                condition=Q(state__in=FundingState.acquired(), granted__isnull=False, decided_on__isnull=False)
                | ~Q(state__in=FundingState.acquired()),
                violation_error_message=_("A line that is granted says how much, and when it was decided."),
            ),
            models.CheckConstraint(
                name="funding_deadline_before_committee",
                condition=Q(deadline__isnull=True) | Q(committee_on__isnull=True) | Q(deadline__lte=F("committee_on")),
                violation_error_message=_("The file is lodged before the committee sits."),
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.funder

    @property
    def name(self) -> str:
        """What it is beside its funder: in the adviser's words, else the scheme's; nothing where neither is known."""
        return self.label or (self.scheme.name if self.scheme else "")
