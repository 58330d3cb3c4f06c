"""The questions that a household's answers ask of a village, and what each finds there."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from operator import attrgetter
from typing import Any

from villages.enums import AmenityKind
from villages.matching.facts import NOWHERE, Dwelling, Facts
from villages.matching.household import DeskWish, Destination, Household, Level, LineNeed, PartnerJob, Seeks, Size, Topic
from villages.matching.verdict import Code, Criterion, Found, Standing

WEIGHTS_OF_THE_RANKED = (6, 4, 3)  # the first wish, the second, the third; any other weighs 2
USUAL_WEIGHT = 2
SHARED = 5040  # every number up to ten divides it: the shares of a topic's questions are whole

WHOLE, LEAST_MET, HALF, MOST_FAILED, NOTHING = 100, 75, 50, 25, 0

FIBRE_PERCENT, LINE_PERCENT = 90, 75
SPEED_ALL_DAY, SPEED_AT_TIMES = 50, 10  # Mb/s
DESK_KM = {DeskWish.OFTEN: 10, DeskWish.AT_TIMES: 20}
SCHOOL_KM = {Level.CRECHE: 10, Level.NURSERY: 5, Level.PRIMARY: 5, Level.MIDDLE: 15, Level.HIGH: 25}  # a coach drives the last two
ON_FOOT_KM = 2
STATION_KM, CHIEF_TOWN_MINUTES = 20, 30
JOB_MINUTES = {PartnerJob.CHIEF_TOWN: 40, PartnerJob.METROPOLIS: 60, PartnerJob.LOOKING: 45}
M2_A_ROOM = 20
FOOD_SHOPS = (AmenityKind.GROCERY, AmenityKind.SUPERMARKET)

FAILURES = frozenset(code for code in Code if code.standing == Standing.FAILED)

Asked = Iterable[tuple[Topic, frozenset[Code], Callable[[Facts], Hashable], Callable[[Any], Found]]]
NO_LIMIT: frozenset[Code] = frozenset()


def criteria_of(household: Household) -> tuple[Criterion, ...]:
    """The heaviest topics first; in one topic, in the order of the questionnaire."""
    asked = [*_line(household), *_desk(household), *_children(household), *_services(household), *_home(household)]
    asked += [*_journeys(household), *_size(household), *_welcome(household)]
    shares = Counter(topic for topic, *_rest in asked)
    criteria = [
        Criterion(
            topic=topic,
            weight=weight_of(topic, household) * SHARED // shares[topic],
            limits=FAILURES if topic in household.indispensable else limits,
            reads=reads,
            finds=finds,
        )
        for topic, limits, reads, finds in asked
    ]
    return tuple(sorted(criteria, key=lambda criterion: -weight_of(criterion.topic, household)))


def weight_of(topic: Topic, household: Household) -> int:
    if topic in household.ranked:
        return WEIGHTS_OF_THE_RANKED[household.ranked.index(topic)]
    return USUAL_WEIGHT


def _line(household: Household) -> Asked:
    speed = attrgetter("measured_mbps")
    match household.line:
        case LineNeed.ALL_DAY:
            yield Topic.LINE, NO_LIMIT, attrgetter("fibre_share"), _fibre
            yield Topic.LINE, NO_LIMIT, speed, partial(_speed, least=SPEED_ALL_DAY)
        case LineNeed.AT_TIMES:
            yield Topic.LINE, NO_LIMIT, attrgetter("fibre_share", "fast_line_share", "fast_radio_share"), _any_line
            yield Topic.LINE, NO_LIMIT, speed, partial(_speed, least=SPEED_AT_TIMES)


def _desk(household: Household) -> Asked:
    if household.desk in DESK_KM:
        yield Topic.DESK, NO_LIMIT, attrgetter("telecentre_km"), partial(_telecentre, most=DESK_KM[household.desk])


def _children(household: Household) -> Asked:
    for level in Level:
        if level in household.children:
            on_foot = household.somebody_walks and level in (Level.CRECHE, Level.NURSERY, Level.PRIMARY)
            finds = partial(_school, level=level, on_foot=on_foot)
            yield Topic.CHILDREN, frozenset({Code.SCHOOL_NOT_ON_FOOT}), partial(_away, kind=level.amenity), finds


def _services(household: Household) -> Asked:
    for kind in AmenityKind:
        if kind in household.services:
            yield Topic.SERVICES, NO_LIMIT, partial(_away, kind=kind), partial(_service, kind=kind)
    if household.somebody_walks:
        yield Topic.SERVICES, NO_LIMIT, _food_shops, _food_on_foot


def _home(household: Household) -> Asked:
    if household.seeks == Seeks.NOTHING:
        return
    limits = frozenset({Code.HOME_NONE, Code.HOME_OVER_BUDGET}) if household.budget else NO_LIMIT
    finds = partial(_offer, kind=household.seeks.housing, budget=household.budget, rooms=household.rooms or 1)
    yield Topic.HOME, limits, attrgetter("dwellings"), finds
    if household.budget and household.rooms and household.seeks in (Seeks.RENT, Seeks.SALE):
        reads = attrgetter("rent_per_m2" if household.seeks == Seeks.RENT else "sale_per_m2")
        finds = partial(_prices, kind=household.seeks.housing, budget=household.budget, rooms=household.rooms)
        yield Topic.HOME, NO_LIMIT, reads, finds


def _journeys(household: Household) -> Asked:
    chief_town, metropolis, station = attrgetter("chief_town_minutes"), attrgetter("metropolis_minutes"), attrgetter("station_km")
    match household.partner:
        case PartnerJob.CHIEF_TOWN | PartnerJob.METROPOLIS as job:
            reads = chief_town if job == PartnerJob.CHIEF_TOWN else metropolis
            yield Topic.JOURNEYS, NO_LIMIT, reads, partial(_drive_to_work, job=job)
        case PartnerJob.LOOKING:
            yield Topic.JOURNEYS, NO_LIMIT, attrgetter("chief_town_minutes", "metropolis_minutes"), _drive_to_any_work
    if household.metropolis_days and not household.has_no_car:
        finds = partial(_metropolis, most=metropolis_minutes(household.metropolis_days))
        yield Topic.JOURNEYS, NO_LIMIT, metropolis, finds
    if Destination.CHIEF_TOWN in household.destinations:
        yield Topic.JOURNEYS, NO_LIMIT, chief_town, _chief_town
    if household.has_no_car and (household.metropolis_days or Destination.STATION in household.destinations):
        yield Topic.JOURNEYS, NO_LIMIT, station, _station_on_foot
    elif Destination.STATION in household.destinations:
        yield Topic.JOURNEYS, NO_LIMIT, station, _station


def _size(household: Household) -> Asked:
    if household.size:
        yield Topic.SIZE, NO_LIMIT, attrgetter("population"), partial(_population, size=household.size)


def _welcome(_household: Household) -> Asked:
    yield Topic.WELCOME, NO_LIMIT, attrgetter("capacity", "is_paused"), _room


def metropolis_minutes(days: int) -> int:
    """How long a drive is bearable that one makes so many days a month."""
    return 60 if days >= 8 else 75 if days >= 3 else 100


# ---- What a question finds -------------------------------------------------------------------------------------------


def _up_to(value: float, most: float) -> tuple[bool, int]:
    """Whether a distance or a time is within its limit, rounded as the pages show it, and how well: nearer is better.

    A limit of 0 is the village itself.
    """
    if value == 0 or (most and value != NOWHERE and round(value) <= most):
        return True, max(LEAST_MET, WHOLE - round((WHOLE - LEAST_MET) * value / most)) if most else WHOLE
    return False, NOTHING if value == NOWHERE else min(MOST_FAILED, round(MOST_FAILED * max(most, 1) / max(value, 1)))


def _at_least(value: float, least: float, whole: float) -> tuple[bool, int]:
    """Whether a share or a speed reaches what is needed, and how well: `whole` is as good as can be."""
    if round(value) >= least:
        return True, min(WHOLE, max(LEAST_MET, LEAST_MET + round((WHOLE - LEAST_MET) * (value - least) / (whole - least))))
    return False, round(MOST_FAILED * value / least)


def _measure(value: float | None, most: float, codes: tuple[Code, Code, Code], **said) -> Found:
    """`codes`: of what is near, of what is far, of what nobody knows."""
    if value is None:
        return Found(codes[2], HALF, **said)
    near, quality = _up_to(value, most)
    return Found(codes[0] if near else codes[1], quality, **said)


def _fibre(share: float | None) -> Found:
    if share is None:
        return Found(Code.FIBRE_UNKNOWN, HALF)
    percent = 100 * share
    enough, quality = _at_least(percent, FIBRE_PERCENT, 100)
    return Found(Code.FIBRE_WIDE if enough else Code.FIBRE_RARE, quality, percent=round(percent))


def _any_line(shares: tuple[float | None, ...]) -> Found:
    """One good way is enough; while one of them is unknown, the others cannot fail alone."""
    percent = 100 * max((share for share in shares if share is not None), default=0)
    enough, quality = _at_least(percent, LINE_PERCENT, 100)
    if enough:
        return Found(Code.LINE_GOOD, quality, percent=round(percent))
    if None in shares:
        return Found(Code.LINE_UNKNOWN, HALF)
    return Found(Code.LINE_POOR, quality, percent=round(percent))


def _speed(measured: float | None, *, least: int) -> Found:
    if measured is None:
        return Found(Code.SPEED_UNKNOWN, HALF)
    enough, quality = _at_least(measured, least, 10 * least)
    return Found(Code.SPEED_GOOD if enough else Code.SPEED_LOW, quality, speed=measured)


def _telecentre(away: float | None, *, most: int) -> Found:
    return _measure(away, most, (Code.DESK_NEAR, Code.DESK_FAR, Code.DESK_UNKNOWN), kilometres=away)


def _away(facts: Facts, *, kind: AmenityKind) -> float | None:
    return facts.amenities.get(kind)


def _food_shops(facts: Facts) -> tuple[float | None, ...]:
    return tuple(facts.amenities.get(kind) for kind in FOOD_SHOPS)


def _school(away: float | None, *, level: Level, on_foot: bool) -> Found:
    far, most = (Code.SCHOOL_NOT_ON_FOOT, 0) if on_foot else (Code.SCHOOL_FAR, SCHOOL_KM[level])
    return _measure(away, most, (Code.SCHOOL_NEAR, far, Code.SCHOOL_UNKNOWN), kilometres=away, kind=level.amenity)


def _service(away: float | None, *, kind: AmenityKind) -> Found:
    codes = (Code.SERVICE_HERE, Code.SERVICE_AWAY, Code.SERVICE_UNKNOWN)
    return _measure(away, 0, codes, kilometres=away, kind=kind)


def _food_on_foot(distances: tuple[float | None, ...]) -> Found:
    """A grocery or a supermarket in the village. While one of both is unknown, the other cannot fail alone."""
    known = [(away, kind) for away, kind in zip(distances, FOOD_SHOPS, strict=True) if away is not None]
    away, kind = min(known, default=(None, ""))
    if len(known) < len(FOOD_SHOPS) and away != 0:
        return Found(Code.FOOD_UNKNOWN, HALF)
    codes = (Code.FOOD_ON_FOOT, Code.FOOD_NOT_ON_FOOT, Code.FOOD_UNKNOWN)
    return _measure(away, 0, codes, kilometres=away, kind=kind)


def _offer(dwellings: tuple[Dwelling, ...] | None, *, kind: str, budget: int | None, rooms: int) -> Found:
    """The dwelling that comes nearest to what is looked for."""
    if dwellings is None:
        return Found(Code.HOME_UNKNOWN, HALF, kind=kind)
    offered = [_judged(dwelling, budget, rooms) for dwelling in dwellings if dwelling.kind == kind]
    none = Found(Code.HOME_NONE, NOTHING, kind=kind)
    return max(offered, key=lambda found: (found.quality, -found.price, found.surface_m2 or 0), default=none)


def _judged(dwelling: Dwelling, budget: int | None, rooms: int) -> Found:
    figures = {"kind": dwelling.kind, "price": dwelling.price, "rooms": dwelling.rooms, "surface_m2": dwelling.surface_m2}
    if budget and dwelling.price > budget:
        return Found(Code.HOME_OVER_BUDGET, round(10 * budget / dwelling.price), excess=dwelling.price - budget, **figures)
    if dwelling.rooms < rooms:
        return Found(Code.HOME_SMALL, 10 + round(15 * dwelling.rooms / rooms), **figures)
    return Found(Code.HOME_FITS, WHOLE, **figures)


def _prices(per_m2: float | None, *, kind: str, budget: int, rooms: int) -> Found:
    """What a home of so many rooms usually costs there, at 20 m² a room."""
    usual = None if per_m2 is None else per_m2 * rooms * M2_A_ROOM
    figures = {"kind": kind, "price": None if usual is None else round(usual), "surface_m2": rooms * M2_A_ROOM}
    return _measure(usual, budget, (Code.PRICES_WITHIN, Code.PRICES_OVER, Code.PRICES_UNKNOWN), **figures)


def _drive_to_work(drive: float | None, *, job: PartnerJob) -> Found:
    return _measure(drive, JOB_MINUTES[job], (Code.JOB_NEAR, Code.JOB_FAR, Code.JOB_UNKNOWN), minutes=drive, job=job)


def _drive_to_any_work(drives: tuple[float | None, ...]) -> Found:
    """One city that is near is enough; while one of them is unknown, the other cannot fail alone."""
    known = [drive for drive in drives if drive is not None]
    if len(known) < len(drives) and not any(round(drive) <= JOB_MINUTES[PartnerJob.LOOKING] for drive in known):
        return Found(Code.JOB_UNKNOWN, HALF, job=PartnerJob.LOOKING)
    return _drive_to_work(min(known), job=PartnerJob.LOOKING)


def _metropolis(drive: float | None, *, most: int) -> Found:
    return _measure(drive, most, (Code.METROPOLIS_NEAR, Code.METROPOLIS_FAR, Code.METROPOLIS_UNKNOWN), minutes=drive)


def _chief_town(drive: float | None) -> Found:
    codes = (Code.CHIEF_TOWN_NEAR, Code.CHIEF_TOWN_FAR, Code.CHIEF_TOWN_UNKNOWN)
    return _measure(drive, CHIEF_TOWN_MINUTES, codes, minutes=drive)


def _station(away: float | None) -> Found:
    return _measure(away, STATION_KM, (Code.STATION_NEAR, Code.STATION_FAR, Code.STATION_UNKNOWN), kilometres=away)


def _station_on_foot(away: float | None) -> Found:
    codes = (Code.STATION_ON_FOOT, Code.STATION_NOT_ON_FOOT, Code.STATION_ON_FOOT_UNKNOWN)
    return _measure(away, ON_FOOT_KM, codes, kilometres=away)


def _population(population: int | None, *, size: Size) -> Found:
    if population is None:
        return Found(Code.SIZE_UNKNOWN, HALF)
    right = size.holds(population)
    return Found(Code.SIZE_RIGHT if right else Code.SIZE_OTHER, WHOLE if right else NOTHING, number=population)


def _room(known: tuple[int | None, bool | None]) -> Found:
    """A pause or a capacity of nothing fails alone; room for a family needs both to be known."""
    capacity, is_paused = known
    if is_paused:
        return Found(Code.WELCOME_PAUSED, NOTHING)
    if capacity == 0:
        return Found(Code.WELCOME_FULL, NOTHING)
    if capacity is None or is_paused is None:
        return Found(Code.WELCOME_UNKNOWN, HALF)
    return Found(Code.WELCOME_OPEN, WHOLE, number=capacity)
