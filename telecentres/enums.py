from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskKind(models.TextChoices):
    DESK = "desk", _("shared desk")
    OFFICE = "office", _("closed office")
    ROOM = "room", _("meeting room")

    @property
    def is_seat(self) -> bool:
        """A member sits at one seat at a time; a room may be held beside it."""
        return self != DeskKind.ROOM


class HalfDay(models.TextChoices):
    MORNING = "morning", _("morning")
    AFTERNOON = "afternoon", _("afternoon")


class Stretch(models.TextChoices):
    """What one booking takes of a day."""

    MORNING = "morning", _("morning")
    AFTERNOON = "afternoon", _("afternoon")
    DAY = "day", _("whole day")

    @property
    def halves(self) -> tuple[HalfDay, ...]:
        return (HalfDay.MORNING, HalfDay.AFTERNOON) if self == Stretch.DAY else (HalfDay(self.value),)


class Weekday(models.IntegerChoices):
    """As date.weekday() counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class RateUnit(models.TextChoices):
    HALF_DAY = "half_day", _("half-day")
    DAY = "day", _("day")
    HOUR = "hour", _("hour")


class Public(models.TextChoices):
    MEMBER = "member", _("members")
    VISITOR = "visitor", _("visitors")


class BookingStatus(models.TextChoices):
    HELD = "held", _("held")  # a freed place offered to the waiting list, until held_until
    CONFIRMED = "confirmed", _("confirmed")
    CHECKED_IN = "checked_in", _("checked in")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")
    NO_SHOW = "no_show", _("did not come")
    EXPIRED = "expired", _("expired")

    @classmethod
    def live(cls) -> list["BookingStatus"]:
        """Those that keep others off the desk."""
        return [cls.HELD, cls.CONFIRMED, cls.CHECKED_IN, cls.COMPLETED]

    @property
    def next_statuses(self) -> frozenset["BookingStatus"]:
        Status = BookingStatus  # noqa: N806 -- the class's own name, shortened to keep the table readable
        return frozenset(
            {
                Status.HELD: {Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED},
                Status.CONFIRMED: {Status.CHECKED_IN, Status.CANCELLED, Status.NO_SHOW, Status.COMPLETED},
                Status.CHECKED_IN: {Status.COMPLETED},
            }.get(self, ())
        )
