"""What may be asked for, and the ways to say no."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Member, User
from telecentres import wording
from telecentres.enums import BookingStatus, DeskKind, Public, RefusalReason
from telecentres.half_days import Slot
from telecentres.models import Booking, BookingSeries, Desk, Telecentre
from telecentres.services.alternatives import Alternative, find_alternatives

NO_WAY_OUT = {RefusalReason.NOT_A_MEMBER, RefusalReason.KEY_REUSED, RefusalReason.TRIAL_OVER, RefusalReason.TOO_MANY}


@dataclass(frozen=True, kw_only=True)
class BookingRequest:
    """One desk, or any of a kind (`desk` is None), for one member and one stretch of time, asked for at the time `now`.

    A passer-by has no `member`, but is a `guest` by name. Whoever stands there (`on_the_spot`) may take what has begun.
    """

    telecentre: Telecentre
    kind: DeskKind
    desk: Desk | None
    member: Member | None
    period: DateTimeTZRange
    key: str
    now: dt.datetime
    booked_by: User | None = None
    guest: str = ""
    guest_email: str = ""
    note: str = ""
    series: BookingSeries | None = None
    on_the_spot: bool = False

    @property
    def public(self) -> Public:
        return Public.MEMBER if self.member else Public.VISITOR

    @property
    def member_id(self) -> int | None:
        return self.member.pk if self.member else None

    @classmethod
    def for_desk(cls, desk: Desk, **facts) -> Self:
        return cls(telecentre=desk.telecentre, kind=DeskKind(desk.kind), desk=desk, **facts)


class BookingRefused(Exception):
    """The message is written for the member and may be shown as it stands; `reason` is for whoever must act on it."""

    request: BookingRequest | None = None

    def __init__(self, message: str, *, reason: RefusalReason) -> None:
        super().__init__(message)
        self.reason = reason

    @cached_property
    def alternatives(self) -> list[Alternative]:
        """The nearest ways out, looked up when first asked for: the transaction that failed is over by then."""
        request = self.request
        if request is None or self.reason in NO_WAY_OUT:
            return []
        return find_alternatives(
            telecentre=request.telecentre,
            kind=request.kind,
            desk=request.desk,
            period=request.period,
            member=request.member,
            now=request.now,
            elsewhere=self.reason != RefusalReason.ALREADY_SEATED,
        )


class CancellationRefused(Exception):
    """The message is written for whoever wanted to cancel and may be shown as it stands."""


def same_request(earlier: Booking, request: BookingRequest) -> Booking:
    """What became of a request that came before with the same key; refuses when it was another one, or is called off."""
    if earlier.sequence and earlier.status in BookingStatus.live():
        raise BookingRefused(_("You booked this and moved it since. Nothing was booked again."), reason=RefusalReason.MOVED_SINCE)
    if request.desk:
        same_desk = earlier.desk_id == request.desk.pk
    else:
        same_desk = earlier.desk.telecentre_id == request.telecentre.pk and earlier.desk.kind == request.kind
    if not same_desk or earlier.period != request.period:
        raise BookingRefused(
            _("This page has served for another booking already. Nothing was booked: open the week again."),
            reason=RefusalReason.KEY_REUSED,
        )
    if earlier.status not in BookingStatus.live():
        raise BookingRefused(
            _("You booked this and called it off since. Nothing was booked again."), reason=RefusalReason.CANCELLED_SINCE
        )
    return earlier


def taken(request: BookingRequest, slot: Slot) -> BookingRefused:
    facts = {"place": str(request.telecentre), "when": wording.booked_time(slot)}
    if request.desk is None:
        return BookingRefused(_("All are taken: %(place)s, %(when)s.") % facts, reason=RefusalReason.FULL)
    facts["desk"] = str(request.desk)
    return BookingRefused(_("Somebody booked it before you: %(desk)s, %(place)s, %(when)s.") % facts, reason=RefusalReason.TAKEN)


def wanted_but_taken(refusal: BookingRefused) -> bool:
    """Nothing speaks against it but that others have it: one may wait."""
    return refusal.reason in (RefusalReason.TAKEN, RefusalReason.FULL, RefusalReason.PROMISED)


def promised(request: BookingRequest, slot: Slot) -> BookingRefused:
    facts = {"place": str(request.telecentre), "when": wording.booked_time(slot)}
    return BookingRefused(
        _("What is free there has been promised to those who wait: %(place)s, %(when)s.") % facts, reason=RefusalReason.PROMISED
    )


def already_seated(booking: Booking) -> BookingRefused:
    facts = {"desk": str(booking.desk), "place": str(booking.desk.telecentre), "when": wording.booked_time(booking)}
    if booking.status == BookingStatus.HELD:
        sentence = _("A seat is kept for you then: %(desk)s, %(place)s, %(when)s. Accept it or let it go first, in your bookings.")
        return BookingRefused(sentence % facts, reason=RefusalReason.ALREADY_SEATED)
    return BookingRefused(
        _("You already have a seat then: %(desk)s, %(place)s, %(when)s. One seat at a time: call the other off first.") % facts,
        reason=RefusalReason.ALREADY_SEATED,
    )


def busy() -> BookingRefused:
    return BookingRefused(
        _("Somebody is booking here at this very moment and was faster. Nothing was booked for you."), reason=RefusalReason.BUSY
    )


def not_a_member() -> BookingRefused:
    return BookingRefused(_("Booking is for members of the network."), reason=RefusalReason.NOT_A_MEMBER)


def trial_is_over() -> BookingRefused:
    return BookingRefused(
        _("Your trial opens shared desks by the half-day, and has none left for this. Your adviser can help."),
        reason=RefusalReason.TRIAL_OVER,
    )


def too_many_ahead(limit: int) -> BookingRefused:
    sentence = ngettext(
        "A member has %(limit)s booking ahead at most: that one must be over, or called off, before another is made.",
        "A member has %(limit)s bookings ahead at most: one of them must be over, or called off, before another is made.",
        limit,
    )
    return BookingRefused(sentence % {"limit": limit}, reason=RefusalReason.TOO_MANY)


def too_many_room_hours(limit: int, held: float) -> BookingRefused:
    sentence = ngettext(
        "A member has rooms for %(limit)s hour a week at most, and %(held)s of that week are booked already.",
        "A member has rooms for %(limit)s hours a week at most, and %(held)s of that week are booked already.",
        limit,
    )
    return BookingRefused(sentence % {"limit": limit, "held": number_format(f"{held:g}")}, reason=RefusalReason.TOO_MANY)


def not_a_half_day() -> BookingRefused:
    return BookingRefused(
        _("This place opens at other hours: a booking takes its morning, its afternoon, or both."),
        reason=RefusalReason.NOT_A_HALF_DAY,
    )


def not_these_hours() -> BookingRefused:
    return BookingRefused(
        _("A room is booked from one half-hour to another, on one day, while the place is open without a pause."),
        reason=RefusalReason.NOT_THESE_HOURS,
    )


def too_late_to_move(booking: Booking) -> BookingRefused:
    sentence = _("It could be moved until %(moment)s. Until it begins, another desk of the place will do.")
    return BookingRefused(sentence % {"moment": wording.moment(booking.cancel_until)}, reason=RefusalReason.TOO_LATE_TO_MOVE)


def past() -> BookingRefused:
    return BookingRefused(_("This time has already begun."), reason=RefusalReason.PAST)


def notice(minutes: int) -> BookingRefused:
    sentence = ngettext(
        "This place wants to know %(minutes)s minute ahead: it is too late for this time.",
        "This place wants to know %(minutes)s minutes ahead: it is too late for this time.",
        minutes,
    )
    return BookingRefused(sentence % {"minutes": minutes}, reason=RefusalReason.NOTICE)


def horizon(days: int) -> BookingRefused:
    sentence = ngettext(
        "This place takes bookings %(days)s day ahead: come back nearer the time.",
        "This place takes bookings %(days)s days ahead: come back nearer the time.",
        days,
    )
    return BookingRefused(sentence % {"days": days}, reason=RefusalReason.HORIZON)


def place_closed() -> BookingRefused:
    return BookingRefused(_("This place takes no bookings at the moment."), reason=RefusalReason.PLACE_CLOSED)


def holiday(day: dt.date, name: str) -> BookingRefused:
    facts = {"day": wording.day(day), "name": name}
    return BookingRefused(_("Closed on %(day)s: public holiday, %(name)s.") % facts, reason=RefusalReason.HOLIDAY)


def closed(reason: str) -> BookingRefused:
    return BookingRefused(_("Closed at that time: %(reason)s.") % {"reason": reason}, reason=RefusalReason.CLOSED)


def desk_out() -> BookingRefused:
    return BookingRefused(_("This desk is out of use."), reason=RefusalReason.DESK_OUT)
