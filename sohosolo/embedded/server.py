"""What PostgreSQL and Valkey have in common: waited for until they answer, and told with their own words when they do not."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from sohosolo.embedded.child import Child
from sohosolo.embedded.console import DISK_FULL, CannotRun

START_SECONDS = 60  # after a power cut PostgreSQL first replays its journal


class Server:
    """`launch`, then `wait_until_ready`, then it is at its `addresses`; `end` is safe at any moment of it."""

    name: str
    own: str  # the variable that names a server of the caller's own instead
    folder: Path
    child: Child

    def is_ready(self) -> bool:
        raise NotImplementedError

    def wait_until_ready(self, pause: Callable[[float], None]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if not self.child.is_alive or time.monotonic() > deadline:
                raise self.failure(self.child.log.read_text(errors="replace"))
            pause(0.02)

    def failure(self, output: str) -> CannotRun:
        if "No space left on device" in output:
            return CannotRun(f"{self.folder}: {DISK_FULL}")
        lines = [line for line in output.splitlines() if line.strip()] or ["it said nothing"]
        said = (re.findall(r"(?:FATAL|PANIC|error):\s+(.*)", output) or lines)[-1]
        return CannotRun(
            f"{self.name} does not start in {self.folder} ({said}): read {self.child.log}, or set {self.own} to yours."
        )
