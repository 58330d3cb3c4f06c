"""Stop conditions: is there still a reason for this letter? Asked again, under lock, when the letter leaves.

A letter's key reads `<rule>:<fact>`, for instance `telecentres.booking_reminder:481`. An app that can lose the reason for a
letter writes, in its module `stops.py` (imported by itself at the start):

    @stops.when("telecentres.booking_reminder")
    def booking_is_off(fact: str) -> bool:
        return not Booking.objects.confirmed().filter(pk=fact).exists()

A condition reads and takes no lock: the letter's row is locked while it runs.
"""

from collections.abc import Callable

Condition = Callable[[str], bool]
_conditions: dict[str, Condition] = {}


def when(rule: str) -> Callable[[Condition], Condition]:
    """The decorated function takes what follows `rule:` in the key and says True when the letter must not leave any more."""
    if ":" in rule:
        raise ValueError(f"{rule!r}: a rule ends before the first colon of the key")

    def register(condition: Condition) -> Condition:
        if _conditions.setdefault(rule, condition) is not condition:
            raise ValueError(f"{rule!r} has a stop condition already")
        return condition

    return register


def reason_has_gone(key: str) -> bool:
    rule, _colon, fact = key.partition(":")
    condition = _conditions.get(rule)
    return condition is not None and condition(fact)
