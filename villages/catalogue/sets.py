"""The villages as sets, so that thirty figures about thirty-five thousand villages cost what they cost about fifty.

A set is a whole number: its bit n stands for the village n of the French order. What is asked of the list then becomes `&`
and `|`, and a figure is `int.bit_count()`. The sets are read from the database in two queries, kept by each process, and read
again when a change was committed (`models.Change`) or a day has passed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from django.contrib.postgres.aggregates import ArrayAgg, StringAgg
from django.db.models import Case, F, OrderBy, Q, Value, When
from django.utils.text import slugify

from villages.catalogue.questions import answers_of_the_day
from villages.drawings.network_map import Mark
from villages.enums import PlaceKind
from villages.models import Change, Place, Village, short_intercommunality

FRENCH_ORDER = ("commune__sort_name", "pk")
MARKED_ONE_BY_ONE = 1000  # villages that a map can still show without a number

SORTS: dict[str, list[OrderBy]] = {
    "habitants": [F("commune__population").desc()],
    "metropole": [F("metropolis_minutes").asc(nulls_last=True)],
    "telecentre": [F("telecentre_km").asc(nulls_last=True)],
    "fibre": [F("commune__connection__fibre_share").desc(nulls_last=True)],
}

CHOSEN = bytes.maketrans(b"01", b"\x00\x01")  # the signs of a set as bytes that are true or not

Answer = tuple[str, str]  # the question, the value


@dataclass(frozen=True)
class Intercommunality:
    """One to choose; several that would have the same address are one."""

    label: str
    names: list[str]
    members: int  # the set of its villages


@dataclass(frozen=True)
class ListedVillages:
    keys: list[int]  # of the villages that are shown, in French order
    places: Mapping[int, int]  # by key: where it stands in `keys`
    places_of_communes: Mapping[int, int]  # by the key of its commune: the same
    names: list[str]  # of their communes, as `Commune.sort_name` plainly writes them, after a space
    true_of: Mapping[Answer, int]  # the set of each answer
    orders: Mapping[str, list[int]]  # by sort: the places, the first first
    intercommunalities: Mapping[str, "Intercommunality"]  # by the value that an address holds, the largest first
    marks: list[Mark]  # the villages on a map that numbers none; empty where there are too many to tell apart
    telecentres: list[Mark]

    @property
    def everyone(self) -> int:
        return (1 << len(self.keys)) - 1

    def set_of_keys(self, keys: Iterable[int]) -> int:
        return set_of((self.places[key] for key in keys if key in self.places), of=len(self.keys))

    def set_of_communes(self, keys: Iterable[int]) -> int:
        places = self.places_of_communes
        return set_of((places[key] for key in keys if key in places), of=len(self.keys))

    def in_order(self, members: int, sort: str) -> list[int]:
        """The keys of a set. A sort that is not one of `SORTS` is the French order."""
        chosen = f"{members:0{len(self.keys)}b}"[::-1].encode().translate(CHOSEN)
        if sort not in self.orders:
            return list(compress(self.keys, chosen))
        order = self.orders[sort]
        return [self.keys[place] for place in compress(order, map(chosen.__getitem__, order))]


def set_of(places: Iterable[int], *, of: int) -> int:
    signs = bytearray(b"0") * (of + 1)
    for place in places:
        signs[-1 - place] = 49  # the sign 1
    return int(signs, 2)


_cached: dict[tuple, ListedVillages] = {}


def listed_villages(on: dt.date) -> ListedVillages:
    """The villages of that day. One small query while nothing changed, a large one after."""
    known = (on, *Change.fingerprint())
    cached = _cached.get(known)
    if cached is None:
        # The fingerprint was read first: at worst the sets hold a change that came between, and are read once more.
        cached = read_listed_villages(on)
        _cached.clear()
        _cached[known] = cached
    return cached


def read_listed_villages(on: dt.date) -> ListedVillages:
    answers = answers_of_the_day(on)
    conditions = {(question, value): answers[question][value][1] for question in answers for value in answers[question]}
    villages = Village.objects.public()
    read = villages.aggregate(
        keys=_of_each_village(F("pk")),
        commune_keys=_of_each_village(F("commune_id")),
        names=_of_each_village(F("commune__sort_name")),
        codes=_of_each_village(F("commune__insee_code")),
        communes=_of_each_village(F("commune__name")),
        intercommunalities=_of_each_village(F("commune__intercommunality")),
        **{f"sort_{sort}": ArrayAgg("pk", order_by=[*order, *FRENCH_ORDER], default=Value([])) for sort, order in SORTS.items()},
        **{f"{question}={value}": _sign_of_each_village(condition) for (question, value), condition in conditions.items()},
    )
    telecentres = Place.objects.filter(kind=PlaceKind.TELECENTRE, commune__isnull=False).order_by("commune__insee_code", "pk")
    keys = list(read["keys"])
    places = {key: place for place, key in enumerate(keys)}
    return ListedVillages(
        keys=keys,
        places=places,
        places_of_communes={key: place for place, key in enumerate(read["commune_keys"])},
        names=[f" {name}" for name in read["names"]],
        true_of={answer: int(read[f"{answer[0]}={answer[1]}"][::-1] or "0", 2) for answer in conditions},
        orders={sort: [places[key] for key in read[f"sort_{sort}"]] for sort in SORTS},
        intercommunalities=_intercommunalities(read["intercommunalities"]),
        marks=_marks(read["codes"], read["communes"]) if len(keys) <= MARKED_ONE_BY_ONE else [],
        telecentres=[Mark(code, name, kind="telecentre") for code, name in telecentres.values_list("commune__insee_code", "name")],
    )


def _intercommunalities(names: Sequence[str]) -> dict[str, Intercommunality]:
    """From the name of each village's, in French order."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        places[name].append(place)
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(places, key=lambda name: (-len(places[name]), name)):
        if value := slugify(short_intercommunality(name)):
            groups[value].append(name)
    return {
        value: Intercommunality(
            label=short_intercommunality(grouped[0]),
            names=grouped,
            members=set_of((place for name in grouped for place in places[name]), of=len(names)),
        )
        for value, grouped in groups.items()
    }


def _of_each_village(what: F) -> ArrayAgg:
    return ArrayAgg(what, order_by=FRENCH_ORDER, default=Value([]))


def _sign_of_each_village(condition: Q) -> StringAgg:
    """A 1 for each village that the condition is true of, a 0 for each other, in French order."""
    sign = Case(When(condition, then=Value("1")), default=Value("0"))
    return StringAgg(sign, delimiter="", order_by=FRENCH_ORDER, default=Value(""))


def _marks(codes: Sequence[str], names: Sequence[str]) -> list[Mark]:
    return [Mark(code, name, kind="other") for code, name in zip(codes, names, strict=True)]
