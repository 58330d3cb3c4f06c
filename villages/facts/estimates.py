"""What is estimated, as finely as an estimate allows: the same figure on every page and in every limit.

No database, no words.
"""

from decimal import Decimal
from math import inf

from common.rounding import whole

NOWHERE = inf  # the distance to what the whole territory has not; None is a distance that nobody measured

RENT_STEP, PRICE_STEP = 10, 1000  # euros: nothing finer is known


def usual_rent(euros_per_m2: float | Decimal, surface_m2: int) -> int:
    """Euros a month, charges included, to the nearest ten."""
    return whole(euros_per_m2 * surface_m2 / RENT_STEP) * RENT_STEP


def usual_price(euros_per_m2: float | Decimal, surface_m2: int) -> int:
    """Euros in all, to the nearest thousand."""
    return whole(euros_per_m2 * surface_m2 / PRICE_STEP) * PRICE_STEP
