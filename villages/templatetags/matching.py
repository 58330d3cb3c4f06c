"""The figures of a reason, where there may be none to show."""

from django import template

from sohosolo.templatetags.typography import duration, kilometres, percent
from villages.matching import NOWHERE

register = template.Library()


@register.filter
def away(distance: float | None) -> str:
    """« 4 km »; nothing where the distance is unknown, or where there is nothing to go to."""
    return "" if distance is None or distance == NOWHERE else kilometres(distance)


@register.filter
def drive(minutes: float | None) -> str:
    """« 1 h 15 »; nothing where nobody knows."""
    return "" if minutes is None else duration(minutes)


@register.filter
def in_a_hundred(value: int | None) -> str:
    """96 → « 96 % »."""
    return "" if value is None else percent(value / 100)
