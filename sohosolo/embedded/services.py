"""PostgreSQL and Valkey for one use of the portal, but for those whose address the caller gives."""

import contextlib
import os
from collections.abc import Callable

from sohosolo.embedded.postgres import Postgres
from sohosolo.embedded.server import Server
from sohosolo.embedded.state import State
from sohosolo.embedded.valkey import Valkey


class Services:
    """Starts both at once, and then has their `addresses` for Django; `end` is safe at any moment of it."""

    def __init__(self, state: State, *, throwaway: bool = False) -> None:
        self.state, self.throwaway = state, throwaway
        self.servers: list[Server] = []

    def start(self, pause: Callable[[float], None]) -> None:
        if not os.environ.get("REDIS_URL"):
            self._launch(Valkey(self.state))
        if not os.environ.get("DATABASE_URL"):
            self._launch(Postgres(self.state, throwaway=self.throwaway))
        for server in self.servers:
            server.wait_until_ready(pause)

    def _launch(self, server: Server) -> None:
        self.servers.append(server)
        server.launch()

    @property
    def addresses(self) -> dict[str, str]:
        return {name: address for server in self.servers for name, address in server.addresses.items()}

    def end(self) -> None:
        for server in reversed(self.servers):
            server.end()
        if self.servers:
            with contextlib.suppress(OSError):
                self.state.sockets().rmdir()
