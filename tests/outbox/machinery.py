"""The portal's own worker and clock as real processes, on the test's database, its broker and its mail server."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit, urlunsplit

import kombu
import pytest
import redis
from django.db import connection

from outbox import tasks
from outbox.models import Pulse
from sohosolo.embedded.child import die_with_parent
from tests.outbox.smtp_server import SmtpServer
from tests.outbox.valkey_server import ValkeyServer

ROOT = Path(__file__).resolve().parents[2]
SWEEP = "outbox.deliver_due"


class Machinery:
    """`with Machinery(smtp, folder) as machinery:` and nothing of it is left afterwards. `quick` ticks every two seconds."""

    def __init__(self, smtp: SmtpServer, folder: Path, *, quick: bool = True, valkey: ValkeyServer | None = None) -> None:
        self.folder, self.quick = folder, quick
        self.broker = valkey.broker_url if valkey else broker_of_our_own()
        self.workers: list[subprocess.Popen] = []
        self.clocks: list[subprocess.Popen] = []
        self.webs: list[subprocess.Popen] = []
        self.environment = (
            os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "sohosolo.settings",
                "SECRET_KEY": "of the processes of the tests, long enough",
                "DEMO": "0",
                "DATABASE_URL": urlunsplit(
                    urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
                ),
                "BROKER_URL": self.broker,
                "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}",
                "STATE_DIR": str(folder),
                "MEDIA_ROOT": str(folder / "media"),
                "STATIC_MANIFEST": "0",
                "LOG_LEVEL": "INFO",
            }
            | ({"REDIS_URL": valkey.url} if valkey else {})
        )

    def __enter__(self) -> Self:
        self.flush_broker()
        return self

    def __exit__(self, *exception) -> None:
        for process in [*self.clocks, *self.workers, *self.webs]:
            kill(process)
        with contextlib.suppress(redis.ConnectionError):
            self.flush_broker()

    def start_worker(self) -> subprocess.Popen:
        options = ["--concurrency=2", "--without-mingle", "--without-gossip", "--loglevel=INFO"]
        root_is_fine = ["-W", "ignore:You're running the worker with superuser privileges"]
        command = [*root_is_fine, "-m", "celery", "-q", "-A", "sohosolo", "worker", *options]
        self.workers.append(self.start(f"worker{len(self.workers)}", command))
        return self.workers[-1]

    def start_clock(self) -> subprocess.Popen:
        app = "tests.outbox.quick_clock" if self.quick else "sohosolo"
        schedule = self.folder / f"schedule{len(self.clocks)}"
        command = ["-m", "celery", "-q", "-A", app, "beat", "-s", str(schedule), "--pidfile=", "--loglevel=INFO"]
        self.clocks.append(self.start(f"clock{len(self.clocks)}", command))
        return self.clocks[-1]

    def start_web(self) -> str:
        """Its address. What the clock does is late after seconds here where it ticks every two."""
        app = "tests.outbox.quick_web" if self.quick else "sohosolo.wsgi"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            options = [f"--bind=fd://{listener.fileno()}", "--threads=4", "--no-control-socket", "--log-level=warning"]
            web = self.start(f"web{len(self.webs)}", ["-m", "gunicorn", f"{app}:application", *options], listener.fileno())
            self.webs.append(web)
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def start(self, name: str, command: list[str], *pass_fds: int) -> subprocess.Popen:
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=pass_fds,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    def sender(self, worker: subprocess.Popen, letter_port: int) -> int:
        """The process of this worker's pool that is talking to the mail server."""
        children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        (found,) = [int(pid) for pid in children if letter_port in remote_ports(int(pid))]
        return found

    def flush_broker(self) -> None:
        with client_of(self.broker) as client:
            client.flushdb()

    def wake(self, letter_id: int) -> None:
        """What services.post() does on commit, through the real broker."""
        with kombu.Connection(self.broker) as broker, pytest.MonkeyPatch.context() as patch:
            patch.setitem(tasks.deliver.app.conf, "task_always_eager", False)
            tasks.deliver.apply_async(kwargs={"letter_id": letter_id}, connection=broker)

    def swept_since(self, at) -> bool:
        return Pulse.objects.filter(name=SWEEP, at__gt=at).exists()

    def written(self) -> str:
        """Every line that the processes have logged."""
        return "".join(log.read_text(errors="replace") for log in sorted(self.folder.glob("*.log")))

    def logs(self) -> str:
        """Their last words."""
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in sorted(self.folder.glob("*.log")))


def wait_until(holds: Callable[[], bool], seconds: float, machinery: Machinery, *, every: float = 0.05) -> float:
    """How long it took, in seconds; looked at `every` so many, seldom where each look is work for the web server.

    Fails with the processes' last words when it takes longer than `seconds`.
    """
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, f"not within {seconds} s\n{machinery.logs()}"
        time.sleep(every)
    return time.monotonic() - started


def kill(process: subprocess.Popen) -> None:
    """-9, to the process and to all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def broker_of_our_own() -> str:
    """A database of the test run's Valkey for each pytest-xdist worker, so that flushing it takes nothing from anybody."""
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    address = os.environ["BROKER_URL"].partition("?")[0]
    if address.startswith("redis+socket:"):
        return f"{address}?virtual_host={number}"
    return urlunsplit(urlsplit(address)._replace(path=f"/{number}"))


def client_of(broker: str) -> redis.Redis:
    parts = urlsplit(broker)
    if parts.scheme == "redis+socket":
        return redis.Redis(unix_socket_path=parts.path, db=int(parse_qs(parts.query)["virtual_host"][0]))
    return redis.Redis.from_url(broker)


def remote_ports(pid: int) -> set[int]:
    """The ports on this machine that a process is connected to (IPv4, from /proc)."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            inodes.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return {int(row[2].partition(":")[2], 16) for row in rows if row[9] in inodes}
