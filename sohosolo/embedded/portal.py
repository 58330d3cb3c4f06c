"""`./run`: the whole portal on one machine, from an empty folder to an address, and back to nothing on Ctrl-C."""

import contextlib
import os
import select
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Sequence

from sohosolo.embedded import console
from sohosolo.embedded.catalogues import compile_catalogues
from sohosolo.embedded.checkout_lock import CheckoutLock
from sohosolo.embedded.child import Child
from sohosolo.embedded.environment import environment_for, is_demonstration
from sohosolo.embedded.errors import CannotRun
from sohosolo.embedded.interruptions import Interrupted, Interruptions
from sohosolo.embedded.logs import FollowedLog
from sohosolo.embedded.services import Services
from sohosolo.embedded.state import CHECKOUT, State

FIRST_PORT = 8000
PORTS_TRIED = 50
ANSWER_SECONDS = 60
WATCH_SECONDS = 0.2
DEATHS_BORNE, DEATHS_WITHIN_SECONDS = 5, 60

DEMONSTRATION_PASSWORD = "sohosolo-demo-2026"  # noqa: S105 -- printed below, and public
DEMONSTRATION_ACCOUNTS = {
    "responsable": "the lead adviser",
    "conseil": "an adviser of the Chamber of Commerce",
    "animation": "the host of a télécentre",
    "comite": "a village's welcome committee",
    "membre": "a member, who books desks",
    "porteur": "somebody who plans to settle",
    "admin": "the administrator",
}


def serve(state: State, interruptions: Interruptions) -> int:
    lock = CheckoutLock(state.folder / "lock")
    if already := _address_of_running_portal(lock, interruptions):
        console.say(f"the portal of this checkout already runs at {already} (Ctrl-C in its terminal ends it)")
        return 0
    portal = Portal(state, interruptions, lock)
    try:
        portal.open()
        portal.watch()
    except CannotRun:
        portal.follow_logs()
        raise
    except Interrupted as wish:
        console.write("")
        console.say(f"ending ({wish})")
    finally:
        portal.end()
    console.say("all ended; the data stay in " + str(state.folder))
    return 0


def _address_of_running_portal(lock: CheckoutLock, interruptions: Interruptions) -> str | None:
    """None once the lock is ours; a management command that holds it is waited for."""
    told = False
    while not lock.take("./run"):
        holder = lock.told()
        if "address" in holder:
            return holder["address"]
        if "holder" in holder and holder["holder"] != "./run" and not told:
            told = True
            console.say(f"waiting for « {holder['holder']} » (process {holder['pid']}) to be done with this checkout's database …")
        interruptions.pause(0.1)
    return None


