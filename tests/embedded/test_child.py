"""Children end with the one who started them, whatever happens to either."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sohosolo.embedded.child import Child
from tests.embedded.processes import ROOT, clean_environment, eventually

pytestmark = pytest.mark.processes

SUPERVISOR = """
import time
from sohosolo.embedded.child import Child
child = Child("sleeper", ["sleep", "60"])
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""


def lives(pid):
    """Also where it has ended and nobody has collected it."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_ends_with_its_supervisor(signum):
    command = [sys.executable, "-c", SUPERVISOR]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=clean_environment()) as supervisor:
        sleeper = int(supervisor.stdout.readline())
        assert lives(sleeper)
        supervisor.send_signal(signum)
    assert eventually(lambda: not lives(sleeper), 5)


def test_an_end_is_asked_for_before_it_is_enforced(tmp_path):
    words = tmp_path / "words"
    child = Child("polite", ["sh", "-c", f"trap 'echo asked > {words}; exit 3' TERM; echo ready > {words}; sleep 60 & wait"])
    child.start()
    assert eventually(lambda: words.exists() and words.read_text() == "ready\n", 5)
    assert os.getsid(child.process.pid) == child.process.pid != os.getsid(0)  # out of reach of Ctrl-C
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
    assert eventually(lambda: not lives(int(grandchild.read_text())), 5)


def test_each_start_begins_a_log_and_keeps_the_one_before(tmp_path):
    log = tmp_path / "web.log"
    for word in ("first", "second", "third"):
        child = Child("brief", ["echo", word], log=log)
        child.start()
        child.process.wait()
        child.end()
    assert (log.read_text(), (tmp_path / "web.log.1").read_text()) == ("third\n", "second\n")
    assert len(list(tmp_path.iterdir())) == 2
