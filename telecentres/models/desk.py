"""Desks, offices and rooms, and which of them are free."""

import datetime as dt
import math
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import DateField, DateTimeField, Exists, ExpressionWrapper, F, FilteredRelation, Func, OuterRef, Q, Value
from django.db.models.functions import ACos, Cast, Cos, Least, Radians, Sin
from django.utils.translation import gettext_lazy as _

from telecentres.enums import DeskKind, HalfDay, Stretch
from telecentres.models.booking import Booking
from telecentres.models.opening import Closure
from villages.models import Commune

EARTH_RADIUS_KM = 6371.0


class DeskQuerySet(models.QuerySet["Desk"]):
    def bookable(self) -> Self:
        return self.filter(is_active=True, telecentre__is_open=True)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")

    def opening_on(self, day: dt.date, stretch: Stretch) -> Self:
        """Those whose place opens then, each with the `slot` one booking would take. Public holidays are for the caller."""
        opening, closing = stretch.halves[0], stretch.halves[-1]
        return (
            self.annotate(opening=hours_of(day, opening), closing=hours_of(day, closing))
            .filter(opening__isnull=False, closing__isnull=False)
            .annotate(
                slot=Func(
                    local_moment(day, "opening__opens_at"),
                    local_moment(day, "closing__closes_at"),
                    function="tstzrange",
                    output_field=DateTimeRangeField(),
                )
            )
        )

    def within_rules(self, days_ahead: int, now: dt.datetime) -> Self:
        """After `opening_on`: within the horizon of their place, and with the notice it asks for."""
        notice = ExpressionWrapper(
            F("telecentre__notice_minutes") * Value(dt.timedelta(minutes=1)), output_field=models.DurationField()
        )
        earliest = ExpressionWrapper(Value(now) + notice, output_field=DateTimeField())
        return self.filter(telecentre__horizon_days__gte=days_ahead, slot__startswith__gte=earliest)

    def free(self, now: dt.datetime) -> Self:
        """After `opening_on`: neither taken nor closed at any moment of the slot."""
        return self.filter(~taken_then(now), ~closed_then())

    def with_is_free(self, now: dt.datetime) -> Self:
        """After `opening_on`: all of them, each saying whether it is `free`."""
        return self.annotate(is_free=~taken_then(now) & ~closed_then())

    def with_kilometres_from(self, commune: Commune) -> Self:
        """`kilometres` as the crow flies, in SQL: no extension is needed."""
        latitude, longitude = math.radians(commune.latitude), math.radians(commune.longitude)
        there = Radians("telecentre__commune__latitude")
        cosine = math.sin(latitude) * Sin(there) + math.cos(latitude) * Cos(there) * Cos(
            Radians("telecentre__commune__longitude") - longitude
        )
        return self.annotate(kilometres=ACos(Least(cosine, 1.0)) * EARTH_RADIUS_KM)


def hours_of(day: dt.date, half: HalfDay) -> FilteredRelation:
    """The opening hours of the desk's place, that half of that weekday."""
    hours = "telecentre__opening_hours"
    return FilteredRelation(hours, condition=Q(**{f"{hours}__weekday": day.weekday(), f"{hours}__half": half}))


def local_moment(day: dt.date, hour: str) -> Func:
    """The instant at which clocks of the territory show this hour on this day, also when they change."""
    shown = Func(
        Cast(Value(day), DateField()), F(hour), template="(%(expressions)s)", arg_joiner=" + ", output_field=DateTimeField()
    )
    return Func(Value(settings.TIME_ZONE), shown, function="timezone", output_field=DateTimeField())


def taken_then(now: dt.datetime) -> Exists:
    return Exists(Booking.objects.live(now).filter(desk=OuterRef("pk"), period__overlap=OuterRef("slot")))


def closed_then() -> Exists:
    of_this_desk = Q(desk=None) | Q(desk=OuterRef("pk"))
    return Exists(Closure.objects.filter(of_this_desk, telecentre=OuterRef("telecentre"), period__overlap=OuterRef("slot")))


class Desk(models.Model):
    """A shared desk, a closed office or a meeting room: what one booking takes."""

    telecentre = models.ForeignKey("telecentres.Telecentre", models.CASCADE, related_name="desks", verbose_name=_("télécentre"))
    kind = models.CharField(_("kind"), max_length=6, choices=DeskKind, default=DeskKind.DESK)
    name = models.CharField(_("name"), max_length=60)
    note = models.CharField(_("what is special about it"), max_length=120, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats"), default=1)
    position = models.PositiveSmallIntegerField(_("order in the list"), default=0)
    is_active = models.BooleanField(_("can be booked"), default=True)
    plan_x = models.PositiveSmallIntegerField(_("on the plan, from the left"), null=True, blank=True)  # hundredths of the room
    plan_y = models.PositiveSmallIntegerField(_("on the plan, from the top"), null=True, blank=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        constraints = [
            models.UniqueConstraint(name="desk_name_once_a_place", fields=["telecentre", "name"]),
            models.CheckConstraint(name="desk_kind_known", condition=Q(kind__in=DeskKind.values)),
            models.CheckConstraint(name="desk_seats_at_least_one", condition=Q(seats__gte=1)),
            models.CheckConstraint(
                name="desk_on_the_plan_or_not",
                condition=Q(plan_x=None, plan_y=None)
                | Q(plan_x__isnull=False, plan_y__isnull=False, plan_x__range=(0, 100), plan_y__range=(0, 100)),
                violation_error_message=_("On the plan a desk has both figures, from 0 to 100, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
