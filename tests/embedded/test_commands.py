"""`./run test`, `manage`, `lint`, `bench` and `chaos`: services for one command, and nothing left of them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sohosolo.embedded import commands
from sohosolo.embedded.checkout_lock import CheckoutLock
from sohosolo.embedded.errors import CannotRun
from tests.embedded.processes import eventually, run_to_end, running, short_folder

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds descendants in /proc"),
]

PROBE = """
import os, pathlib, signal, time
import psycopg, redis

def test_the_servers_are_there():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as cache:
        assert cache.ping()
    pathlib.Path({told!r}).write_text(os.environ["STATE_DIR"])

def test_that_takes_long():
    time.sleep(float(os.environ.get("LONG", "0")))

def test_that_fails():
    assert os.environ.get("LONG"), "as it is meant to"
"""


@pytest.fixture
def probe(tmp_path):
    """A pytest folder of its own; where its first test tells the throw-away state folder; the arguments to run it."""
    told = tmp_path / "told"
    (tmp_path / "test_probe.py").write_text(PROBE.format(told=str(told)))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return told, ["test", "-q", "-p", "no:cacheprovider", "-p", "no:django", "-c", str(tmp_path / "pytest.ini"), str(tmp_path)]


def test_pytest_has_throwaway_servers_and_the_last_word(probe):
    told, arguments = probe
    run = run_to_end(*arguments)
    assert run.process.returncode == 1
    assert "1 failed, 2 passed" in run.said
    assert run.descendants() == {}
    assert not Path(told.read_text()).exists()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_servers_end_with_an_interrupted_pytest(probe, signum):
    told, arguments = probe
    with running(*arguments, LONG="60") as run:
        assert eventually(told.exists, 30)
        assert run.end(signum) == 128 + signum
        assert run.descendants() == {}
        assert not Path(told.read_text()).exists()


def test_a_killed_run_leaves_only_files_and_the_next_removes_them(probe):
    told, arguments = probe
    with running(*arguments, LONG="60") as run:
        assert eventually(told.exists, 30)
        run.process.kill()
        assert eventually(lambda: run.descendants() == {}), run.descendants()
    left = Path(told.read_text())
    assert left.exists()
    assert (left / "sockets").exists()
    with commands.throwaway_state() as state:
        assert not left.exists()
        assert state.folder.exists()
    assert not state.folder.exists()


def test_a_throwaway_folder_in_use_is_left_alone():
    with commands.throwaway_state() as first, commands.throwaway_state() as second:
        assert first.folder.exists()
        assert second.folder.exists()


def test_a_command_waits_for_the_one_before():
    """Two at once would start two servers on the same data."""
    with short_folder("state") as folder:
        lock = CheckoutLock(folder / "lock")
        assert lock.take("./run manage migrate")
        with running("manage", "check", SOHOSOLO_STATE=str(folder)) as second:
            time.sleep(1)
            assert second.process.poll() is None
            assert list(folder.glob("processes/*")) == []
            os.close(lock._file)
            assert second.finish() == 0


def test_a_command_passes_its_exit_code_and_its_terminal_on():
    with short_folder("state") as folder:
        asked = "import sys; from django.db import connection as c; c.ensure_connection(); print('connected'); sys.exit(7)"
        run = run_to_end("manage", "shell", "-v", "0", "-c", asked, SOHOSOLO_STATE=str(folder))
        assert (run.process.returncode, run.said) == (7, "connected\n")
        asked = run_to_end("manage", "dbshell", "--", "-Atc", "SELECT current_database()", SOHOSOLO_STATE=str(folder))
        assert asked.said == "app\n"
        assert asked.descendants() == {}


@pytest.mark.parametrize("command", ["bench", "chaos"])
def test_what_is_not_there_yet_is_said(command, monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "CHECKOUT", tmp_path)
    with pytest.raises(CannotRun, match=f"there is nothing in tests/{command} yet"):
        getattr(commands, command)([], None)


def test_a_measurement_is_chosen_by_its_name(monkeypatch, tmp_path):
    (tmp_path / "tests" / "bench").mkdir(parents=True)
    monkeypatch.setattr(commands, "CHECKOUT", tmp_path)
    asked = []
    monkeypatch.setattr(commands, "test", lambda arguments, interruptions: asked.append(arguments))
    commands.bench(["booking"], None)
    commands.bench(["--durations=3"], None)
    assert asked == [["tests/bench", "-s", "-k", "booking"], ["tests/bench", "-s", "--durations=3"]]


def test_chaos_hands_its_selections_on(monkeypatch):
    asked = []
    monkeypatch.setattr(commands, "test", lambda arguments, interruptions: asked.append(arguments))
    commands.chaos(["pages", "-x"], None)
    commands.chaos(["thorough"], None)
    commands.chaos(["input"], None)
    assert asked == [[*commands.SELECTIONS["pages"], "-x"], commands.SELECTIONS["thorough"], commands.SELECTIONS["input"]]


class NoInterruption:
    pause = staticmethod(time.sleep)


@pytest.mark.parametrize(("code", "verdict"), [(0, "run: all is in order\n"), (3, "run: to correct: format\n")])
def test_lint_runs_every_check_and_names_those_to_correct(monkeypatch, capfd, tmp_path, code, verdict):
    """With checks that only say that they were called, in a checkout with a Dockerfile and a compose file."""
    for name in ("Dockerfile", "docker-compose.yml"):
        (tmp_path / name).touch()
    monkeypatch.setattr(commands, "CHECKOUT", tmp_path)
    called = []

    def pretend(command, environment, interruptions):
        called.append(command)
        assert environment["DATABASE_URL"].endswith("/nonexistent")
        return code if "format" in command else 0

    monkeypatch.setattr(commands, "_run_in_terminal", pretend)
    assert commands.lint([], NoInterruption) == (1 if code else 0)
    assert capfd.readouterr().out.endswith(verdict)
    assert len(called) == 8


def test_lint_asks_the_real_checkers():
    """Each one exists, under the name it is called by."""
    for arguments in (["-m", "ruff", "--version"], ["-m", "check_jsonschema", "--version"], ["-c", "import importlinter.cli"]):
        assert subprocess.run([sys.executable, *arguments], capture_output=True).returncode == 0
    for program in ("hadolint", "djade"):
        assert subprocess.run([Path(sys.executable).with_name(program), "--version"], capture_output=True).returncode == 0


def test_a_short_secret_key_is_refused_before_anything_starts():
    with short_folder("state") as folder:
        for command in ([], ["manage", "check"]):
            run = run_to_end(*command, SOHOSOLO_STATE=str(folder), PORT="0", SECRET_KEY="short")
            assert run.process.returncode == 1
            assert "run: SECRET_KEY has 5 characters and needs 32 or more: take random ones" in run.said
            assert "Traceback" not in run.said
            assert run.descendants() == {}
