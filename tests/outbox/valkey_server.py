"""A Valkey of a test's own, to be stopped, frozen, filled and emptied. The test run's own is everybody's."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import redis

from sohosolo.embedded.child import die_with_parent
from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.valkey import installed_binary

CACHE, BROKER = 0, 1


class ValkeyServer:
    """On a Unix socket, in memory only; `with ValkeyServer() as valkey:` and nothing of it is left."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="valkey-"))  # a socket's path is short
        self.socket = self.folder / "socket"
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db={CACHE}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host={BROKER}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception) -> None:
        self.kill()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        memory_only = ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [valkey_binary(), "--port", "0", "--unixsocket", str(self.socket), *memory_only],
            stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        while not self.answers():
            assert self.process.poll() is None, "Valkey ended as it started"
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            return self.client().ping()
        except redis.ConnectionError:
            return False

    def client(self, database: int = CACHE) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), db=database, socket_timeout=5)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """It takes connections, as the kernel does for it, and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def fill(self) -> None:
        """Every write is refused from now on; what is there is read as before."""
        self.client().config_set("maxmemory-policy", "noeviction")
        self.client().config_set("maxmemory", 1)

    def make_room(self) -> None:
        self.client().config_set("maxmemory", 0)

    def empty(self) -> None:
        self.client().flushall()


def valkey_binary() -> str | os.PathLike:
    try:
        return installed_binary()
    except CannotRun:
        return shutil.which("valkey-server") or shutil.which("redis-server") or "valkey-server"
