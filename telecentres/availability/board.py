"""What pages say of each desk and half-day: the rules' answer to whoever looks, as a state. Reads only."""

import datetime as dt
import enum
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property, partial

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from members.models import Member
from telecentres.availability import rules
from telecentres.availability.reasons import Refusal
from telecentres.availability.request import BookingRequest
from telecentres.availability.snapshot import Snapshot, read_snapshots
from telecentres.enums import BookingStatus, DeskKind, RefusalReason
from telecentres.half_days import Opening, Slot, in_utc
from telecentres.models import Booking, Closure, Desk, Telecentre
from telecentres.passes.prices import Quote

ANY = "any"
DAYS_LOOKED_AHEAD = 14


class DeskState(enum.Enum):
    """Of one desk, or of all together, during one half-day. FREE: whoever looks may book it now."""

    FREE = "free"
    MINE = "mine"
    HELD = "held"  # for the member who looks, to be accepted
    TAKEN = "taken"
    FULL = "full"
    PROMISED = "promised"  # to those who wait
    NOT_FOR_YOU = "not_for_you"  # nobody has it, and the member who looks may not
    CLOSED = "closed"
    PAST = "past"  # too late to book
    LATER = "later"  # beyond the place's horizon


STATE_OF_REFUSAL = {
    RefusalReason.PAST: DeskState.PAST,
    RefusalReason.NOTICE: DeskState.PAST,
    RefusalReason.HORIZON: DeskState.LATER,
    RefusalReason.PLACE_CLOSED: DeskState.CLOSED,
    RefusalReason.HOLIDAY: DeskState.CLOSED,
    RefusalReason.CLOSED: DeskState.CLOSED,
    RefusalReason.DESK_OUT: DeskState.CLOSED,
    RefusalReason.TAKEN: DeskState.TAKEN,
    RefusalReason.FULL: DeskState.FULL,
    RefusalReason.PROMISED: DeskState.PROMISED,
}


