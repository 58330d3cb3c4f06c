"""What a question of `criteria` finds in what it reads of a village: a code, how well, and the figures of the sentence."""

from decimal import Decimal
from typing import NamedTuple

from common.rounding import whole, whole_percent
from villages.enums import AddressConnection, AmenityKind, HousingKind
from villages.facts.estimates import NOWHERE, usual_price, usual_rent
from villages.matching.facts import OfferedDwelling
from villages.matching.household import PartnerJob, Size
from villages.matching.verdict import Code, Finding

WHOLE, LEAST_MET, HALF, MOST_FAILED, NOTHING = 100, 75, 50, 25, 0

FIBRE_PERCENT, LINE_PERCENT = 90, 75
ON_FOOT_KM, BICYCLE_KM = 2, 8  # half an hour of either
STATION_KM, CHIEF_TOWN_MINUTES = 20, 30
JOB_MINUTES = {PartnerJob.CHIEF_TOWN: 40, PartnerJob.METROPOLIS: 60, PartnerJob.LOOKING: 45}
M2_A_ROOM = 20
FOOD_SHOPS = (AmenityKind.GROCERY, AmenityKind.SUPERMARKET)

LINES = (AddressConnection.NO_FIBRE, AddressConnection.UNKNOWN, AddressConnection.NEAR, AddressConnection.FIBRE)  # the best last


class HomeWish(NamedTuple):
    """The home that is looked for. `needs_line`: of two that fit, the one with the better line is meant."""

    kind: HousingKind
    budget: int | None
    rooms: int
    needs_line: bool

    def fits(self, dwelling: OfferedDwelling) -> bool:
        within = not self.budget or dwelling.price <= self.budget
        return dwelling.kind == self.kind and within and dwelling.rooms >= self.rooms

    def best_of(self, dwellings: tuple[OfferedDwelling, ...] | None) -> OfferedDwelling | None:
        """The home in question: of those that fit, the best line, then the least dear; None where none fits."""

        def worth(dwelling: OfferedDwelling) -> tuple:
            line = LINES.index(AddressConnection(dwelling.connection)) if self.needs_line else 0
            return line, -dwelling.price, dwelling.surface_m2 or 0, -dwelling.key

        return max((dwelling for dwelling in dwellings or () if self.fits(dwelling)), key=worth, default=None)


def up_to(value: float, most: float) -> tuple[bool, int]:
    """Whether a distance or a time is within its limit, rounded as the pages show it, and how well: nearer is better.

    A limit of 0 is the village itself.
    """
    if value == 0 or (most and value != NOWHERE and whole(value) <= most):
        return True, max(LEAST_MET, WHOLE - round((WHOLE - LEAST_MET) * value / most)) if most else WHOLE
    return False, NOTHING if value == NOWHERE else min(MOST_FAILED, round(MOST_FAILED * max(most, 1) / max(value, 1)))


def at_least(value: float, least: float, best: float) -> tuple[bool, int]:
    """Whether a share or a speed, as the pages show it, reaches what is needed, and how well: `best` is as good as can be."""
    if value >= least:
        return True, min(WHOLE, LEAST_MET + round((WHOLE - LEAST_MET) * (value - least) / (best - least)))
    return False, round(MOST_FAILED * value / least)


def measure(value: float | None, most: float, codes: tuple[Code, Code, Code], **said) -> Finding:
    """A finding about a distance or a time of which `most` is the limit. `codes`: when it is near, far, unknown."""
    if value is None:
        return Finding(codes[2], HALF, **said)
    near, quality = up_to(value, most)
    return Finding(codes[0] if near else codes[1], quality, **said)


def reach(away: float | None, codes: tuple[Code, Code, Code, Code], **said) -> Finding:
    """A finding about a distance without a car. `codes`: when it is on foot, by bicycle, out of reach, unknown."""
    found = measure(away, BICYCLE_KM, codes[1:], kilometres=away, **said)
    return found._replace(code=codes[0]) if found.code == codes[1] and up_to(away, ON_FOOT_KM)[0] else found


# ---- The line ----------------------------------------------------------------------------------------------------------


