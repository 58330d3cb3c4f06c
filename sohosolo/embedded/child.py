"""Processes that cannot outlive the one that started them.

Each child leads a session of its own, so that Ctrl-C reaches the supervisor alone, which ends the children in order. On
Linux the kernel itself signals them when the supervisor dies, however it dies. They all hold a file of the state folder, and
the next start waits until nobody does (State.wait_until_alone).
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


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
    seconds given between asking and killing. Output goes straight into `log`, begun anew at each start (the one before is
    kept as .log.1). `options` are Popen's.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None = None,
        stop: int = signal.SIGTERM,
        death: int | None = None,
        grace: float = 10,
        **options,
    ) -> None:
        self.name, self.command, self.log, self.options = name, [str(word) for word in command], log, options
        self.stop, self.death, self.grace = stop, death or stop, grace
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        if self.log and self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("wb") if self.log else contextlib.nullcontext() as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
                preexec_fn=die_with_parent(self.death),
                **self.options,
            )

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
