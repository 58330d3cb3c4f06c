"""Which composition a commune gets: its place and its size weigh, its code decides."""

import math
from dataclasses import dataclass
from itertools import pairwise

from villages.drawings.landscape.scene import Dice

RIVER_REACH = 2.2  # km: how far from its river the middle of a commune may lie and still be a village of its valley
VINEYARD_EDGE = 0.14  # degrees: how far west of its limit the vineyard is at its thickest
KM_PER_DEGREE = 111.2

Course = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Relief:
    """What of a territory shows in its landscapes, in degrees WGS 84. A plain without river, vine or mountain by default."""

    rivers: tuple[Course, ...] = ()  # each as the (latitude, longitude) it passes
    vineyard_west_of: float | None = None
    mountains_seen_from: float | None = None  # the latitude from which, going south, they begin to show


def composition_of(code: str, *, population: int, latitude: float, longitude: float, relief: Relief) -> str:
    """The name of the commune's composition."""
    weights = {
        "castelnau": 2.0,
        "crests": _between(population, 700, 120) * 5,
        "bastide": _between(population, 700, 1300) * 6,
        "river_valley": 6.0 if river_distance(latitude, longitude, relief.rivers) < RIVER_REACH else 0.0,
    }
    if relief.vineyard_west_of is not None:
        weights["vineyard"] = _between(longitude, relief.vineyard_west_of, relief.vineyard_west_of - VINEYARD_EDGE) * 6
    throw = Dice(code + " composition").unit() * sum(weights.values())
    for name, weight in weights.items():
        if throw < weight:
            return name
        throw -= weight
    return "castelnau"


def river_distance(latitude: float, longitude: float, rivers: tuple[Course, ...]) -> float:
    """How far the nearest of the rivers is, in km; infinity where there is none."""
    shrink = math.cos(math.radians(latitude))

    def flat(point: tuple[float, float]) -> tuple[float, float]:
        return point[0] * KM_PER_DEGREE, point[1] * KM_PER_DEGREE * shrink

    here = flat((latitude, longitude))
    reaches = (reach for course in rivers for reach in pairwise(map(flat, course)))
    return min((_distance_to_reach(here, start, end) for start, end in reaches), default=math.inf)


def _between(value: float, none: float, full: float) -> float:
    """0 on the side of `none`, 1 on the side of `full`, a straight slope from one to the other."""
    return max(0.0, min(1.0, (value - none) / (full - none)))


def _distance_to_reach(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    dy, dx = end[0] - start[0], end[1] - start[1]
    along = ((point[0] - start[0]) * dy + (point[1] - start[1]) * dx) / (dy * dy + dx * dx)
    along = max(0.0, min(1.0, along))
    return math.hypot(point[0] - start[0] - along * dy, point[1] - start[1] - along * dx)