def of_the_home(dwelling: OfferedDwelling | None) -> Finding | None:
    """What is known of the line of the home in question; None where there is no such home, or nobody knows."""
    if dwelling is None:
        return None
    said = {"kind": dwelling.kind, "home": dwelling.key}
    return {
        AddressConnection.FIBRE: Finding(Code.HOME_LINE_FIBRE, WHOLE, **said),
        AddressConnection.NEAR: Finding(Code.HOME_LINE_NEAR, WHOLE, **said),
        AddressConnection.NO_FIBRE: Finding(Code.HOME_LINE_NONE, NOTHING, **said),
    }.get(AddressConnection(dwelling.connection))


def fibre(known: tuple[float | None, tuple[OfferedDwelling, ...] | None], *, home: HomeWish | None) -> Finding:
    """The line of the home in question; while nobody knows it, what the commune has in nearly all places is enough."""
    share, dwellings = known
    dwelling = home.best_of(dwellings) if home else None
    if found := of_the_home(dwelling):
        return found
    percent = None if share is None else whole_percent(share)
    if percent is None:
        found = Finding(Code.FIBRE_UNKNOWN, HALF)
    else:
        enough, quality = at_least(percent, FIBRE_PERCENT, 100)
        found = Finding(Code.FIBRE_WIDE if enough else Code.FIBRE_RARE, quality, percent=percent)
    return not_known_at(dwelling, found, unless=Code.FIBRE_WIDE)


def any_line(known: tuple, *, home: HomeWish | None) -> Finding:
    """One good way is enough; while one of them is unknown, the others cannot fail alone. For a home without fibre, the wire is
    not known: only what comes through the air is."""
    *shares, dwellings = known
    dwelling = home.best_of(dwellings) if home else None
    found = of_the_home(dwelling)
    if found and found.code != Code.HOME_LINE_NONE:
        return found
    counted = shares[2:] if found else shares
    percent = whole_percent(max((share for share in counted if share is not None), default=0))
    enough, quality = at_least(percent, LINE_PERCENT, 100)
    if enough:
        return Finding(Code.LINE_GOOD, quality, percent=percent)
    if found:
        return found._replace(code=Code.HOME_LINE_OTHER, quality=HALF)
    if None in shares:
        return not_known_at(dwelling, Finding(Code.LINE_UNKNOWN, HALF), unless=Code.LINE_GOOD)
    return not_known_at(dwelling, Finding(Code.LINE_POOR, quality, percent=percent), unless=Code.LINE_GOOD)


def not_known_at(dwelling: OfferedDwelling | None, found: Finding, *, unless: Code) -> Finding:
    """`found` of the commune, unless it is about one home: what most of the commune lacks may reach that home, so it is unknown."""
    if dwelling is None or found.code == unless:
        return found
    return Finding(Code.HOME_LINE_UNKNOWN, HALF, percent=found.percent, kind=dwelling.kind, home=dwelling.key)


def speed(known: tuple[float | None, tuple[OfferedDwelling, ...] | None], *, least: int, home: HomeWish | None) -> Finding:
    """What somebody measured in the village. It was not in the home in question: low, it says nothing of it."""
    measured, dwellings = known
    if measured is None:
        return Finding(Code.SPEED_UNKNOWN, HALF)
    enough, quality = at_least(measured, least, 10 * least)
    if enough:
        return Finding(Code.SPEED_GOOD, quality, speed=measured)
    if home and home.best_of(dwellings):
        return Finding(Code.SPEED_ELSEWHERE, HALF, speed=measured)
    return Finding(Code.SPEED_LOW, quality, speed=measured)


# ---- The desk, the school, the shops -----------------------------------------------------------------------------------


def telecentre(away: float | None, *, most: int) -> Finding:
    return measure(away, most, (Code.DESK_NEAR, Code.DESK_FAR, Code.DESK_UNKNOWN), kilometres=away)


def telecentre_without_car(away: float | None) -> Finding:
    return reach(away, (Code.DESK_NEAR, Code.DESK_BY_BICYCLE, Code.DESK_OUT_OF_REACH, Code.DESK_UNKNOWN))


