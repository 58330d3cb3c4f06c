"""What every part of the demonstration starts from: the material, the day it is loaded, and the people not yet drawn."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from django.conf import settings

from sohosolo.demo.chance import Dice
from sohosolo.demo.material import Material
from sohosolo.demo.people import Population
from sohosolo.demo.team import known_names
from sohosolo.territories import ReferencePlace
from villages.models import Commune

EARTH_KM = 6371
Tell = Callable[[str, float], None]  # what is being built, and which share of that is done, from 0 to 1


@dataclass
class World:
    material: Material
    now: dt.datetime  # everything dated in the demonstration is dated from this moment
    tell: Tell
    communes: dict[str, Commune] = field(default_factory=dict)  # by INSEE code

    def __post_init__(self) -> None:
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.now = self.now.astimezone(self.zone)
        self.today = self.now.date()
        self.people = Population(
            origins=self.material.origins,
            domain=self.material.network["mail_domain"],
            dice=self.dice("people"),
            taken=known_names(self.material),
        )
        self._phones = 1000  # below stand the télécentres' own

    def dice(self, part: str) -> Dice:
        return Dice(self.material.network["seed"], part)

    def phone(self, prefix: str | None = None) -> str:
        """The next number of a range kept for fiction: `prefix` and four digits."""
        self._phones += 1
        return f"{prefix or self.material.network['phones']}{self._phones:04d}"

    def at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, tzinfo=self.zone)


def kilometres(here: Commune, there: Commune | ReferencePlace) -> float:
    """As the crow flies."""
    a, b = radians(here.latitude), radians(there.latitude)
    turn = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(there.longitude - here.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(turn))
