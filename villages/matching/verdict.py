"""What the matching answers."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from villages.matching.facts import Facts
from villages.matching.household import PartnerJob, Topic


class Standing(StrEnum):
    MET = "met"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Code(Enum):
    """Every sentence that the pages can say of a village, with what it says of the wish."""

    FIBRE_WIDE = ("fibre-wide", Standing.MET)
    FIBRE_RARE = ("fibre-rare", Standing.FAILED)
    FIBRE_UNKNOWN = ("fibre-unknown", Standing.UNKNOWN)
    LINE_GOOD = ("line-good", Standing.MET)
    LINE_POOR = ("line-poor", Standing.FAILED)
    LINE_UNKNOWN = ("line-unknown", Standing.UNKNOWN)
    HOME_LINE_FIBRE = ("home-line-fibre", Standing.MET)
    HOME_LINE_NEAR = ("home-line-near", Standing.MET)
    HOME_LINE_NONE = ("home-line-none", Standing.FAILED)
    HOME_LINE_OTHER = ("home-line-other", Standing.UNKNOWN)  # no fibre, and nobody knows what else reaches it
    HOME_LINE_UNKNOWN = ("home-line-unknown", Standing.UNKNOWN)
    SPEED_GOOD = ("speed-good", Standing.MET)
    SPEED_LOW = ("speed-low", Standing.FAILED)
    SPEED_ELSEWHERE = ("speed-elsewhere", Standing.UNKNOWN)  # low, but not where the home is
    SPEED_UNKNOWN = ("speed-unknown", Standing.UNKNOWN)
    DESK_NEAR = ("desk-near", Standing.MET)
    DESK_FAR = ("desk-far", Standing.FAILED)
    DESK_UNKNOWN = ("desk-unknown", Standing.UNKNOWN)
    DESK_BY_BICYCLE = ("desk-by-bicycle", Standing.MET)
    DESK_OUT_OF_REACH = ("desk-out-of-reach", Standing.FAILED)
    SCHOOL_NEAR = ("school-near", Standing.MET)
    SCHOOL_FAR = ("school-far", Standing.FAILED)
    SCHOOL_NOT_ON_FOOT = ("school-not-on-foot", Standing.FAILED)
    SCHOOL_UNKNOWN = ("school-unknown", Standing.UNKNOWN)
    SERVICE_HERE = ("service-here", Standing.MET)
    SERVICE_AWAY = ("service-away", Standing.FAILED)
    SERVICE_UNKNOWN = ("service-unknown", Standing.UNKNOWN)
    FOOD_ON_FOOT = ("food-on-foot", Standing.MET)
    FOOD_BY_BICYCLE = ("food-by-bicycle", Standing.MET)
    FOOD_OUT_OF_REACH = ("food-out-of-reach", Standing.FAILED)
    FOOD_UNKNOWN = ("food-unknown", Standing.UNKNOWN)
    HOME_FITS = ("home-fits", Standing.MET)
    HOME_SMALL = ("home-small", Standing.FAILED)
    HOME_OVER_BUDGET = ("home-over-budget", Standing.FAILED)
    HOME_NONE = ("home-none", Standing.FAILED)
    HOME_UNKNOWN = ("home-unknown", Standing.UNKNOWN)
    PRICES_WITHIN = ("prices-within", Standing.MET)
    PRICES_OVER = ("prices-over", Standing.FAILED)
    PRICES_OVER_ELSEWHERE = ("prices-over-elsewhere", Standing.FAILED)  # a home that fits is offered all the same
    PRICES_UNKNOWN = ("prices-unknown", Standing.UNKNOWN)
    METROPOLIS_NEAR = ("metropolis-near", Standing.MET)
    METROPOLIS_FAR = ("metropolis-far", Standing.FAILED)
    METROPOLIS_UNKNOWN = ("metropolis-unknown", Standing.UNKNOWN)
    CHIEF_TOWN_NEAR = ("chief-town-near", Standing.MET)
    CHIEF_TOWN_FAR = ("chief-town-far", Standing.FAILED)
    CHIEF_TOWN_UNKNOWN = ("chief-town-unknown", Standing.UNKNOWN)
    CHIEF_TOWN_BY_BICYCLE = ("chief-town-by-bicycle", Standing.MET)
    CHIEF_TOWN_BY_TRAIN = ("chief-town-by-train", Standing.UNKNOWN)
    CHIEF_TOWN_OUT_OF_REACH = ("chief-town-out-of-reach", Standing.FAILED)
    CHIEF_TOWN_REACH_UNKNOWN = ("chief-town-reach-unknown", Standing.UNKNOWN)
    STATION_NEAR = ("station-near", Standing.MET)
    STATION_FAR = ("station-far", Standing.FAILED)
    STATION_UNKNOWN = ("station-unknown", Standing.UNKNOWN)
    STATION_ON_FOOT = ("station-on-foot", Standing.MET)
    STATION_BY_BICYCLE = ("station-by-bicycle", Standing.MET)
    STATION_OUT_OF_REACH = ("station-out-of-reach", Standing.FAILED)
    JOB_NEAR = ("job-near", Standing.MET)
    JOB_FAR = ("job-far", Standing.FAILED)
    JOB_UNKNOWN = ("job-unknown", Standing.UNKNOWN)
    JOB_BY_BICYCLE = ("job-by-bicycle", Standing.MET)
    JOB_BY_TRAIN = ("job-by-train", Standing.UNKNOWN)
    JOB_OUT_OF_REACH = ("job-out-of-reach", Standing.FAILED)
    JOB_REACH_UNKNOWN = ("job-reach-unknown", Standing.UNKNOWN)
    SIZE_RIGHT = ("size-right", Standing.MET)
    SIZE_OTHER = ("size-other", Standing.FAILED)
    SIZE_UNKNOWN = ("size-unknown", Standing.UNKNOWN)
    WELCOME_OPEN = ("welcome-open", Standing.MET)
    WELCOME_FULL = ("welcome-full", Standing.FAILED)
    WELCOME_PAUSED = ("welcome-paused", Standing.FAILED)
    WELCOME_UNKNOWN = ("welcome-unknown", Standing.UNKNOWN)

    def __init__(self, word: str, standing: Standing) -> None:
        self.word = word
        self.standing = standing


# What a household can live with, though no village where it is so is said to suit well.
RESERVES = frozenset({Code.STATION_OUT_OF_REACH, Code.DESK_OUT_OF_REACH, Code.FOOD_OUT_OF_REACH})


class Found(NamedTuple):
    """What one question finds in a village: the sentence, how well (0 to 100), and the figures of the sentence."""

    code: Code
    quality: int
    kilometres: float | None = None  # NOWHERE: there is none in the territory
    minutes: float | None = None
    percent: int | None = None
    speed: float | None = None
    kind: str = ""  # of the amenity or the home
    price: Decimal | int | None = None
    excess: Decimal | int | None = None
    rooms: int | None = None
    surface_m2: int | None = None
    number: int | None = None
    job: PartnerJob | None = None
    home: int = 0  # the key of the dwelling


class Reason(NamedTuple):
    """What one criterion found in a village."""

    criterion: "Criterion"
    found: Found
    points: int
    setback: (
        str  # what villages are counted by that this rules out: the topic, or what is wrong with the homes; empty if it does not
    )

    @property
    def is_unmet_limit(self) -> bool:
        return bool(self.setback)

    @property
    def is_reserve(self) -> bool:
        return self.found.code in RESERVES


@dataclass(frozen=True, eq=False)
class Criterion:
    """A question that the household's answers ask of every village. What it finds among `limits` rules a village out.

    It reads only what it needs of a village, and villages that are alike in that get the same reason: among very many villages,
    few have to be thought about.
    """

    topic: Topic
    weight: int
    limits: frozenset[Code]
    reads: Callable[[Facts], Hashable]
    finds: Callable[[Any], Found]  # from what `reads` gave
    reasons: dict[Hashable, Reason] = field(default_factory=dict, repr=False)

    def of(self, facts: Facts) -> Reason:
        value = self.reads(facts)
        reason = self.reasons.get(value)
        if reason is None:
            found = self.finds(value)
            setback = found.code.word if self.topic == Topic.HOME else self.topic.value
            reason = Reason(self, found, self.weight * found.quality, setback if found.code in self.limits else "")
            self.reasons[value] = reason
        return reason


class Strength(StrEnum):
    VERY_WELL = "very-well"
    WELL = "well"
    WITH_RESERVES = "with-reserves"
    POORLY = "poorly"
    LITTLE_KNOWN = "little-known"
    RULED_OUT = "ruled-out"


class Verdict(NamedTuple):
    """`reasons` in the order of the questions, the heaviest first; `setbacks` are those that rule the village out."""

    facts: Facts
    reasons: tuple[Reason, ...]
    score: int
    setbacks: frozenset[str]

    @property
    def is_ruled_out(self) -> bool:
        return bool(self.setbacks)

    @property
    def has_reserves(self) -> bool:
        return any(reason.is_reserve for reason in self.reasons)

    @property
    def most(self) -> int:
        """The score of a village where everything is as good as can be."""
        return 100 * sum(reason.criterion.weight for reason in self.reasons)

    @property
    def met(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.found.code.standing == Standing.MET]

    @property
    def failed(self) -> list[Reason]:
        """The limits first."""
        failed = [reason for reason in self.reasons if reason.found.code.standing == Standing.FAILED]
        return sorted(failed, key=lambda reason: not reason.is_unmet_limit)

    @property
    def unknown(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.found.code.standing == Standing.UNKNOWN]

    @property
    def limits(self) -> list[Reason]:
        """Those that the village does not meet."""
        return [reason for reason in self.reasons if reason.is_unmet_limit]

    @property
    def strength(self) -> Strength:
        if self.is_ruled_out:
            return Strength.RULED_OUT
        if 2 * sum(reason.criterion.weight for reason in self.unknown) > sum(reason.criterion.weight for reason in self.reasons):
            return Strength.LITTLE_KNOWN
        percent = 100 * self.score / self.most
        strengths = ((80, Strength.VERY_WELL), (65, Strength.WELL), (45, Strength.WITH_RESERVES), (0, Strength.POORLY))
        strength = next(strength for least, strength in strengths if percent >= least)
        return Strength.WITH_RESERVES if self.has_reserves and strength in (Strength.VERY_WELL, Strength.WELL) else strength