class Board:
    """One place from one day to another, read once, asked as often as one likes: by a member, or by any member that may come.

    `for_passers_by`: asked by whoever keeps the place, for people without an account. `on_the_spot`: for somebody who stands there,
    who may take what has begun. `leaving`: a booking of the member that would move, so that it stands in nobody's way.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        first: dt.date,
        last: dt.date,
        *,
        now: dt.datetime,
        member: Member | None = None,
        leaving: Booking | None = None,
        on_the_spot: bool = False,
        for_passers_by: bool = False,
    ) -> None:
        self.snapshot, self.first, self.last, self.now = snapshot, first, last, now
        self.member, self.leaving, self.on_the_spot, self.for_passers_by = member, leaving, on_the_spot, for_passers_by
        self.desks = list(snapshot.desks)
        self._states: dict[tuple, dict[int, DeskState]] = {}
        self._refusals_of_person: dict[tuple, Refusal | None] = {}

    @classmethod
    def read(
        cls,
        telecentre: Telecentre,
        first: dt.date,
        last: dt.date,
        *,
        now: dt.datetime,
        member: Member | None = None,
        leaving: Booking | None = None,
        on_the_spot: bool = False,
        for_passers_by: bool = False,
        priced: bool = False,
    ) -> "Board":
        found = read_snapshots([telecentre], first, last, now=now, member=member, leaving=leaving, priced=priced)
        snapshot = found[telecentre.pk]
        who = {"member": member, "leaving": leaving, "on_the_spot": on_the_spot, "for_passers_by": for_passers_by}
        return cls(snapshot, first, last, now=now, **who)

    @property
    def telecentre(self) -> Telecentre:
        return self.snapshot.telecentre

    @property
    def opening(self) -> Opening:
        return self.snapshot.opening

    @property
    def closures(self) -> list[Closure]:
        return self.snapshot.closures

    @property
    def shared_desks(self) -> list[Desk]:
        return [desk for desk in self.desks if desk.kind == DeskKind.DESK]

    def keep_kinds(self, kinds: Collection[DeskKind]) -> None:
        """From here on the board shows the desks of these kinds only."""
        self.desks = [desk for desk in self.desks if desk.kind in kinds]

    def is_shut(self, slot: Slot) -> bool:
        return rules.is_shut(slot, self.snapshot)

    def open_half_days(self) -> Iterable[Slot]:
        """In time order, those of the board's days at which the place is open."""
        for n in range((self.last - self.first).days + 1):
            for slot in self.opening.half_days(self.first + dt.timedelta(days=n)):
                if not self.is_shut(slot):
                    yield slot

    # ---- One desk

    def state(self, desk: Desk, slot: Slot) -> DeskState:
        return self.states(slot)[desk.pk]

    def states(self, slot: Slot) -> dict[int, DeskState]:
        """Of every desk by its key, worked out once a slot: a week of twenty desks asks a thousand times."""
        known = slot.day, slot.stretch, slot.period.lower
        if known not in self._states:
            self._states[known] = self._read_states(slot)
        return self._states[known]

    def _read_states(self, slot: Slot) -> dict[int, DeskState]:
        then = self.why_not_then(slot)
        return {
            desk.pk: self._state_of_own_booking(desk, slot)
            or (STATE_OF_REFUSAL[then.reason] if then else self._state_to_book(desk, slot))
            for desk in self.desks
        }

    def _state_of_own_booking(self, desk: Desk, slot: Slot) -> DeskState | None:
        """MINE or HELD where the member who looks has a booking there already; None elsewhere."""
        if self.member is None:
            return None
        here = self.snapshot.bookings_of(desk, slot.period)
        mine = next((booking for booking in here if booking.member_id == self.member.pk), None)
        if mine is None and self.is_left(desk, slot):
            return DeskState.MINE
        return None if mine is None else DeskState.HELD if mine.status == BookingStatus.HELD else DeskState.MINE

    def is_left(self, desk: Desk, slot: Slot) -> bool:
        """Whether this is exactly the desk and the time of the booking that would move; it may become longer or shorter there."""
        return self.leaving is not None and self.leaving.desk_id == desk.pk and in_utc(self.leaving.period) == slot.period

    def _state_to_book(self, desk: Desk, slot: Slot) -> DeskState:
        request = self.request(slot.period, desk=desk)
        refusal = rules.why_not_open(request, slot, self.snapshot)
        if refusal is None:
            answer = rules.available_desks(request, slot, self.snapshot)
            refusal = answer if isinstance(answer, Refusal) else None
        if refusal:
            return STATE_OF_REFUSAL[refusal.reason]
        return DeskState.NOT_FOR_YOU if self.why_not_me(slot, DeskKind(desk.kind)) else DeskState.FREE

    # ---- Any desk

    def state_of_any(self, slot: Slot, kind: DeskKind = DeskKind.DESK) -> tuple[DeskState, int]:
        """One state for all desks of a kind, and how many of them whoever looks may book."""
        if then := self.why_not_then(slot):
            return STATE_OF_REFUSAL[then.reason], 0
        request = self.request(slot.period, kind=kind)
        if refusal := rules.why_not_open(request, slot, self.snapshot):
            return STATE_OF_REFUSAL[refusal.reason], 0
        desks = rules.available_desks(request, slot, self.snapshot)
        if isinstance(desks, Refusal):
            return DeskState.FULL, 0
        return (DeskState.NOT_FOR_YOU, 0) if self.why_not_me(slot, kind) else (DeskState.FREE, len(desks))

    def count_free(self, slot: Slot) -> int:
        """How many shared desks whoever looks may book."""
        return self.state_of_any(slot)[1]

    # ---- What is asked of the rules

    def request(self, period: DateTimeTZRange, *, desk: Desk | None = None, kind: DeskKind = DeskKind.DESK) -> BookingRequest:
        return BookingRequest(
            telecentre=self.telecentre,
            kind=DeskKind(desk.kind) if desk else kind,
            desk=desk,
            member=self.member,
            period=period,
            key="",
            now=self.now,
            on_the_spot=self.on_the_spot,
        )

    def why_not_then(self, slot: Slot) -> Refusal | None:
        return rules.why_not_then(slot, self.telecentre, now=self.now, on_the_spot=self.on_the_spot)

    def why_not_me(self, slot: Slot, kind: DeskKind) -> Refusal | None:
        """What speaks against the member who looks, or against any; asked once a slot and kind."""
        if self.for_passers_by:
            return None
        known = slot.period.lower, slot.period.upper, kind
        if known not in self._refusals_of_person:
            self._refusals_of_person[known] = self._why_not_me(slot, kind)
        return self._refusals_of_person[known]

    def _why_not_me(self, slot: Slot, kind: DeskKind) -> Refusal | None:
        if self.member is None:
            return rules.why_not_for_anybody(kind, slot, self.snapshot)
        if self.leaving:
            same_time = rules.keeps_its_time(self.leaving, self.telecentre, slot.period)
            if refusal := self.why_not_moved(keeps_its_time=same_time):
                return refusal
        return rules.why_not_for(self.request(slot.period, kind=kind), slot, self.snapshot)

    def why_not_moved(self, *, keeps_its_time: bool = False) -> Refusal | None:
        """What speaks against moving the booking at all, or to another time."""
        by_keeper = partial(getattr, self, "_keeps_what_is_left")
        return rules.why_not_moved(self.leaving, now=self.now, by_keeper=by_keeper, keeps_its_time=keeps_its_time)

    @cached_property
    def _keeps_what_is_left(self) -> bool:
        """Whether the member who looks is the host of the place that the booking would leave: a host may move it later."""
        return self.leaving.desk.telecentre.is_kept_by(self.member.user)

    def answer(self, desk: Desk, period: DateTimeTZRange) -> rules.Allowed | Refusal:
        """What a press would bring: the desk and its price, or why not."""
        return rules.may_be_booked(self.request(period, desk=desk), self.snapshot)

    def quote(self, slot: Slot, kind: DeskKind) -> Quote:
        """What it costs whoever looks."""
        return self.snapshot.quote(self.member, kind, slot, now=self.now)


def read_boards(
    places: Sequence[Telecentre], first: dt.date, last: dt.date, *, now: dt.datetime, member: Member | None = None
) -> dict[int, Board]:
    """The board of each place by its key, in as many queries as for one place."""
    snapshots = read_snapshots(places, first, last, now=now, member=member)
    return {key: Board(snapshot, first, last, now=now, member=member) for key, snapshot in snapshots.items()}
