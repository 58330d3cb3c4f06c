"""Who sits where and when."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.email_addresses import AddressColumn
from common.personal_data import NOT_YET_BOUNDED, Ground, PersonalData
from common.states import HasStates, MovesRows
from members.enums import MemberStatus
from members.models import Member
from telecentres.enums import BookingStatus, Stretch

DOORS_OPEN_BEFORE = dt.timedelta(minutes=30)


class BookingQuerySet(MovesRows, models.QuerySet["Booking"]):
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

    def to_introduce(self, now: dt.datetime) -> Self:
        """Of newcomers on trial who wish to be introduced: those that begin within the hours of the reminder, not yet done."""
        return self.filter(
            member__status=MemberStatus.TRIAL,
            member__meets_newcomers_since__isnull=False,
            member__user__is_active=True,
            status=BookingStatus.CONFIRMED,
            introduced_at=None,
            period__startswith__gt=now,
            period__startswith__lte=now + dt.timedelta(hours=settings.BOOKING_REMINDER_BEFORE_HOURS),
        )

    def over(self, now: dt.datetime) -> Self:
        """Those whose time has passed and that nobody has closed."""
        return self.filter(status__in=BookingStatus.standing(), period__endswith__lte=now)

    def lapsed(self, now: dt.datetime) -> Self:
        """Holds that nobody accepted in time."""
        return self.filter(status=BookingStatus.HELD, held_until__lte=now)

    def unclaimed(self, now: dt.datetime) -> Self:
        """Begun, not over, and nobody came within the time that their place waits. Places that write no arrivals wait for ever."""
        waits = ExpressionWrapper(
            F("desk__telecentre__release_after_minutes") * Value(dt.timedelta(minutes=1)), output_field=models.DurationField()
        )
        return self.filter(
            status=BookingStatus.CONFIRMED,
            desk__telecentre__release_after_minutes__isnull=False,
            period__startswith__lte=ExpressionWrapper(Value(now) - waits, output_field=models.DateTimeField()),
            period__endswith__gt=now,
        )

    def with_place(self) -> Self:
        """All that a booking line shows, in one query."""
        return self.select_related("desk__telecentre__commune")


class Booking(HasStates, models.Model):
    """One member at one desk for one stretch of time `[start, end)`; the end is the first moment not booked."""

    desk = models.ForeignKey("telecentres.Desk", models.PROTECT, related_name="bookings", verbose_name=_("desk"))
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="bookings", verbose_name=_("member"))
    guest = models.CharField(_("passer-by"), max_length=120, blank=True)  # booked by the host, for who has no account
    guest_email = AddressColumn(_("passer-by’s e-mail"), blank=True)
    period = DateTimeRangeField(_("period"), default_bounds="[)")
    stretch = models.CharField(_("part of the day"), max_length=9, choices=Stretch)
    status = models.CharField(_("status"), max_length=10, choices=BookingStatus, default=BookingStatus.CONFIRMED)
    takes_seat = models.BooleanField(_("takes a seat"), default=True)  # from the desk's kind: a constraint reads one row only
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    key = models.CharField(_("idempotency key"), max_length=64)  # the same form sent twice is one booking
    price = models.DecimalField(_("price, in euros"), max_digits=7, decimal_places=2, null=True, blank=True)
    paid_with = models.ForeignKey(
        "telecentres.Pass", models.PROTECT, null=True, blank=True, related_name="bookings", verbose_name=_("paid with the pass")
    )
    units = models.PositiveSmallIntegerField(_("half-days of the pass"), default=0)
    series = models.ForeignKey(
        "telecentres.BookingSeries", models.PROTECT, null=True, blank=True, related_name="bookings", verbose_name=_("series")
    )
    note = models.CharField(_("note for the host"), max_length=200, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("booked by")
    )
    checked_in_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    introduced_at = models.DateTimeField(_("introduced at"), null=True, blank=True)  # a newcomer to members of the same trade
    created_at = models.DateTimeField(_("booked at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    sequence = models.PositiveSmallIntegerField(_("times moved"), default=0)  # a calendar keeps the latest of the same UID

    why_this_price = ""  # a sentence, of a booking just made: it is not kept

    states, state_field = BookingStatus, "status"

    objects = BookingQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("members and their guests"),
        purpose=_("to keep them a desk"),
        ground=Ground.CONTRACT,
        kept=NOT_YET_BOUNDED,
        told=[
            "desk",
            "guest",
            "guest_email",
            "period",
            "stretch",
            "status",
            "held_until",
            "price",
            "units",
            "note",
            "checked_in_at",
            "cancelled_at",
            "reminded_at",
            "introduced_at",
            "created_at",
        ],
        erased=["guest", "guest_email", "note"],
        facts=["member", "takes_seat", "key", "paid_with", "series", "booked_by", "changed_at", "sequence"],
    )

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
                condition=Q(status__in=BookingStatus.standing()),
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
            models.UniqueConstraint(name="booking_key_once_a_guest", fields=["key"], condition=Q(member=None)),
            models.CheckConstraint(
                name="booking_of_a_member_or_a_guest",
                condition=Q(member__isnull=False, guest="", guest_email="") | Q(member=None) & ~Q(guest=""),
            ),
            models.CheckConstraint(name="booking_hours_are_of_rooms", condition=~Q(stretch=Stretch.HOURS) | Q(takes_seat=False)),
            models.CheckConstraint(
                name="booking_units_are_of_a_pass",
                condition=Q(paid_with=None, units=0) | Q(paid_with__isnull=False, units__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk}, {timezone.localtime(self.period.lower):%d/%m/%Y %H:%M}"

    @property
    def who(self) -> str:
        """The member must be at hand, with their account."""
        return str(self.member) if self.member else self.guest

    @property
    def email(self) -> str:
        """Empty for a passer-by who has none."""
        return self.member.user.email if self.member else self.guest_email

    @property
    def day(self) -> dt.date:
        """By the calendar of the territory."""
        return timezone.localdate(self.period.lower, timezone.get_default_timezone())

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

    def is_held(self, now: dt.datetime) -> bool:
        """Kept for its member, who has not accepted it yet."""
        return self.status == BookingStatus.HELD and self.held_until > now

    def may_check_in(self, now: dt.datetime) -> bool:
        """From half an hour before it begins until it ends."""
        return self.status == BookingStatus.CONFIRMED and self.starts_at - DOORS_OPEN_BEFORE <= now < self.ends_at
