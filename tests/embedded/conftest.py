import os
import subprocess
import time

import pytest

from sohosolo.embedded.state import State
from tests.embedded.processes import short_folder


@pytest.fixture
def pause():
    """Waiting without signals, as Interruptions.pause does in a process of its own."""
    return time.sleep


@pytest.fixture
def state(pause):
    """An empty state folder, ours, that the user nobody can reach."""
    with short_folder("state") as folder:
        state = State(folder)
        state.make()
        assert state.claim("a test", "", pause) == {}
        yield state


@pytest.fixture
def tiny_disk(request):
    """A file system of a few megabytes: needs the right to mount one."""
    with short_folder("disk") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param}", "tmpfs", folder]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("a tiny disk can be mounted by root alone")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
