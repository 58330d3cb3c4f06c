"""Children end with the one who started them, whatever happens to either."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from sohosolo.embedded import child as child_module
from sohosolo.embedded.child import Child, identity
from tests.embedded.processes import ROOT, clean_environment, eventually

pytestmark = pytest.mark.processes

SUPERVISOR = """
    import time
    from pathlib import Path
    from sohosolo.embedded.child import Child
    child = Child("sleeper", ["sleep", "60"], record=Path({record!r}))
    child.start()
    print(child.process.pid, flush=True)
    time.sleep(60)
"""


def start_supervisor(record):
    """A process of its own with one sleeping child; that process, and the child's number."""
    supervisor = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SUPERVISOR).format(record=str(record))],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=clean_environment(),
    )
    with supervisor.stdout:
        return supervisor, int(supervisor.stdout.readline())


@pytest.fixture
def sleeper():
    """A process that this test did not start through Child."""
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_child_ends_with_its_supervisor(tmp_path, signum):
    supervisor, sleeper = start_supervisor(tmp_path / "record")
    assert identity(sleeper)
    supervisor.send_signal(signum)
    supervisor.wait()
    assert eventually(lambda: identity(sleeper) is None, 5)


def test_an_end_is_asked_for_before_it_is_enforced(tmp_path):
    words = tmp_path / "words"
    child = Child("polite", ["sh", "-c", f"trap 'echo asked > {words}; exit 3' TERM; echo ready > {words}; sleep 60 & wait"])
    child.start()
    assert eventually(lambda: words.exists() and words.read_text() == "ready\n", 5)
    child.end()
    assert (words.read_text(), child.exit_code) == ("asked\n", 3)


def test_who_ignores_the_asking_is_killed_with_all_its_session(tmp_path):
    grandchild = tmp_path / "grandchild"
    script = f"trap '' TERM; sh -c 'echo $$ > {grandchild}.new; mv {grandchild}.new {grandchild}; sleep 60' & wait"
    child = Child("deaf", ["sh", "-c", script], grace=0.3)
    child.start()
    assert eventually(grandchild.exists, 5)
    child.end()
    assert child.exit_code == -signal.SIGKILL
    assert eventually(lambda: identity(int(grandchild.read_text())) is None, 5)


def test_a_start_ends_what_a_killed_supervisor_left_on_record(tmp_path, sleeper):
    record = tmp_path / "record"
    record.write_text(json.dumps({"pid": sleeper.pid, "identity": identity(sleeper.pid)}))
    successor = Child("successor", ["sleep", "60"], record=record)
    successor.start()
    try:
        assert sleeper.wait(5) == -signal.SIGTERM
        assert json.loads(record.read_text())["pid"] == successor.process.pid
    finally:
        successor.end()
    assert not record.exists()


def test_a_later_process_with_a_recorded_number_is_left_alone(tmp_path, sleeper):
    record = tmp_path / "record"
    record.write_text(json.dumps({"pid": sleeper.pid, "identity": "another start"}))
    successor = Child("successor", ["true"], record=record)
    successor.start()
    successor.end()
    assert sleeper.poll() is None


def test_a_child_leads_a_session_of_its_own_out_of_reach_of_ctrl_c():
    child = Child("apart", ["sleep", "60"])
    child.start()
    try:
        assert os.getsid(child.process.pid) == child.process.pid != os.getsid(0)
    finally:
        child.end()


def test_a_long_log_is_put_aside_once(tmp_path, monkeypatch):
    monkeypatch.setattr(child_module, "LOG_KEPT_BYTES", 10)
    log = tmp_path / "web.log"
    log.write_text("more than ten bytes\n")
    child = Child("brief", ["echo", "fresh"], log=log)
    child.start()
    child.process.wait()
    child.end()
    assert (log.read_text(), (tmp_path / "web.log.1").read_text()) == ("fresh\n", "more than ten bytes\n")
