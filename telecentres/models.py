"""Télécentres, their desks and hours, and who sits where and when."""

import datetime as dt
import math
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import (
    Count,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import ACos, Cast, Cos, Least, Radians, Sin
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField

from members.models import Member
from telecentres.enums import BookingStatus, DeskKind, HalfDay, Public, RateUnit, Stretch, Weekday
from villages.models import Commune

EARTH_RADIUS_KM = 6371.0
NOON = dt.time(12)


class TelecentreQuerySet(models.QuerySet["Telecentre"]):
    def open(self) -> Self:
        return self.filter(is_open=True)

    def in_french_order(self) -> Self:
        return self.order_by("commune__sort_name", "pk")

    def with_free_desks(self, day: dt.date, stretch: Stretch, now: dt.datetime) -> Self:
        """`free`: how many shared desks nobody has booked then; None where the place is closed. Holidays are for the caller."""
        desks = Desk.objects.filter(telecentre=OuterRef("pk"), kind=DeskKind.DESK, is_active=True).opening_on(day, stretch)
        shut = Closure.objects.filter(telecentre=OuterRef("telecentre"), desk=None, period__overlap=OuterRef("slot"))
        counted = desks.filter(~Exists(shut)).with_is_free(now).order_by().values("telecentre")
        return self.annotate(free=Subquery(counted.annotate(n=Count("pk", filter=Q(is_free=True))).values("n")))


class Telecentre(models.Model):
    """A place where members work. Its rules bound every booking: notice, horizon, and the last moment to cancel."""

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="telecentres", verbose_name=_("commune"))
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address on this site"), max_length=120, unique=True)
    tagline = models.CharField(_("in a sentence"), max_length=200, blank=True)
    address = models.CharField(_("street"), max_length=200)
    postal_code = models.CharField(_("postal code"), max_length=5)
    phone = PhoneNumberField(_("telephone"), blank=True)
    access_notes = models.TextField(_("how to get in"), blank=True)  # shown only to those booked that day
    on_the_spot = models.TextField(_("on the spot, one thing a line"), blank=True)
    hosts = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="hosted_telecentres", verbose_name=_("hosts"))
    notice_minutes = models.PositiveIntegerField(_("notice, in minutes before the start"), default=0)
    horizon_days = models.PositiveSmallIntegerField(_("horizon, in days"), default=60)
    cancel_before_hours = models.PositiveSmallIntegerField(_("free cancellation until, in hours before the start"), default=14)
    is_open = models.BooleanField(pgettext_lazy("place", "open"), default=True)

    objects = TelecentreQuerySet.as_manager()

    class Meta:
        verbose_name = _("télécentre")
        verbose_name_plural = _("télécentres")
        constraints = [
            models.CheckConstraint(name="telecentre_horizon_at_least_a_day", condition=Q(horizon_days__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("telecentres:telecentre", args=[self.slug])

    @property
    def things_on_the_spot(self) -> list[str]:
        return [line.strip() for line in self.on_the_spot.splitlines() if line.strip()]

    def is_kept_by(self, user) -> bool:
        """A host of this place, or the network's own team."""
        return user.is_staff or self.hosts.filter(pk=user.pk).exists()


class OpeningHours(models.Model):
    """When one half of one weekday is open, in local time. A half-day without a row is closed."""

    telecentre = models.ForeignKey(Telecentre, models.CASCADE, related_name="opening_hours", verbose_name=_("télécentre"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    half = models.CharField(_("half-day"), max_length=9, choices=HalfDay)
    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"))

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

    telecentre = models.ForeignKey(Telecentre, models.CASCADE, related_name="desks", verbose_name=_("télécentre"))
    kind = models.CharField(_("kind"), max_length=6, choices=DeskKind, default=DeskKind.DESK)
    name = models.CharField(_("name"), max_length=60)
    note = models.CharField(_("what is special about it"), max_length=120, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats"), default=1)
    position = models.PositiveSmallIntegerField(_("order in the list"), default=0)
    is_active = models.BooleanField(_("can be booked"), default=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        constraints = [
            models.UniqueConstraint(name="desk_name_once_a_place", fields=["telecentre", "name"]),
            models.CheckConstraint(name="desk_kind_known", condition=Q(kind__in=DeskKind.values)),
            models.CheckConstraint(name="desk_seats_at_least_one", condition=Q(seats__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class ClosureQuerySet(models.QuerySet["Closure"]):
    def coming(self, now: dt.datetime) -> Self:
        """Not over yet, the next one first."""
        return self.filter(period__endswith__gt=now).order_by("period__startswith", "pk")


class Closure(models.Model):
    """A time when the whole place, or one desk, is closed. Public holidays need none: the calendar knows them."""

    telecentre = models.ForeignKey(Telecentre, models.CASCADE, related_name="closures", verbose_name=_("télécentre"))
    desk = models.ForeignKey(Desk, models.CASCADE, null=True, blank=True, related_name="closures", verbose_name=_("only this desk"))
    period = DateTimeRangeField(_("period"), default_bounds="[)")
    reason = models.CharField(_("reason"), max_length=120)

    objects = ClosureQuerySet.as_manager()

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

    telecentre = models.ForeignKey(Telecentre, models.CASCADE, related_name="rates", verbose_name=_("télécentre"))
    kind = models.CharField(_("kind"), max_length=6, choices=DeskKind)
    unit = models.CharField(_("unit"), max_length=8, choices=RateUnit)
    public = models.CharField(_("for"), max_length=8, choices=Public, default=Public.MEMBER)
    price = models.DecimalField(_("price, in euros"), max_digits=7, decimal_places=2)

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        constraints = [
            models.UniqueConstraint(name="rate_once", fields=["telecentre", "kind", "unit", "public"]),
            models.CheckConstraint(name="rate_not_negative", condition=Q(price__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_unit_display()}"


class BookingQuerySet(models.QuerySet["Booking"]):
    def live(self, now: dt.datetime | None = None) -> Self:
        """Those that keep others off the desk now: an expired hold no longer does."""
        return self.filter(status__in=BookingStatus.live()).exclude(
            status=BookingStatus.HELD, held_until__lte=now or timezone.now()
        )

    def overlapping(self, period) -> Self:
        return self.filter(period__overlap=period)

    def visible_to(self, user) -> Self:
        return self.filter(member__user=user)

    def upcoming(self, now: dt.datetime) -> Self:
        """Live and not over, the next one first."""
        return self.live(now).filter(period__endswith__gt=now).order_by("period__startswith", "pk")

    def past(self, now: dt.datetime) -> Self:
        """Over or called off, the last one first."""
        lapsed = Q(status=BookingStatus.HELD, held_until__lte=now)
        off = Q(period__endswith__lte=now) | ~Q(status__in=BookingStatus.live()) | lapsed
        return self.filter(off).order_by("-period__startswith", "-pk")

    def to_remind(self, now: dt.datetime) -> Self:
        """Those that begin within the next hours and whose member has not been reminded."""
        before = now + dt.timedelta(hours=settings.BOOKING_REMINDER_BEFORE_HOURS)
        return self.filter(
            status=BookingStatus.CONFIRMED,
            reminded_at=None,
            period__startswith__gt=now,
            period__startswith__lte=before,
        )

    def over(self, now: dt.datetime) -> Self:
        """Those whose time has passed and that nobody has closed."""
        return self.filter(status__in=[BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN], period__endswith__lte=now)

    def lapsed(self, now: dt.datetime) -> Self:
        """Holds that nobody accepted in time."""
        return self.filter(status=BookingStatus.HELD, held_until__lte=now)

    def with_place(self) -> Self:
        """All that a booking line shows, in one query."""
        return self.select_related("desk__telecentre__commune")


class Booking(models.Model):
    """One member at one desk for one stretch of time `[start, end)`; the end is the first moment not booked."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="bookings", verbose_name=_("desk"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="bookings", verbose_name=_("member"))
    period = DateTimeRangeField(_("period"), default_bounds="[)")
    stretch = models.CharField(_("part of the day"), max_length=9, choices=Stretch)
    status = models.CharField(_("status"), max_length=10, choices=BookingStatus, default=BookingStatus.CONFIRMED)
    takes_seat = models.BooleanField(_("takes a seat"), default=True)  # from the desk's kind: a constraint reads one row only
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    key = models.CharField(_("idempotency key"), max_length=64)  # the same form sent twice is one booking
    price = models.DecimalField(_("price, in euros"), max_digits=7, decimal_places=2, null=True, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("booked by")
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    created_at = models.DateTimeField(_("booked at"), default=timezone.now, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        indexes = [
            models.Index("member", F("period__startswith"), name="booking_of_member"),
            models.Index(
                F("period__startswith"),
                name="booking_to_remind",
                condition=Q(status=BookingStatus.CONFIRMED, reminded_at=None),
            ),
            models.Index(
                F("period__endswith"),
                name="booking_to_complete",
                condition=Q(status__in=[BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN]),
            ),
            models.Index(fields=["held_until"], name="booking_held", condition=Q(status=BookingStatus.HELD)),
        ]
        constraints = [
            ExclusionConstraint(
                name="booking_desk_never_shared",
                expressions=[("desk", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(status__in=BookingStatus.live()),
                violation_error_message=_("This desk is already taken at that time."),
            ),
            ExclusionConstraint(
                name="booking_member_sits_once",
                expressions=[("member", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(status__in=BookingStatus.live(), takes_seat=True),
                violation_error_message=_("This member already has a seat at that time."),
            ),
            # An exclusion constraint alone accepts empty and unbounded ranges.
            models.CheckConstraint(
                name="booking_period_real",
                condition=Q(
                    period__isempty=False,
                    period__lower_inf=False,
                    period__upper_inf=False,
                    period__lower_inc=True,
                    period__upper_inc=False,
                ),
            ),
            models.CheckConstraint(
                name="booking_within_a_day",
                condition=Q(
                    period__contained_by=Func(
                        Func("period", function="lower"),
                        Func("period", function="lower") + dt.timedelta(hours=24),
                        function="tstzrange",
                        output_field=DateTimeRangeField(),
                    )
                ),
            ),
            models.CheckConstraint(name="booking_status_known", condition=Q(status__in=BookingStatus.values)),
            models.CheckConstraint(name="booking_stretch_known", condition=Q(stretch__in=Stretch.values)),
            models.CheckConstraint(
                name="booking_held_has_an_end",
                condition=~Q(status=BookingStatus.HELD) | Q(held_until__isnull=False),
            ),
            models.UniqueConstraint(name="booking_key_once_a_member", fields=["member", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.desk}, {timezone.localtime(self.period.lower):%d/%m/%Y %H:%M}"

    @property
    def starts_at(self) -> dt.datetime:
        return self.period.lower

    @property
    def ends_at(self) -> dt.datetime:
        return self.period.upper

    @property
    def cancel_until(self) -> dt.datetime:
        """The last moment at which its member may still call it off. The desk's place must be at hand."""
        return self.starts_at - dt.timedelta(hours=self.desk.telecentre.cancel_before_hours)
