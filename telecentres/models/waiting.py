"""Who waits for a place to become free."""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOT_YET_BOUNDED, ROW, Ground, PersonalData
from common.states import HasStates, MovesRows
from members.models import Member
from telecentres.enums import DeskKind, Stretch, WaitingStatus
from telecentres.models.booking import Booking
from telecentres.models.desk import Desk
from telecentres.models.opening import Closure


class WaitingEntryQuerySet(MovesRows, models.QuerySet["WaitingEntry"]):
    def visible_to(self, user) -> Self:
        return self.filter(member__user=user)

    def waiting(self) -> Self:
        return self.filter(status=WaitingStatus.WAITING)

    def live(self) -> Self:
        """In the line, or with a place held for them."""
        return self.filter(status__in=WaitingStatus.live())

    def in_line(self) -> Self:
        return self.order_by("joined_at", "pk")

    def overlapping(self, period) -> Self:
        return self.filter(period__overlap=period)

    def with_position(self) -> Self:
        """`position`: 1 for the first of those who wait for that kind of place at the same time, or at a part of it."""
        earlier = Q(joined_at__lt=OuterRef("joined_at")) | Q(joined_at=OuterRef("joined_at"), pk__lte=OuterRef("pk"))
        same_line = WaitingEntry.objects.live().filter(
            earlier, telecentre=OuterRef("telecentre"), kind=OuterRef("kind"), period__overlap=OuterRef("period")
        )
        counted = same_line.order_by().values("telecentre").annotate(n=Count("pk")).values("n")
        return self.annotate(position=Subquery(counted))

    def servable(self, now: dt.datetime) -> Self:
        """Those who wait for a time not over, at which some desk may be free: a first sieve, so that looking costs one query.

        Whether it is, the rules decide when it is offered (`telecentres.availability.rules`): this lets through all they would.
        """
        taken = Booking.objects.live(now).filter(desk=OuterRef("pk"), period__overlap=OuterRef(OuterRef("period")))
        closed = Closure.objects.filter(
            Q(desk=None) | Q(desk=OuterRef("pk")), telecentre=OuterRef("telecentre"), period__overlap=OuterRef(OuterRef("period"))
        )
        desks = Desk.objects.bookable().filter(telecentre=OuterRef("telecentre"), kind=OuterRef("kind"))
        return self.waiting().filter(Exists(desks.filter(~Exists(taken), ~Exists(closed))), period__endswith__gt=now)


class WaitingEntry(HasStates, models.Model):
    """A member in the line for any desk of a kind, in one place, for one stretch of time.

    Of a series: a day that was taken when the series was booked; it is taken back without asking as soon as it is free.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="waiting_entries", verbose_name=_("member"))
    telecentre = models.ForeignKey(
        "telecentres.Telecentre", models.CASCADE, related_name="waiting_entries", verbose_name=_("télécentre")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=DeskKind)
    period = DateTimeRangeField(_("period"), default_bounds="[)")
    stretch = models.CharField(_("part of the day"), max_length=9, choices=Stretch)
    status = models.CharField(_("status"), max_length=8, choices=WaitingStatus, default=WaitingStatus.WAITING)
    series = models.ForeignKey(
        "telecentres.BookingSeries", models.CASCADE, null=True, blank=True, related_name="waiting_entries", verbose_name=_("series")
    )
    booking = models.OneToOneField(
        Booking, models.SET_NULL, null=True, blank=True, related_name="waiting_entry", verbose_name=_("held or booked")
    )
    joined_at = models.DateTimeField(_("waits since"), default=timezone.now)

    states, state_field = WaitingStatus, "status"

    objects = WaitingEntryQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("members"),
        purpose=_("to tell them of a place that becomes free"),
        ground=Ground.CONTRACT,
        kept=NOT_YET_BOUNDED,
        told=["telecentre", "kind", "period", "stretch", "status", "joined_at"],
        erased=ROW,
        facts=["member", "series", "booking"],
    )

    class Meta:
        verbose_name = _("waiting entry")
        verbose_name_plural = _("waiting list")
        indexes = [
            models.Index(fields=["telecentre", "kind"], name="waiting_in_a_place", condition=Q(status__in=WaitingStatus.live())),
        ]
        constraints = [
            models.UniqueConstraint(
                name="waiting_once_for_a_time",
                fields=["member", "kind", "period"],
                condition=Q(status__in=WaitingStatus.live()),
                violation_error_message=_("You are in the line for that time already."),
            ),
            models.CheckConstraint(
                name="waiting_period_real",
                condition=Q(
                    period__isempty=False,
                    period__lower_inf=False,
                    period__upper_inf=False,
                    period__lower_inc=True,
                    period__upper_inc=False,
                ),
            ),
            models.CheckConstraint(name="waiting_status_known", condition=Q(status__in=WaitingStatus.values)),
            models.CheckConstraint(name="waiting_kind_known", condition=Q(kind__in=DeskKind.values)),
            models.CheckConstraint(
                name="waiting_offered_has_its_booking", condition=~Q(status=WaitingStatus.OFFERED) | Q(booking__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.telecentre}, {timezone.localtime(self.period.lower):%d/%m/%Y %H:%M}"
