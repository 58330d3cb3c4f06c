"""`./run` from outside, as a person at a terminal or a careless administrator meets it.

A whole portal takes seconds of processor to start: each start here shows several things, one function for each.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from sohosolo.embedded.child import Child
from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.portal import Portal, listen
from tests.embedded.processes import ROOT, answer_code, eventually, run_to_end, running, short_folder

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds descendants in /proc"),
]

SERVERS = {"postgres -D", "valkey-server", "gunicorn", "celery -q -A sohosolo worker", "celery -q -A sohosolo beat"}
AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


@pytest.fixture(scope="module")
def plain_user():
    """What makes a command a plain user's where the tests are root's; nothing where the packages are closed to that user."""
    reach = ["sh", "-c", 'exec "$0" -c "import django, sohosolo"', sys.executable]
    if os.geteuid() != 0 or subprocess.run([*AS_NOBODY, *reach], cwd=ROOT, capture_output=True).returncode:
        return []
    return AS_NOBODY


@pytest.fixture(scope="module")
def folder(plain_user):
    """An empty state folder at first, a plain user's; then as the portals before have left it."""
    with short_folder() as top:
        state = top / "state"
        state.mkdir(mode=0o700)
        if plain_user:
            shutil.chown(state, "nobody")
        yield str(state)


def kinds(run):
    """Which of the portal's servers live."""
    commands = run.descendants().values()
    return {kind for kind in SERVERS if any(kind in command for command in commands)}


def manage(folder, *arguments, **options):
    return run_to_end("manage", *arguments, SOHOSOLO_STATE=folder, **options)


def test_a_first_start_has_the_whole_portal_and_leaves_nothing_but_data(folder, plain_user):
    with running(prefix=plain_user, SOHOSOLO_STATE=folder, PYTHONDONTWRITEBYTECODE="1") as portal:
        assert answer_code(portal.address + "livez") == 200
        assert kinds(portal) == SERVERS
        if plain_user:
            assert {Path(f"/proc/{pid}").stat().st_uid for pid in portal.descendants()} == {Path(folder).stat().st_uid}
        it_opens_in_french_with_its_styles(portal)
        a_second_start_says_where_it_runs(portal, folder, plain_user)
        commands_work_on_its_services(portal, folder, plain_user)
        it_ends_in_order_however_often_it_is_asked_to(portal, folder)


def it_opens_in_french_with_its_styles(portal):
    with urllib.request.urlopen(portal.address) as answer:  # noqa: S310 -- our own address
        page = answer.read().decode()
    assert '<html lang="fr"' in page
    assert "Se connecter" in page
    (style,) = re.findall(r'href="/(static/css/base[^"]*\.css)"', page)
    for path in (style, "villages/", "telecentres/", "membres/", "en/", "readyz"):
        assert answer_code(portal.address + path) in ({200, 503} if path == "readyz" else {200})
    assert "demo.example.org" not in portal.said  # DEMO=0


def a_second_start_says_where_it_runs(portal, folder, plain_user):
    second = run_to_end(prefix=plain_user, SOHOSOLO_STATE=folder)
    told = f"run: the portal of this checkout already runs at {portal.address} (Ctrl-C in its terminal ends it)\n"
    assert (second.process.returncode, second.said) == (0, told)


def commands_work_on_its_services(portal, folder, plain_user):
    asked = ["SELECT 6 * 7", r"\! echo $SITE_URL $MEDIA_ROOT"]
    command = manage(folder, "dbshell", "--", "-Atq", *(word for each in asked for word in ("-c", each)), prefix=plain_user)
    assert command.said == f"42\n{portal.address.rstrip('/')} {folder}/media\n"
    assert kinds(portal) == SERVERS


def it_ends_in_order_however_often_it_is_asked_to(portal, folder):
    portal.process.send_signal(signal.SIGINT)
    portal.wait_until_said("ending (SIGINT)")
    portal.process.send_signal(signal.SIGINT)
    portal.process.send_signal(signal.SIGTERM)
    assert portal.finish() == 0
    assert portal.said.endswith(f"run: all ended; the data stay in {folder}\n")
    assert "Traceback" not in portal.said
    assert portal.descendants() == {}
    assert answer_code(portal.address + "livez") == 0


