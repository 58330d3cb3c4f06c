"""Stop conditions: is there still a reason for this letter? Asked again, under lock, when the letter leaves.

A letter's key reads `<rule>:<fact>`, for instance `telecentres.booking_confirmed:481`; keys.py writes it and reads it back. An app
that can lose the reason for a letter writes, in its module `stops.py` (imported by itself at the start):

    @stops.stop_when(notifications.CONFIRMED)
    def booking_is_off(booking: int) -> bool:
        return not Booking.objects.live().filter(pk=booking).exists()

A condition reads and takes no lock: the letter's row is locked while it runs.
"""

from collections.abc import Callable

from outbox.keys import LetterRule

Condition = Callable[..., bool]
_conditions: dict[str, tuple[LetterRule, Condition]] = {}


def stop_when(rule: LetterRule) -> Callable[[Condition], Condition]:
    """The decorated function takes what the rule wrote into the key, each part by its name, and says True when the letter must
    not leave any more."""

    def register(condition: Condition) -> Condition:
        if _conditions.setdefault(rule.name, (rule, condition)) != (rule, condition):
            raise ValueError(f"{rule.name!r} has a stop condition already")
        return condition

    return register


def reason_has_gone(key: str) -> bool:
    """Raises ValueError for a key that its rule cannot have written."""
    name, _colon, fact = key.partition(":")
    if name not in _conditions:
        return False
    rule, condition = _conditions[name]
    return condition(**rule.read(fact))
