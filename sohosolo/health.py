"""Is the portal ready? Each check is a sentence when something is wrong, None when all is well."""

import datetime as dt
import secrets
import shutil
import tempfile
from functools import lru_cache

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from kombu import Connection
from kombu.exceptions import ChannelError, OperationalError

from outbox import pulses
from outbox.enums import LetterState
from outbox.models import Letter, Pulse
from sohosolo.celery import app

LETTER_WAITS_AT_MOST = dt.timedelta(minutes=10)
LETTER_IN_VAIN_TOLD_FOR = dt.timedelta(days=7)
TICK_AT_LEAST_EVERY = dt.timedelta(minutes=5)
BROKER_ANSWERS_WITHIN = 1  # second
FREE_SPACE_AT_LEAST = 1_000_000_000  # bytes


def check_all(now: dt.datetime) -> dict[str, str | None]:
    """The checks by name. When the database is away, what is kept there cannot be asked and is left out."""
    faults = {"database": check_database(), "broker": check_broker(), "cache": check_cache(), "media": check_media()}
    if faults["database"] is None:
        faults |= {"migrations": check_migrations(), "letters": check_letters(now)} | check_clock(now)
    return faults


def tell_all(now: dt.datetime) -> dict[str, str | None]:
    """What wants a person's eye while the portal does its work: a stranger's mistyped address must not make it unready."""
    notices = {"space": tell_space()}
    if check_database() is None:
        notices["letters"] = tell_letters(now)
    return notices


def check_database() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "the database does not answer"
    return None


@lru_cache(maxsize=1)
def newest_migrations() -> frozenset[tuple[str, str]]:
    """The leaves of the code's own migration graph. They cannot change while the process lives."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def check_migrations() -> str | None:
    missing = newest_migrations() - set(MigrationRecorder(connection).applied_migrations())
    return f"not migrated: {', '.join(sorted(app for app, _name in missing))}" if missing else None


def check_broker() -> str | None:
    """By handing a message over and taking one back: a broker that is full answers well until then."""
    try:
        with connected_broker() as broker, broker.SimpleBuffer("readyz", no_ack=True) as queue:
            queue.put("ready?")
            queue.get_nowait()
    except (OperationalError, OSError, redis.ConnectionError, redis.TimeoutError):
        return "the broker does not answer: letters wait for the next sweep"
    except (ChannelError, redis.RedisError):
        return "the broker takes no message (is it full?): letters wait for the next sweep"
    except queue.Empty:
        pass  # another process has taken ours
    return None


def connected_broker() -> Connection:
    broker = app.connection_for_write(connect_timeout=BROKER_ANSWERS_WITHIN)
    return broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_ANSWERS_WITHIN)


def check_cache() -> str | None:
    written = secrets.token_hex(8)
    name = f"readyz:{written}"
    cache.set(name, written, timeout=60)
    read = cache.get(name)
    cache.delete(name)
    return None if read == written else "the cache keeps nothing: pages are slower, limits on visitors are not counted"


def check_media() -> str | None:
    try:
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT) as probe:
            probe.write(b"ready?")
    except OSError as error:
        return f"the folder of uploads cannot be written to: {error.strerror}"
    return None


def check_letters(now: dt.datetime) -> str | None:
    age = dt.timedelta(seconds=Letter.objects.oldest_unsent_age(now) or 0)
    if age > LETTER_WAITS_AT_MOST:
        return f"a letter has waited {age // dt.timedelta(minutes=1)} minutes"
    return None


def check_clock(now: dt.datetime) -> dict[str, str]:
    """Every scheduled task has left its pulse in time. Where none has, what waits in the broker tells beat from the worker."""
    late = pulses.late_tasks(app, now)
    if not late:
        return {}
    if Pulse.objects.filter(at__range=(now - TICK_AT_LEAST_EVERY, now + pulses.CLOCKS_DIFFER_BY_AT_MOST)).exists():
        return {"tasks": f"not done in time: {', '.join(late)}"}
    if waiting := tasks_waiting():
        return {"worker": f"no worker takes the tasks: {waiting} wait in the broker"}
    return {"clock": f"not ticking: {', '.join(late)}"}


def tasks_waiting() -> int:
    """How many messages lie in the broker; none when it does not answer."""
    try:
        with connected_broker() as broker:
            return broker.default_channel.queue_declare(app.conf.task_default_queue, passive=True).message_count
    except (OperationalError, OSError, ChannelError, redis.RedisError):
        return 0


def tell_letters(now: dt.datetime) -> str | None:
    found = Letter.objects.in_vain(since=now - LETTER_IN_VAIN_TOLD_FOR)
    failed, uncertain = (found.filter(state=state).count() for state in (LetterState.FAILED, LetterState.UNCERTAIN))
    if failed or uncertain:
        return f"{failed} failed and {uncertain} uncertain in {LETTER_IN_VAIN_TOLD_FOR.days} days: see the letters in the admin"
    return None


def tell_space() -> str | None:
    try:
        free = shutil.disk_usage(settings.MEDIA_ROOT).free
    except OSError:
        return None  # check_media says what is wrong with it
    return f"{free // 1_000_000} MB are free for uploads" if free < FREE_SPACE_AT_LEAST else None