class Portal:
    """Servers, then preparation, then web, worker and beat. Whatever dies is started again; whoever keeps dying ends it all."""

    def __init__(self, state: State, interruptions: Interruptions, lock: CheckoutLock) -> None:
        self.state, self.pause, self.lock = state, interruptions.pause, lock
        self.listener = listen(os.environ.get("PORT") or str(FIRST_PORT))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock.tell({"address": self.address + "/"})
        self.services = Services(state)
        self.environment: dict[str, str] = {}
        self.processes: list[Child] = []
        self.logs: list[FollowedLog] = []
        self.deaths: deque[float] = deque(maxlen=DEATHS_BORNE)

    def open(self) -> None:
        compile_catalogues()
        if not self.services.database_url:
            console.say("starting PostgreSQL and Valkey …")
        self.services.start(self.pause)
        self.environment = environment_for(self.state, self.services, address=self.address)
        self.logs = [FollowedLog(server.name, self.state.log(server.name), repeat=False) for server in self.services.embedded]
        self._prepare()
        self.lock.tell({"services": self.services.environment()})
        self._start_web()
        self._wait_for_home_page()
        if self.preparing.is_alive:
            console.say(f"{self.address}/ is open after {console.elapsed()}; bookings and project files are still arriving …")
        self._finish_preparing()
        self._start_worker_and_beat()
        self._welcome()

    def watch(self) -> None:
        while True:
            self.pause(WATCH_SECONDS)
            self.follow_logs()
            for server in self.services.embedded:
                if not server.child.is_alive:
                    self._bear(server.child)
                    self.services.restart(server, self.pause)
            for process in self.processes:
                if not process.is_alive:
                    self._bear(process)
                    process.end()  # what is left of its session
                    process.start()

    def follow_logs(self) -> None:
        for log in self.logs:
            log.follow()

    def end(self) -> None:
        """Those who ask first, all at once; then those who are asked."""
        self.listener.close()
        for process in self.processes:
            process.ask_to_stop()
        for process in self.processes:
            process.end()
        self.services.end()

    def _prepare(self) -> None:
        """Migrations and half of the demonstration, in a process that may be interrupted and whose words go to the terminal."""
        console.say("preparing the database …")
        opened, to_tell = os.pipe()
        self.preparing = self._child("prepare", "manage.py", "prepare", f"--opened={to_tell}", log=False, pass_fds=[to_tell])
        self.processes = [self.preparing]
        self.preparing.start()
        os.close(to_tell)
        while not select.select([opened], [], [], 0)[0]:
            self.pause(0.05)
        is_told = os.read(opened, 1)  # nothing to read: the process has ended, well or not
        os.close(opened)
        if not is_told:
            self._finish_preparing()

    def _finish_preparing(self) -> None:
        """The rest of the demonstration, while the home page is open."""
        while self.preparing.is_alive:
            self.pause(0.05)
        self.preparing.end()
        self.processes = [process for process in self.processes if process is not self.preparing]
        if self.preparing.exit_code:
            raise CannotRun("the database could not be prepared: the lines above say why.")

    def _start_web(self) -> None:
        options = self._gunicorn_options()
        self.web = self._child(
            "web", "-m", "gunicorn", "sohosolo.wsgi:application", *options, grace=5, pass_fds=[self.listener.fileno()]
        )
        self._start(self.web)

    def _start_worker_and_beat(self) -> None:
        """After the first page: three Djangos that load at once on two cores make its visitor wait a second more."""
        # Asked to stop, a worker first finishes its task. Nobody would be there to limit that after the supervisor was killed.
        worker = self._child("worker", *_ROOT_IS_FINE, "-m", "celery", "-q", "-A", "sohosolo", "worker", *_WORKER_OPTIONS)
        worker.death = signal.SIGKILL
        schedule = ["-s", str(self.state.beat / "schedule"), "--pidfile="]
        beat = self._child("beat", "-m", "celery", "-q", "-A", "sohosolo", "beat", *schedule)
        self._start(worker)
        self._start(beat)

    def _start(self, process: Child) -> None:
        self.processes.append(process)
        self.logs.append(FollowedLog(process.name, process.log))
        process.start()

    def _child(self, name: str, *arguments: str, log: bool = True, grace: float = 10, pass_fds: Sequence[int] = ()) -> Child:
        """One of the portal's own Python processes; `python -m` because a script's first line breaks on a path with spaces."""
        return Child(
            name,
            [sys.executable, *arguments],
            log=self.state.log(name) if log else None,
            record=self.state.record(name),
            environment=self.environment,
            folder=CHECKOUT,
            grace=grace,
            pass_fds=pass_fds,
        )

    def _gunicorn_options(self) -> list[str]:
        """The socket is ours and stays open: while the web server starts again, visitors wait instead of being refused."""
        return [
            f"--bind=fd://{self.listener.fileno()}",
            "--preload",  # Django is loaded once, and shared by the workers
            "--workers=2",
            "--threads=4",
            "--graceful-timeout=3",
            "--log-level=warning",
            "--no-control-socket",
            f"--worker-tmp-dir={tempfile.gettempdir()}",
        ]

    def _wait_for_home_page(self) -> None:
        web, deadline = self.web, time.monotonic() + ANSWER_SECONDS
        while True:
            if not web.is_alive:
                raise CannotRun(f"the web server ended while it started: read {web.log}.")
            try:
                urllib.request.urlopen(self.address + "/", timeout=2).close()  # noqa: S310 -- our own address
            except urllib.error.HTTPError as answer:
                console.complain(f"the home page answers {answer.code}: read {web.log}.")
            except OSError:
                if time.monotonic() > deadline:
                    raise CannotRun(f"the web server does not answer within {ANSWER_SECONDS} s: read {web.log}.") from None
                self.pause(0.02)
                continue
            return

    def _welcome(self) -> None:
        lines = ["", f"  SOHO SOLO is open at  {self.address}/   (after {console.elapsed()})", ""]
        if is_demonstration(self.environment):
            lines += [f"  Accounts of the demonstration, password {DEMONSTRATION_PASSWORD}"]
            lines += [f"    {name + '@demo.example.org':<31}{role}" for name, role in DEMONSTRATION_ACCOUNTS.items()]
            lines += [f"  The letters it sends    {self.address}/courrier/"]
        lines += [f"  Logs and data           {self.state.folder}"]
        if (server := self.services.postgres) and not server.data.is_relative_to(self.state.folder):
            lines += [f"  The database            {server.data}   (root's PostgreSQL runs as a user who cannot reach this folder)"]
        lines += ["  Ctrl-C ends everything; the data are kept.", ""]
        console.write("\n".join(lines))

    def _bear(self, child: Child) -> None:
        """Count a death, and give up when there are too many."""
        now = time.monotonic()
        if len(self.deaths) == DEATHS_BORNE and now - self.deaths[0] < DEATHS_WITHIN_SECONDS:
            raise CannotRun(f"{child.name} keeps ending (exit code {child.exit_code}): read {child.log}.")
        console.complain(f"{child.name} ended by itself (exit code {child.exit_code}); starting it again")
        if self.deaths:
            self.pause(0.5)
        self.deaths.append(now)


# Celery warns root at length; whoever starts a demonstration as root in a container knows.
_ROOT_IS_FINE = ["-W", "ignore:You're running the worker with superuser privileges"]
_WORKER_OPTIONS = ["--concurrency=2", "--without-mingle", "--without-gossip", "--loglevel=WARNING"]


def listen(port: str) -> socket.socket:
    """The first free port from the wanted one on, taken for good before anything else starts."""
    if not port.isdigit() or int(port) > 65535:
        raise CannotRun(f"PORT={port} is not a port: choose a number from 1024 to 65535.")
    wanted = int(port)
    for candidate in [*range(wanted, min(wanted + PORTS_TRIED, 65536)), 0]:
        with contextlib.ExitStack() as stack:
            listener = stack.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", candidate))
                listener.listen(128)
            except PermissionError:
                raise CannotRun(f"port {candidate} is for root alone: choose one from 1024 on, for instance PORT=8080.") from None
            except OSError:
                continue
            stack.pop_all()
        if candidate != wanted:
            console.say(f"port {wanted} is taken; using {listener.getsockname()[1]}")
        return listener
    raise CannotRun("this machine gives no port to listen on: check its network settings (127.0.0.1).")
