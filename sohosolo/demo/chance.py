"""Chance that falls the same way every time: two loads of the same day tell the same story."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

Thing = TypeVar("Thing")


class Dice(random.Random):
    """Each part of the demonstration throws its own, so that one part can change without moving the others."""

    def __init__(self, seed: int, part: str) -> None:
        super().__init__(f"{seed} {part}")  # a text seeds the same on every machine, whatever its hash order

    def likely(self, probability: float) -> bool:
        return self.random() < probability

    def by_weight(self, things: Sequence[Mapping[str, Any]]) -> Any:
        return self.choices(things, [thing["weight"] for thing in things])[0]

    def by_share(self, shares: Mapping[Thing, float]) -> Thing:
        return self.choices(list(shares), list(shares.values()))[0]

    def some(self, things: Sequence[Thing], least: int, most: int) -> list[Thing]:
        """Between `least` and `most` of them, in their own order."""
        kept = set(self.sample(range(len(things)), min(len(things), self.randint(least, most))))
        return [thing for index, thing in enumerate(things) if index in kept]

    def at_once(self, things: Sequence[Thing], weights: Sequence[float]) -> list[Thing]:
        """All of them, shuffled: the heavier a thing, the nearer to the front."""
        ranks = [self.random() ** (1 / max(weight, 1e-9)) for weight in weights]
        return [things[index] for index in sorted(range(len(things)), key=lambda index: (-ranks[index], index))]

    def hour(self, day: dt.date, zone: dt.tzinfo, first: int = 9, last: int = 18) -> dt.datetime:
        """A moment of that day, local time, at a multiple of five minutes."""
        return dt.datetime.combine(day, dt.time(self.randrange(first, last), 5 * self.randrange(12)), tzinfo=zone)
