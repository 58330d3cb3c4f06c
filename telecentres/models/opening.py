"""When a télécentre is open, when it is closed, and what it costs."""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL
from telecentres.enums import DeskKind, HalfDay, Public, RateUnit, Weekday

NOON = dt.time(12)


class OpeningHours(models.Model):
    """When one half of one weekday is open, in local time. A half-day without a row is closed."""

    telecentre = models.ForeignKey(
        "telecentres.Telecentre", models.CASCADE, related_name="opening_hours", verbose_name=_("télécentre")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    half = models.CharField(_("half-day"), max_length=9, choices=HalfDay)
    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"))

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.UniqueConstraint(name="opening_hours_once_a_half_day", fields=["telecentre", "weekday", "half"]),
            models.CheckConstraint(
                name="opening_hours_in_order",
                condition=Q(opens_at__lt=F("closes_at")),
                violation_error_message=_("Closing comes before opening."),
            ),
            models.CheckConstraint(name="opening_hours_weekday_known", condition=Q(weekday__range=(0, 6))),
            models.CheckConstraint(name="opening_hours_half_known", condition=Q(half__in=HalfDay.values)),
            # Then a whole day, from the morning's opening to the afternoon's closing, always runs forward.
            models.CheckConstraint(
                name="opening_hours_noon_between",
                condition=Q(half=HalfDay.MORNING, opens_at__lt=NOON) | Q(half=HalfDay.AFTERNOON, opens_at__gte=NOON),
                violation_error_message=_("A morning opens before noon, an afternoon at noon or later."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()}, {self.get_half_display()}"


class ClosureQuerySet(models.QuerySet["Closure"]):
    def coming(self, now: dt.datetime) -> Self:
        """Not over yet, the next one first."""
        return self.filter(period__endswith__gt=now).order_by("period__startswith", "pk")


class Closure(models.Model):
    """A time when the whole place, or one desk, is closed. Public holidays need none: the calendar knows them."""

    telecentre = models.ForeignKey("telecentres.Telecentre", models.CASCADE, related_name="closures", verbose_name=_("télécentre"))
    desk = models.ForeignKey(
        "telecentres.Desk", models.CASCADE, null=True, blank=True, related_name="closures", verbose_name=_("only this desk")
    )
    period = DateTimeRangeField(_("period"), default_bounds="[)")
    reason = models.CharField(_("reason"), max_length=120)

    objects = ClosureQuerySet.as_manager()

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = [
            models.CheckConstraint(
                name="closure_period_real",
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                violation_error_message=_("A closure has a start and a later end."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Rate(models.Model):
    """What a half-day, a day or an hour of one kind of desk costs, in euros."""

    telecentre = models.ForeignKey("telecentres.Telecentre", models.CASCADE, related_name="rates", verbose_name=_("télécentre"))
    kind = models.CharField(_("kind"), max_length=6, choices=DeskKind)
    unit = models.CharField(_("unit"), max_length=8, choices=RateUnit)
    public = models.CharField(_("for"), max_length=8, choices=Public, default=Public.MEMBER)
    price = models.DecimalField(_("price, in euros"), max_digits=7, decimal_places=2)

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        constraints = [
            models.UniqueConstraint(name="rate_once", fields=["telecentre", "kind", "unit", "public"]),
            models.CheckConstraint(name="rate_not_negative", condition=Q(price__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_unit_display()}"
