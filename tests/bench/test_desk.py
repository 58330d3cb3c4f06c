"""What an adviser's morning costs, and a tick of the planner, with 300 files and with very many. `./run bench desk`.

BENCH_FILES=300,100000 is what runs; a million events stand behind the hundred thousand.
"""

import datetime as dt
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox.models import Letter
from projects import reminders
from projects.models import DigestRun, Event, ProjectFile, Reminder
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db

SIZES = [int(number) for number in os.environ.get("BENCH_FILES", "300,100000").split(",")]
PORTFOLIO, COLLEAGUES, EVENTS_A_FILE, VISITS = 60, 5, 10, 30
MOST_QUERIES, MOST_MS, GROWTH = 15, 60, 1.5
TICK_SECONDS, TICK_QUERIES = 5, 30

FILES = """
    WITH people AS (
        INSERT INTO projects_holder (first_name, last_name, email, phone, lives_in, created_at)
        SELECT 'Nadia', 'Ferrand ' || n, 'porteuse' || n || '@example.org', '', '', now()
        FROM generate_series(%(first)s, %(last)s) AS n RETURNING id, substring(email FROM '[0-9]+')::int AS n
    )
    INSERT INTO projects_projectfile (reference, holder_id, title, summary, stage, paused_until, pause_reason, closing_reason,
        origin, convention, business_track, settling_track, adviser_id, adviser_since, opened_on, opened_at, last_contact_in_at,
        last_contact_out_at, stage_since, active_at, ball, ball_since, ball_note, holder_word, answers, siret, key)
    SELECT 'B-' || n, id, 'Projet ' || n, '', stages.stage,
        CASE WHEN stages.stage = 'paused' THEN current_date + n %% 200 END,
        CASE WHEN stages.stage = 'paused' THEN 'vend' ELSE '' END,
        '', 'web', '', 'study', 'searching',
        CASE WHEN n <= %(portfolio)s THEN %(claire)s ELSE (%(colleagues)s::int[])[1 + n %% %(team)s] END, now(),
        current_date - 5 - n %% 700, now() - (5 + n %% 700) * interval '1 day', now() - (n %% 100) * interval '1 day',
        CASE WHEN n %% 40 > 0 THEN now() - (n %% 29) * interval '1 day' END,
        now() - (5 + n %% 300) * interval '1 day', now() - (n %% 32) * interval '1 day',
        'adviser', now() - (n %% 20) * interval '1 day', '', '', '', '', ''
    FROM people, LATERAL (SELECT (ARRAY['new', 'to_qualify', 'supported', 'supported', 'supported', 'supported', 'supported',
        'supported', 'paused', 'settled'])[1 + n %% 10] AS stage) AS stages
"""
TASKS = """
    INSERT INTO projects_task (file_id, title, due_on, due_set_at, assignee_id, postponed, created_at)
    SELECT id, 'Rappeler', current_date - 3 + (id %% 90)::int, now() - interval '9 days', adviser_id, 0, now() - interval '9 days'
    FROM projects_projectfile WHERE id %% 10 > 0 AND stage <> 'paused'
"""
EVENTS = """
    INSERT INTO projects_event (file_id, kind, direction, at, text, convention, author_id)
    SELECT id, 'call', 'out', now() - (n * 20 + id %% 20) * interval '1 day', 'Rappelé, tout avance.', '', adviser_id
    FROM projects_projectfile, generate_series(1, %(each)s) AS n
"""


@dataclass(frozen=True)
class Cost:
    """The middle of many, in milliseconds: of this process's processor, and on the clock, the database included."""

    processor: float
    clock: float
    queries: int
    size: int


def cost_of(act: Callable[[], object], times: int) -> Cost:
    with CaptureQueriesContext(connection) as asked:
        answer = act()
        queries = len(asked)
    processor, clock = [], []
    for _ in range(times):
        before = time.process_time(), time.perf_counter()
        act()
        processor.append((time.process_time() - before[0]) * 1000)
        clock.append((time.perf_counter() - before[1]) * 1000)
    return Cost(statistics.median(processor), statistics.median(clock), queries, len(answer.content))


def fill_up_to(count: int, claire, colleagues: list) -> None:
    there = ProjectFile.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            FILES,
            {
                "first": there + 1,
                "last": count,
                "portfolio": PORTFOLIO,
                "claire": claire.pk,
                "colleagues": [user.pk for user in colleagues],
                "team": len(colleagues),
            },
        )
        cursor.execute("DELETE FROM projects_task")
        cursor.execute("DELETE FROM projects_event")
        cursor.execute(TASKS, [])
        cursor.execute(EVENTS, {"each": EVENTS_A_FILE})
        cursor.execute("ANALYZE")


def next_working_morning() -> dt.datetime:
    now = timezone.localtime().replace(hour=7, minute=30, second=0, microsecond=0)
    while not reminders.is_working_day(now.date()):
        now += dt.timedelta(days=1)
    return now


def tick(now: dt.datetime) -> tuple[float, int, int]:
    """Seconds, queries, and letters of one tick."""
    before = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        letters = reminders.plan(now=now)
    return time.perf_counter() - before, len(queries), letters


def test_a_morning_costs_the_same_however_many_files_the_network_has(capsys, settings):
    settings.STAFF_MFA_REQUIRED = False
    claire, colleagues = UserFactory(adviser=True), [UserFactory(adviser=True) for _ in range(COLLEAGUES)]
    client = Client()
    client.force_login(claire)
    costs = {}
    for count in SIZES:
        began = time.perf_counter()
        fill_up_to(count, claire, colleagues)
        costs[count] = cost = cost_of(lambda: client.get("/admin/"), VISITS)
        with capsys.disabled():
            print(f"\n{count} files, {Event.objects.count()} events, made in {time.perf_counter() - began:.0f} s")  # noqa: T201
            print(  # noqa: T201
                f"  morning: {cost.queries} queries, {cost.size} bytes, {cost.processor:.1f} ms of processor, {cost.clock:.1f} ms"
            )
        assert cost.queries <= MOST_QUERIES
    fewest, most = costs[min(SIZES)], costs[max(SIZES)]
    assert fewest.processor <= MOST_MS
    assert most.clock <= GROWTH * fewest.clock

    morning = next_working_morning()
    ProjectFile.objects.filter(stage="paused").update(stage="supported", paused_until=None)
    told = []
    for hour, name in ((0, "digests"), (1, "others"), (2, "nothing new")):
        told.append((name, *tick(morning + dt.timedelta(minutes=hour))))
    with capsys.disabled():
        print(f"  the planner over {ProjectFile.objects.open().count()} open files:")  # noqa: T201
        for name, seconds, queries, letters in told:
            print(f"    {name}: {seconds:.2f} s, {queries} queries, {letters} letters")  # noqa: T201
        print(f"    {Reminder.objects.count()} matters told, {Letter.objects.count()} letters")  # noqa: T201
    assert DigestRun.objects.get().nudged_at
    for _name, seconds, queries, _letters in told:
        assert seconds <= TICK_SECONDS
        assert queries <= TICK_QUERIES
