"""Is the portal ready? Each check is a sentence when something is wrong, None when all is well."""

import datetime as dt
from functools import lru_cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from kombu.exceptions import OperationalError

from outbox.models import Letter, Pulse
from sohosolo.celery import app

LETTER_WAITS_AT_MOST = dt.timedelta(minutes=10)
TICK_AT_LEAST_EVERY = dt.timedelta(minutes=5)
BROKER_ANSWERS_WITHIN = 1  # second


def check_all(now: dt.datetime) -> dict[str, str | None]:
    """The checks by name. When the database is away, what is kept there cannot be asked and is left out."""
    faults = {"database": check_database(), "broker": check_broker()}
    if faults["database"] is None:
        faults |= {"migrations": check_migrations(), "letters": check_letters(now), "clock": check_clock(now)}
    return faults


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
    try:
        with app.connection_for_write(connect_timeout=BROKER_ANSWERS_WITHIN) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_ANSWERS_WITHIN)
    except (OperationalError, OSError):
        return "the broker does not answer: letters wait for the next sweep"
    return None


def check_letters(now: dt.datetime) -> str | None:
    age = dt.timedelta(seconds=Letter.objects.oldest_unsent_age(now) or 0)
    if age > LETTER_WAITS_AT_MOST:
        return f"a letter has waited {age // dt.timedelta(minutes=1)} minutes"
    return None


def check_clock(now: dt.datetime) -> str | None:
    """Every ticking task has left its pulse: a stopped beat or worker shows within minutes."""
    last = dict(Pulse.objects.values_list("name", "at"))
    late = sorted(
        entry["task"]
        for entry in app.conf.beat_schedule.values()
        if entry["task"] not in last or now - last[entry["task"]] > TICK_AT_LEAST_EVERY
    )
    return f"not ticking: {', '.join(late)}" if late else None
