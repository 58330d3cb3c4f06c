"""What the matching answers."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from villages.matching.facts import VillageFacts
from villages.matching.household import PartnerJob, Topic


class Fulfilment(StrEnum):
    MET = "met"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Code(Enum):
    """Every sentence that the pages can say of a village, with what it says of the wish."""

    FIBRE_WIDE = ("fibre-wide", Fulfilment.MET)
    FIBRE_RARE = ("fibre-rare", Fulfilment.FAILED)
    FIBRE_UNKNOWN = ("fibre-unknown", Fulfilment.UNKNOWN)
    LINE_GOOD = ("line-good", Fulfilment.MET)
    LINE_POOR = ("line-poor", Fulfilment.FAILED)
    LINE_UNKNOWN = ("line-unknown", Fulfilment.UNKNOWN)
    HOME_LINE_FIBRE = ("home-line-fibre", Fulfilment.MET)
    HOME_LINE_NEAR = ("home-line-near", Fulfilment.MET)
    HOME_LINE_NONE = ("home-line-none", Fulfilment.FAILED)
    HOME_LINE_OTHER = ("home-line-other", Fulfilment.UNKNOWN)  # no fibre, and nobody knows what else reaches it
    HOME_LINE_UNKNOWN = ("home-line-unknown", Fulfilment.UNKNOWN)
    SPEED_GOOD = ("speed-good", Fulfilment.MET)
    SPEED_LOW = ("speed-low", Fulfilment.FAILED)
    SPEED_ELSEWHERE = ("speed-elsewhere", Fulfilment.UNKNOWN)  # low, but not where the home is
    SPEED_UNKNOWN = ("speed-unknown", Fulfilment.UNKNOWN)
    DESK_NEAR = ("desk-near", Fulfilment.MET)
    DESK_FAR = ("desk-far", Fulfilment.FAILED)
    DESK_UNKNOWN = ("desk-unknown", Fulfilment.UNKNOWN)
    DESK_BY_BICYCLE = ("desk-by-bicycle", Fulfilment.MET)
    DESK_OUT_OF_REACH = ("desk-out-of-reach", Fulfilment.FAILED)
    SCHOOL_NEAR = ("school-near", Fulfilment.MET)
    SCHOOL_FAR = ("school-far", Fulfilment.FAILED)
    SCHOOL_NOT_ON_FOOT = ("school-not-on-foot", Fulfilment.FAILED)
    SCHOOL_UNKNOWN = ("school-unknown", Fulfilment.UNKNOWN)
    SERVICE_HERE = ("service-here", Fulfilment.MET)
    SERVICE_AWAY = ("service-away", Fulfilment.FAILED)
    SERVICE_UNKNOWN = ("service-unknown", Fulfilment.UNKNOWN)
    FOOD_ON_FOOT = ("food-on-foot", Fulfilment.MET)
    FOOD_BY_BICYCLE = ("food-by-bicycle", Fulfilment.MET)
    FOOD_OUT_OF_REACH = ("food-out-of-reach", Fulfilment.FAILED)
    FOOD_UNKNOWN = ("food-unknown", Fulfilment.UNKNOWN)
    HOME_FITS = ("home-fits", Fulfilment.MET)
    HOME_SMALL = ("home-small", Fulfilment.FAILED)
    HOME_OVER_BUDGET = ("home-over-budget", Fulfilment.FAILED)
    HOME_NONE = ("home-none", Fulfilment.FAILED)
    HOME_UNKNOWN = ("home-unknown", Fulfilment.UNKNOWN)
    PRICES_WITHIN = ("prices-within", Fulfilment.MET)
    PRICES_OVER = ("prices-over", Fulfilment.FAILED)
    PRICES_OVER_ELSEWHERE = ("prices-over-elsewhere", Fulfilment.FAILED)  # a home that fits is offered all the same
    PRICES_UNKNOWN = ("prices-unknown", Fulfilment.UNKNOWN)
    METROPOLIS_NEAR = ("metropolis-near", Fulfilment.MET)
    METROPOLIS_FAR = ("metropolis-far", Fulfilment.FAILED)
    METROPOLIS_UNKNOWN = ("metropolis-unknown", Fulfilment.UNKNOWN)
    CHIEF_TOWN_NEAR = ("chief-town-near", Fulfilment.MET)
    CHIEF_TOWN_FAR = ("chief-town-far", Fulfilment.FAILED)
    CHIEF_TOWN_UNKNOWN = ("chief-town-unknown", Fulfilment.UNKNOWN)
    CHIEF_TOWN_BY_BICYCLE = ("chief-town-by-bicycle", Fulfilment.MET)
    CHIEF_TOWN_BY_TRAIN = ("chief-town-by-train", Fulfilment.UNKNOWN)
    CHIEF_TOWN_OUT_OF_REACH = ("chief-town-out-of-reach", Fulfilment.FAILED)
    CHIEF_TOWN_REACH_UNKNOWN = ("chief-town-reach-unknown", Fulfilment.UNKNOWN)
    STATION_NEAR = ("station-near", Fulfilment.MET)
    STATION_FAR = ("station-far", Fulfilment.FAILED)
    STATION_UNKNOWN = ("station-unknown", Fulfilment.UNKNOWN)
    STATION_ON_FOOT = ("station-on-foot", Fulfilment.MET)
    STATION_BY_BICYCLE = ("station-by-bicycle", Fulfilment.MET)
    STATION_OUT_OF_REACH = ("station-out-of-reach", Fulfilment.FAILED)
    JOB_NEAR = ("job-near", Fulfilment.MET)
    JOB_FAR = ("job-far", Fulfilment.FAILED)
    JOB_UNKNOWN = ("job-unknown", Fulfilment.UNKNOWN)
    JOB_BY_BICYCLE = ("job-by-bicycle", Fulfilment.MET)
    JOB_BY_TRAIN = ("job-by-train", Fulfilment.UNKNOWN)
    JOB_OUT_OF_REACH = ("job-out-of-reach", Fulfilment.FAILED)
    JOB_REACH_UNKNOWN = ("job-reach-unknown", Fulfilment.UNKNOWN)
    SIZE_RIGHT = ("size-right", Fulfilment.MET)
    SIZE_OTHER = ("size-other", Fulfilment.FAILED)
    SIZE_UNKNOWN = ("size-unknown", Fulfilment.UNKNOWN)
    WELCOME_OPEN = ("welcome-open", Fulfilment.MET)
    WELCOME_FULL = ("welcome-full", Fulfilment.FAILED)
    WELCOME_PAUSED = ("welcome-paused", Fulfilment.FAILED)
    WELCOME_UNKNOWN = ("welcome-unknown", Fulfilment.UNKNOWN)

    def __init__(self, word: str, fulfilment: Fulfilment) -> None:
        self.word = word
        self.fulfilment = fulfilment


# What a household can live with, though no village where it is so is said to suit well.
RESERVES = frozenset({Code.STATION_OUT_OF_REACH, Code.DESK_OUT_OF_REACH, Code.FOOD_OUT_OF_REACH})


class Finding(NamedTuple):
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
    found: Finding
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
    reads: Callable[[VillageFacts], Hashable]
    finds: Callable[[Any], Finding]  # from what `reads` gave
    reasons: dict[Hashable, Reason] = field(default_factory=dict, repr=False)

    def of(self, facts: VillageFacts) -> Reason:
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

    facts: VillageFacts
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
        return [reason for reason in self.reasons if reason.found.code.fulfilment == Fulfilment.MET]

    @property
    def failed(self) -> list[Reason]:
        """The limits first."""
        failed = [reason for reason in self.reasons if reason.found.code.fulfilment == Fulfilment.FAILED]
        return sorted(failed, key=lambda reason: not reason.is_unmet_limit)

    @property
    def unknown(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.found.code.fulfilment == Fulfilment.UNKNOWN]

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
