"""What a booking costs: the cheapest way, and why. No query here."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sohosolo.templatetags.typography import euros
from telecentres.enums import DeskKind, PassKind, RateUnit, Stretch
from telecentres.half_days import Slot
from telecentres.models import Pass

HALF_DAYS = {Stretch.MORNING: 1, Stretch.AFTERNOON: 1, Stretch.DAY: 2}
OPENED_BY_PASSES = frozenset({DeskKind.DESK})


class Way(enum.StrEnum):
    """How it is paid."""

    FREE = "free"  # the place names no rate for it
    HALF_DAY = "half_day"
    TWO_HALF_DAYS = "two_half_days"
    DAY = "day"
    HOURS = "hours"
    HOURS_AS_A_DAY = "hours_as_a_day"
    PASS = "pass"  # noqa: S105 -- a word, and no password
    TRIAL = "trial"


@dataclass(frozen=True)
class Quote:
    """`price` in euros, to be paid for this booking; None where the place names no rate. A pass was paid for before: then 0."""

    price: Decimal | None
    way: Way
    paid_with: Pass | None = None
    units: int = 0
    instead_of: Decimal | None = None  # what it would cost without the pass


def cheapest(*, kind: DeskKind, slot: Slot, rates: Mapping[RateUnit, Decimal], passes: Iterable[Pass]) -> Quote:
    """The cheapest of all ways, half-days of a pass counted at what they were bought for; a trial is free.

    At the same price a pass goes first, since it runs out; of several passes the one that ends first, then the oldest.
    `passes` are those of the member, valid or not; whoever has none pays the rate.
    """
    quote = by_rate(slot, rates)
    if kind not in OPENED_BY_PASSES or slot.stretch not in HALF_DAYS:
        return quote
    units = HALF_DAYS[slot.stretch]
    able = [one for one in passes if one.balance >= units and one.valid_from <= slot.day <= one.valid_until]
    if quote.price is None:  # what costs nothing counts for a trial all the same
        able = [one for one in able if one.kind == PassKind.TRIAL]
    if not able:
        return quote
    best = min(able, key=lambda one: (Fraction(one.price) / one.half_days, one.valid_until, one.pk))
    if Fraction(best.price) / best.half_days * units > Fraction(quote.price or 0):
        return quote
    way = Way.TRIAL if best.kind == PassKind.TRIAL else Way.PASS
    return Quote(Decimal(0), way, paid_with=best, units=units, instead_of=quote.price)


def by_rate(slot: Slot, rates: Mapping[RateUnit, Decimal]) -> Quote:
    """Without any pass."""
    half_day, day, hour = (rates.get(unit) for unit in (RateUnit.HALF_DAY, RateUnit.DAY, RateUnit.HOUR))
    ways: list[Quote] = []
    if slot.stretch == Stretch.HOURS:
        if hour is not None:
            ways.append(Quote(hour * hours_begun(slot), Way.HOURS))
        if day is not None:
            ways.append(Quote(day, Way.HOURS_AS_A_DAY))
    elif slot.stretch == Stretch.DAY:
        if day is not None:
            ways.append(Quote(day, Way.DAY))
        if half_day is not None:
            ways.append(Quote(half_day * 2, Way.TWO_HALF_DAYS))
    elif half_day is not None:
        ways.append(Quote(half_day, Way.HALF_DAY))
    return min(ways, key=lambda quote: quote.price, default=Quote(None, Way.FREE))


def hours_begun(slot: Slot) -> int:
    return ceil((slot.ends_at - slot.starts_at).total_seconds() / 3600)


def explain(quote: Quote) -> str:
    """Why this way, in a sentence for whoever books. Nothing where nothing is to be paid."""
    if quote.way == Way.FREE:
        return ""
    facts = {"price": euros(quote.price or 0), "instead": euros(quote.instead_of or 0), "units": quote.units}
    if quote.way == Way.PASS:
        return (
            ngettext(
                "%(units)s half-day of your pass, no dearer than the %(instead)s of the rate.",
                "%(units)s half-days of your pass, no dearer than the %(instead)s of the rate.",
                quote.units,
            )
            % facts
        )
    if quote.way == Way.TRIAL:
        return ngettext("%(units)s half-day of your trial.", "%(units)s half-days of your trial.", quote.units) % facts
    return (
        {
            Way.DAY: _("%(price)s for the day, no dearer than two half-days. It is paid at the place."),
            Way.TWO_HALF_DAYS: _("%(price)s: two half-days cost less than the day. It is paid at the place."),
            Way.HOURS_AS_A_DAY: _("%(price)s: so many hours cost no more than a day. It is paid at the place."),
        }.get(quote.way)
        or _("%(price)s, paid at the place.")
    ) % facts
