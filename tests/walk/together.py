"""The whole of the hostile walk, with few requests.

Many parameters of a place hold a value at once, in halves and halves again until none of them hides another. A parameter was met by
a value when one of these is so:

- a request in which it held the value was answered like that of a person there, and on its way ran every function, of ours and of
  Django's, and looked up every name that a person's does: nothing stopped it, so whatever reads the other parameters has read them;
- the field of a form refused the value by itself, whatever the other fields held, and nothing but that field reads it;
- the value cannot be read at all, and was turned away with 400 before any page;
- it was sent alone.

A page is walked so by one of those whom it shows and asks the same: the same answers, parameters, forms, and functions of our own.
The others each send two values, drawn by lot: one in all parameters of a place together, one in one of them.

The admin's own parameters are met once on each kind of its pages (a row's adding, changing, deleting, history; on lists
everywhere), and the key of a row once on its deleting and once on its history, which are Django's own; a form that stands on many
pages, once as each role.

What is not guaranteed: a fault for one role alone behind the same functions and names as for the others, or behind two parameters
of which each needs a value of its own, is found by lot only.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from cProfile import Profile
from dataclasses import dataclass, replace
from types import CodeType
from unittest.mock import patch

from django.forms import Field, MultiWidget, ValidationError
from django.urls import Resolver404, resolve

from tests.walk.hostile import LISTS, MARKER, ROOT, VALUES, Place, Probe, Walker
from tests.walk.network import Address
from tests.walk.pages import names_asked_for

UNREADABLE = ("NUL", "a NUL inside", "not UTF-8", "half a surrogate pair")
PAGES_OF_A_ROW = ("add", "change", "delete", "history")
OF_DJANGO = ("delete", "history")
READ_BY_THE_ADMIN = {*LISTS, "_saveasnew", "_selected_action", "_save", "_addanother", "_continue", "action"}
MOST_RIGHTS_FIRST = ("administrator", "lead", "adviser", "host", "committee", "member", "holder", "visitor")


@dataclass(frozen=True)
class Course:
    """What a request went through."""

    status: int
    ran: frozenset[CodeType]  # functions, of ours and of Django's
    asked: frozenset[tuple[str, CodeType]]  # names that were looked up in its query or form, by which function
    refused: frozenset[str]  # parameters, each by its own field
    broke: bool

    def went_as_far_as(self, other: "Course") -> bool:
        return self.status == other.status and other.ran <= self.ran and other.asked <= self.asked and not self.broke

    @property
    def of_ours(self) -> frozenset[CodeType]:
        return frozenset(code for code in self.ran if is_ours(code.co_filename))


def is_ours(file: str) -> bool:
    return file.startswith(str(ROOT)) and "/site-packages/" not in file


def followed(walker: Walker, probe: Probe) -> Course:
    broken = sum(map(len, walker.faults.values()))
    profile = Profile(builtins=False, subcalls=False)
    with names_asked_for() as asked, fields_that_refuse() as refused, profile:
        response = walker.send(probe)
    ran = {entry.code for entry in profile.getstats() if isinstance(entry.code, CodeType)}
    read = frozenset(code for code in ran if "/site-packages/django/" in code.co_filename or is_ours(code.co_filename))
    broke = sum(map(len, walker.faults.values())) > broken
    looked_up = frozenset((name, reader) for name, readers in asked.items() for reader in readers)
    return Course(response.status_code, read, looked_up, frozenset(refused) - probe.place.read_by_view, broke)


@contextmanager
def fields_that_refuse() -> Iterator[set[str]]:
    """The names in forms of fields that refuse their value by themselves meanwhile. Not of those with several parts."""
    refused: set[str] = set()
    clean = Field._clean_bound_field

    def noted(self, bound):
        try:
            return clean(self, bound)
        except ValidationError:
            if not isinstance(self.widget, MultiWidget):
                refused.add(bound.html_name)
            raise

    with patch.object(Field, "_clean_bound_field", noted):
        yield refused


class WholeWalk:
    """Of every page as each role."""

    def __init__(self, walkers: dict[str, Walker], chance: random.Random, met: set[tuple]) -> None:
        """`met` is filled: what need not be met again, a form that stands on many pages, a parameter of the admin itself."""
        self.walkers, self.chance, self._met = walkers, chance, met
        self.figures: Counter[str] = Counter()
        nowhere = Place("query", "GET", "/nowhere/", ())
        courses = [followed(walker, Probe(nowhere, ())) for walker in walkers.values() for _ in range(2)]
        self._around = frozenset().union(*(course.of_ours for course in courses))  # runs around every page, for somebody

    def walk(self, address: Address) -> None:
        walked = set()
        for role in (role for role in MOST_RIGHTS_FIRST if role in address.roles):
            walker = self.walkers[role]
            courses = [(place, followed(walker, Probe(place, ()))) for place in walker.places_of(address)]
            surface = tuple(
                (place.where, place.method, place.names, course.status, course.of_ours - self._around) for place, course in courses
            )
            for place, course in courses:
                if surface in walked or self._was_met(role, address, place):
                    self._send_by_lot(walker, place, place.names)
                elif place.where == "argument":
                    self._send_argument(walker, address, place)
                else:
                    own = self._own_names(address, place)
                    PlaceWalk(walker, place, own, course).send_all()
                    self._send_by_lot(walker, place, set(place.names) - set(own))
            self.figures[f"{role}, pages walked " + ("by lot" if surface in walked else "whole")] += 1
            walked.add(surface)

    def walk_around(self, place: Place) -> None:
        """Every role has other things around its pages."""
        for walker in self.walkers.values():
            PlaceWalk(walker, place, place.names, followed(walker, Probe(place, ()))).send_all()

    def _was_met(self, role: str, address: Address, place: Place) -> bool:
        """A form that stands on many pages; the key of a row, where Django's own page looks it up."""
        if place.where == "argument":
            kind = address.name.rpartition("_")[2]
            return address.name.startswith("admin:") and kind in OF_DJANGO and self._is_known((kind, "argument", place.method))
        return place.where in ("field", "file") and self._is_known((role, place.where, place.path, place.names))

    def _own_names(self, address: Address, place: Place) -> list[str]:
        """Without those that the admin reads in the same way on every page of the kind, once they were met on one."""
        kind = address.name.rpartition("_")[2]
        if not address.name.startswith("admin:") or kind not in PAGES_OF_A_ROW:
            return list(place.names)
        return [name for name in place.names if name not in READ_BY_THE_ADMIN or not self._is_known((kind, place.where, name))]

    def _is_known(self, key: tuple) -> bool:
        known = key in self._met
        self._met.add(key)
        return known

    def _send_by_lot(self, walker: Walker, place: Place, names: Iterable[str]) -> None:
        """One value in all of them together, one in one of them."""
        for some in filter(None, (sorted(names), sorted(names) and [self.chance.choice(sorted(names))])):
            walker.send(Probe(place, tuple(some), self.chance.choice(list(VALUES))))

    def _send_argument(self, walker: Walker, address: Address, place: Place) -> None:
        probes = [Probe(place, place.names, value) for value in VALUES]
        taken = [probe for probe in probes if leads_to(address, probe)]
        lost = [probe for probe in probes if probe not in taken][:1]  # one way to nowhere is as good as another
        for probe in taken + lost:
            walker.send(probe)


