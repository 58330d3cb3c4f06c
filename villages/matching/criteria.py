"""The questions that a household's answers ask of a village."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from operator import attrgetter
from typing import Any

from villages.enums import AmenityKind
from villages.matching import findings
from villages.matching.facts import VillageFacts
from villages.matching.findings import FOOD_SHOPS, HomeWish
from villages.matching.household import DeskWish, Destination, Household, Level, LineNeed, PartnerJob, Seeks, Topic
from villages.matching.verdict import Code, Criterion, Finding, Fulfilment

WEIGHTS_OF_THE_RANKED = (6, 4, 3)  # the first wish, the second, the third; any other weighs 2
USUAL_WEIGHT = 2
SHARED = 5040  # every number up to ten divides it: the shares of a topic's questions are whole

SPEED_ALL_DAY, SPEED_AT_TIMES = 50, 10  # Mb/s
DESK_KM = {DeskWish.OFTEN: 10, DeskWish.AT_TIMES: 20}
SCHOOL_KM = {Level.CRECHE: 10, Level.NURSERY: 5, Level.PRIMARY: 5, Level.MIDDLE: 15, Level.HIGH: 25}  # a coach drives the last two

# What fails where a home that fits is offered all the same is no limit: it speaks of other homes.
FAILURES = frozenset(code for code in Code if code.fulfilment == Fulfilment.FAILED) - {Code.PRICES_OVER_ELSEWHERE}

AskedCriteria = Iterable[tuple[Topic, frozenset[Code], Callable[[VillageFacts], Hashable], Callable[[Any], Finding]]]
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


def home_wish(household: Household) -> HomeWish | None:
    """The home that is looked for; None where the household has one."""
    kind = household.seeks.housing
    if kind is None:
        return None
    return HomeWish(kind, household.budget, household.rooms or 1, needs_line=household.line != LineNeed.RARELY)


def _line(household: Household) -> AskedCriteria:
    home = home_wish(household)
    speed = attrgetter("measured_mbps", "dwellings")
    match household.line:
        case LineNeed.ALL_DAY:
            reads = attrgetter("fibre_share", "dwellings")
            yield Topic.LINE, NO_LIMIT, reads, partial(findings.fibre, home=home)
            yield Topic.LINE, NO_LIMIT, speed, partial(findings.speed, least=SPEED_ALL_DAY, home=home)
        case LineNeed.AT_TIMES:
            reads = attrgetter("fibre_share", "fast_line_share", "fast_radio_share", "dwellings")
            yield Topic.LINE, NO_LIMIT, reads, partial(findings.any_line, home=home)
            yield Topic.LINE, NO_LIMIT, speed, partial(findings.speed, least=SPEED_AT_TIMES, home=home)


def _desk(household: Household) -> AskedCriteria:
    if household.desk not in DESK_KM:
        return
    finds = findings.telecentre_without_car
    if not household.has_no_car:
        finds = partial(findings.telecentre, most=DESK_KM[household.desk])
    yield Topic.DESK, NO_LIMIT, attrgetter("telecentre_km"), finds


def _children(household: Household) -> AskedCriteria:
    for level in Level:
        if level in household.children:
            on_foot = household.somebody_walks and level in (Level.CRECHE, Level.NURSERY, Level.PRIMARY)
            most = findings.ON_FOOT_KM if on_foot else SCHOOL_KM[level]
            finds = partial(findings.school, kind=level.amenity, most=most, on_foot=on_foot)
            yield Topic.CHILDREN, frozenset({Code.SCHOOL_NOT_ON_FOOT}), partial(_away, kind=level.amenity), finds


def _services(household: Household) -> AskedCriteria:
    for kind in AmenityKind:
        if kind in household.services:
            yield Topic.SERVICES, NO_LIMIT, partial(_away, kind=kind), partial(findings.service, kind=kind)
    if household.somebody_walks:
        yield Topic.SERVICES, NO_LIMIT, _food_shops, findings.food_without_car


def _home(household: Household) -> AskedCriteria:
    home = home_wish(household)
    if home is None:
        return
    limits = frozenset({Code.HOME_NONE, Code.HOME_OVER_BUDGET}) if household.budget else NO_LIMIT
    yield Topic.HOME, limits, attrgetter("dwellings"), partial(findings.offer, home=home)
    if household.budget and household.rooms and household.seeks in (Seeks.RENT, Seeks.SALE):
        per_m2 = "rent_per_m2" if household.seeks == Seeks.RENT else "sale_per_m2"
        yield Topic.HOME, NO_LIMIT, attrgetter(per_m2, "dwellings"), partial(findings.usual_prices, home=home)


def _journeys(household: Household) -> AskedCriteria:
    return _journeys_without_car(household) if household.has_no_car else _journeys_by_car(household)


def _journeys_by_car(household: Household) -> AskedCriteria:
    chief_town, metropolis = attrgetter("chief_town_minutes"), attrgetter("metropolis_minutes")
    match household.partner:
        case PartnerJob.CHIEF_TOWN | PartnerJob.METROPOLIS as job:
            reads = chief_town if job == PartnerJob.CHIEF_TOWN else metropolis
            yield Topic.JOURNEYS, NO_LIMIT, reads, partial(findings.drive_to_work, job=job)
        case PartnerJob.LOOKING:
            reads = attrgetter("chief_town_minutes", "metropolis_minutes")
            yield Topic.JOURNEYS, NO_LIMIT, reads, findings.drive_to_any_work
    if household.metropolis_days:
        finds = partial(findings.metropolis, most=metropolis_minutes(household.metropolis_days))
        yield Topic.JOURNEYS, NO_LIMIT, metropolis, finds
    if Destination.CHIEF_TOWN in household.destinations:
        yield Topic.JOURNEYS, NO_LIMIT, chief_town, findings.chief_town
    if Destination.STATION in household.destinations:
        yield Topic.JOURNEYS, NO_LIMIT, attrgetter("station_km"), findings.station


def _journeys_without_car(household: Household) -> AskedCriteria:
    """On foot, by bicycle, and by train from a station that is within reach of both. Where the household says that it goes
    somewhere, what it cannot reach rules a village out; a station far from everything is a reserve in any case."""
    to_city = attrgetter("chief_town_km", "station_km")
    match household.partner:
        case PartnerJob.CHIEF_TOWN | PartnerJob.LOOKING as job:
            finds = partial(findings.work_without_car, job=job)
            yield Topic.JOURNEYS, frozenset({Code.JOB_OUT_OF_REACH}), to_city, finds
        case PartnerJob.METROPOLIS as job:
            reads, finds = attrgetter("station_km"), partial(findings.work_by_train, job=job)
            yield Topic.JOURNEYS, frozenset({Code.JOB_OUT_OF_REACH}), reads, finds
    if Destination.CHIEF_TOWN in household.destinations:
        limits = frozenset({Code.CHIEF_TOWN_OUT_OF_REACH})
        yield Topic.JOURNEYS, limits, to_city, findings.chief_town_without_car
    takes_the_train = household.metropolis_days or Destination.STATION in household.destinations
    limits = frozenset({Code.STATION_OUT_OF_REACH}) if takes_the_train else NO_LIMIT
    yield Topic.JOURNEYS, limits, attrgetter("station_km"), findings.station_without_car


def _size(household: Household) -> AskedCriteria:
    if household.size:
        yield Topic.SIZE, NO_LIMIT, attrgetter("population"), partial(findings.population, size=household.size)


def _welcome(_household: Household) -> AskedCriteria:
    yield Topic.WELCOME, NO_LIMIT, attrgetter("capacity", "is_paused"), findings.room


def metropolis_minutes(days: int) -> int:
    """How long a drive is bearable that one makes so many days a month."""
    return 60 if days >= 8 else 75 if days >= 3 else 100


def _away(facts: VillageFacts, *, kind: AmenityKind) -> float | None:
    return facts.amenities.get(kind)


def _food_shops(facts: VillageFacts) -> tuple[float | None, ...]:
    return tuple(facts.amenities.get(kind) for kind in FOOD_SHOPS)
