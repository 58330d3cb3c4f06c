"""Real processes under test: started apart from the session's own services, and never left behind."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sohosolo.embedded.state import State

ROOT = Path(__file__).resolve().parents[2]
MARK = "SOHOSOLO_TEST_MARK"  # in the environment of a process and, by inheritance, of all that descend from it
OF_THE_SESSION = (
    *("DATABASE_URL", "REDIS_URL", "BROKER_URL", "SECRET_KEY", "STATE_DIR", "MAIL_DIR", "MEDIA_ROOT", "PORT"),
    *("DJANGO_SETTINGS_MODULE", "SITE_URL", "ALLOWED_HOSTS", "DEMO", "STATIC_MANIFEST", "SOHOSOLO_STATE"),
)


def clean_environment(**changes: str) -> dict[str, str]:
    """What a person at a terminal has, and a port that is free: nothing of the services that this pytest runs on."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_SESSION and not name.startswith("PYTEST")}
    return kept | {"SOHOSOLO_VENV": sys.prefix, "DEMO": "0", "PORT": "0"} | changes


class Run:
    """One `./run`, with its words, its address and everything that descends from it."""

    def __init__(self, *arguments: str, prefix: Sequence[str] = (), script: Path = ROOT / "run", **environment: str) -> None:
        self.mark = uuid.uuid4().hex
        self._output = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 -- closed by running()
        self.process = subprocess.Popen(
            [*prefix, sys.executable, str(script), *arguments],
            env=clean_environment(**{MARK: self.mark}, **environment),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.said = ""

    def listen(self) -> str:
        """All that it has said so far."""
        self._output.seek(0)
        self.said = self._output.read()
        return self.said

    def wait_until_said(self, words: str, seconds: float = 300) -> str:
        deadline = time.monotonic() + seconds
        while words not in self.listen():
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.said}"
            assert time.monotonic() < deadline, f"« {words} » not said within {seconds} s: {self.said}"
            time.sleep(0.05)
        return self.said

    @property
    def address(self) -> str:
        said = self.wait_until_said("Ctrl-C ends everything")
        return said.partition("is open at")[2].split()[0]

    def end(self, signum: int = signal.SIGINT, seconds: float = 120) -> int:
        """Send the signal, and give its exit code once it has ended."""
        self.process.send_signal(signum)
        return self.finish(seconds)

    def finish(self, seconds: float = 300) -> int:
        self.process.wait(seconds)
        self.listen()
        return self.process.returncode

    def close(self) -> None:
        """End what is left of it, however the test went."""
        for pid in {self.process.pid, *self.descendants()} if self.process.poll() is None else self.descendants():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self._output.close()

    def descendants(self) -> dict[int, str]:
        """Every process that carries the mark, by number, with its command line."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def descendant(self, words: str) -> int:
        """The number of the first (oldest) process whose command line holds the words."""
        return min(pid for pid, command in self.descendants().items() if words in command)


@contextlib.contextmanager
def running(*arguments: str, prefix: Sequence[str] = (), **environment: str) -> Iterator[Run]:
    run = Run(*arguments, prefix=prefix, **environment)
    try:
        yield run
    finally:
        run.close()


def run_to_end(*arguments: str, prefix: Sequence[str] = (), **environment: str) -> Run:
    with running(*arguments, prefix=prefix, **environment) as run:
        run.finish()
        return run


def eventually(check: Callable[[], object], seconds: float = 120) -> object:
    """The first true answer, within the time given; the last one otherwise."""
    deadline = time.monotonic() + seconds
    while not (answer := check()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def answer_code(url: str) -> int:
    """0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 -- our own address
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


@contextlib.contextmanager
def short_folder(name: str = "") -> Iterator[Path]:
    """A folder outside pytest's own, which root alone may enter while PostgreSQL runs as nobody."""
    top = Path(tempfile.mkdtemp(prefix="sohosolo-pytest-", dir="/tmp"))
    top.chmod(0o711)
    try:
        folder = top / name
        folder.mkdir(exist_ok=True, parents=True)
        yield folder
    finally:
        for state in (folder, folder / "state", folder / ".run"):
            shutil.rmtree(State(state).sockets(), ignore_errors=True)
        shutil.rmtree(top, ignore_errors=True)
