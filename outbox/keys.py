"""What a letter's key says. Each rule writes its keys and reads them back by one declaration, so that the two cannot differ.

    VISIT = LetterRule("projects.visit", introduction=int, at=dt.datetime, reader=str)

    VISIT.key(introduction=12, at=visit_at, reader="holder")  # projects.visit:12.20270112T130000Z.holder
    VISIT.read("12.20270112T130000Z.holder")  # {"introduction": 12, "at": visit_at, "reader": "holder"}

A moment is written in UTC to the second, whatever the clock of whoever gave it; a day as it is called.
"""

import datetime as dt
from typing import Any

from django.utils import timezone

MOMENT = "%Y%m%dT%H%M%SZ"
RULES: dict[str, "LetterRule"] = {}  # every rule of the site, by its name


class LetterRule:
    """The name of a kind of letter, and what the fact after the colon of its keys is made of."""

    def __init__(self, name: str, /, *, separator: str = ".", **parts: type) -> None:
        """Each of `parts` is int, str, a date or a datetime. Raises ValueError for a name that a key could not begin with."""
        if ":" in name:
            raise ValueError(f"{name!r}: a rule ends before the first colon of the key")
        if RULES.setdefault(name, self) is not self:
            raise ValueError(f"{name!r} is another rule’s name already")
        self.name, self.parts, self.separator = name, parts, separator

    def __str__(self) -> str:
        return self.name

    def key(self, **values: Any) -> str:
        """Raises ValueError where a part is missing, unknown, or holds the separator."""
        if values.keys() != self.parts.keys():
            raise ValueError(f"{self.name}: its keys are made of {', '.join(self.parts)}")
        texts = [as_key_part(values[name]) for name in self.parts]
        if any(self.separator in text for text in texts):
            raise ValueError(f"{self.name}: {self.separator!r} parts what its keys are made of")
        return f"{self.name}:{self.separator.join(texts)}"

    def beginning(self, **first: Any) -> str:
        """What all keys begin with whose first parts are these. Raises ValueError for what are not its first parts."""
        if list(first) != list(self.parts)[: len(first)]:
            raise ValueError(f"{self.name}: its keys begin with {', '.join(self.parts)}")
        return f"{self.name}:" + "".join(f"{as_key_part(value)}{self.separator}" for value in first.values())

    def read(self, fact: str) -> dict[str, Any]:
        """What key() was given; a moment to the second. Raises ValueError for what no key of this rule says."""
        texts = fact.split(self.separator)
        return {name: from_key_part(kind, text) for (name, kind), text in zip(self.parts.items(), texts, strict=True)}


def as_key_part(value: Any) -> str:
    return value.astimezone(dt.UTC).strftime(MOMENT) if isinstance(value, dt.datetime) else str(value)


def from_key_part(kind: type, text: str) -> Any:
    if kind is dt.datetime:
        moment = dt.datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return kind.fromisoformat(text) if kind is dt.date else kind(text)


def to_the_second(moment: dt.datetime) -> dt.datetime:
    """As a key says it: what a moment read back from a key is compared with."""
    return from_key_part(dt.datetime, as_key_part(moment))


def day_of(moment: dt.datetime) -> dt.date:
    """The day that a key names for this moment: by the clock on the wall, as `__date` filters see it."""
    return timezone.localdate(moment)
