"""Signals are felt at chosen moments, once."""

import signal
import subprocess
import sys
import textwrap
import time

import pytest

from tests.embedded.processes import ROOT, clean_environment

pytestmark = pytest.mark.processes

SCRIPT = """
    import os, signal, sys
    from sohosolo.embedded.interruptions import Interrupted, Interruptions
    interruptions = Interruptions()
    print("ready", flush=True)
    try:
        interruptions.pause(3600)
    except Interrupted as wish:
        print(wish, wish.signum, flush=True)
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    print("still here", flush=True)
"""


def start():
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT)], cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_pause_ends_at_once_and_later_signals_change_nothing(signum):
    process = start()
    process.send_signal(signum)
    said, _ = process.communicate(timeout=120)
    assert said == f"{signal.Signals(signum).name} {int(signum)}\nstill here\n"
    assert process.returncode == 0


def test_nohup_is_respected():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what nohup does, and a child inherits
    try:
        process = start()
    finally:
        signal.signal(signal.SIGHUP, before)
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=120)
    assert said.startswith("SIGTERM 15\n")


def test_a_signal_that_came_during_the_imports_is_felt_at_the_first_pause():
    """`run` blocks them before it becomes the supervisor."""
    script = """
        import os, signal
        from sohosolo.embedded.interruptions import Interrupted, Interruptions
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        os.kill(os.getpid(), signal.SIGINT)
        interruptions = Interruptions()
        try:
            interruptions.pause(30)
        except Interrupted as wish:
            print(wish)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == ("SIGINT\n", "")
