"""`./run`: the whole portal on one machine, from an empty folder to an address, and back to nothing on Ctrl-C."""

import os
import select
import signal
import socket
import sys
import time
import urllib.error
import urllib.request

from sohosolo.embedded import console
from sohosolo.embedded.child import Child
from sohosolo.embedded.console import CannotRun, FollowedLog
from sohosolo.embedded.environment import ADDRESSES, compile_catalogues, environment_for
from sohosolo.embedded.interruptions import Interrupted, Interruptions
from sohosolo.embedded.services import Services
from sohosolo.embedded.state import CHECKOUT, State
from sohosolo.installation import YES

FIRST_PORT, PORTS_TRIED = 8000, 50
ANSWER_SECONDS = 60

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
_GUNICORN = [
    "--preload",  # Django is loaded once, and shared by the workers
    "--workers=2",
    "--threads=4",
    "--graceful-timeout=3",
    "--log-level=warning",
    "--no-control-socket",
]
# Celery warns root at length; whoever starts a demonstration as root in a container knows.
_CELERY = ["-W", "ignore:You're running the worker with superuser privileges", "-m", "celery", "-q", "-A", "sohosolo"]
_WORKER = ["worker", "--concurrency=2", "--without-mingle", "--without-gossip", "--loglevel=WARNING"]


def serve(state: State, interruptions: Interruptions) -> int:
    if told := state.claim("./run", "site", interruptions.pause):
        console.say(f"the portal of this checkout already runs at {told['site']}/ (Ctrl-C in its terminal ends it)")
        return 0
    portal = Portal(state, interruptions)
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
    console.say(f"all ended; the data stay in {state.folder}")
    return 0


class Portal:
    """Servers, then preparation, then web, worker and beat. When one of them dies, all end, and what it said is told."""

    def __init__(self, state: State, interruptions: Interruptions) -> None:
        self.state, self.pause = state, interruptions.pause
        self.listener = listen(os.environ.get("PORT") or str(FIRST_PORT))
        self.site = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        state.tell(site=self.site)
        self.services = Services(state)
        self.environment: dict[str, str] = {}
        self.processes: list[Child] = []
        self.logs: list[FollowedLog] = []

    def open(self) -> None:
        compile_catalogues()
        if not os.environ.get("DATABASE_URL"):
            console.say("starting PostgreSQL and Valkey …")
        self.services.start(self.pause)
        self.environment = environment_for(self.state, self.services.addresses, site=self.site)
        preparing = self._prepare()
        self.state.tell(services={name: self.environment[name] for name in ADDRESSES if name in self.environment})
        port = self.listener.fileno()  # ours from the beginning: whoever comes early waits instead of being refused
        web = self._start("web", ["-m", "gunicorn", f"--bind=fd://{port}", *_GUNICORN, "sohosolo.wsgi:application"], port, grace=5)
        self._wait_for_home_page(web)
        if preparing.is_alive:
            console.say(f"{self.site}/ is open; bookings and project files are still arriving …")
        self._finish(preparing)
        # After the first page: three Djangos that load at once on two cores make its visitor wait a second more.
        # Asked to stop, a worker first finishes its task. Nobody would be there to limit that after the supervisor was killed.
        self._start("worker", [*_CELERY, *_WORKER], death=signal.SIGKILL)
        self._start("beat", [*_CELERY, "beat", "-s", str(self.state.beat / "schedule"), "--pidfile="])
        self._welcome()

    def watch(self) -> None:
        while True:
            self.pause(0.2)
            self.follow_logs()
            for child in [*self.processes, *(server.child for server in self.services.servers)]:
                if not child.is_alive:
                    raise CannotRun(
                        f"{child.name} ended by itself (exit code {child.exit_code}): read {child.log}, then start again."
                    )

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

    def _prepare(self) -> Child:
        """Migrations and half of the demonstration, in a process that may be interrupted and whose words go to the terminal."""
        console.say("preparing the database …")
        opened, to_tell = os.pipe()
        preparing = self._start("prepare", ["manage.py", "prepare", f"--opened={to_tell}"], to_tell, is_logged=False)
        os.close(to_tell)
        while not select.select([opened], [], [], 0)[0]:
            self.pause(0.05)
        is_told = os.read(opened, 1)  # nothing to read: the process has ended, well or not
        os.close(opened)
        if not is_told:
            self._finish(preparing)
        return preparing

    def _finish(self, preparing: Child) -> None:
        """The rest of the demonstration, while the home page is open."""
        while preparing.is_alive:
            self.pause(0.05)
        preparing.end()
        if preparing.exit_code:
            raise CannotRun("the database could not be prepared: the lines above say why.")
        if preparing in self.processes:
            self.processes.remove(preparing)

    def _start(self, name: str, arguments: list[str], *descriptors: int, is_logged: bool = True, **options) -> Child:
        """One of the portal's own Python processes; `python -m` because a script's first line breaks on a path with spaces."""
        process = Child(
            name,
            [sys.executable, *arguments],
            log=self.state.log(name) if is_logged else None,
            cwd=CHECKOUT,
            env=self.environment,
            pass_fds=[self.state.held, *descriptors],
            **options,
        )
        self.processes.append(process)
        process.start()
        if is_logged:
            self.logs.append(FollowedLog(name, process.log))
        return process

    def _wait_for_home_page(self, web: Child) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline and web.is_alive:
            try:
                urllib.request.urlopen(self.site + "/", timeout=2).close()  # noqa: S310 -- our own address
            except urllib.error.HTTPError as answer:
                console.complain(f"the home page answers {answer.code}: read {web.log}.")
            except OSError:
                self.pause(0.02)
                continue
            return
        raise CannotRun(f"the web server ended, or does not answer within {ANSWER_SECONDS} s: read {web.log}.")

    def _welcome(self) -> None:
        lines = ["", f"  SOHO SOLO is open at  {self.site}/", ""]
        if self.environment["DEMO"].lower() in YES:
            lines += [f"  Accounts of the demonstration, password {DEMONSTRATION_PASSWORD}"]
            lines += [f"    {name + '@demo.example.org':<31}{role}" for name, role in DEMONSTRATION_ACCOUNTS.items()]
            lines += [f"  The letters it sends    {self.site}/courrier/"]
        lines += [f"  Logs and data           {self.state.folder}"]
        for server in self.services.servers:
            if not server.folder.is_relative_to(self.state.folder):
                lines += [f"  The database            {server.folder}   (which the user who runs root's PostgreSQL can reach)"]
        lines += ["  Ctrl-C ends everything; the data are kept.", ""]
        console.write("\n".join(lines))


def listen(port: str) -> socket.socket:
    """The first free port from the wanted one on, taken for good before anything else starts."""
    if not port.isdigit() or int(port) > 65535:
        raise CannotRun(f"PORT={port} is not a port: choose a number from 1024 to 65535.")
    for candidate in [*range(int(port), min(int(port) + PORTS_TRIED, 65536)), 0]:
        try:
            listener = socket.create_server(("127.0.0.1", candidate), backlog=128)
        except PermissionError:
            raise CannotRun(f"port {candidate} is for root alone: choose one from 1024 on, for instance PORT=8080.") from None
        except OSError:
            continue
        if candidate != int(port):
            console.say(f"port {port} is taken; using {listener.getsockname()[1]}")
        return listener
    raise CannotRun("this machine gives no port to listen on: check its network settings (127.0.0.1).")