def school(away: float | None, *, kind: AmenityKind, most: int, on_foot: bool) -> Finding:
    far = Code.SCHOOL_NOT_ON_FOOT if on_foot else Code.SCHOOL_FAR
    return measure(away, most, (Code.SCHOOL_NEAR, far, Code.SCHOOL_UNKNOWN), kilometres=away, kind=kind)


def service(away: float | None, *, kind: AmenityKind) -> Finding:
    codes = (Code.SERVICE_HERE, Code.SERVICE_AWAY, Code.SERVICE_UNKNOWN)
    return measure(away, 0, codes, kilometres=away, kind=kind)


def food_without_car(distances: tuple[float | None, ...]) -> Finding:
    """The nearer of a grocery and a supermarket. While one of both is unknown, the other cannot fail alone."""
    known = [(away, kind) for away, kind in zip(distances, FOOD_SHOPS, strict=True) if away is not None]
    away, kind = min(known, default=(None, ""))
    found = reach(away, (Code.FOOD_ON_FOOT, Code.FOOD_BY_BICYCLE, Code.FOOD_OUT_OF_REACH, Code.FOOD_UNKNOWN), kind=kind)
    if found.code == Code.FOOD_OUT_OF_REACH and len(known) < len(FOOD_SHOPS):
        return Finding(Code.FOOD_UNKNOWN, HALF)
    return found


# ---- The home ----------------------------------------------------------------------------------------------------------


def offer(dwellings: tuple[OfferedDwelling, ...] | None, *, home: HomeWish) -> Finding:
    """The home in question, or the one that comes nearest to what is looked for."""
    if dwellings is None:
        return Finding(Code.HOME_UNKNOWN, HALF, kind=home.kind)
    if (dwelling := home.best_of(dwellings)) is not None:
        return Finding(Code.HOME_FITS, WHOLE, **figures_of(dwelling))
    offered = [unfit(dwelling, home) for dwelling in dwellings if dwelling.kind == home.kind]
    none = Finding(Code.HOME_NONE, NOTHING, kind=home.kind)
    return max(offered, key=lambda found: (found.quality, -found.price, found.surface_m2 or 0, -found.home), default=none)


def unfit(dwelling: OfferedDwelling, home: HomeWish) -> Finding:
    if home.budget and dwelling.price > home.budget:
        excess, quality = dwelling.price - home.budget, round(10 * home.budget / dwelling.price)
        return Finding(Code.HOME_OVER_BUDGET, quality, excess=excess, **figures_of(dwelling))
    return Finding(Code.HOME_SMALL, 10 + round(15 * dwelling.rooms / home.rooms), **figures_of(dwelling))


def figures_of(dwelling: OfferedDwelling) -> dict:
    return {
        "kind": dwelling.kind,
        "price": dwelling.price,
        "rooms": dwelling.rooms,
        "surface_m2": dwelling.surface_m2,
        "home": dwelling.key,
    }


def usual_prices(known: tuple[float | Decimal | None, tuple[OfferedDwelling, ...] | None], *, home: HomeWish) -> Finding:
    """What a home of so many rooms usually costs there, at 20 m² a room; of other homes, where one that fits is offered."""
    per_m2, dwellings = known
    surface = home.rooms * M2_A_ROOM
    estimate = usual_rent if home.kind == HousingKind.RENT else usual_price
    usual = None if per_m2 is None else estimate(per_m2, surface)
    over = Code.PRICES_OVER if home.best_of(dwellings) is None else Code.PRICES_OVER_ELSEWHERE
    codes = (Code.PRICES_WITHIN, over, Code.PRICES_UNKNOWN)
    return measure(usual, home.budget, codes, kind=home.kind, price=usual, surface_m2=surface)


# ---- The journeys ------------------------------------------------------------------------------------------------------


def drive_to_work(drive: float | None, *, job: PartnerJob) -> Finding:
    return measure(drive, JOB_MINUTES[job], (Code.JOB_NEAR, Code.JOB_FAR, Code.JOB_UNKNOWN), minutes=drive, job=job)


