"""The places where members work: hours, desks, prices, hosts, and the days they announced closed."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from string import ascii_uppercase
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from members.accounts.services import make_account
from members.models import User
from sohosolo.demo.days import DAY
from sohosolo.demo.world import World
from telecentres.enums import DeskKind, HalfDay, Stretch, Weekday
from telecentres.half_days import Opening, Slot, overlap, public_holiday
from telecentres.hosting import closing
from telecentres.models import Closure, Desk, OpeningHours, PlanArea, Rate, Telecentre
from telecentres.places.services import open_telecentre

MONDAY_TO_FRIDAY = list(Weekday)[:5]


@dataclass(frozen=True)
class Site:
    """A télécentre as the bookings fill it."""

    telecentre: Telecentre
    facts: Mapping[str, Any]
    opening: Opening
    desks: list[Desk]
    closures: list[Closure]

    def spots(self, *, seats: bool) -> list[Desk]:
        """Desks and offices, or the rooms."""
        return [desk for desk in self.desks if DeskKind(desk.kind).is_seat == seats]

    def half_days(self, day: dt.date) -> dict[HalfDay, Slot]:
        """When the place opens that day, closures of the whole place taken away."""
        slots = [] if public_holiday(day) else self.opening.half_days(day)
        return {HalfDay(slot.stretch.value): slot for slot in slots if not self.is_closed(slot.period)}

    def is_closed(self, period: DateTimeTZRange, desk: Desk | None = None) -> bool:
        """Whether a closure of the whole place, or of this desk, touches the period."""
        spots = {None, desk and desk.pk}
        return any(closure.desk_id in spots and overlap(closure.period, period) for closure in self.closures)


def open_telecentres(world: World) -> list[Site]:
    sites = []
    for code, facts in world.material.telecentres.items():
        commune = world.communes[code]
        telecentre = open_telecentre(
            commune=commune,
            name=facts["name"],
            tagline=facts["tagline"],
            address=facts["address"],
            postal_code=commune.postal_codes[0],
            phone=facts["phone"],
            access_notes=facts["access"],
            on_the_spot="\n".join(facts["on_the_spot"]),
            **facts.get("rules", {}),
            opening_hours=opening_hours(facts),
            desks=(placed := on_the_plan(list(desks(world, facts)))),
            rates=rates(world, facts),
            hosts=[host(world, name) for name in facts["hosts"]],
        )
        PlanArea.objects.bulk_create(walls(placed))
        opening = Opening(telecentre.opening_hours.all())
        spots = list(telecentre.desks.in_order())
        closures = [close_once(world, telecentre, opening, spots, closure) for closure in facts.get("closures", [])]
        sites.append(Site(telecentre, facts, opening, spots, closures))
    return sites


def opening_hours(facts: Mapping[str, Any]) -> Iterator[OpeningHours]:
    closed = {(Weekday[day["weekday"].upper()], HalfDay(day["half"])) for day in facts.get("closed", [])}
    for weekday in MONDAY_TO_FRIDAY:
        for half in HalfDay:
            if (weekday, half) not in closed:
                yield hours(weekday, half, facts[half])
    if "saturday" in facts:
        yield hours(Weekday.SATURDAY, HalfDay.MORNING, facts["saturday"])


def hours(weekday: Weekday, half: HalfDay, times: list[str]) -> OpeningHours:
    opens_at, closes_at = map(dt.time.fromisoformat, times)
    return OpeningHours(weekday=weekday, half=half, opens_at=opens_at, closes_at=closes_at)


def desks(world: World, facts: Mapping[str, Any]) -> Iterator[Desk]:
    """Those without a name of their own are numbered through, or lettered."""
    marks = {kind: iter(zip(count(1), ascii_uppercase, strict=False)) for kind in DeskKind}
    for spot in facts["spots"]:
        for _ in range(spot.get("count", 1)):
            if "name" in spot:
                name = spot["name"]
            else:
                number, letter = next(marks[spot["kind"]])
                name = world.material.desk_names[spot["kind"]].format(number=number, letter=letter)
            yield Desk(kind=DeskKind(spot["kind"]), name=name, note=spot["note"], seats=spot.get("seats", 1))


def on_the_plan(desks: list[Desk]) -> list[Desk]:
    """Shared desks in rows on the left, offices and rooms along the right."""
    open_space, closed = [], []
    for desk in desks:
        (open_space if desk.kind == DeskKind.DESK else closed).append(desk)
    across = 3 if len(open_space) <= 9 else 5
    rows = max(1, -(-len(open_space) // across) - 1)
    for number, desk in enumerate(open_space):
        desk.plan_x, desk.plan_y = number % across * 62 // (across - 1), number // across * 100 // rows if rows else 0
    for number, desk in enumerate(closed):
        desk.plan_x, desk.plan_y = 100, number * 100 // (len(closed) - 1) if len(closed) > 1 else 50
    return desks


def walls(desks: Sequence[Desk]) -> Iterator[PlanArea]:
    """Around each office and each room along the right, one below the other."""
    closed = [desk for desk in desks if desk.kind != DeskKind.DESK]
    for number, desk in enumerate(closed):
        top, bottom = number * 100 // len(closed), (number + 1) * 100 // len(closed)
        yield PlanArea(telecentre=desk.telecentre, name=desk.name[:30], x=70, y=top, wide=30, deep=bottom - top)


def rates(world: World, facts: Mapping[str, Any]) -> Iterator[Rate]:
    own, kinds = facts.get("rates", {}), {spot["kind"] for spot in facts["spots"]}
    for public, by_kind in world.material.rates.items():
        for kind, by_unit in (dict(by_kind) | own.get(public, {})).items():
            for unit, price in by_unit.items():
                if kind in kinds:
                    yield Rate(public=public, kind=kind, unit=unit, price=Decimal(price))


def host(world: World, name: str) -> User:
    known, (first, _, last) = world.material.team["host"], name.partition(" ")
    email = known["email"] if name == known["name"] else world.people.address(name)
    return make_account(email=email, first_name=first, last_name=last)


def close_once(world: World, telecentre: Telecentre, opening: Opening, spots: list[Desk], facts: Mapping[str, Any]) -> Closure:
    """On the day the file counts to, or the first one after it when the place opens."""
    stretch = Stretch(facts.get("half", Stretch.DAY))
    day = world.today + facts["in_days"] * DAY
    while public_holiday(day) or not (slot := opening.slot(day, stretch)):
        day += DAY
    desk = next((spot for spot in spots if spot.name == facts.get("spot")), None)
    return closing.close_days(
        telecentre=telecentre, desk=desk, period=slot.period, reason=facts["reason"], now=min(world.now, slot.starts_at - 10 * DAY)
    )
