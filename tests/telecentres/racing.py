"""Races: many threads, each with its own connection to PostgreSQL, let go at the same instant."""

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection, connections

from telecentres.models import Booking, BookingLimits, Desk, Telecentre

EXCLUSIONS = ("booking_desk_never_shared", "booking_member_sits_once")


@dataclass(frozen=True)
class Outcome:
    """What one of them got, or raised, and after how many seconds."""

    value: object
    error: Exception | None
    seconds: float


def race(acts: Sequence[Callable[[], object]]) -> list[Outcome]:
    """All at once; in the order of `acts`."""
    gate = threading.Barrier(len(acts))
    outcomes: list[Outcome | None] = [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(300)
            started = time.perf_counter()
            value = error = None
            try:
                value = act()
            except Exception as raised:  # noqa: BLE001 -- whatever it is, it is the outcome
                error = raised
            outcomes[number] = Outcome(value, error, time.perf_counter() - started)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert None not in outcomes, "somebody never came back"
    return outcomes


def in_rounds(few: int, many: int) -> pytest.MarkDecorator:
    """A race of so many `rounds` in the whole suite, of more in `./run chaos thorough`; RACE_ROUNDS says otherwise."""
    few = int(os.environ.get("RACE_ROUNDS", few))
    return pytest.mark.parametrize("rounds", [few, pytest.param(many, marks=pytest.mark.thorough)])


def p95(outcomes: Sequence[Outcome]) -> float:
    return statistics.quantiles([outcome.seconds for outcome in outcomes], n=20)[-1]


def deadlocks() -> int:
    """How many PostgreSQL has broken in this database. The backends' own counts are flushed first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def let_anybody_hold_any_number() -> None:
    """For races that prove another promise than the limits of a member, which availability/test_limits.py proves."""
    BookingLimits.objects.update_or_create(pk=1, defaults={"bookings_ahead": 32_000, "room_hours_a_week": 32_000})


def take_no_lock(monkeypatch) -> None:
    """The services read what they would have locked."""
    where = "telecentres.booking.services."
    monkeypatch.setattr(where + "share_place", lambda pk: Telecentre.objects.get(pk=pk))
    monkeypatch.setattr(where + "lock_members", lambda pks: set(pks))
    monkeypatch.setattr(where + "lock_desks", lambda desks: list(desks.order_by("pk")))


@contextmanager
def without_constraints() -> Iterator[None]:
    """The database lets everything in. Bookings made meanwhile are deleted, and the constraints come back."""
    constraints = [constraint for constraint in Booking._meta.constraints if constraint.name in EXCLUSIONS]
    with connection.schema_editor() as editor:
        for constraint in constraints:
            editor.remove_constraint(Booking, constraint)
    try:
        yield
    finally:
        Booking.objects.all().delete()
        with connection.schema_editor() as editor:
            for constraint in constraints:
                editor.add_constraint(Booking, constraint)


def overlapping_pairs(desk: Desk) -> int:
    """Live bookings that share a desk and a moment, counted by the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM telecentres_booking one JOIN telecentres_booking other
            ON one.desk_id = other.desk_id AND one.id < other.id AND one.period && other.period
            WHERE one.desk_id = %s AND one.status = 'confirmed' AND other.status = 'confirmed'
            """,
            [desk.pk],
        )
        return cursor.fetchone()[0]