def test_nothing_but_the_data_outlives_a_killed_supervisor(folder):
    with running(SOHOSOLO_STATE=folder) as portal:
        assert portal.address
        assert kinds(portal) == SERVERS
        with psycopg.connect(json.loads((Path(folder) / "lock").read_text())["services"]["DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE kept_by_a_kill AS SELECT 42 AS answer")
        portal.process.kill()
        # At once, while the others are still ending.
        again = manage(folder, "dbshell", "--", "-Atc", "SELECT answer FROM kept_by_a_kill")
        assert again.said == "42\n"
        assert portal.descendants() == {}
        assert again.descendants() == {}


def test_all_end_with_the_first_that_ends_by_itself(state):
    class NoInterruption:
        pause = staticmethod(time.sleep)

    portal = Portal(state, NoInterruption)
    for name, command in {"worker": ["false"], "beat": ["sleep", "60"]}.items():
        portal.processes.append(Child(name, command, log=state.log(name)))
        portal.processes[-1].start()
    with pytest.raises(CannotRun, match=r"worker ended by itself \(exit code 1\): read \S+/log/worker.log, then start again"):
        portal.watch()
    portal.end()
    assert [process.is_alive for process in portal.processes] == [False, False]


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP])
def test_it_may_be_ended_while_it_starts(folder, signum):
    with running(SOHOSOLO_STATE=folder) as portal:
        portal.wait_until_said("starting PostgreSQL")
        assert eventually(portal.descendants)
        assert portal.end(signum) == 0
        assert f"ending ({signal.Signals(signum).name})" in portal.said
        assert portal.descendants() == {}


def test_servers_of_the_callers_own_are_used_and_nothing_else_is_started():
    with short_folder("state") as state:
        asked = "from django.db import connection as c; c.ensure_connection(); import os; e = os.environ; "
        asked += "print(e['DATABASE_URL'], e['REDIS_URL'])"
        own = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}  # of this run of the tests
        run = manage(str(state), "shell", "-v", "0", "-c", asked, **own)
        assert run.said == f"{own['DATABASE_URL']} {own['REDIS_URL']}\n"
        assert [*(state / "postgres").iterdir(), *(state / "log").iterdir()] == []


def test_a_server_of_the_callers_own_that_does_not_answer_is_said():
    with socket.socket() as closed, short_folder("state") as state:
        closed.bind(("127.0.0.1", 0))
        address = f"postgresql://me:s3cret@127.0.0.1:{closed.getsockname()[1]}/portal"
        run = run_to_end(DATABASE_URL=address, SOHOSOLO_STATE=str(state))
        assert run.process.returncode == 1
        assert re.search(r"\nCommandError: DATABASE_URL: connection failed: .*Connection refused", run.said)
        assert run.said.endswith("\nrun: the database could not be prepared: the lines above say why.\n")
        assert "Traceback" not in run.said
        assert "s3cret" not in run.said
        assert run.descendants() == {}


def test_a_taken_port_moves_to_the_next(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listen(str(port)) as listener:
            moved = listener.getsockname()[1]
            assert moved != port
            assert capsys.readouterr().out == f"run: port {port} is taken; using {moved}\n"


def test_what_cannot_be_is_said_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for advice, environment in {
        "PORT=eight is not a port: choose a number": {"PORT": "eight", "SOHOSOLO_STATE": str(tmp_path)},
        "PORT=70000 is not a port: choose a number": {"PORT": "70000", "SOHOSOLO_STATE": str(tmp_path)},
        "choose another folder with SOHOSOLO_STATE": {"SOHOSOLO_STATE": str(tmp_path / "file" / "state")},
    }.items():
        run = run_to_end(**environment)
        assert (run.process.returncode, run.said.count("\n")) == (1, 1), run.said
        assert advice in run.said


@pytest.mark.parametrize("tiny_disk", ["200k"], indirect=True)
def test_a_full_disk_is_said(tiny_disk):
    (tiny_disk / "filler").write_bytes(b"0" * 190_000)
    run = run_to_end(SOHOSOLO_STATE=str(tiny_disk / "state"))
    assert run.process.returncode == 1
    assert "the disk is full: free some space, then start again" in run.said.splitlines()[-1]
    assert "Traceback" not in run.said
