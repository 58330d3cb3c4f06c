"""The questions a visitor may ask of the list of villages, and how many villages each answer would show."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.http import QueryDict
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext_lazy as _

from villages.models import Village, short_intercommunality, welcomes
from villages.search import VillageSearch

INTERCOMMUNALITIES_SHOWN = 24
LONGEST_TEXT = 100

Answers = Mapping[str, tuple[str, Q]]  # by the value that the address holds: the words on the screen, the condition

# Distances are estimates, shown as whole kilometres: what the page calls 10 km is within 10 km.
TELECENTRE: Answers = {
    "10": (_("Télécentre within 10 km"), Q(telecentre_km__lte=10.5)),
    "20": (_("Télécentre within 20 km"), Q(telecentre_km__lte=20.5)),
}
STATION: Answers = {"20": (_("Station within 20 km"), Q(station_km__lte=20.5))}
METROPOLIS: Answers = {
    "60": (format_lazy(_("{city} within 1 h by car"), city=settings.TERRITORY.metropolis), Q(metropolis_minutes__lte=60)),
    "75": (format_lazy(_("{city} within 1 h 15 by car"), city=settings.TERRITORY.metropolis), Q(metropolis_minutes__lte=75)),
}
SIZE: Answers = {
    "petit": (_("Fewer than 500 inhabitants"), Q(commune__population__lt=500)),
    "moyen": (_("From 500 to 1,500 inhabitants"), Q(commune__population__range=(500, 1500))),
    "grand": (_("More than 1,500 inhabitants"), Q(commune__population__gt=1500)),
}

CLOSEST, NAME = "correspondance", "nom"
SORTS: dict[str, tuple[str, list]] = {
    CLOSEST: (_("Closest to what you typed"), []),
    NAME: (_("Name"), []),
    "habitants": (_("Inhabitants, the most first"), [F("commune__population").desc()]),
    "metropole": (
        format_lazy(_("Drive to {city}"), city=settings.TERRITORY.metropolis),
        [F("metropolis_minutes").asc(nulls_last=True)],
    ),
    "telecentre": (_("Distance to a télécentre"), [F("telecentre_km").asc(nulls_last=True)]),
}


class AnyOf(django_filters.MultipleChoiceFilter):
    """One question with several answers: a village passes when one of the ticked answers is true of it."""

    def __init__(self, answers: Answers, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.set_answers(answers)

    def set_answers(self, answers: Answers) -> None:
        self.answers = answers
        self.extra["choices"] = [(value, label) for value, (label, _condition) in answers.items()]

    def condition(self, values: Iterable[str]) -> Q:
        return reduce(or_, (self.answers[value][1] for value in values), Q())

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return qs.filter(self.condition(value))


@dataclass(frozen=True)
class Answer:
    """One box to tick.

    `count`: how many villages a click shows; of a ticked box, how many of those shown it is true of. Where another answer of
    the question is ticked, a click adds to what is shown, and `count` is what it adds (`adds`).
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


