"""`./run` from outside, as a person at a terminal or a careless administrator meets it."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from sohosolo.embedded.portal import listen
from sohosolo.embedded.state import State
from tests.embedded.processes import ROOT, answer_code, eventually, run_to_end, running, short_folder

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds descendants in /proc"),
]

A_TABLE = "from django.db import connection as c; c.cursor().execute('CREATE TABLE kept AS SELECT 42 AS answer')"
ITS_ANSWER = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT answer FROM kept'); print(k.fetchone())"
SERVERS = {"postgres -D", "valkey-server", "gunicorn", "celery -q -A sohosolo worker", "celery -q -A sohosolo beat"}


@pytest.fixture(scope="module")
def migrated():
    """A state folder as a first start leaves it, for the others to copy."""
    with short_folder("state") as folder:
        run = run_to_end("manage", "prepare", SOHOSOLO_STATE=str(folder))
        assert run.process.returncode == 0, run.said
        assert run.descendants() == {}
        yield folder


@pytest.fixture
def state_folder(migrated):
    with short_folder() as folder:
        subprocess.run(["cp", "-a", migrated, folder / "state"], check=True)
        yield str(folder / "state")


def kinds(run):
    """Which of the portal's servers live."""
    commands = run.descendants().values()
    return {kind for kind in SERVERS if any(kind in command for command in commands)}


def test_it_opens_and_ends_in_order_however_often_it_is_asked_to(state_folder):
    with running(SOHOSOLO_STATE=state_folder, PORT="0") as portal:
        assert answer_code(portal.address + "livez") == 200
        assert kinds(portal) == SERVERS
        portal.process.send_signal(signal.SIGINT)
        portal.wait_until_said("ending (SIGINT)")
        portal.process.send_signal(signal.SIGINT)
        portal.process.send_signal(signal.SIGTERM)
        assert portal.finish() == 0
        assert portal.said.endswith(f"run: all ended; the data stay in {state_folder}\n")
        assert "Traceback" not in portal.said
        assert portal.descendants() == {}
        assert answer_code(portal.address + "livez") == 0


def test_without_the_demonstration_an_empty_portal_opens_in_french_with_its_styles():
    with short_folder() as folder, running(SOHOSOLO_STATE=str(folder / "state"), PORT="0", DEMO="0") as portal:
        portal.wait_until_said("Ctrl-C ends everything", seconds=300)
        with urllib.request.urlopen(portal.address) as answer:  # noqa: S310 -- our own address
            page = answer.read().decode()
        assert '<html lang="fr"' in page
        assert "Se connecter" in page
        (style,) = re.findall(r'href="/(static/css/base[^"]*\.css)"', page)
        for path in (style, "villages/", "telecentres/", "membres/", "en/", "readyz"):
            assert answer_code(portal.address + path) in ({200, 503} if path == "readyz" else {200})
        assert "demo.example.org" not in portal.said


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP])
def test_it_may_be_ended_while_it_starts(state_folder, signum):
    with running(SOHOSOLO_STATE=state_folder, PORT="0") as portal:
        portal.wait_until_said("starting PostgreSQL")
        assert eventually(portal.descendants)
        assert portal.end(signum) == 0
        assert f"ending ({signal.Signals(signum).name})" in portal.said
        assert portal.descendants() == {}


def test_nothing_but_the_data_outlives_a_killed_supervisor(state_folder):
    with running(SOHOSOLO_STATE=state_folder, PORT="0") as portal:
        assert portal.address
        made = run_to_end("manage", "shell", "-c", A_TABLE, SOHOSOLO_STATE=state_folder)
        assert made.process.returncode == 0, made.said
        portal.process.kill()
        with running(SOHOSOLO_STATE=state_folder, PORT="0") as again:  # at once, while the others are still ending
            assert answer_code(again.address + "livez") == 200
            assert kinds(again) == SERVERS
            assert eventually(lambda: portal.descendants() == {}), portal.descendants()
            assert "(42,)" in run_to_end("manage", "shell", "-c", ITS_ANSWER, SOHOSOLO_STATE=state_folder).said


