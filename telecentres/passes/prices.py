"""What a booking costs: the cheapest way, and why. No query here."""

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import ceil

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.typography import euros
from telecentres.enums import DeskKind, PassKind, RateUnit, Stretch
from telecentres.half_days import Opening, Slot, overlap
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
    HALF_DAY_AND_HOURS = "half_day_and_hours"
    PASS = "pass"  # noqa: S105 -- a word, and no password
    TRIAL = "trial"


FIRST_AT_THE_SAME_PRICE = {  # what one expects to pay for such a booking, then what is longer
    Stretch.HOURS: (Way.HOURS, Way.HALF_DAY, Way.HALF_DAY_AND_HOURS, Way.TWO_HALF_DAYS, Way.DAY),
    Stretch.MORNING: (Way.HALF_DAY, Way.HOURS, Way.DAY),
    Stretch.AFTERNOON: (Way.HALF_DAY, Way.HOURS, Way.DAY),
    Stretch.DAY: (Way.DAY, Way.TWO_HALF_DAYS, Way.HALF_DAY_AND_HOURS, Way.HOURS),
}


@dataclass(frozen=True)
class Quote:
    """`price` in euros, to be paid for this booking; None where the place names no rate. A pass was paid for before: then 0."""

    price: Decimal | None
    way: Way
    paid_with: Pass | None = None
    units: int = 0
    stretch: Stretch | None = None  # of what is booked, which may be less than what is paid
    hours: int = 0  # paid by the hour
    instead_of: Decimal | None = None  # what it would cost without the pass


def cheapest(*, kind: DeskKind, slot: Slot, opening: Opening, rates: Mapping[RateUnit, Decimal], passes: Iterable[Pass]) -> Quote:
    """The cheapest of all ways, half-days of a pass counted at what they were bought for; a trial is free.

    At the same price a pass goes first, since it runs out; of several passes the one that ends first, then the oldest.
    `passes` are those of the member, valid or not; whoever has none pays the rate. A pass pays the whole booking or nothing of it.
    """
    quote = by_rate(slot, opening, rates)
    if kind not in OPENED_BY_PASSES or slot.stretch not in HALF_DAYS:
        return quote
    units = HALF_DAYS[slot.stretch]
    able = [pass_ for pass_ in passes if pass_.balance >= units and pass_.valid_from <= slot.day <= pass_.valid_until]
    if quote.price is None:  # what costs nothing counts for a trial all the same
        able = [pass_ for pass_ in able if pass_.kind == PassKind.TRIAL]
    if not able:
        return quote
    best = min(
        able,
        key=lambda pass_: (
            Fraction(pass_.price) / pass_.half_days,
            pass_.valid_until,
            pass_.pk,
        ),
    )
    if Fraction(best.price) / best.half_days * units > Fraction(quote.price or 0):
        return quote
    way = Way.TRIAL if best.kind == PassKind.TRIAL else Way.PASS
    return Quote(Decimal(0), way, paid_with=best, units=units, stretch=slot.stretch, instead_of=quote.price)


def by_rate(slot: Slot, opening: Opening, rates: Mapping[RateUnit, Decimal]) -> Quote:
    """Without any pass: the day, or any of its halves as a half-day and what is left by the hour; longer than what is booked, too.

    Raises nothing: where the place names no rate that covers it, its price is None.
    """
    half_day, day, hour = (rates.get(unit) for unit in (RateUnit.HALF_DAY, RateUnit.DAY, RateUnit.HOUR))
    ways = [] if day is None else [Quote(day, Way.DAY, stretch=slot.stretch)]
    parts = [part for half in opening.half_days(slot.day) if (part := common_part(half.period, slot.period))]
    for by_half_days in range(1 if half_day is None else len(parts) + 1):
        for halves in combinations(range(len(parts)), by_half_days):
            hours = hours_begun([part for number, part in enumerate(parts) if number not in halves])
            if hours and hour is None:
                continue
            price = (half_day or 0) * by_half_days + (hour or 0) * hours
            ways.append(Quote(price, way_of(by_half_days, hours), stretch=slot.stretch, hours=hours))
    return min(
        ways,
        key=lambda quote: (quote.price, FIRST_AT_THE_SAME_PRICE[slot.stretch].index(quote.way)),
        default=Quote(None, Way.FREE, stretch=slot.stretch),
    )


def way_of(half_days: int, hours: int) -> Way:
    if hours:
        return Way.HALF_DAY_AND_HOURS if half_days else Way.HOURS
    return Way.TWO_HALF_DAYS if half_days == 2 else Way.HALF_DAY


def common_part(part: DateTimeTZRange, other: DateTimeTZRange) -> DateTimeTZRange | None:
    """Of two times that overlap."""
    if not overlap(part, other):
        return None
    return DateTimeTZRange(max(part.lower, other.lower), min(part.upper, other.upper))


def hours_begun(parts: Sequence[DateTimeTZRange]) -> int:
    """Of times in their order; those that follow on each other are counted together."""
    runs: list[tuple[dt.datetime, dt.datetime]] = []
    for part in parts:
        if runs and runs[-1][1] == part.lower:
            runs[-1] = (runs[-1][0], part.upper)
        else:
            runs.append((part.lower, part.upper))
    return sum(ceil((until - since).total_seconds() / 3600) for since, until in runs)


def short_price(quote: Quote) -> str:
    """« 6 € », « 1 du carnet », « 2 de l’essai »; nothing where the place names no rate."""
    if quote.paid_with is None:
        return "" if quote.price is None else euros(quote.price)
    sentence = _("%(units)s of your trial") if quote.way == Way.TRIAL else _("%(units)s of your pass")
    return sentence % {"units": quote.units}


def explain(quote: Quote) -> str:
    """Why this way, in a sentence for whoever books. Nothing where nothing is to be paid."""
    if quote.way == Way.FREE:
        return ""
    facts = {"price": euros(quote.price or 0), "instead": euros(quote.instead_of or 0), "units": quote.units, "hours": quote.hours}
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
    sentence = {
        (Stretch.DAY, Way.DAY): _("%(price)s for the day, no dearer than two half-days. It is paid at the place."),
        (Stretch.DAY, Way.TWO_HALF_DAYS): _("%(price)s: two half-days cost less than the day. It is paid at the place."),
        (Stretch.HOURS, Way.HALF_DAY): _("%(price)s: so many hours cost no more than a half-day. It is paid at the place."),
        (Stretch.HOURS, Way.TWO_HALF_DAYS): _("%(price)s: so many hours cost no more than two half-days. It is paid at the place."),
        (Stretch.HOURS, Way.DAY): _("%(price)s: so many hours cost no more than a day. It is paid at the place."),
        (Stretch.MORNING, Way.DAY): _("%(price)s: a half-day costs no more than a day. It is paid at the place."),
        (Stretch.AFTERNOON, Way.DAY): _("%(price)s: a half-day costs no more than a day. It is paid at the place."),
    }.get((quote.stretch, quote.way))
    if sentence is None and quote.way == Way.HALF_DAY_AND_HOURS:
        sentence = ngettext(
            "%(price)s: a half-day, and %(hours)s hour beside it. It is paid at the place.",
            "%(price)s: a half-day, and %(hours)s hours beside it. It is paid at the place.",
            quote.hours,
        )
    elif sentence is None and quote.way == Way.HOURS and quote.stretch != Stretch.HOURS:
        sentence = _("%(price)s: by the hour it costs less. It is paid at the place.")
    return (sentence or _("%(price)s, paid at the place.")) % facts
