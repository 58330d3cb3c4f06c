"""What a visitor asks of the list of villages, and how many villages each further answer would show."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, reduce
from itertools import islice
from operator import and_, or_
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.commune_names import How
from villages.catalogue.questions import GROUPS, answers_of_the_day
from villages.catalogue.search import VillageSearch
from villages.catalogue.sets import FRENCH_ORDER, SORTS, ListedVillages, listed_villages
from villages.models import Village
from villages.searching.communes import NotPartner
from villages.searching.questions import Answer, Answers, Question

INTERCOMMUNALITIES_SHOWN = 24
LONGEST_TEXT = 100

CLOSEST, NAME, NEARLY = "correspondance", "nom", "presque"
SORT_WORDS = {
    CLOSEST: _("Closest to what you typed"),
    NAME: _("Name"),
    "habitants": _("Inhabitants, the most first"),
    "metropole": format_lazy(_("Drive to {city}"), city=settings.TERRITORY.metropolis),
    "telecentre": _("Distance to a télécentre"),
    "fibre": _("Fibre, the most first"),
}


class AnyAnswerFilter(django_filters.MultipleChoiceFilter):
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


class VillageFilter(django_filters.FilterSet):
    """Every question asked must be met; inside one, any ticked answer will do.

    `qs` holds the villages that pass, in the order asked for, and `keys` their keys as the list shows them, followed by those
    that fail one question alone where the address says `presque=oui`. What the address asks and cannot be understood is left
    out and told in `refused`, by name; the rest of it holds.
    """

    @classmethod
    def get_filters(cls) -> dict[str, AnyAnswerFilter]:
        """One for each question that people are asked, in that order: the one of their address."""
        return {name: AnyAnswerFilter({}, field_name=name) for _title, names in GROUPS for name in names}

    def __init__(self, data: QueryDict, *, on: dt.date) -> None:
        super().__init__(data, queryset=Village.objects.public())
        self.listed = listed_villages(on)
        self.typed = data.get("q", "").strip()
        self.search = VillageSearch(self.typed if len(self.typed) <= LONGEST_TEXT else "")
        for name, answers in answers_of_the_day(on).items():
            self.filters[name].set_answers(answers)
        self.filters["interco"].set_answers(_intercommunalities(self.listed, data.getlist("interco")))
        self._holding = self._find_words()
        self.refused: dict[str, str] = defaultdict(str)  # a page asks it for names that nothing was refused of
        self.data = self._understood(data)

    def filter_queryset(self, queryset: QuerySet[Village]) -> QuerySet[Village]:
        found = super().filter_queryset(queryset).filter(self.search.condition)
        if self.sort == CLOSEST:
            return self.search.by_relevance(found)
        return found.order_by(*SORTS.get(self.sort, []), *FRENCH_ORDER)

    @property
    def keys(self) -> list[int]:
        """Of the villages that the list shows, in its order: those that pass, then those that nearly do."""
        return self._in_order(self._passing) + self._in_order(self._nearly_passing)

    @property
    def total(self) -> int:
        """How many villages there are, whatever is asked."""
        return len(self.listed.keys)

    @property
    def found(self) -> int:
        """How many villages pass."""
        return self._passing.bit_count()

    @property
    def nearly(self) -> int:
        """How many more are shown that fail one question alone."""
        return self._nearly_passing.bit_count()

    @property
    def could_nearly(self) -> int:
        """How many fail one question alone, shown or not."""
        return self._failing_one.bit_count()

    @property
    def all_but_one(self) -> str:
        """The address of the same search with those that fail one question alone."""
        return self.address(**{NEARLY: "oui"})

    @property
    def with_nearly(self) -> bool:
        return NEARLY in self.data

    def fails(self, key: int) -> list[str]:
        """The answers of the questions that a village does not meet, as the page words them."""
        place = self.listed.places[key]
        failed = [name for name in self._questions_asked if not self._true_of[name] >> place & 1]
        return [str(self.filters[name].answers[value][0]) for name in failed for value in self._asked[name]]

    @cached_property
    def not_partner(self) -> NotPartner | None:
        """The answer where the words are the name, or the code, of communes of which none is a partner."""
        search = self.search
        if not search.named or search.bearing(self.listed) or (search.reading.how == How.BEGINNING and self._holding):
            return None
        return search.not_partner()

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
        choices = [(value, label) for value, label in SORT_WORDS.items() if value != CLOSEST or self.search.words]
        return [("" if value == self.usual_sort else value, label, value == self.sort) for value, label in choices]

    @cached_property
    def groups(self) -> list[tuple[str, list[Question]]]:
        """The questions as people think of them, each answer with its count."""
        return [(title, [self._question(name) for name in names]) for title, names in GROUPS]

    @cached_property
    def _asked(self) -> dict[str, list[str]]:
        return {name: self.data.getlist(name) for name in self.filters}

    @property
    def _questions_asked(self) -> list[str]:
        return [name for name, values in self._asked.items() if values]

    def _find_words(self) -> int:
        """The set of villages that hold the words, or of all. Where nobody shown does, of those that come near."""
        if not self.search.words:
            return self.listed.everyone
        holding = self.search.holding(self.listed)
        if not holding and not self.search.named:
            self.search.forgive()
            self._nearness = self.search.nearness()
            holding = self.listed.set_of_keys(self._nearness)
        return holding

    @cached_property
    def _true_of(self) -> dict[str, int]:
        """By question: the set of villages that meet it. What is not asked is met by all."""
        return {
            name: reduce(or_, (self._set_of(name, value) for value in values)) if values else self.listed.everyone
            for name, values in self._asked.items()
        }

    def _set_of(self, name: str, value: str) -> int:
        return self.listed.intercommunalities[value].members if name == "interco" else self.listed.true_of[name, value]

    @cached_property
    def _meeting_the_others(self) -> dict[str, int]:
        """By question: the set of villages that hold the words and meet every other question."""
        return {
            name: reduce(and_, (members for other, members in self._true_of.items() if other != name), self._holding)
            for name in self.filters
        }

    @cached_property
    def _passing(self) -> int:
        return reduce(and_, self._true_of.values(), self._holding)

    @cached_property
    def _failing_one(self) -> int:
        if len(self._questions_asked) < 2:
            return 0
        return reduce(or_, (self._meeting_the_others[name] & ~self._true_of[name] for name in self._questions_asked))

    @property
    def _nearly_passing(self) -> int:
        return self._failing_one if self.with_nearly else 0

    def _in_order(self, members: int) -> list[int]:
        if self.sort != CLOSEST:
            return self.listed.in_order(members, self.sort)
        in_french_order = self.listed.in_order(members, NAME)
        if self.search.resembling:
            return sorted(in_french_order, key=lambda key: -self._nearness[key])
        names, places, rank = self.listed.names, self.listed.places, self.search.rank
        bearing = self.search.bearing(self.listed)
        return sorted(in_french_order, key=lambda key: 0 if bearing >> places[key] & 1 else rank(names[places[key]]))

    def _question(self, name: str) -> Question:
        asked, elsewhere = self._asked[name], self._meeting_the_others[name]
        answers = []
        for value, (label, _condition) in self.filters[name].answers.items():
            shown, ticked = elsewhere & self._set_of(name, value), value in asked
            if asked and not ticked:
                shown &= ~self._true_of[name]
            answers.append(
                Answer(
                    name=name,
                    value=value,
                    label=label,
                    count=shown.bit_count(),
                    adds=bool(asked) and not ticked,
                    ticked=ticked,
                    removal=self.address(without=(name, value)),
                )
            )
        return Question(name=name, answers=answers, refused=self.refused.get(name, ""))

    @property
    def ticked(self) -> list[Answer]:
        return [answer for _title, questions in self.groups for question in questions for answer in question.ticked]

    @property
    def without_text(self) -> str:
        return self.address(without=("q", self.typed))

    @property
    def query(self) -> str:
        """The address of this search without its question mark."""
        return self.address().removeprefix("?")

    def address(self, *, without: tuple[str, str] | None = None, **changes: str | int) -> str:
        """The query of this search, in one order and without what was refused, so that the same search has one address."""
        said = [(name, value) for name in ("q", *self.filters, NEARLY, "tri") for value in self.data.getlist(name)]
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
        if data.get(NEARLY) == "oui":
            understood[NEARLY] = "oui"
        if sort := data.get("tri"):
            if sort not in SORT_WORDS:
                self.refused["tri"] = _("This order does not exist: the list stands in its usual one.")
            elif sort not in (CLOSEST, self.usual_sort):
                understood["tri"] = sort
        return understood


def _intercommunalities(known: ListedVillages, asked: list[str]) -> Answers:
    """The largest, and those asked for, in French order. The search finds the others by their name."""
    shown = [*islice(known.intercommunalities, INTERCOMMUNALITIES_SHOWN), *(set(asked) & known.intercommunalities.keys())]
    groups = {value: known.intercommunalities[value] for value in sorted(set(shown))}
    return {value: (group.label, Q(commune__intercommunality__in=group.names)) for value, group in groups.items()}
