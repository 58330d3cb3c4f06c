"""How a figure is rounded before it is shown, so that what a page says and what a limit or a filter decides are the same."""

from decimal import ROUND_HALF_UP, Decimal
from math import floor

HALF = 0.5


def whole(value: float | Decimal) -> int:
    """To the nearest whole number; a half goes up, always: 10.5 → 11, 15.5 → 16."""
    return floor(value + Decimal("0.5") if isinstance(value, Decimal) else value + HALF)


def to_places(value: float | Decimal, places: int) -> Decimal:
    """With so many decimals; a half goes up, as `whole` has it: 2.25 → 2.3 with one."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def whole_percent(share: float) -> int:
    """0.957 → 95. Never rounded up: what is said of the whole must be true of it."""
    return floor(share * 100 + 1e-9)


def whole_kilometres(distance: float) -> int:
    """14.3 → 14; anything under one is 1, since no estimate is finer. What is not elsewhere has no distance: see its wording."""
    return max(whole(distance), 1)


def first_beyond(kilometres: int) -> float:
    """The shortest distance that is shown as more than so many kilometres: for a filter, `distance < first_beyond(10)`."""
    return kilometres + HALF
