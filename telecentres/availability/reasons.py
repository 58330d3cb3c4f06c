"""Why something may not be booked, moved, called off or waited for: a reason to act on, and a sentence for whoever asked."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from telecentres import wording
from telecentres.availability.request import BookingRequest
from telecentres.enums import BookingStatus, RefusalReason
from telecentres.half_days import Slot
from telecentres.models import Booking


@dataclass(frozen=True)
class Refusal:
    """Why not: the reason for code, `say` for people. It is worded only when it is shown: a week refuses a thousand times."""

    reason: RefusalReason
    say: Callable[[], str]

    def __str__(self) -> str:
        return self.say()


# ---- Of the time -------------------------------------------------------------------------------------------------------


def past() -> Refusal:
    return Refusal(RefusalReason.PAST, lambda: _("This time has already begun."))


def notice(minutes: int) -> Refusal:
    def say() -> str:
        sentence = ngettext(
            "This place wants to know %(minutes)s minute ahead: it is too late for this time.",
            "This place wants to know %(minutes)s minutes ahead: it is too late for this time.",
            minutes,
        )
        return sentence % {"minutes": minutes}

    return Refusal(RefusalReason.NOTICE, say)


def horizon(days: int) -> Refusal:
    def say() -> str:
        sentence = ngettext(
            "This place takes bookings %(days)s day ahead: come back nearer the time.",
            "This place takes bookings %(days)s days ahead: come back nearer the time.",
            days,
        )
        return sentence % {"days": days}

    return Refusal(RefusalReason.HORIZON, say)


def place_closed() -> Refusal:
    return Refusal(RefusalReason.PLACE_CLOSED, lambda: _("This place takes no bookings at the moment."))


def holiday(day: dt.date, name: str) -> Refusal:
    def say() -> str:
        return _("Closed on %(day)s: public holiday, %(name)s.") % {"day": wording.day(day), "name": name}

    return Refusal(RefusalReason.HOLIDAY, say)


def not_a_half_day() -> Refusal:
    return Refusal(
        RefusalReason.NOT_A_HALF_DAY,
        lambda: _("This place opens at other hours: a booking takes its morning, its afternoon, or both."),
    )


def not_these_hours() -> Refusal:
    return Refusal(
        RefusalReason.NOT_THESE_HOURS,
        lambda: _("A room is booked from one half-hour to another, on one day, while the place is open without a pause."),
    )


# ---- Of the desk -------------------------------------------------------------------------------------------------------


def desk_out() -> Refusal:
    return Refusal(RefusalReason.DESK_OUT, lambda: _("This desk is out of use."))


def closed(reason: str) -> Refusal:
    return Refusal(RefusalReason.CLOSED, lambda: _("Closed at that time: %(reason)s.") % {"reason": reason})


def taken(request: BookingRequest, slot: Slot) -> Refusal:
    facts = {"place": request.telecentre, "desk": request.desk}
    if request.desk is None:
        return Refusal(
            RefusalReason.FULL,
            lambda: _("All are taken: %(place)s, %(when)s.") % (facts | {"when": wording.booked_time(slot)}),
        )
    return Refusal(
        RefusalReason.TAKEN,
        lambda: _("Somebody booked it before you: %(desk)s, %(place)s, %(when)s.") % (facts | {"when": wording.booked_time(slot)}),
    )


def promised(request: BookingRequest, slot: Slot) -> Refusal:
    def say() -> str:
        facts = {"place": request.telecentre, "when": wording.booked_time(slot)}
        return _("What is free there has been promised to those who wait: %(place)s, %(when)s.") % facts

    return Refusal(RefusalReason.PROMISED, say)


# ---- Of the person -----------------------------------------------------------------------------------------------------


def not_a_member() -> Refusal:
    return Refusal(RefusalReason.NOT_A_MEMBER, lambda: _("Booking is for members of the network."))


def already_seated(booking: Booking) -> Refusal:
    def say() -> str:
        facts = {"desk": booking.desk, "place": booking.desk.telecentre, "when": wording.booked_time(booking)}
        if booking.status == BookingStatus.HELD:
            sentence = _(
                "A seat is kept for you then: %(desk)s, %(place)s, %(when)s. Accept it or let it go first, in your bookings."
            )
        else:
            sentence = _(
                "You already have a seat then: %(desk)s, %(place)s, %(when)s. One seat at a time: call the other off first."
            )
        return sentence % facts

    return Refusal(RefusalReason.ALREADY_SEATED, say)


def too_many_ahead(limit: int) -> Refusal:
    def say() -> str:
        sentence = ngettext(
            "A member has %(limit)s booking ahead at most: that one must be over, or called off, before another is made.",
            "A member has %(limit)s bookings ahead at most: one of them must be over, or called off, before another is made.",
            limit,
        )
        return sentence % {"limit": limit}

    return Refusal(RefusalReason.TOO_MANY, say)


def too_many_room_hours(limit: int, held: float) -> Refusal:
    def say() -> str:
        sentence = ngettext(
            "A member has rooms for %(limit)s hour a week at most, and %(held)s of that week are booked already.",
            "A member has rooms for %(limit)s hours a week at most, and %(held)s of that week are booked already.",
            limit,
        )
        return sentence % {"limit": limit, "held": number_format(f"{held:g}")}

    return Refusal(RefusalReason.TOO_MANY, say)


def trial_is_over() -> Refusal:
    return Refusal(
        RefusalReason.TRIAL_OVER,
        lambda: _("Your trial opens shared desks by the half-day, and has none left for this. Your adviser can help."),
    )


# ---- Of a booking that stands ------------------------------------------------------------------------------------------


def nothing_to_move() -> Refusal:
    return Refusal(RefusalReason.TOO_LATE_TO_MOVE, lambda: _("This booking is over, or called off: there is nothing to move."))


def too_late_to_move(booking: Booking) -> Refusal:
    def say() -> str:
        sentence = _("It could be moved until %(moment)s. Until it begins, another desk of the place will do.")
        return sentence % {"moment": wording.moment(booking.cancel_until)}

    return Refusal(RefusalReason.TOO_LATE_TO_MOVE, say)


def nothing_to_call_off() -> Refusal:
    return Refusal(RefusalReason.TOO_LATE_TO_CANCEL, lambda: _("This booking is over: there is nothing to call off."))


def has_begun() -> Refusal:
    return Refusal(RefusalReason.TOO_LATE_TO_CANCEL, lambda: _("This time has begun: it can no longer be called off."))


def too_late_to_call_off(booking: Booking) -> Refusal:
    def say() -> str:
        sentence = _("It could be called off until %(moment)s. Tell the place, so that somebody else may come.")
        return sentence % {"moment": wording.moment(booking.cancel_until)}

    return Refusal(RefusalReason.TOO_LATE_TO_CANCEL, say)


# ---- Of the line -------------------------------------------------------------------------------------------------------


def nearly_over() -> Refusal:
    return Refusal(RefusalReason.NEARLY_OVER, lambda: _("That time is nearly over: nothing is kept for those who wait any more."))


def still_free() -> Refusal:
    return Refusal(RefusalReason.STILL_FREE, lambda: _("A desk is free at that time: nobody need wait, book it."))
