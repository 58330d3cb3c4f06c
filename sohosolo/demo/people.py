"""Invented people: each name once, and French that agrees with them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from sohosolo.demo.chance import Dice

MIXED_FAMILIES = 0.12  # how often the last name comes from elsewhere than the first


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    feminine: bool
    local: bool = False  # may be said to be born here

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def agree(self, text: str, **facts: Any) -> str:
        """`arrivé{e}`, `maraîch{er|ère}`, `{il}`: written for this person; the other braces are filled from `facts`."""
        text = re.sub(r"\{([^{}|]*)\|([^{}|]*)\}", r"\2" if self.feminine else r"\1", text)
        e, il = ("e", "elle") if self.feminine else ("", "il")
        return text.format(e=e, il=il, Il=il.capitalize(), **facts)


class Population:
    """Draws people nobody has drawn yet. `taken` are the names and addresses that other files give to known people."""

    def __init__(self, *, origins: list[Mapping[str, Any]], domain: str, dice: Dice, taken: Iterable[str]) -> None:
        self.origins, self.domain, self.dice = origins, domain, dice
        self.addresses = {self.address(name) for name in taken}

    def draw(self) -> Person:
        while True:
            origin = self.dice.by_weight(self.origins)
            family = self.dice.by_weight(self.origins) if self.dice.likely(MIXED_FAMILIES) else origin
            feminine = self.dice.likely(0.54)
            first, last = self.dice.choice(origin["f" if feminine else "m"]), self.dice.choice(family["last"])
            person = Person(first, last, feminine, local=origin.get("local", False))
            if self.address(person.name) not in self.addresses:
                self.addresses.add(self.address(person.name))
                return person

    def address(self, name: str) -> str:
        first, _, last = name.partition(" ")
        return f"{slugify(first)}.{slugify(last)}@{self.domain}"
