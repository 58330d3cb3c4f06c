"""How old a fact is, and whether one may still rely on it. No database: a date in, an age in words out.

{% include "components/age.html" with age=age only %}    where `age = Age.of(Kind.CHECK, check.checked_on, on=today)`
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext


class FactKind(StrEnum):
    WORDS = "words"
    PROJECT = "project"
    CHECK = "check"
    EDITION = "edition"
    HOUSING = "housing"
    SPEED = "speed"


# Days after which a fact of the kind is ageing, then stale.
LIMITS: dict[FactKind, tuple[int, int]] = {
    FactKind.WORDS: (120, 180),  # they speak of the season, of who is there: twice a year is little
    FactKind.PROJECT: (270, 365),  # a municipal budget is voted once a year, and works move with it
    FactKind.CHECK: (120, 180),  # a shop that closes is noticed here first, long before the official files
    FactKind.EDITION: (365, 548),  # they come out once a year, half a year late
    FactKind.HOUSING: (50, 60),  # its committee is asked; it is off the list
    FactKind.SPEED: (365, 730),  # a line is renewed rarely, but it is
}
SAID: dict[FactKind, Promise] = {
    FactKind.WORDS: gettext_lazy("read again %(when)s"),
    FactKind.PROJECT: gettext_lazy("confirmed %(when)s"),
    FactKind.CHECK: gettext_lazy("checked %(when)s"),
    FactKind.EDITION: gettext_lazy("edition of %(when)s"),
    FactKind.HOUSING: gettext_lazy("confirmed %(when)s"),
    FactKind.SPEED: gettext_lazy("measured %(when)s"),
}
SAID_OF_STALE: dict[FactKind, Promise] = {
    FactKind.EDITION: gettext_lazy("an old edition: %(span)s"),
    FactKind.SPEED: gettext_lazy("to be measured again: %(span)s"),
}
DAYS_A_MONTH, DAYS_A_YEAR = 30.4, 365


class Freshness(StrEnum):
    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"


@dataclass(frozen=True)
class Age:
    """The age of one fact on one day. `days` is None for what nobody has checked yet, which is as good as stale."""

    kind: FactKind
    since: dt.date | None
    days: int | None
    state: Freshness

    @classmethod
    def of(cls, kind: FactKind, since: dt.date | None, *, on: dt.date) -> Self:
        if since is None:
            return cls(kind, None, None, Freshness.STALE)
        days = max(0, (on - since).days)  # what is dated in the future is at most new
        ageing, stale = LIMITS[kind]
        state = Freshness.STALE if days >= stale else Freshness.AGEING if days >= ageing else Freshness.FRESH
        return cls(kind, since, days, state)

    @property
    def is_fresh(self) -> bool:
        return self.state == Freshness.FRESH

    @property
    def is_stale(self) -> bool:
        return self.state == Freshness.STALE

    @property
    def urgency(self) -> tuple[bool, float]:
        """The greater, the sooner it should be looked at: what nobody ever checked, then by how much of its time is over."""
        return self.days is None, 0.0 if self.days is None else self.days / LIMITS[self.kind][1]

    @property
    def words(self) -> str:
        """« vérifié il y a 3 mois », « à revérifier : un an », « jamais vérifié »."""
        if self.days is None:
            return _("never checked")
        if self.is_stale:
            return str(SAID_OF_STALE.get(self.kind) or _("to be checked again: %(span)s")) % {"span": span_in_words(self.days)}
        return str(SAID[self.kind]) % {"when": when_in_words(self.days)}


def when_in_words(days: int) -> str:
    """« aujourd’hui », « hier », « il y a 3 mois »."""
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return _("%(span)s ago") % {"span": span_in_words(days)}


def span_in_words(days: int) -> str:
    """Whole days under a month, whole months under a year, whole years beyond."""
    months, years = int(days / DAYS_A_MONTH), days // DAYS_A_YEAR
    if years:
        return ngettext("one year", "%(count)s years", years) % {"count": years}
    if months:
        return ngettext("one month", "%(count)s months", months) % {"count": months}
    return ngettext("one day", "%(count)s days", days) % {"count": days}
