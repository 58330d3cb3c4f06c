import datetime as dt

import kombu
import pytest
from django.db import DatabaseError
from django.utils import timezone

from outbox.models import Letter, Pulse
from sohosolo import health
from sohosolo.celery import app

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticking():
    for entry in app.conf.beat_schedule.values():
        Pulse.objects.update_or_create(name=entry["task"], defaults={"at": timezone.now()})


def test_livez_answers_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").content == b"ok"


def test_readyz_is_well_when_everything_is(client, ticking):
    response = client.get("/readyz")
    assert (response.status_code, response.json()["ready"]) == (200, True)


def test_readyz_says_that_no_task_ticks(client):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["faults"] == {
        "clock": "not ticking: " + ", ".join(sorted(entry["task"] for entry in app.conf.beat_schedule.values()))
    }


def test_readyz_says_that_a_letter_has_waited(client, ticking):
    Letter.objects.create(key="k", to="a@example.org", subject="s", text="t", send_after=timezone.now() - dt.timedelta(minutes=31))
    assert client.get("/readyz").json()["faults"] == {"letters": "a letter has waited 31 minutes"}


def test_a_letter_that_is_not_due_yet_does_not_count(client, ticking):
    Letter.objects.create(key="k", to="a@example.org", subject="s", text="t", send_after=timezone.now() + dt.timedelta(days=3))
    assert client.get("/readyz").status_code == 200


def test_readyz_says_that_the_database_is_away(client, monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr(health.connection, "cursor", away)
    assert client.get("/readyz").json()["faults"]["database"] == "the database does not answer"


def test_readyz_says_that_the_broker_is_away(client, ticking, monkeypatch):
    nobody_listens = kombu.Connection("redis://127.0.0.1:1/0", connect_timeout=1)
    monkeypatch.setattr(health.app, "connection_for_write", lambda **options: nobody_listens)
    response = client.get("/readyz")
    assert (response.status_code, set(response.json()["faults"])) == (503, {"broker"})


def test_readyz_says_that_a_migration_is_missing(client, ticking, monkeypatch):
    monkeypatch.setattr(health, "newest_migrations", lambda: frozenset({("villages", "0999_not_there")}))
    assert client.get("/readyz").json()["faults"] == {"migrations": "not migrated: villages"}
