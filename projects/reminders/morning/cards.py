"""What a morning is made of: cards, the piles they come from, the baskets they lie in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from projects.models import SEEN, ProjectFile, Task

SHOWN = 20  # cards of one pile; the rest is counted, and shown where one asks for the whole basket


class CardKind(StrEnum):
    """What a card tells: the first part of the name under which it is put aside. Another row is another card."""

    TASK = "task"
    FIRST = "first"
    NEWS = "news"
    NOTHING = "nothing"
    PAUSE = "pause"
    ANSWER = "answer"
    SILENT = "silent"
    LATER = "later"
    HELD = "held"
    VISIT = "visit"
    MONEY = "money"
    PAPER = "paper"
    SEEN_CONSENT = f"{SEEN}consent"
    SEEN_WITHDRAWAL = f"{SEEN}withdrawal"
    SEEN_END = f"{SEEN}end"
    SEEN_PAPER = f"{SEEN}paper"
    SEEN_NOTE = f"{SEEN}note"
    SEEN_NEWS = f"{SEEN}news"

    @property
    def is_told(self) -> bool:
        """It says that something happened, and no more: whoever has read it has done with it."""
        return self.startswith(SEEN)


@dataclass(frozen=True)
class CardEnd:
    """The page on which the fact of a card ends, in the words of a button."""

    label: str
    url: str


@dataclass(frozen=True)
class Callee:
    """Whom to telephone where it is not the holder; without a number where none may be shown."""

    name: str
    phone: str


@dataclass(frozen=True)
class Card:
    """`key` is the name under which it is put aside; `task`, where it is one, is done or postponed instead."""

    key: str
    file: ProjectFile
    why: str
    what: str
    is_late: bool = False
    task: Task | None = None
    end: CardEnd | None = None
    callee: Callee | None = None

    @property
    def is_told(self) -> bool:
        return self.task is None and self.end is None


@dataclass(frozen=True)
class Pile:
    """The first cards of one question, and how many there are of them."""

    cards: Sequence[Card] = ()
    total: int = 0


@dataclass
class Basket:
    """Its questions are asked when somebody looks into it."""

    slug: str
    title: str
    questions: Sequence[Callable[[], Pile]]

    @cached_property
    def piles(self) -> list[Pile]:
        return [question() for question in self.questions]

    @property
    def shown(self) -> list[Card]:
        return [card for pile in self.piles for card in pile.cards]

    cards = shown

    @property
    def count(self) -> int:
        """All of them, shown or not."""
        return sum(pile.total for pile in self.piles)

    @property
    def is_cut(self) -> bool:
        return len(self.shown) < self.count
