"""The ways to say no to a booking: what the rules said, or what became of the same request before."""

from functools import cached_property
from typing import Self

from django.utils.translation import gettext as _

from telecentres.availability.alternatives import Alternative, find_alternatives
from telecentres.availability.reasons import Refusal
from telecentres.availability.request import BookingRequest
from telecentres.availability.rules import is_worth_waiting_for
from telecentres.enums import BookingStatus, RefusalReason
from telecentres.models import Booking

NO_WAY_OUT = {RefusalReason.NOT_A_MEMBER, RefusalReason.KEY_REUSED, RefusalReason.TRIAL_OVER, RefusalReason.TOO_MANY}


class BookingRefused(Exception):
    """The message is written for the member and may be shown as it stands; `reason` is for whoever must act on it."""

    request: BookingRequest | None = None

    def __init__(self, message: str, *, reason: RefusalReason) -> None:
        super().__init__(message)
        self.reason = reason

    @classmethod
    def because(cls, no: Refusal) -> Self:
        return cls(str(no), reason=no.reason)

    @property
    def is_worth_waiting(self) -> bool:
        """Nothing speaks against it but that others have it: one may wait."""
        request = self.request
        return request is not None and is_worth_waiting_for(Refusal(self.reason, self.__str__), request.period, request.now)

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


def booking_of_same_request(earlier: Booking, request: BookingRequest) -> Booking:
    """The booking of an earlier request with the same key. Raises BookingRefused when it asked otherwise or is called off."""
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


def busy() -> BookingRefused:
    return BookingRefused(
        _("Somebody is booking here at this very moment and was faster. Nothing was booked for you."), reason=RefusalReason.BUSY
    )
