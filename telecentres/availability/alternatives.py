"""The nearest ways out when the answer is no: another desk, another half-day, the nearest other place."""

import datetime as dt
import math
from dataclasses import dataclass
from itertools import islice

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from members.models import Member
from telecentres.availability.board import ANY, Board, DeskState, read_boards
from telecentres.enums import AlternativeKind, DeskKind, Stretch
from telecentres.half_days import Slot, local_day
from telecentres.models import Desk, Telecentre
from villages.models import Commune
from villages.models.commune import DETOUR, EARTH_KM

DAYS_AROUND = 6  # how far, before and after, another half-day is looked for


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Something free a moment ago, to be booked in one press like anything else."""

    kind: AlternativeKind
    desk: Desk
    slot: Slot
    free: int  # desks of that kind free in that place then, this one included
    kilometres: float | None = None  # by road from the place first asked for, estimated; only for another place

    @property
    def asks_for(self) -> str:
        """The `desk` to ask for: in another place any shared desk will do, so that two who go there do not meet at one."""
        any_will_do = self.kind == AlternativeKind.OTHER_PLACE and self.desk.kind == DeskKind.DESK
        return ANY if any_will_do else str(self.desk.pk)


def find_alternatives(
    *,
    telecentre: Telecentre,
    kind: DeskKind,
    desk: Desk | None,
    period: DateTimeTZRange,
    member: Member | None,
    now: dt.datetime,
    elsewhere: bool = True,
) -> list[Alternative]:
    """At most four, the nearest first: another desk then, two other half-days here, the nearest other place then.

    At other times the same `desk` comes first. Without `elsewhere` only other times are offered. The number of queries does
    not depend on what is found.
    """
    around = Surroundings(telecentre, kind, desk, period, member, now)
    wanted = around.opening.recognise(period)
    found = around.other_times(period, wanted)
    if elsewhere and wanted:
        found = [*around.offer(AlternativeKind.OTHER_DESK, wanted), *found, *other_place(around, kind, wanted)]
    return found


class Surroundings:
    """One place a few days around a period, as far as it takes bookings."""

    def __init__(
        self,
        telecentre: Telecentre,
        kind: DeskKind,
        desk: Desk | None,
        period: DateTimeTZRange,
        member: Member | None,
        now: dt.datetime,
    ) -> None:
        self.telecentre, self.desk, self.member, self.now = telecentre, desk, member, now
        day = local_day(period.lower)
        self.first = max(day - dt.timedelta(days=DAYS_AROUND), local_day(now))
        self.last = min(day + dt.timedelta(days=DAYS_AROUND), local_day(now) + dt.timedelta(days=telecentre.horizon_days))
        self.board = Board.read(telecentre, min(self.first, day), max(self.last, day), now=now, member=member)
        self.board.keep_kinds({kind})
        self.opening = self.board.opening

    def other_times(self, period: DateTimeTZRange, wanted: Slot | None) -> list[Alternative]:
        """Slots as long as the one wanted, the nearest in time first; half-days when it was none of this place's."""
        whole_day = wanted is not None and wanted.stretch == Stretch.DAY
        days = [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        slots = [slot for day in days for slot in self.opening.slots(day) if (slot.stretch == Stretch.DAY) == whole_day]
        slots = [slot for slot in slots if slot != wanted]
        if whole_day:  # then a half of the day wanted serves better than another day
            slots += self.opening.half_days(wanted.day)
        slots.sort(key=lambda slot: (abs(slot.starts_at - period.lower), slot.starts_at < period.lower))
        return list(islice((offer for slot in slots for offer in self.offer(AlternativeKind.OTHER_TIME, slot)), 2))

    def offer(self, kind: AlternativeKind, slot: Slot) -> list[Alternative]:
        """The same desk if it is free; else not one and the same to everybody, since many may be refused at once."""
        if not (free := free_desks(self.board, slot)):
            return []
        desk = self.desk if self.desk in free else free[self.member.pk % len(free) if self.member else 0]
        return [Alternative(kind=kind, desk=desk, slot=slot, free=len(free))]


def free_desks(board: Board, slot: Slot) -> list[Desk]:
    """Those shown that whoever looks may book."""
    states = board.states(slot)
    free = [desk for desk in board.desks if states[desk.pk] == DeskState.FREE]
    for desk in free:
        desk.telecentre = board.telecentre
    return free


def other_place(around: Surroundings, kind: DeskKind, wanted: Slot) -> list[Alternative]:
    """The nearest other place with such a desk free on that half of that day, by its own hours. As many queries for any number."""
    here = around.telecentre.commune
    places = list(Telecentre.objects.open().exclude(pk=around.telecentre.pk).select_related("commune"))
    boards = read_boards(places, wanted.day, wanted.day, now=around.now, member=around.member)
    for place in sorted(places, key=lambda place: (as_the_crow_flies(here, place.commune), place.pk)):
        board = boards[place.pk]
        board.keep_kinds({kind})
        slot = board.opening.slot(wanted.day, wanted.stretch)
        if not slot or not (free := free_desks(board, slot)):
            continue
        if kind == DeskKind.DESK and not board.count_free(slot):  # each by itself, but one of them is promised to who waits
            continue
        kilometres = as_the_crow_flies(here, place.commune) * DETOUR
        return [Alternative(kind=AlternativeKind.OTHER_PLACE, desk=free[0], slot=slot, free=len(free), kilometres=kilometres)]
    return []


def as_the_crow_flies(here: Commune, there: Commune) -> float:
    """In kilometres."""
    south, north = math.radians(here.latitude), math.radians(there.latitude)
    across = math.radians(there.longitude - here.longitude)
    cosine = math.sin(south) * math.sin(north) + math.cos(south) * math.cos(north) * math.cos(across)
    return math.acos(max(-1.0, min(1.0, cosine))) * EARTH_KM
