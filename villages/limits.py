"""How often anybody may do the same thing, counted in the cache, over fixed stretches of time."""

import hashlib
import time

from django.core.cache import cache


def too_often(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more time that `who` (an address of any kind, kept as a hash) does `what`; True beyond `most`."""
    stretch = int(time.time() // seconds)
    name = f"often:{what}:{hashlib.sha256(who.encode()).hexdigest()}:{stretch}"
    cache.add(name, 0, timeout=seconds)
    try:
        return cache.incr(name) > most
    except ValueError:  # it expired in between: a new stretch has begun
        return False
