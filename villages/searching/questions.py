"""The questions that a list is asked by ticking boxes: what both lists, of villages and of dwellings, say of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

Answers = Mapping[str, tuple[str, Q]]  # by the value that the address holds: the words on the screen, the condition


@dataclass(frozen=True)
class Answer:
    """One box to tick.

    `count`: how many a click shows; of a ticked box, how many of those shown it is true of. Where another answer of the question
    is ticked, a click adds to what is shown, and `count` is what it adds (`adds`).
    """

    name: str
    value: str
    label: str
    count: int
    adds: bool
    ticked: bool
    removal: str  # the address of the same search without this answer


@dataclass(frozen=True)
class Question:
    name: str
    answers: list[Answer]
    refused: str  # what could not be understood of the address; empty when all was

    @property
    def ticked(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.ticked]
