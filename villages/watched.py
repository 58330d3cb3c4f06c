"""The lists whose searches may be saved, each read in the same way. A further list is a further line of WATCHED."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from villages.filters import VillageFilter
from villages.models import SavedSearch
from villages.services import Reading

NO_PART_OF_A_SEARCH = ("tri", "presque", "page")  # how a list is shown, not what passes


@dataclass(frozen=True)
class WatchedList:
    ask: Callable[[QueryDict, dt.date], Any]  # a filter with `qs`, `typed`, `ticked` and `address()`
    loaded: Callable[[QuerySet], QuerySet]  # with all that a line of a letter shows
    page: str  # the name of the list's address


WATCHED: dict[str, WatchedList] = {
    SavedSearch.Of.VILLAGES: WatchedList(
        ask=lambda data, on: VillageFilter(data, on=on),
        loaded=lambda villages: villages.with_commune().defer("description"),
        page="villages:villages",
    ),
}


def read(of: str, query: str, on: dt.date) -> Reading:
    """What of the query the list does not understand is left out."""
    watched = WATCHED[of]
    asked = watched.ask(QueryDict(query), on)
    tidy = asked.address(**dict.fromkeys(NO_PART_OF_A_SEARCH, "")).removeprefix("?")
    typed = getattr(asked, "typed", "") if "q" in QueryDict(tidy) else ""
    return Reading(
        query=tidy,
        words=[*([f"« {typed} »"] if typed else []), *in_words(asked.ticked)],
        found=watched.loaded(asked.qs),
        list_url=reverse(watched.page) + (f"?{tidy}" if tidy else ""),
    )


def in_words(ticked: Iterable[Any]) -> Iterator[str]:
    """One text a question; of its ticked answers, any will do."""
    for _question, answers in groupby(ticked, key=attrgetter("name")):
        yield f" {_('or')} ".join(str(answer.label) for answer in answers)
