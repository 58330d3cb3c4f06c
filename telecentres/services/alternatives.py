"""The nearest ways out when the answer is no: another desk, another half-day, the nearest other place."""

import datetime as dt
from dataclasses import dataclass
from itertools import islice

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Exists, OuterRef, Q, Window

from members.models import Member
from telecentres.availability import ANY
from telecentres.enums import AlternativeKind, DeskKind, Stretch
from telecentres.half_days import Opening, Slot, days_between, local_day, overlap, public_holiday
from telecentres.models import Booking, Closure, Desk, OpeningHours, Telecentre
from villages.services import DETOUR

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
    """Everything of one place a few days around a period: hours, desks of a kind, closures, bookings. Five queries."""

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
        self.day = local_day(period.lower)
        self.first = max(self.day - dt.timedelta(days=DAYS_AROUND), local_day(now))
        self.last = min(self.day + dt.timedelta(days=DAYS_AROUND), local_day(now) + dt.timedelta(days=telecentre.horizon_days))
        self.opening = Opening(OpeningHours.objects.filter(telecentre=telecentre))
        self.desks = list(Desk.objects.bookable().filter(telecentre=telecentre, kind=kind).in_order())
        for one in self.desks:
            one.telecentre = telecentre
        self.closures, self.busy, self.seated = [], [], []
        if self.first > self.last:
            return
        span = days_between(self.first, self.last)
        self.closures = list(Closure.objects.filter(telecentre=telecentre, period__overlap=span).values_list("desk", "period"))
        live = Booking.objects.live(now).overlapping(span)
        self.busy = list(live.filter(desk__in=self.desks).values_list("desk", "period"))
        if kind.is_seat and member:
            self.seated = list(live.filter(member=member, takes_seat=True).values_list("period", flat=True))

    def free_desks(self, slot: Slot) -> list[Desk]:
        if public_holiday(slot.day) or slot.starts_at < self.now + dt.timedelta(minutes=self.telecentre.notice_minutes):
            return []
        if any(overlap(period, slot.period) for period in self.seated):
            return []
        unusable = {desk for desk, period in [*self.busy, *self.closures] if overlap(period, slot.period)}
        return [] if None in unusable else [desk for desk in self.desks if desk.pk not in unusable]

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
        if not (free := self.free_desks(slot)):
            return []
        desk = self.desk if self.desk in free else free[self.member.pk % len(free) if self.member else 0]
        return [Alternative(kind=kind, desk=desk, slot=slot, free=len(free))]


def other_place(around: Surroundings, kind: DeskKind, wanted: Slot) -> list[Alternative]:
    """The nearest other place with such a desk free on that half of that day, by its own hours."""
    if public_holiday(wanted.day):
        return []
    telecentre, now = around.telecentre, around.now
    seated = Booking.objects.live(now).filter(member=around.member, takes_seat=True, period__overlap=OuterRef("slot"))
    nearest = (
        Desk.objects.bookable()
        .filter(kind=kind)
        .exclude(telecentre=telecentre)
        .opening_on(wanted.day, wanted.stretch)
        .within_rules((wanted.day - local_day(now)).days, now)
        .free(now)
        .filter(~Exists(seated) if kind.is_seat and around.member else Q())
        .annotate(free=Window(Count("pk"), partition_by="telecentre"))
        .with_kilometres_from(telecentre.commune)
        .select_related("telecentre__commune")
        .order_by("kilometres", "telecentre", "position", "pk")
        .first()
    )
    if nearest is None:
        return []
    slot = Slot(wanted.day, wanted.stretch, nearest.slot)
    return [
        Alternative(
            kind=AlternativeKind.OTHER_PLACE,
            desk=nearest,
            slot=slot,
            free=nearest.free,
            kilometres=nearest.kilometres * DETOUR,
        )
    ]
