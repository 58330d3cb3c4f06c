"""The questions that a household's answers ask of a village, and what each finds there."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

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

FAILURES = frozenset(code for code in Code if code.standing == Standing.FAILED)

Ask = Callable[[Facts], Found]


def criteria_of(household: Household) -> tuple[Criterion, ...]:
    """The heaviest topics first; in one topic, in the order of the questionnaire."""
    asked = [*_line(household), *_desk(household), *_children(household), *_services(household), *_home(household)]
    asked += [*_journeys(household), *_size(household), (Topic.WELCOME, frozenset(), _welcome)]
    shares = Counter(topic for topic, _limits, _ask in asked)
    criteria = [
        Criterion(
            topic=topic,
            weight=weight_of(topic, household) * SHARED // shares[topic],
            limits=FAILURES if topic in household.indispensable else limits,
            ask=ask,
        )
        for topic, limits, ask in asked
    ]
    return tuple(sorted(criteria, key=lambda criterion: -weight_of(criterion.topic, household)))


def weight_of(topic: Topic, household: Household) -> int:
    if topic in household.ranked:
        return WEIGHTS_OF_THE_RANKED[household.ranked.index(topic)]
    return USUAL_WEIGHT


Asked = Iterable[tuple[Topic, frozenset[Code], Ask]]


def _line(household: Household) -> Asked:
    match household.line:
        case LineNeed.ALL_DAY:
            yield Topic.LINE, frozenset(), _fibre
            yield Topic.LINE, frozenset(), partial(_speed, least=SPEED_ALL_DAY)
        case LineNeed.AT_TIMES:
            yield Topic.LINE, frozenset(), _any_line
            yield Topic.LINE, frozenset(), partial(_speed, least=SPEED_AT_TIMES)


def _desk(household: Household) -> Asked:
    if household.desk in DESK_KM:
        yield Topic.DESK, frozenset(), partial(_telecentre, most=DESK_KM[household.desk])


def _children(household: Household) -> Asked:
    for level in Level:
        if level in household.children:
            on_foot = household.somebody_walks and level in (Level.CRECHE, Level.NURSERY, Level.PRIMARY)
            yield Topic.CHILDREN, frozenset({Code.SCHOOL_NOT_ON_FOOT}), partial(_school, level=level, on_foot=on_foot)


def _services(household: Household) -> Asked:
    for kind in AmenityKind:
        if kind in household.services:
            yield Topic.SERVICES, frozenset(), partial(_service, kind=kind)
    if household.somebody_walks:
        yield Topic.SERVICES, frozenset(), _food_on_foot


def _home(household: Household) -> Asked:
    if household.seeks == Seeks.NOTHING:
        return
    limits = frozenset({Code.HOME_NONE, Code.HOME_OVER_BUDGET}) if household.budget else frozenset()
    yield (
        Topic.HOME,
        limits,
        partial(_offer, kind=household.seeks.housing, budget=household.budget, rooms=household.rooms or 1),
    )
    if household.budget and household.rooms and household.seeks in (Seeks.RENT, Seeks.SALE):
        yield Topic.HOME, frozenset(), partial(_prices, seeks=household.seeks, budget=household.budget, rooms=household.rooms)


def _journeys(household: Household) -> Asked:
    if household.partner in JOB_MINUTES:
        yield Topic.JOURNEYS, frozenset(), partial(_job, job=household.partner)
    if household.metropolis_days and not household.has_no_car:
        yield Topic.JOURNEYS, frozenset(), partial(_metropolis, most=metropolis_minutes(household.metropolis_days))
    if Destination.CHIEF_TOWN in household.destinations:
        yield Topic.JOURNEYS, frozenset(), _chief_town
    if household.has_no_car and (household.metropolis_days or Destination.STATION in household.destinations):
        yield Topic.JOURNEYS, frozenset(), _station_on_foot
    elif Destination.STATION in household.destinations:
        yield Topic.JOURNEYS, frozenset(), _station


def _size(household: Household) -> Asked:
    if household.size:
        yield Topic.SIZE, frozenset(), partial(_population, size=household.size)


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


def _fibre(facts: Facts) -> Found:
    if facts.fibre_share is None:
        return Found(Code.FIBRE_UNKNOWN, HALF)
    percent = 100 * facts.fibre_share
    enough, quality = _at_least(percent, FIBRE_PERCENT, 100)
    return Found(Code.FIBRE_WIDE if enough else Code.FIBRE_RARE, quality, percent=round(percent))


def _any_line(facts: Facts) -> Found:
    """One good way is enough; while one of them is unknown, the others cannot fail alone."""
    shares = (facts.fibre_share, facts.fast_line_share, facts.fast_radio_share)
    percent = 100 * max((share for share in shares if share is not None), default=0)
    enough, quality = _at_least(percent, LINE_PERCENT, 100)
    if enough:
        return Found(Code.LINE_GOOD, quality, percent=round(percent))
    if None in shares:
        return Found(Code.LINE_UNKNOWN, HALF)
    return Found(Code.LINE_POOR, quality, percent=round(percent))


def _speed(facts: Facts, *, least: int) -> Found:
    if facts.measured_mbps is None:
        return Found(Code.SPEED_UNKNOWN, HALF)
    enough, quality = _at_least(facts.measured_mbps, least, 10 * least)
    return Found(Code.SPEED_GOOD if enough else Code.SPEED_LOW, quality, speed=facts.measured_mbps)


def _telecentre(facts: Facts, *, most: int) -> Found:
    codes = (Code.DESK_NEAR, Code.DESK_FAR, Code.DESK_UNKNOWN)
    return _measure(facts.telecentre_km, most, codes, kilometres=facts.telecentre_km)


def _school(facts: Facts, *, level: Level, on_foot: bool) -> Found:
    away = facts.amenities.get(level.amenity)
    far, most = (Code.SCHOOL_NOT_ON_FOOT, 0) if on_foot else (Code.SCHOOL_FAR, SCHOOL_KM[level])
    return _measure(away, most, (Code.SCHOOL_NEAR, far, Code.SCHOOL_UNKNOWN), kilometres=away, kind=level.amenity)


def _service(facts: Facts, *, kind: AmenityKind) -> Found:
    away = facts.amenities.get(kind)
    codes = (Code.SERVICE_HERE, Code.SERVICE_AWAY, Code.SERVICE_UNKNOWN)
    return _measure(away, 0, codes, kilometres=away, kind=kind)


def _food_on_foot(facts: Facts) -> Found:
    """A grocery or a supermarket in the village. While one of both is unknown, the other cannot fail alone."""
    shops = (AmenityKind.GROCERY, AmenityKind.SUPERMARKET)
    known = [(facts.amenities[kind], kind) for kind in shops if kind in facts.amenities]
    away, kind = min(known, default=(None, ""))
    if len(known) < len(shops) and away != 0:
        return Found(Code.FOOD_UNKNOWN, HALF)
    codes = (Code.FOOD_ON_FOOT, Code.FOOD_NOT_ON_FOOT, Code.FOOD_UNKNOWN)
    return _measure(away, 0, codes, kilometres=away, kind=kind)


def _offer(facts: Facts, *, kind: str, budget: int | None, rooms: int) -> Found:
    """The dwelling that comes nearest to what is looked for."""
    if facts.dwellings is None:
        return Found(Code.HOME_UNKNOWN, HALF, kind=kind)
    offered = [_judged(dwelling, budget, rooms) for dwelling in facts.dwellings if dwelling.kind == kind]
    none = Found(Code.HOME_NONE, NOTHING, kind=kind)
    return max(offered, key=lambda found: (found.quality, -found.price, found.surface_m2 or 0), default=none)


def _judged(dwelling: Dwelling, budget: int | None, rooms: int) -> Found:
    figures = {"kind": dwelling.kind, "price": dwelling.price, "rooms": dwelling.rooms, "surface_m2": dwelling.surface_m2}
    if budget and dwelling.price > budget:
        return Found(Code.HOME_OVER_BUDGET, round(10 * budget / dwelling.price), excess=dwelling.price - budget, **figures)
    if dwelling.rooms < rooms:
        return Found(Code.HOME_SMALL, 10 + round(15 * dwelling.rooms / rooms), **figures)
    return Found(Code.HOME_FITS, WHOLE, **figures)


def _prices(facts: Facts, *, seeks: Seeks, budget: int, rooms: int) -> Found:
    """What a home of so many rooms usually costs there, at 20 m² a room."""
    per_m2 = facts.rent_per_m2 if seeks == Seeks.RENT else facts.sale_per_m2
    usual = None if per_m2 is None else per_m2 * rooms * M2_A_ROOM
    figures = {"kind": seeks.housing, "price": None if usual is None else round(usual), "surface_m2": rooms * M2_A_ROOM}
    return _measure(usual, budget, (Code.PRICES_WITHIN, Code.PRICES_OVER, Code.PRICES_UNKNOWN), **figures)


def _job(facts: Facts, *, job: PartnerJob) -> Found:
    """The drive to work. Whoever still looks for it has both cities to look in: one that is near is enough."""
    ways = {PartnerJob.CHIEF_TOWN: [facts.chief_town_minutes], PartnerJob.METROPOLIS: [facts.metropolis_minutes]}.get(
        job, [facts.chief_town_minutes, facts.metropolis_minutes]
    )
    known = [minutes for minutes in ways if minutes is not None]
    drive = min(known, default=None)
    if len(known) < len(ways) and (drive is None or round(drive) > JOB_MINUTES[job]):
        return Found(Code.JOB_UNKNOWN, HALF, job=job)
    return _measure(drive, JOB_MINUTES[job], (Code.JOB_NEAR, Code.JOB_FAR, Code.JOB_UNKNOWN), minutes=drive, job=job)


def _metropolis(facts: Facts, *, most: int) -> Found:
    codes = (Code.METROPOLIS_NEAR, Code.METROPOLIS_FAR, Code.METROPOLIS_UNKNOWN)
    return _measure(facts.metropolis_minutes, most, codes, minutes=facts.metropolis_minutes)


def _chief_town(facts: Facts) -> Found:
    codes = (Code.CHIEF_TOWN_NEAR, Code.CHIEF_TOWN_FAR, Code.CHIEF_TOWN_UNKNOWN)
    return _measure(facts.chief_town_minutes, CHIEF_TOWN_MINUTES, codes, minutes=facts.chief_town_minutes)


def _station(facts: Facts) -> Found:
    codes = (Code.STATION_NEAR, Code.STATION_FAR, Code.STATION_UNKNOWN)
    return _measure(facts.station_km, STATION_KM, codes, kilometres=facts.station_km)


def _station_on_foot(facts: Facts) -> Found:
    codes = (Code.STATION_ON_FOOT, Code.STATION_NOT_ON_FOOT, Code.STATION_ON_FOOT_UNKNOWN)
    return _measure(facts.station_km, ON_FOOT_KM, codes, kilometres=facts.station_km)


def _population(facts: Facts, *, size: Size) -> Found:
    if facts.population is None:
        return Found(Code.SIZE_UNKNOWN, HALF)
    right = size.holds(facts.population)
    return Found(Code.SIZE_RIGHT if right else Code.SIZE_OTHER, WHOLE if right else NOTHING, number=facts.population)


def _welcome(facts: Facts) -> Found:
    """A pause or a capacity of nothing fails alone; room for a family needs both to be known."""
    if facts.is_paused:
        return Found(Code.WELCOME_PAUSED, NOTHING)
    if facts.capacity == 0:
        return Found(Code.WELCOME_FULL, NOTHING)
    if facts.capacity is None or facts.is_paused is None:
        return Found(Code.WELCOME_UNKNOWN, HALF)
    return Found(Code.WELCOME_OPEN, WHOLE, number=facts.capacity)
