"""Processes that cannot outlive the one that started them.

Each child leads a session of its own, so that Ctrl-C reaches the supervisor alone, which ends the children in order. On
Linux the kernel itself signals them when the supervisor dies, however it dies. Elsewhere, and while the children of a
killed supervisor are still ending, the next start finds them through their records and waits until they are gone.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

LOG_KEPT_BYTES = 5_000_000


@dataclass(frozen=True)
class Account:
    """The user a child runs as."""

    uid: int
    gid: int

    def as_popen_arguments(self) -> dict:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def die_with_parent(death_signal: int) -> Callable[[], None]:
    """For preexec_fn, which runs after the change of user (that change would clear the wish)."""
    parent = os.getpid()

    def ask_the_kernel() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, death_signal)
            if os.getppid() != parent:  # it died in between
                os._exit(1)

    return ask_the_kernel


class Child:
    """One process of the portal: started, watched, asked to stop, and in the end made to.

    `stop` is the signal of an orderly end, `death` the one sent by the kernel when the supervisor is killed, `grace` the
    seconds given between asking and killing. Output goes straight into `log`, so that no reader is needed.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None = None,
        record: Path | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | str | None = None,
        account: Account | None = None,
        stop: int = signal.SIGTERM,
        death: int | None = None,
        grace: float = 10,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.command = [str(word) for word in command]
        self.log, self.record = log, record
        self.environment, self.folder, self.account = environment, folder, account
        self.stop, self.death, self.grace, self.pass_fds = stop, death or stop, grace, tuple(pass_fds)
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        self.end_predecessor()
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(_opened_log(self.log)) if self.log else None
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                cwd=self.folder,
                env=self.environment,
                start_new_session=True,
                pass_fds=self.pass_fds,
                preexec_fn=die_with_parent(self.death),
                **(self.account.as_popen_arguments() if self.account else {}),
            )
        if self.record is not None:
            self.record.parent.mkdir(parents=True, exist_ok=True)
            self.record.write_text(json.dumps({"pid": self.process.pid, "identity": identity(self.process.pid)}))

    def end_predecessor(self) -> int | None:
        """End the process of the same name that a killed supervisor left on record; its number, which is now dead or another's."""
        return end_recorded(self.record, stop=self.stop, grace=self.grace) if self.record else None

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self.process is None else self.process.poll()

    def ask_to_stop(self) -> None:
        if self.is_alive:
            self.process.send_signal(self.stop)

    def end(self) -> None:
        """Ask, wait for `grace` seconds, then kill whatever is left of its session."""
        if self.process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.grace)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.record is not None:
            self.record.unlink(missing_ok=True)


def _opened_log(path: Path):
    """The log, for appending; a long one is put aside, once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_KEPT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def identity(pid: int) -> str | None:
    """What tells a process from a later one with the same number (its start); None when there is none."""
    if sys.platform == "linux":
        try:
            state, *fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if state == "Z" else f"{boot} {fields[18]}"
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return told.stdout.strip() or None


def end_recorded(record: Path, *, stop: int, grace: float) -> int | None:
    """End the process on record, if it still is that process."""
    try:
        known = json.loads(record.read_text())
        pid, recorded = known["pid"], known["identity"]
    except (OSError, ValueError, KeyError):
        return None
    if recorded and identity(pid) == recorded:
        deadline = time.monotonic() + grace
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, stop)
            while identity(pid) == recorded and time.monotonic() < deadline:
                time.sleep(0.05)
            os.killpg(pid, signal.SIGKILL)
            while identity(pid) == recorded:
                time.sleep(0.05)
    record.unlink(missing_ok=True)
    return pid
