"""PostgreSQL and Valkey for one use of the portal: the caller's own where an address is given, else embedded ones."""

import contextlib
from collections.abc import Callable

from sohosolo import installation
from sohosolo.embedded.external import broker_beside, check_database, check_redis, given
from sohosolo.embedded.postgres import Postgres
from sohosolo.embedded.state import State
from sohosolo.embedded.valkey import Valkey


class Services:
    """Start both at once, then hand their addresses to Django; `end` is safe at any moment of it."""

    def __init__(self, state: State, *, throwaway: bool = False) -> None:
        self.state, self.throwaway = state, throwaway
        self.database_url, self.redis_url, self.broker_url = given("DATABASE_URL"), given("REDIS_URL"), given("BROKER_URL")
        self.psql_host: str | None = None
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None

    def use(self, addresses: dict[str, str]) -> None:
        """Take the services of a running portal, except where the caller gave an address."""
        self.database_url = self.database_url or addresses["DATABASE_URL"]
        self.redis_url = self.redis_url or addresses["REDIS_URL"]
        self.broker_url = self.broker_url or addresses["BROKER_URL"]
        self.psql_host = addresses.get("PGHOST") if self.database_url == addresses["DATABASE_URL"] else None

    @property
    def embedded(self) -> list[Postgres | Valkey]:
        return [server for server in (self.postgres, self.valkey) if server is not None]

    def start(self, pause: Callable[[float], None]) -> None:
        self._check_given()
        if not self.redis_url:
            self.valkey = Valkey(self.state)
            self.valkey.launch()
        if not self.database_url:
            self.postgres = Postgres(self.state, throwaway=self.throwaway)
            self.postgres.launch()
            self.psql_host = str(self.postgres.sockets)
        for server in self.embedded:
            server.wait_until_ready(pause)

    def restart(self, server: Postgres | Valkey, pause: Callable[[float], None]) -> None:
        """After it ended by itself: the same data (PostgreSQL) or none (Valkey), at the same address."""
        server.child.end()
        server.launch()
        server.wait_until_ready(pause)

    def end(self) -> None:
        for server in reversed(self.embedded):
            server.end()
        if self.embedded:
            with contextlib.suppress(OSError):
                self.state.sockets.rmdir()

    def environment(self) -> dict[str, str]:
        """The addresses; PGHOST is for psql, which `manage dbshell` starts."""
        database_url = self.database_url or self.postgres.url
        redis_url = self.redis_url or self.valkey.url
        broker_url = self.broker_url or (
            broker_beside(installation.redis_url(url=redis_url)) if self.redis_url else self.valkey.broker_url
        )
        addresses = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "BROKER_URL": broker_url}
        return addresses | ({"PGHOST": self.psql_host} if self.psql_host else {})

    def _check_given(self) -> None:
        if self.database_url:
            check_database(self.database_url, for_tests=self.throwaway)
        if self.redis_url:
            check_redis(self.redis_url)
