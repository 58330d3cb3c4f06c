"""Villages side by side: what each has of each thing, which has the most of it, and by how much. No database, no words.

What nobody knows of a village is neither the best nor the worst. What is known not to exist (`NOWHERE`, or a count of nothing)
is known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from common.rounding import whole_kilometres, whole_percent
from villages.facts.estimates import NOWHERE


class Unit(StrEnum):
    """How a value is said; two that are said alike are the same."""

    SHARE = "share"  # 0 to 1, said in whole hundredths
    MEGABITS = "megabits"
    EUROS = "euros"
    KILOMETRES = "kilometres"  # said whole; 0 is in the village
    MINUTES = "minutes"
    COUNT = "count"


class Rank(StrEnum):
    BEST = "best"
    WORST = "worst"
    ONLY = "only"  # has it, and no other does
    UNKNOWN = "unknown"
    NONE = ""


AS_SHOWN: dict[Unit, Callable[[float], float]] = {
    Unit.SHARE: whole_percent,
    Unit.MEGABITS: lambda value: round(value, 1),
    Unit.EUROS: lambda value: round(value, 2),
    Unit.KILOMETRES: lambda value: value if value in (0, NOWHERE) else whole_kilometres(value),
    Unit.MINUTES: round,
    Unit.COUNT: round,
}


@dataclass(frozen=True)
class Measure:
    """What one village has of a thing. `where` and `detail` are said beside it."""

    value: float | None
    where: str = ""
    detail: float | None = None


@dataclass(frozen=True)
class ComparedValue:
    measure: Measure
    rank: Rank
    name: str = ""  # whose it is


@dataclass(frozen=True)
class ComparedFact:
    """One thing, across the villages. `gap` is between the most and the least, None where fewer than two are known."""

    key: str
    unit: Unit
    cells: Sequence[ComparedValue]
    is_same: bool
    gap: float | None


def compare(key: str, unit: Unit, measures: Sequence[Measure], *, more_is_better: bool, names: Sequence[str] = ()) -> ComparedFact:
    """Mark the one that is best and, of three or more, the one that is worst; where several share a place, none is marked."""
    said = [None if measure.value is None else AS_SHOWN[unit](measure.value) for measure in measures]
    known = [value for value in said if value is not None]
    is_same = len(known) == len(said) and len(set(known)) == 1
    finite = [value for value in known if value != NOWHERE]
    best, worst = (max(known), min(known)) if known and more_is_better else (min(known), max(known)) if known else (None, None)
    nothing = 0 if more_is_better else NOWHERE
    is_only = unit in (Unit.COUNT, Unit.KILOMETRES) and known.count(nothing) == len(known) - 1

    def rank(value: float | None) -> Rank:
        if value is None:
            return Rank.UNKNOWN
        if is_same or len(known) < 2:
            return Rank.NONE
        if value == best and known.count(best) == 1:
            return Rank.ONLY if is_only else Rank.BEST
        if value == worst and known.count(worst) == 1 and len(known) > 2:
            return Rank.WORST
        return Rank.NONE

    names = names or [""] * len(said)
    cells = [ComparedValue(measure, rank(value), name) for measure, value, name in zip(measures, said, names, strict=True)]
    gap = max(finite) - min(finite) if len(finite) > 1 else None
    return ComparedFact(key=key, unit=unit, cells=cells, is_same=is_same, gap=gap)
