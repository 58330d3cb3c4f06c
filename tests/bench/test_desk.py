"""What an adviser's morning costs, and a tick of the planner, with 300 files and with very many. `./run bench desk`.

BENCH_FILES=300,100000 is what runs; a million events stand behind the hundred thousand.
"""

import datetime as dt
import os
import time
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox.models import Letter
from projects.models import DigestRun, Event, ProjectFile, Reminder
from projects.reminders import planner
from tests.bench.cost import OURSELVES, served
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = [int(number) for number in os.environ.get("BENCH_FILES", "300,100000").split(",")]
PORTFOLIO, COLLEAGUES, EVENTS_A_FILE, VISITS = 60, 5, 10, 30
MOST_QUERIES = 28  # one for each of the 21 kinds of cards; the session, the person, their rights (3), the team, the rules' delays
GROWTH, TICK_QUERIES = 1.5, 30
MOST_TIMES_LIVEZ, MOST_OF_A_TICK = 60, 5000  # of the morning, of one tick of the planner

FILES = """
    WITH people AS (
        INSERT INTO projects_holder (first_name, last_name, email, confirmed_email, phone, lives_in, created_at)
        SELECT 'Nadia', 'Ferrand ' || n, 'porteuse' || n || '@example.org', '', '', '', now()
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
    while not planner.is_working_day(now.date()):
        now += dt.timedelta(days=1)
    return now


def test_a_morning_costs_the_same_however_many_files_the_network_has(monkeypatch, settings):
    monkeypatch.setattr("outbox.tasks.wake", lambda **letter: None)
    settings.STAFF_MFA_REQUIRED = False
    monkeypatch.setenv("STAFF_MFA_REQUIRED", "0")  # of the portal that is served
    claire, colleagues = UserFactory(adviser=True), [UserFactory(adviser=True) for _ in range(COLLEAGUES)]
    client = Client()
    client.force_login(claire)
    with served(claire) as portal:
        costs = {}
        for count in SIZES:
            began = time.perf_counter()
            fill_up_to(count, claire, colleagues)
            with CaptureQueriesContext(connection) as queries:
                size = len(client.get("/admin/").content)
            costs[count] = portal.cost("/admin/", VISITS)
            print(f"\n{count} files, {Event.objects.count()} events, made in {time.perf_counter() - began:.0f} s")  # noqa: T201
            print(f"  morning: {len(queries)} queries, {size} bytes, {costs[count]}")  # noqa: T201
            assert len(queries) <= MOST_QUERIES
        fewest, most = costs[min(SIZES)], costs[max(SIZES)]
        assert fewest.times <= MOST_TIMES_LIVEZ
        assert most.times <= GROWTH * fewest.times

        morning = next_working_morning()
        ProjectFile.objects.filter(stage="paused").update(stage="supported", paused_until=None)
        print(f"  the planner over {ProjectFile.objects.open().count()} open files:")  # noqa: T201
        for minute, name in enumerate(("digests", "others", "nothing new")):
            with CaptureQueriesContext(connection) as queries:
                plan = partial(planner.write_due_letters, now=morning + dt.timedelta(minutes=minute))
                cost = portal.cost_of(plan, 1, OURSELVES)
            asked = [query for query in queries if "pg_backend_pid" not in query["sql"]]
            print(f"    {name}: {len(asked)} queries, {Letter.objects.count()} letters by now, {cost}")  # noqa: T201
            assert len(asked) <= TICK_QUERIES
            assert cost.times <= MOST_OF_A_TICK
        print(f"    {Reminder.objects.count()} matters told, {Letter.objects.count()} letters")  # noqa: T201
    assert DigestRun.objects.get().nudged_at
