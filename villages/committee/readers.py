"""Who of a committee reads what is written to its village: one order, and who is away passes over to the next.

A committee is given in its order, that of `CommitteeMember.objects.in_order()`. Nobody without an address is written to.
"""

import datetime as dt
from collections.abc import Iterable

from villages.models import CommitteeMember


def first_reader(committee: Iterable[CommitteeMember], on: dt.date) -> CommitteeMember | None:
    """The first who is here on that day; the first of all when everybody is away."""
    return next(iter(readers(committee, on)), None)


def second_reader(committee: Iterable[CommitteeMember], on: dt.date) -> CommitteeMember | None:
    """The next one after the first reader, where another is here; else the first reader once more."""
    return next(reversed(readers(committee, on)[:2]), None)


def readers(committee: Iterable[CommitteeMember], on: dt.date) -> list[CommitteeMember]:
    """All who are here on that day; when everybody is away, the first of all alone."""
    reachable = [person for person in committee if person.email]
    return [person for person in reachable if not person.is_absent(on)] or reachable[:1]
