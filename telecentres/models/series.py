"""The same place every week."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOT_YET_BOUNDED, Ground, PersonalData
from members.models import Member
from telecentres.enums import DeskKind, Stretch, Weekday


class BookingSeriesQuerySet(models.QuerySet["BookingSeries"]):
    def visible_to(self, user) -> Self:
        return self.filter(member__user=user)

    def running(self) -> Self:
        """With days still to be booked as they come within the horizon of their place."""
        return self.filter(ended_at=None, handled_until__lt=F("last"))


class BookingSeries(models.Model):
    """One stretch of some weekdays, from `first` to `last` (both included), in one place: always this desk, or any of a kind.

    Days are booked as far as the place's horizon reaches (`handled_until`, that day included) and further as time goes on.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="series", verbose_name=_("member"))
    telecentre = models.ForeignKey("telecentres.Telecentre", models.PROTECT, related_name="series", verbose_name=_("télécentre"))
    kind = models.CharField(_("kind"), max_length=6, choices=DeskKind, default=DeskKind.DESK)
    desk = models.ForeignKey(
        "telecentres.Desk", models.PROTECT, null=True, blank=True, related_name="series", verbose_name=_("always this desk")
    )
    weekdays = ArrayField(models.PositiveSmallIntegerField(choices=Weekday), verbose_name=_("weekdays"))
    stretch = models.CharField(_("part of the day"), max_length=9, choices=Stretch)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    handled_until = models.DateField(_("booked until"))
    other_desk_if_taken = models.BooleanField(_("another desk when it is taken"), default=True)
    key = models.CharField(_("idempotency key"), max_length=64)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("booked by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    created_at = models.DateTimeField(_("booked at"), default=timezone.now, editable=False)

    objects = BookingSeriesQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("members"),
        purpose=_("to keep them the same place each week"),
        ground=Ground.CONTRACT,
        kept=NOT_YET_BOUNDED,
        told=["telecentre", "kind", "desk", "weekdays", "stretch", "first", "last", "ended_at", "created_at"],
        erased=[],
        facts=["member", "handled_until", "other_desk_if_taken", "key", "booked_by"],
        stays={"weekdays": _("days alone, for the figures of the place")},
    )

    class Meta:
        verbose_name = _("series of bookings")
        verbose_name_plural = _("series of bookings")
        constraints = [
            models.UniqueConstraint(name="series_key_once_a_member", fields=["member", "key"]),
            models.CheckConstraint(
                name="series_in_order",
                condition=Q(first__lte=F("last")),
                violation_error_message=_("It would end before it begins."),
            ),
            models.CheckConstraint(
                name="series_weekdays_known", condition=Q(weekdays__contained_by=list(Weekday.values), weekdays__len__gte=1)
            ),
            models.CheckConstraint(name="series_by_half_days", condition=Q(stretch__in=Stretch.of_opening_hours())),
            models.CheckConstraint(name="series_kind_known", condition=Q(kind__in=DeskKind.values)),
        ]
        indexes = [models.Index(fields=["handled_until"], name="series_running", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return f"{self.telecentre}, {self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"

    def days(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """Its days between two days, both included."""
        first, last = max(first, self.first), min(last, self.last)
        days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if day.weekday() in self.weekdays]
