"""`manage.py prepare`: what `./run` calls before it opens."""

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from psycopg import errors

from sohosolo.management.commands import prepare


@pytest.fixture
def called(monkeypatch):
    """The commands that prepare calls, in order."""
    called = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: called.append((name, options.get("if_empty"))))
    return called


@pytest.mark.parametrize(
    ("demo", "expected"),
    [(True, [("migrate", None), ("load_demo", True)]), (False, [("migrate", None), ("load_directories", None)])],
    ids=["demonstration", "not"],
)
def test_the_demonstration_is_loaded_only_where_it_is_wanted(settings, called, demo, expected):
    settings.DEMO = demo
    call_command("prepare")
    assert called == expected


def test_a_full_disk_and_a_silent_server_are_sentences_and_others_keep_tracebacks(monkeypatch):
    def fail_with(cause):
        def migrate(*args, **options):
            raise OperationalError("could not extend file") from cause

        monkeypatch.setattr(prepare, "call_command", migrate)

    fail_with(errors.DiskFull())
    with pytest.raises(CommandError, match="The disk is full: free some space, then start again"):
        call_command("prepare")
    fail_with(psycopg.OperationalError("connection refused"))
    with pytest.raises(CommandError, match="DATABASE_URL: could not extend file"):
        call_command("prepare")
    fail_with(errors.LockNotAvailable())
    with pytest.raises(OperationalError):
        call_command("prepare")
