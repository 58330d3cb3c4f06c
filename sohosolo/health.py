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
from outbox.models import IN_VAIN_TOLD_FOR, Letter, Pulse
from sohosolo import schema
from sohosolo.celery import app

LETTER_WAITS_AT_MOST = dt.timedelta(minutes=10)
TICK_AT_LEAST_EVERY = dt.timedelta(minutes=5)
BROKER_ANSWERS_WITHIN = 1  # second
SCHEMA_LOOKED_AT_EVERY = dt.timedelta(minutes=1)
FREE_SPACE_AT_LEAST = 1_000_000_000  # bytes

_schema_looked_at: tuple[dt.datetime, list[str]] | None = None  # by this process, and what it found


def check_all(now: dt.datetime) -> dict[str, str | None]:
    """The checks by name. What is kept in a database that is away or out of shape cannot be asked and is left out."""
    faults = {"broker": check_broker(), "cache": check_cache(), "media": check_media(), **(base := check_base(now))}
    if not any(base.values()):
        faults |= {"letters": check_letters(now), **check_clock(now)}
    return faults


def tell_all(now: dt.datetime) -> dict[str, str | None]:
    """What wants a person's eye while the portal does its work: a stranger's mistyped address must not make it unready."""
    return {"space": tell_space()} | ({} if any(check_base(now).values()) else {"letters": tell_letters(now)})


def check_base(now: dt.datetime) -> dict[str, str | None]:
    """The database: whether it answers, and then whether it is what the code expects."""
    away = check_database()
    return {"database": away} if away else {"database": None, "migrations": check_migrations() or check_schema(now)}


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


def check_schema(now: dt.datetime) -> str | None:
    """At most once a minute: what is missing does not come back by itself."""
    global _schema_looked_at
    if _schema_looked_at is None or not dt.timedelta(0) <= now - _schema_looked_at[0] < SCHEMA_LOOKED_AT_EVERY:
        _schema_looked_at = now, schema.differences()
    wrong = _schema_looked_at[1]
    return (
        f"not what the code expects, run migrate to read what to do: {'; '.join(wrong[: schema.SHOWN_AT_MOST])}" if wrong else None
    )


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
    found = Letter.objects.in_vain(now)
    failed = found.filter(state=LetterState.FAILED).count()
    uncertain = found.filter(state=LetterState.UNCERTAIN).count()
    if failed or uncertain:
        return f"{failed} failed and {uncertain} uncertain in {IN_VAIN_TOLD_FOR.days} days: see the letters in the admin"
    return None


def tell_space() -> str | None:
    try:
        free = shutil.disk_usage(settings.MEDIA_ROOT).free
    except OSError:
        return None  # check_media says what is wrong with it
    return f"{free // 1_000_000} MB are free for uploads" if free < FREE_SPACE_AT_LEAST else None
