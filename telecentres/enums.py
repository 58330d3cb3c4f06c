import enum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.states import States, StateSet


class DeskKind(models.TextChoices):
    DESK = "desk", _("shared desk")
    OFFICE = "office", _("closed office")
    ROOM = "room", _("meeting room")

    @classmethod
    def rooms(cls) -> list["DeskKind"]:
        """Those that may be held beside a seat; a member sits at one seat at a time."""
        return [cls.ROOM]

    @property
    def is_seat(self) -> bool:
        return self not in self.rooms()


class HalfDay(models.TextChoices):
    MORNING = "morning", _("morning")
    AFTERNOON = "afternoon", _("afternoon")


class Stretch(models.TextChoices):
    """What one booking takes of a day."""

    MORNING = "morning", _("morning")
    AFTERNOON = "afternoon", _("afternoon")
    DAY = "day", _("whole day")
    HOURS = "hours", _("some hours")  # of a room; seats go by half-days

    @classmethod
    def of_opening_hours(cls) -> tuple["Stretch", ...]:
        """Those that the hours of a place make by themselves."""
        return cls.MORNING, cls.AFTERNOON, cls.DAY

    @property
    def halves(self) -> tuple[HalfDay, ...]:
        if self == Stretch.HOURS:
            return ()
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
    DAY = "day", pgettext_lazy("rate", "day")
    HOUR = "hour", _("hour")


class Public(models.TextChoices):
    MEMBER = "member", _("members")
    VISITOR = "visitor", _("visitors")


class BookingStatus(States):
    HELD = "held", pgettext_lazy("booking", "held")  # a freed place offered to the waiting list, until held_until
    CONFIRMED = "confirmed", pgettext_lazy("booking", "confirmed")
    CHECKED_IN = "checked_in", pgettext_lazy("booking", "checked in")
    COMPLETED = "completed", pgettext_lazy("booking", "completed")
    CANCELLED = "cancelled", pgettext_lazy("booking", "cancelled")
    NO_SHOW = "no_show", pgettext_lazy("booking", "did not come")
    EXPIRED = "expired", pgettext_lazy("booking", "expired")

    # Those that keep others off the desk.
    live = StateSet("HELD CONFIRMED CHECKED_IN COMPLETED", out="CANCELLED NO_SHOW EXPIRED")
    # Its member is expected, or there; once its time is over, to be completed.
    standing = StateSet("CONFIRMED CHECKED_IN", out="HELD COMPLETED CANCELLED NO_SHOW EXPIRED")
    # Somebody would have to make way for a closure: who has come already stays.
    to_come = StateSet("HELD CONFIRMED", out="CHECKED_IN COMPLETED CANCELLED NO_SHOW EXPIRED")
    used = StateSet("CONFIRMED CHECKED_IN COMPLETED", out="HELD CANCELLED NO_SHOW EXPIRED")
    # Those that somebody who keeps the place sees on its day.
    shown_to_hosts = StateSet("HELD CONFIRMED CHECKED_IN COMPLETED NO_SHOW", out="CANCELLED EXPIRED")
    # Its member is known in that place.
    ever_booked = StateSet("CONFIRMED CHECKED_IN COMPLETED NO_SHOW", out="HELD CANCELLED EXPIRED")
    # Its member has come, where the place writes arrivals.
    come = StateSet("CHECKED_IN COMPLETED", out="HELD CONFIRMED CANCELLED NO_SHOW EXPIRED")
    # Kept for somebody who has not accepted it, or had not in time.
    not_accepted = StateSet("HELD EXPIRED", out="CONFIRMED CHECKED_IN COMPLETED CANCELLED NO_SHOW")

    @property
    def next_states(self) -> frozenset["BookingStatus"]:
        Status = BookingStatus  # noqa: N806 -- the class's own name, shortened to keep the table readable
        return frozenset(
            {
                Status.HELD: {Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED},
                Status.CONFIRMED: {Status.CHECKED_IN, Status.CANCELLED, Status.NO_SHOW, Status.COMPLETED},
                Status.CHECKED_IN: {Status.COMPLETED},
                Status.COMPLETED: set(),
                Status.CANCELLED: set(),
                Status.NO_SHOW: set(),
                Status.EXPIRED: set(),
            }[self]
        )


class PassKind(models.TextChoices):
    BOUGHT = "bought", _("pass")
    TRIAL = "trial", _("trial pass")


class EntryReason(models.TextChoices):
    """Why a pass went up or down."""

    SOLD = "sold", pgettext_lazy("pass", "sold")
    GRANTED = "granted", pgettext_lazy("pass", "granted for a trial")
    USED = "used", pgettext_lazy("pass", "booked")
    REFUNDED = "refunded", pgettext_lazy("pass", "given back")
    CORRECTED = "corrected", pgettext_lazy("pass", "corrected")

    @classmethod
    def of_bookings(cls) -> list["EntryReason"]:
        return [cls.USED, cls.REFUNDED]


class WaitingStatus(States):
    WAITING = "waiting", pgettext_lazy("waiting entry", "waiting")
    OFFERED = "offered", pgettext_lazy("waiting entry", "a place is held")
    SEATED = "seated", pgettext_lazy("waiting entry", "has a place")
    LEFT = "left", pgettext_lazy("waiting entry", "left the line")
    LAPSED = "lapsed", pgettext_lazy("waiting entry", "did not answer, or the time is over")

    # Those that stand in the line.
    live = StateSet("WAITING OFFERED", out="SEATED LEFT LAPSED")

    @property
    def next_states(self) -> frozenset["WaitingStatus"]:
        """What is held may be taken away again, so that its member stands in the line as before."""
        Status = WaitingStatus  # noqa: N806 -- the class's own name, shortened to keep the table readable
        ends = {Status.SEATED, Status.LEFT, Status.LAPSED}
        return frozenset(
            {
                Status.WAITING: {Status.OFFERED, *ends},
                Status.OFFERED: {Status.WAITING, *ends},
                Status.SEATED: set(),
                Status.LEFT: set(),
                Status.LAPSED: set(),
            }[self]
        )


class RefusalReason(enum.StrEnum):
    """Why a booking was refused, for whoever must act on it; the sentence is in the refusal itself."""

    TAKEN = "taken"
    FULL = "full"
    BUSY = "busy"
    ALREADY_SEATED = "already_seated"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    PLACE_CLOSED = "place_closed"
    DESK_OUT = "desk_out"
    NOT_A_HALF_DAY = "not_a_half_day"
    NOT_THESE_HOURS = "not_these_hours"
    PROMISED = "promised"
    PAST = "past"
    NOTICE = "notice"
    HORIZON = "horizon"
    NOT_A_MEMBER = "not_a_member"
    KEY_REUSED = "key_reused"
    CANCELLED_SINCE = "cancelled_since"
    MOVED_SINCE = "moved_since"
    TOO_LATE_TO_MOVE = "too_late_to_move"
    TRIAL_OVER = "trial_over"
    TOO_MANY = "too_many"  # held by this member
    TOO_LATE_TO_CANCEL = "too_late_to_cancel"
    NEARLY_OVER = "nearly_over"  # to be waited for
    STILL_FREE = "still_free"  # so that nobody need wait


class AlternativeKind(enum.StrEnum):
    OTHER_DESK = "other_desk"
    OTHER_TIME = "other_time"
    OTHER_PLACE = "other_place"
