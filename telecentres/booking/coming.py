"""What is coming for somebody: their bookings, each with what may still be done about it and who else is there."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from members.models import Member, User
from telecentres.availability.held import costs_of_accepting
from telecentres.availability.reasons import Refusal
from telecentres.availability.rules import why_not_called_off, why_not_moved
from telecentres.encounters.reads import also_there
from telecentres.enums import BookingStatus, PassKind
from telecentres.half_days import local_day
from telecentres.models import Booking
from telecentres.passes.prices import Quote


@dataclass(frozen=True)
class ComingBooking:
    """One coming booking, loaded with_place(), as a line in time order beside whatever else is coming."""

    booking: Booking
    now: dt.datetime
    others: Sequence[Member] = ()  # there on the same day
    cost: Quote | Refusal | None = None  # of what is only held: what accepting it costs, or why it cannot be accepted
    template = "telecentres/_coming.html"

    @property
    def at(self) -> dt.datetime:
        return self.booking.starts_at

    @property
    def days_away(self) -> int:
        """0 today, 1 tomorrow."""
        return (local_day(self.booking.starts_at) - local_day(self.now)).days

    @property
    def is_held(self) -> bool:
        return self.booking.status == BookingStatus.HELD

    @property
    def is_there(self) -> bool:
        return self.booking.status == BookingStatus.CHECKED_IN

    @property
    def can_check_in(self) -> bool:
        return self.booking.may_check_in(self.now)

    @property
    def can_be_moved(self) -> bool:
        """To another desk at least."""
        return why_not_moved(self.booking, now=self.now, keeps_its_time=True) is None

    @property
    def can_be_cancelled(self) -> bool:
        """By its member; what is only held is let go instead."""
        return not self.is_held and why_not_called_off(self.booking, now=self.now) is None

    @property
    def access_notes(self) -> str:
        """How to get in, on the day itself and not before; nothing to those for whom a place is only held."""
        return self.booking.desk.telecentre.access_notes if self.days_away <= 0 and not self.is_held else ""

    @property
    def can_be_accepted(self) -> bool:
        return self.is_held and not isinstance(self.cost, Refusal)

    @property
    def is_on_trial(self) -> bool:
        """Paid with half-days that were granted, and not bought."""
        return self.booking.paid_with is not None and self.booking.paid_with.kind == PassKind.TRIAL


def coming_bookings(user: User, now: dt.datetime, *, at_most: int | None = None) -> list[ComingBooking]:
    """The next one first. Two queries, however many; some more where a place is held."""
    coming = Booking.objects.visible_to(user).upcoming(now).with_place().select_related("paid_with", "member")
    bookings = list(coming[:at_most])
    others = also_there(bookings, viewer=user, now=now)
    costs = costs_of_accepting([booking for booking in bookings if booking.status == BookingStatus.HELD], now=now)
    return [ComingBooking(booking, now, others.get(booking.pk, ()), costs.get(booking.pk)) for booking in bookings]
