"""The lists whose searches may be saved, each read in the same way. A further list is a further entry of WATCHED."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from common.typography import curly, euros, kilometres
from villages.catalogue.filters import VillageFilter
from villages.housing.filters import HousingFilter
from villages.models import SavedSearch

NO_PART_OF_A_SEARCH = ("tri", "presque", "retires", "page")  # how a list is shown, and what it shows beside what passes


@dataclass(frozen=True)
class WatchedList:
    ask: Callable[[QueryDict, dt.date], Any]  # a filter with `qs` and `address()`
    words: Callable[[Any], Iterator[str]]  # what that filter was asked, one text a question
    loaded: Callable[[QuerySet], QuerySet]  # with all that a line of a letter shows
    page: str  # the name of the list's address


@dataclass(frozen=True)
class SearchReading:
    """A search as its list understands it on a day."""

    query: str  # tidy, without order: the same search is the same text
    words: list[str]  # what is asked, for the screen, in the language of the moment; empty: everything
    found: QuerySet  # what passes, in the list's order, loaded as the letters show it
    list_url: str  # the path of the list that shows it


def words_of_villages(asked: VillageFilter) -> Iterator[str]:
    if "q" in asked.data:
        yield f"« {asked.typed} »"
    yield from ticked_in_words(asked)


def words_of_housing(asked: HousingFilter) -> Iterator[str]:
    yield from ticked_in_words(asked)
    for limit in asked.asked_limits:
        yield f"{limit.label} {limit.value if limit.name == 'pieces' else euros(limit.value)}"
    if asked.village:
        around = {"place": curly(asked.around.typed), "distance": kilometres(asked.around.kilometres)}
        yield _("%(distance)s around %(place)s") % around


def ticked_in_words(asked: VillageFilter | HousingFilter) -> Iterator[str]:
    """Of the ticked answers of one question, any will do."""
    for _question, answers in groupby(asked.ticked, key=attrgetter("name")):
        yield (" " + _("or") + " ").join(str(answer.label) for answer in answers)


WATCHED: dict[str, WatchedList] = {
    SavedSearch.Of.VILLAGES: WatchedList(
        ask=lambda data, on: VillageFilter(data, on=on),
        words=words_of_villages,
        loaded=lambda villages: villages.with_commune().defer("description"),
        page="villages:villages",
    ),
    SavedSearch.Of.HOUSING: WatchedList(
        ask=lambda data, on: HousingFilter(data, on=on, qualified=False),
        words=words_of_housing,
        loaded=lambda homes: homes.with_village(),
        page="villages:housings",
    ),
}


def read_search(of: str, query: str, on: dt.date) -> SearchReading:
    """A saved search as its list reads the query on that day. What the list does not understand is left out."""
    watched, data = WATCHED[of], QueryDict(query, mutable=True)
    for name in NO_PART_OF_A_SEARCH:
        data.pop(name, None)
    asked = watched.ask(data, on)
    tidy = asked.address().removeprefix("?")
    return SearchReading(
        query=tidy,
        words=list(watched.words(asked)),
        found=watched.loaded(asked.qs),
        list_url=reverse(watched.page) + (f"?{tidy}" if tidy else ""),
    )