def drive_to_any_work(drives: tuple[float | None, ...]) -> Finding:
    """One city that is near is enough; while one of them is unknown, the other cannot fail alone."""
    known = [drive for drive in drives if drive is not None]
    if len(known) < len(drives) and not any(whole(drive) <= JOB_MINUTES[PartnerJob.LOOKING] for drive in known):
        return Finding(Code.JOB_UNKNOWN, HALF, job=PartnerJob.LOOKING)
    return drive_to_work(min(known), job=PartnerJob.LOOKING)


def metropolis(drive: float | None, *, most: int) -> Finding:
    return measure(drive, most, (Code.METROPOLIS_NEAR, Code.METROPOLIS_FAR, Code.METROPOLIS_UNKNOWN), minutes=drive)


def chief_town(drive: float | None) -> Finding:
    codes = (Code.CHIEF_TOWN_NEAR, Code.CHIEF_TOWN_FAR, Code.CHIEF_TOWN_UNKNOWN)
    return measure(drive, CHIEF_TOWN_MINUTES, codes, minutes=drive)


def station(away: float | None) -> Finding:
    return measure(away, STATION_KM, (Code.STATION_NEAR, Code.STATION_FAR, Code.STATION_UNKNOWN), kilometres=away)


def station_without_car(away: float | None) -> Finding:
    return reach(away, (Code.STATION_ON_FOOT, Code.STATION_BY_BICYCLE, Code.STATION_OUT_OF_REACH, Code.STATION_UNKNOWN))


def chief_town_without_car(known: tuple[float | None, float | None]) -> Finding:
    return by_bicycle_or_train(
        *known,
        (
            Code.CHIEF_TOWN_BY_BICYCLE,
            Code.CHIEF_TOWN_BY_TRAIN,
            Code.CHIEF_TOWN_OUT_OF_REACH,
            Code.CHIEF_TOWN_REACH_UNKNOWN,
        ),
    )


JOB_CODES = (Code.JOB_BY_BICYCLE, Code.JOB_BY_TRAIN, Code.JOB_OUT_OF_REACH, Code.JOB_REACH_UNKNOWN)


def work_without_car(known: tuple[float | None, float | None], *, job: PartnerJob) -> Finding:
    return by_bicycle_or_train(*known, JOB_CODES, job=job)


def work_by_train(station_away: float | None, *, job: PartnerJob) -> Finding:
    return by_bicycle_or_train(NOWHERE, station_away, JOB_CODES, job=job)


def by_bicycle_or_train(away: float | None, station_away: float | None, codes: tuple[Code, Code, Code, Code], **said) -> Finding:
    """A city by bicycle, or by train where a station is within reach: at which hours, nobody knows here. `codes`: of both, of a
    city out of reach, and of what nobody knows."""
    near, quality = (False, HALF) if away is None else up_to(away, BICYCLE_KM)
    if near:
        return Finding(codes[0], quality, kilometres=away, **said)
    if station_away is not None and up_to(station_away, BICYCLE_KM)[0]:
        return Finding(codes[1], HALF, kilometres=station_away, **said)
    if away is None or station_away is None:
        return Finding(codes[3], HALF, **said)
    return Finding(codes[2], quality, kilometres=away, **said)


# ---- The size and the welcome ------------------------------------------------------------------------------------------


def population(people: int | None, *, size: Size) -> Finding:
    if people is None:
        return Finding(Code.SIZE_UNKNOWN, HALF)
    right = size.holds(people)
    return Finding(Code.SIZE_RIGHT if right else Code.SIZE_OTHER, WHOLE if right else NOTHING, number=people)


def room(known: tuple[int | None, bool | None]) -> Finding:
    """A pause or a capacity of nothing fails alone; room for a family needs both to be known."""
    capacity, is_paused = known
    if is_paused:
        return Finding(Code.WELCOME_PAUSED, NOTHING)
    if capacity == 0:
        return Finding(Code.WELCOME_FULL, NOTHING)
    if capacity is None or is_paused is None:
        return Finding(Code.WELCOME_UNKNOWN, HALF)
    return Finding(Code.WELCOME_OPEN, WHOLE, number=capacity)
