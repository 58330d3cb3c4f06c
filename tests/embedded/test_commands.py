"""`./run test`, `lint`, `bench` and `chaos`: services for one command, and nothing left of them."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sohosolo.embedded import commands
from tests.embedded.processes import eventually, run_to_end, running

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


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
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
    with commands.throwaway_state() as state, commands.throwaway_state() as another:
        assert not left.exists()
        assert state.folder.exists()  # which is in use
        assert another.folder.exists()
    assert not state.folder.exists()


def test_chaos_and_bench_choose_tests(monkeypatch):
    asked = []
    monkeypatch.setattr(commands, "test", lambda arguments, interruptions: asked.append(arguments))
    commands.chaos(["pages", "-x"], None)
    commands.chaos(["thorough"], None)
    commands.chaos(["input"], None)
    assert asked == [[*commands.SELECTIONS["pages"], "-x"], commands.SELECTIONS["thorough"], commands.SELECTIONS["input"]]
    asked.clear()
    for command in ("bench", "chaos"):
        getattr(commands, command)(["booking"], None)
        getattr(commands, command)(["--durations=3"], None)
        assert asked == [[f"tests/{command}", "-s", "-k", "booking"], [f"tests/{command}", "-s", "--durations=3"]]
        asked.clear()


class NoInterruption:
    pause = staticmethod(time.sleep)


@pytest.mark.parametrize(("code", "verdict"), [(0, "run: all is in order\n"), (3, "run: to correct: format\n")])
def test_lint_runs_every_check_and_names_those_to_correct(monkeypatch, capfd, code, verdict):
    """With checks that only say that they were called."""
    called = []

    def pretend(command, environment, interruptions):
        called.append(Path(command[0]).name)
        assert environment["DATABASE_URL"].endswith("/nonexistent")
        return code if "format" in command else 0

    monkeypatch.setattr(commands, "run_in_terminal", pretend)
    assert commands.lint([], NoInterruption) == (1 if code else 0)
    assert capfd.readouterr().out.endswith(verdict)
    assert called == ["ruff", "ruff", "python", "python", "python", "python", "python", "hadolint"]


def test_lint_asks_the_real_checkers():
    """Each one exists, under the name it is called by."""
    for arguments in (["-m", "check_jsonschema", "--version"], ["-c", "import importlinter.cli"]):
        assert subprocess.run([sys.executable, *arguments], capture_output=True).returncode == 0
    for program in ("ruff", "hadolint", "djade"):
        assert subprocess.run([Path(sys.executable).with_name(program), "--version"], capture_output=True).returncode == 0
