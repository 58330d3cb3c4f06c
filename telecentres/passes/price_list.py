"""What a place costs, as it is written on its door."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from telecentres.enums import DeskKind, Public, RateUnit
from telecentres.models import Telecentre


@dataclass(frozen=True)
class PriceLine:
    """In euros; None where the place has no such rate."""

    public: Public
    kind: DeskKind
    half_day: Decimal | None
    day: Decimal | None
    hour: Decimal | None


def rates_of(place: Telecentre, *publics: Public) -> list[PriceLine]:
    """For those publics, or for members, then for visitors; each in the order of the kinds of desk."""
    prices: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for public, kind, unit, price in place.rates_at_hand():
        prices[public, kind][unit] = price
    units = (RateUnit.HALF_DAY, RateUnit.DAY, RateUnit.HOUR)
    return [
        PriceLine(public, kind, *(prices[public, kind].get(unit) for unit in units))
        for public in publics or Public
        for kind in DeskKind
        if (public, kind) in prices
    ]