def leads_to(address: Address, probe: Probe) -> bool:
    """Whether a route takes a path so far that the page itself reads its argument."""
    words = VALUES[probe.value]
    if isinstance(words, bytes):
        return False
    try:
        return resolve(probe.place.path.replace(str(MARKER), words)).view_name == address.name
    except Resolver404:
        return False


class PlaceWalk:
    """Sends every value to these parameters of a place."""

    def __init__(self, walker: Walker, place: Place, names: Iterable[str], course: Course) -> None:
        self.walker, self.place, self.names = walker, place, list(names)
        self.usual = course
        if self.names:  # what is done only once in a while is not usual
            again = followed(walker, Probe(place, ()))
            self.usual = replace(course, ran=course.ran & again.ran, asked=course.asked & again.asked)
        self.hiding: set[str] = set()  # parameters that, holding some value, stopped a request on its way: from then on sent alone

    def send_all(self) -> None:
        for value in VALUES:
            self._send(value)

    def _send(self, value: str) -> None:
        for name in sorted(self.hiding):
            self.walker.send(Probe(self.place, (name,), value))
        groups = [[name for name in self.names if name not in self.hiding]]
        while groups:
            group = groups.pop()
            if not group:
                continue
            course = followed(self.walker, Probe(self.place, tuple(group), value))
            if value in UNREADABLE and course.status == 400:
                return
            if course.went_as_far_as(self.usual):
                continue
            accepted = [name for name in group if name not in course.refused]
            if len(group) == 1:
                self.hiding.update(accepted)
            elif len(accepted) < len(group) and not course.broke:
                groups.append(accepted)
            else:
                middle = len(group) // 2
                groups += [group[:middle], group[middle:]]