def test_beside_a_running_portal(state_folder):
    """One portal, for what needs it running and leaves it so: a second start, a command, and deaths it repairs until too many."""
    with running(SOHOSOLO_STATE=state_folder, PORT="0") as portal:
        address = portal.address

        second = run_to_end(SOHOSOLO_STATE=state_folder)
        told = f"run: the portal of this checkout already runs at {address} (Ctrl-C in its terminal ends it)\n"
        assert (second.process.returncode, second.said) == (0, told)

        asked = "import os; print(os.environ['SITE_URL'], os.environ['DATABASE_URL'])"
        command = run_to_end("manage", "shell", "-v", "0", "-c", asked, SOHOSOLO_STATE=state_folder)
        site, database = command.said.split()
        assert site + "/" == address
        assert Path(database.partition("host=")[2]).is_dir()
        assert kinds(portal) == SERVERS
        assert run_to_end("manage", "dbshell", "--", "-Atc", "SELECT 6 * 7", SOHOSOLO_STATE=state_folder).said == "42\n"

        for kind in sorted(SERVERS):
            killed = portal.descendant(kind)
            os.kill(killed, signal.SIGKILL)
            assert eventually(lambda gone=killed: gone not in portal.descendants() and kinds(portal) == SERVERS), portal.listen()
            assert eventually(lambda: answer_code(address + "livez") == 200), (kind, portal.listen())

        def kill_the_worker():
            with contextlib.suppress(ValueError, ProcessLookupError):  # it is between two lives
                os.kill(portal.descendant("celery -q -A sohosolo worker"), signal.SIGKILL)
            return portal.process.poll() is not None

        assert eventually(kill_the_worker, 30)
        assert portal.finish() == 1
        assert "run: worker keeps ending (exit code -9): read " in portal.said
        assert portal.descendants() == {}


def test_a_taken_port_moves_to_the_next(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with listen(str(port)) as listener:
            moved = listener.getsockname()[1]
            assert moved != port
            assert capsys.readouterr().out == f"run: port {port} is taken; using {moved}\n"


@pytest.mark.parametrize(
    ("port", "advice"),
    [("eight", "PORT=eight is not a port: choose a number"), ("70000", "PORT=70000 is not a port: choose a number")],
)
def test_a_port_that_cannot_be_is_said(port, advice, tmp_path):
    run = run_to_end(PORT=port, SOHOSOLO_STATE=str(tmp_path))
    assert (run.process.returncode, run.said.count("\n")) == (1, 1)
    assert advice in run.said


def test_a_state_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    run = run_to_end(SOHOSOLO_STATE=str(tmp_path / "file" / "state"))
    assert (run.process.returncode, run.said.count("\n")) == (1, 1)
    assert "choose another folder with SOHOSOLO_STATE" in run.said


@pytest.mark.parametrize("tiny_disk", ["200k"], indirect=True)
def test_a_full_disk_is_said(tiny_disk):
    (tiny_disk / "filler").write_bytes(b"0" * 190_000)
    run = run_to_end(SOHOSOLO_STATE=str(tiny_disk / "state"))
    assert run.process.returncode == 1
    assert "the disk is full: free some space, then start again" in run.said.splitlines()[-1]
    assert "Traceback" not in run.said


def test_the_key_is_made_once_and_for_its_owner_alone(state_folder):
    state = State(Path(state_folder))
    key = state.secret_key()
    assert len(key) >= 50
    assert State(Path(state_folder)).secret_key() == key
    assert (state.folder / "secret-key").stat().st_mode & 0o777 == 0o600
    assert (state.folder / "lock").stat().st_mode & 0o777 == 0o600


AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone can become another user")
def test_a_plain_user_has_the_same_portal():
    reach = ["sh", "-c", 'exec "$0" -c "import django, sohosolo"', sys.executable]
    if subprocess.run([*AS_NOBODY, *reach], cwd=ROOT, capture_output=True).returncode:
        pytest.skip("the packages or the checkout are closed to a plain user here")
    with short_folder() as folder:
        state = folder / "state"
        state.mkdir(mode=0o700)
        shutil.chown(state, "nobody")
        with running(prefix=AS_NOBODY, SOHOSOLO_STATE=str(state), PORT="0", PYTHONDONTWRITEBYTECODE="1") as run:
            assert answer_code(run.address + "livez") == 200
            assert kinds(run) == SERVERS
            assert {Path(f"/proc/{pid}").stat().st_uid for pid in run.descendants()} == {state.stat().st_uid}
            assert run.end() == 0
            assert run.descendants() == {}
