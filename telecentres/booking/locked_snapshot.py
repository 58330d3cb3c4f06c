"""What stands in a place, read step by step under the locks of locking.py, and asked for by requests that may have come before."""

from collections.abc import Sequence

from django.db.models import Q

from telecentres.availability.limits import MemberLimits
from telecentres.availability.request import BookingRequest
from telecentres.availability.snapshot import (
    Snapshot,
    entries_in_line,
    live_bookings_on,
    members_on_trial,
    members_waiting_for_a_seat,
)
from telecentres.booking import refusals
from telecentres.booking.waiting_list import release_lapsed
from telecentres.half_days import days_between, local_day
from telecentres.models import Booking, Desk, Pass, Telecentre


class LockedSnapshot(Snapshot):
    """The snapshot of one place around some requests. It is read under locks, so that nothing in it changes before the commit."""

    def __init__(self, telecentre: Telecentre, requests: Sequence[BookingRequest], *, leaving: Booking | None = None) -> None:
        """The place is locked by the caller."""
        first, last = min(r.period.lower for r in requests), max(r.period.upper for r in requests)
        # Whole days: who waits may wait for the rest of the day.
        super().__init__(telecentre, days_between(local_day(first), local_day(last)), leaving=leaving)
        self.requests = requests
        self._requested: dict[tuple[int | None, str], Booking] = {}
        self._of_kinds = {request.kind for request in requests}

    def read_requests(self) -> None:
        """Read which of the requests were answered before, by member and key. Their members are locked by the caller."""
        members, keys = {request.member_id for request in self.requests}, {request.key for request in self.requests}
        who = Q(member__in=members - {None}) | (Q(member=None) if None in members else Q())
        for booking in Booking.objects.filter(who, key__in=keys):
            self._requested[booking.member_id, booking.key] = booking

    def read_bookings(self, desks: Sequence[Desk]) -> None:
        """What stands on these desks, where members sit, who waits. The desks are locked by the caller, for as short as can be."""
        asking = {request.member_id for request in self.requests} - {None}
        self.waiting = [entry for entry in entries_in_line([self.telecentre], self.span) if entry.kind in self._of_kinds]
        known = {desk.pk: desk for desk in desks}
        if self.waiting:  # then what is free beside the desk that is asked for matters too
            others = Desk.objects.filter(telecentre=self.telecentre, kind__in=self._of_kinds, is_active=True)
            known = {desk.pk: desk for desk in others} | known
        if unread := members_on_trial(self.waiting) - asking:
            self.load_passes(Pass.objects.filter(member__in=unread).with_something_left())
        self.load_desks(known.values())
        sitting = {
            request.member_id for request in self.requests if request.member and request.kind.is_seat
        } | members_waiting_for_a_seat(self.waiting)
        standing = live_bookings_on(Q(desk__in=list(known)), sitting, self.span).exclude(
            pk=self.leaving.pk if self.leaving else None
        )
        now = max(request.now for request in self.requests)
        for booking in release_lapsed(list(standing), now):
            self._requested[booking.member_id, booking.key] = booking
            self.load_booking(booking)
        self.limits = MemberLimits(asking | {entry.member_id for entry in self.waiting}, span=self.span, now=now)

    def add(self, booking: Booking) -> None:
        self._requested[booking.member_id, booking.key] = booking
        super().add(booking)

    def earlier_booking(self, request: BookingRequest) -> Booking | None:
        """The booking that this request made when it came before. Raises BookingRefused when its key was used otherwise."""
        earlier = self._requested.get((request.member_id, request.key))
        return refusals.booking_of_same_request(earlier, request) if earlier else None