class VillageFilter(django_filters.FilterSet):
    """Every question asked must be met; inside one, any ticked answer will do.

    `qs` holds the villages that pass, in the order asked for. What the address asks and cannot be understood is left out and
    told in `refused`, by name; the rest of it holds.
    """

    telecentre = AnyOf(TELECENTRE)
    gare = AnyOf(STATION)
    metropole = AnyOf(METROPOLIS)
    taille = AnyOf(SIZE)
    accueil = AnyOf({})
    interco = AnyOf({})

    GROUPS = [
        (_("My journeys"), ["telecentre", "gare", "metropole"]),
        (_("Its size"), ["taille"]),
        (_("Its welcome"), ["accueil"]),
        (_("Its intercommunality"), ["interco"]),
    ]

    def __init__(self, data: QueryDict, *, on: dt.date) -> None:
        everyone = Village.objects.public()
        super().__init__(data, queryset=everyone)
        self.typed = data.get("q", "").strip()
        self.search = VillageSearch(self.typed if len(self.typed) <= LONGEST_TEXT else "")
        rows = list(
            everyone.values_list("commune__intercommunality")
            .annotate(size=Count("pk"), named=Count("pk", filter=self.search.condition))
            .order_by()
        )
        sizes = {name: size for name, size, _named in rows}
        self.total = sum(sizes.values())  # whatever is asked
        if self.search.words and not any(named for _name, _size, named in rows):
            self.search.forgive()
        self.filters["accueil"].set_answers({"oui": (_("Has room for a family this month"), welcomes(on))})
        self.filters["interco"].set_answers(_intercommunalities(sizes, data.getlist("interco")))
        self.refused: dict[str, str] = {}
        self.data = self._understood(data)

    def filter_queryset(self, queryset: QuerySet[Village]) -> QuerySet[Village]:
        found = super().filter_queryset(queryset).filter(self.search.condition)
        if self.sort == CLOSEST:
            return self.search.by_relevance(found)
        return found.order_by(*SORTS[self.sort][1], "commune__sort_name", "pk")

    @property
    def usual_sort(self) -> str:
        """The order of whoever chose none: what resembles the words comes first, where words were typed."""
        return CLOSEST if self.search.words else NAME

    @property
    def sort(self) -> str:
        return self.data.get("tri", self.usual_sort)

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """Value, words and whether it is the one. The usual order has no value: it then follows what is typed."""
        choices = [(value, label) for value, (label, _keys) in SORTS.items() if value != CLOSEST or self.search.words]
        return [("" if value == self.usual_sort else value, label, value == self.sort) for value, label in choices]

    @property
    def found(self) -> int:
        """How many villages pass."""
        return self._counts["found"]

    @cached_property
    def groups(self) -> list[tuple[str, list[Question]]]:
        """The questions as people think of them, each answer with its count."""
        return [(title, [self._question(name) for name in names]) for title, names in self.GROUPS]

    @cached_property
    def _asked(self) -> dict[str, list[str]]:
        return {name: self.data.getlist(name) for name in self.filters}

    @cached_property
    def _counts(self) -> dict[str, int]:
        """All the figures of the page, in one query."""
        conditions = {name: self.filters[name].condition(values) for name, values in self._asked.items()}
        counts = {"found": Count("pk", filter=reduce(and_, conditions.values()))}
        for name, question in self.filters.items():
            elsewhere = reduce(and_, (condition for other, condition in conditions.items() if other != name))
            for value, (_label, true_of) in question.answers.items():
                shown = elsewhere & true_of
                if self._asked[name] and value not in self._asked[name]:
                    shown &= ~conditions[name]
                counts[f"{name}={value}"] = Count("pk", filter=shown)
        return Village.objects.public().filter(self.search.condition).aggregate(**counts)

    def _question(self, name: str) -> Question:
        asked = self._asked[name]
        answers = [
            Answer(
                name=name,
                value=value,
                label=label,
                count=self._counts[f"{name}={value}"],
                adds=bool(asked) and value not in asked,
                ticked=value in asked,
                removal=self.address(without=(name, value)),
            )
            for value, (label, _condition) in self.filters[name].answers.items()
        ]
        return Question(name=name, answers=answers, refused=self.refused.get(name, ""))

    @property
    def ticked(self) -> list[Answer]:
        return [answer for _title, questions in self.groups for question in questions for answer in question.ticked]

    @property
    def without_text(self) -> str:
        return self.address(without=("q", self.typed))

    def address(self, *, without: tuple[str, str] | None = None, **changes: str | int) -> str:
        """The query of this search, in one order and without what was refused, so that the same search has one address."""
        said = [(name, value) for name in ("q", *self.filters, "tri") for value in self.data.getlist(name)]
        said = [(name, value) for name, value in said if (name, value) != without and name not in changes]
        return f"?{urlencode(said + [(name, value) for name, value in changes.items() if value])}"

    def _understood(self, data: QueryDict) -> QueryDict:
        understood = QueryDict(mutable=True)
        for name, question in self.filters.items():
            values = dict.fromkeys(data.getlist(name))
            known = [value for value in question.answers if value in values]
            if len(known) < len(values):
                self.refused[name] = _("One of these answers does not exist, or no longer does: it was left out.")
            if known:
                understood.setlist(name, known)
        if len(self.typed) > LONGEST_TEXT:
            self.refused["q"] = _("That is too long to look for. A name, a postal code or a few words will do.")
        elif self.typed and not self.search.words:
            self.refused["q"] = _("Write at least one letter or one figure.")
        elif self.typed:
            understood["q"] = self.typed
        if sort := data.get("tri"):
            if sort not in SORTS:
                self.refused["tri"] = _("This order does not exist: the list stands in its usual one.")
            elif sort not in (CLOSEST, self.usual_sort):
                understood["tri"] = sort
        return understood


def _intercommunalities(sizes: Mapping[str, int], asked: list[str]) -> Answers:
    """The largest, and those asked for, in French order. The search finds the others by their name."""
    answers: dict[str, tuple[str, Q]] = {}
    for rank, name in enumerate(sorted(sizes, key=lambda name: (-sizes[name], name))):
        label = short_intercommunality(name)
        value = slugify(label)
        if value in answers:  # two names, one address: both
            answers[value] = (answers[value][0], answers[value][1] | Q(commune__intercommunality=name))
        elif value and (rank < INTERCOMMUNALITIES_SHOWN or value in asked):
            answers[value] = (label, Q(commune__intercommunality=name))
    return dict(sorted(answers.items()))
