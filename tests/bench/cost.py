"""What a request costs a portal that is really served: processor time of its web processes and of PostgreSQL, from /proc.

A bench judges how many times /livez that is, asked of the same portal in the same minute: a machine that is slower, or busy with
other things, is so for both. Linux only, and only where PostgreSQL runs on this machine.
"""

import http.client
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from django.db import connection

from tests.telecentres.booking.test_http_race import Person, server, signed_in

WARMING, VISITS, OF_LIVEZ, STRETCHES = 8, 40, 120, 4
NOT_FOR_A_REQUEST = ("autovacuum", "checkpointer", "walwriter", "background writer", "logical replication")


@dataclass(frozen=True)
class Cost:
    """Of one act, in milliseconds: of the processor, and on the clock (the middle of many); and what /livez costs meanwhile."""

    web: float
    database: float
    clock: float
    livez: float  # web and database

    @property
    def times(self) -> float:
        """How many times /livez."""
        return (self.web + self.database) / self.livez

    def __str__(self) -> str:
        parts = f"web {self.web:.1f} ms + database {self.database:.1f} ms of processor, {self.clock:.1f} ms on the clock"
        return f"{parts}; /livez {self.livez:.2f} ms: {self.times:.1f} times that"


@dataclass(frozen=True)
class Portal:
    """A portal that serves this test's database, and somebody's browser on it."""

    web: list[int]  # its processes
    person: Person

    def cost(self, path: str, visits: int = VISITS) -> Cost:
        def visit() -> None:
            status = self.person.get(path)
            assert status == 200, f"{path} answered {status}"

        return self.cost_of(visit, visits, self.web)

    def cost_of(self, act: Callable[[], object], times: int, processes: list[int]) -> Cost:
        """Of any act that these processes and PostgreSQL do together."""
        self.person.line.close()  # and opened again: a server does not keep a line that lies idle for long
        for _ in range(WARMING):
            self.person.get("/livez")
        half = measured(lambda: self.person.get("/livez"), OF_LIVEZ // 2, self.web)
        found = measured(act, times, processes)
        self.person.line.close()
        other_half = measured(lambda: self.person.get("/livez"), OF_LIVEZ // 2, self.web)
        return Cost(*found, livez=min(sum(half[:2]), sum(other_half[:2])))


def measured(act: Callable[[], object], times: int, processes: list[int]) -> tuple[float, float, float]:
    """Of the cheapest of a few stretches: what else the machine does makes a stretch dearer, never cheaper."""
    stretches = min(STRETCHES, times)
    found = [stretch(act, times // stretches, processes) for _ in range(stretches)]
    web, database, _clock = min(found, key=lambda cost: cost[0] + cost[1])
    return web, database, statistics.median(clock for _web, _database, clock in found)


def stretch(act: Callable[[], object], times: int, processes: list[int]) -> tuple[float, float, float]:
    before, started = (seconds_of(processes), seconds_of(database_processes())), time.perf_counter()
    for _ in range(times):
        act()
    clock = time.perf_counter() - started
    web, database = (
        sum(seconds - earlier.get(thread, 0.0) for thread, seconds in seconds_of(them).items())  # some began meanwhile
        for earlier, them in zip(before, (processes, database_processes()), strict=True)
    )
    return web / times * 1000, database / times * 1000, clock / times * 1000


@contextmanager
def served(user=None) -> Iterator[Portal]:
    """For a test that commits. Visited by `user`, or by a visitor."""
    with server("sohosolo.wsgi:application") as port:
        web = [pid for pid in running() if f"127.0.0.1:{port}" in command_of(pid)]
        if user is None:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=300)) as line:
                yield Portal(web, Person("", line))
        else:
            with signed_in([SimpleNamespace(user=user)], port) as (person,):
                yield Portal(web, person)


def running() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:  # it has ended
        return ""


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def database_processes() -> list[int]:
    """PostgreSQL's, but for those that tidy up behind all requests."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        postmaster = parent_of(cursor.fetchone()[0])
    assert postmaster, "PostgreSQL does not run on this machine: what it costs cannot be read"
    found = [pid for pid in running() if parent_of(pid) == postmaster]
    return [pid for pid in found if not any(word in command_of(pid) for word in NOT_FOR_A_REQUEST)]


def seconds_of(processes: list[int]) -> dict[str, float]:
    """Of the processor, since they began: of each of their threads."""
    found = {}
    for pid in processes:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):  # it has ended meanwhile
                found[str(thread)] = int(thread.read_text().split()[0]) / 1e9
    return found


OURSELVES = [os.getpid()]
