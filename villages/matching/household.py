"""What a household says of itself. The values are the words that addresses hold."""

from dataclasses import dataclass
from enum import StrEnum

from villages.enums import AmenityKind, Level, Seeks


class Topic(StrEnum):
    """What a household can rank, and what it can call indispensable."""

    LINE = "connexion"
    DESK = "bureau"
    CHILDREN = "enfants"
    SERVICES = "services"
    HOME = "logement"
    JOURNEYS = "trajets"
    SIZE = "taille"
    WELCOME = "accueil"


class LineNeed(StrEnum):
    ALL_DAY = "toujours"
    AT_TIMES = "parfois"
    RARELY = "rarement"


class DeskWish(StrEnum):
    OFTEN = "souvent"
    AT_TIMES = "parfois"
    NO = "non"
    UNDECIDED = "indecis"


class PartnerJob(StrEnum):
    NONE = "aucun"
    REMOTE = "distance"
    CHIEF_TOWN = "chef-lieu"
    METROPOLIS = "metropole"
    LOOKING = "cherche"

    @property
    def takes_the_car(self) -> bool:
        """Leaves every morning."""
        return self in (PartnerJob.CHIEF_TOWN, PartnerJob.METROPOLIS, PartnerJob.LOOKING)


class Destination(StrEnum):
    STATION = "gare"
    CHIEF_TOWN = "chef-lieu"


class Size(StrEnum):
    SMALL = "petit"
    MIDDLE = "moyen"
    LARGE = "grand"

    def holds(self, population: int) -> bool:
        return {Size.SMALL: population < 500, Size.MIDDLE: 500 <= population <= 1500, Size.LARGE: population > 1500}[self]


@dataclass(frozen=True)
class Household:
    """Only the line and the home are always said. Empty or None: not said, or nothing asked."""

    line: LineNeed
    seeks: Seeks
    desk: DeskWish | None = None
    adults: int | None = None  # three: three or more
    children: tuple[Level, ...] = ()  # one for each child
    partner: PartnerJob | None = None
    cars: int | None = None
    services: frozenset[AmenityKind] = frozenset()  # wanted in the village itself
    budget: int | None = None  # euros: a month for a rent or a trial, in all for a sale
    rooms: int | None = None
    metropolis_days: int | None = None  # a month
    destinations: frozenset[Destination] = frozenset()
    size: Size | None = None
    ranked: tuple[Topic, ...] = ()  # what matters most, then next, then third
    indispensable: frozenset[Topic] = frozenset()

    @property
    def has_no_car(self) -> bool:
        return self.cars == 0

    @property
    def somebody_walks(self) -> bool:
        """All day long, somebody at home has no car: there is none, or the partner leaves with the only one."""
        return self.has_no_car or (self.cars == 1 and self.partner is not None and self.partner.takes_the_car)
