"""What the workers do for the outbox: ids in, one call."""

import logging
import time

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from outbox import delivery

logger = logging.getLogger(__name__)

# One try again, at once: the line may have died while it lay in the pool. `retry=False` would be slower: kombu then waits 6 s.
ONE_FRESH_CONNECTION = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
BROKER_IS_LEFT_ALONE_FOR = 30  # seconds
broker_is_left_alone_until = 0.0  # time.monotonic()


@shared_task(name="outbox.deliver")
def deliver(*, letter_id: int, **kwargs) -> None:
    delivery.deliver(letter_id=letter_id, now=timezone.now())


@shared_task(name="outbox.deliver_due")
def deliver_due(**kwargs) -> None:
    delivery.deliver_due(now=timezone.now())


@worker_ready.connect
def sweep_at_once(**kwargs) -> None:
    """A worker that starts, or that has its broker back, does not wait for the clock: there may be lost claims to take up."""
    deliver_due.delay()


def wake(*, letter_id: int) -> None:
    """Ask a worker to send this letter now. Without a broker the sweep sends it: nothing fails, and little waits.

    A broker that does not answer is left alone for a while: a request that owes ten letters does not wait ten times.
    """
    global broker_is_left_alone_until
    if time.monotonic() < broker_is_left_alone_until:
        return
    try:
        deliver.apply_async(kwargs={"letter_id": letter_id}, retry_policy=ONE_FRESH_CONNECTION)
    except (OperationalError, OSError, RedisError):  # the last when it answers and takes nothing: it is full
        broker_is_left_alone_until = time.monotonic() + BROKER_IS_LEFT_ALONE_FOR
        logger.warning("the broker does not answer: letters wait for the next sweep")
