"""Several people who press at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def in_threads(count, act):
    """`act(n)` by as many threads at once; what each answered or raised."""
    start = Barrier(count)

    def one(n):
        try:
            start.wait(timeout=120)
            return act(n)
        except Exception as refusal:  # noqa: BLE001 -- the test looks at what was raised
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
