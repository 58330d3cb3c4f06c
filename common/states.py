"""The states of a row: which follow which, named sets of them, and the one way in which a row comes to another."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Self

from django.db import models


class Undecided(Exception):
    """An enum has a state of which one of its sets does not say whether it is in it."""


class MayNotFollow(Exception):
    """A row was to be moved to a state that does not follow its own. What a person may ask for is refused in words before."""


class States(models.TextChoices):
    """The states of a model: an enum of them says `next_states` of each, and names every set of states that is asked for."""

    @property
    def next_states(self) -> frozenset[Self]:
        raise NotImplementedError

    @classmethod
    def that_may_become(cls, to: Self) -> list[Self]:
        return [state for state in cls if to in state.next_states]

    def lead_to(self, to: Self | str) -> Self:
        """Raises MayNotFollow."""
        if to not in self.next_states:
            raise MayNotFollow(f"from {self!r} to {to!r}")
        return type(self)(to)


class StateSet:
    """A set of states of an enum: the names of those in it, and of those out of it. `Stage.open()` lists those in `open`.

    Both are written down so that whoever adds a state decides about it in every set: until then, asking raises Undecided.
    """

    def __init__(self, inside: str, *, out: str) -> None:
        self.inside, self.out = inside.split(), out.split()

    def __set_name__(self, enum: type[States], name: str) -> None:
        self.name = name

    def __get__(self, state: States | None, enum: type[States]) -> Callable[[], list]:
        return partial(self.states, enum)

    def states(self, enum: type[States]) -> list:
        if sorted([*self.inside, *self.out]) != sorted(enum.names):
            raise Undecided(f"{enum.__name__}.{self.name}: each state once, in it or out of it")
        return [enum[name] for name in self.inside]


class HasStates:
    """Of a model whose rows have a state: `state_field` is written by these methods alone (`tests/test_states.py`)."""

    states: ClassVar[type[States]]
    state_field: ClassVar[str] = "state"

    @property
    def stands_at(self) -> States:
        return self.states(getattr(self, self.state_field))

    def begin(self, state: States) -> None:
        """A row that is not in the database yet begins in this state."""
        assert self._state.adding
        setattr(self, self.state_field, state)

    def step(self, to: States) -> None:
        """On the row at hand; whoever calls saves it. Raises MayNotFollow."""
        setattr(self, self.state_field, self.stands_at.lead_to(to))

    def move(self, to: States, /, **facts: Any) -> None:
        """To another state, saved together with these facts. Call it with the row locked. Raises MayNotFollow."""
        self.step(to)
        for name, value in facts.items():
            setattr(self, name, value)
        self.save(update_fields=[self.state_field, *facts])


class MovesRows:
    """Of the queryset of such a model."""

    def move(self, to: States, /, **facts: Any) -> int:
        """Those of the rows that may come to this state do, in one statement. Returns how many."""
        field = self.model.state_field
        may = self.filter(**{f"{field}__in": self.model.states.that_may_become(to)})
        return may.update(**{field: to}, **facts)
