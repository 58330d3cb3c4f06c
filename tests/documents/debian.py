"""An installation made by docs/operations.md alone on this machine's own PostgreSQL and Redis, and taken away again."""

import contextlib
import fcntl
import http.client
import os
import pty
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from sohosolo.embedded.state import CHECKOUT

DOMAIN = "portail.example.org"
ADMINISTRATOR, PASSWORD = "installe@example.org", "quatre mots que personne ne met ensemble"
MADE = (
    "/srv/sohosolo",
    "/opt/sohosolo",
    "/etc/sohosolo.env",
    "/usr/local/bin/sohosolo",
    "/var/lib/sohosolo",
    "/var/backups/sohosolo",
)
UNITS = tuple(f"/etc/systemd/system/sohosolo-{name}.service" for name in ("web", "worker", "beat"))
SOCKET = Path("/run/sohosolo/web.sock")
MINUTE = 60
OF_A_FRESH_SHELL = {  # nothing of the tests' own portal reaches the installation
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "PIP_PROGRESS_BAR": "off",
} | {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HTTP", "http", "SSL_CERT"))}


def run(*command: str, **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=OF_A_FRESH_SHELL, **options)
    assert done.returncode == 0, f"{shlex.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


@contextlib.contextmanager
def alone_on_the_machine() -> Iterator[None]:
    """Two suites side by side install one after the other."""
    with open("/var/lock/sohosolo-installation", "w") as lock:  # noqa: PTH123 -- held as long as it is open
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def repository(folder: Path) -> Path:
    """The checkout as it stands, what is not committed included, as somebody's repository."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=CHECKOUT).split("\0")
    for name in filter(None, listed):
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
    run("git", "init", "-q", ".", cwd=folder)
    run("git", "add", "-A", cwd=folder)
    run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "as it stands", cwd=folder)
    return folder


def type_at_a_terminal(script: str, *, answers: dict[str, str], minutes: int) -> str:
    """Run by bash -e at a terminal; to each prompt that matches, its answer is typed. Returns all that was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve("/bin/bash", ["bash", "-e", "-c", script], OF_A_FRESH_SHELL)  # noqa: S606
    shown, answered, deadline = "", 0, time.monotonic() + minutes * MINUTE
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            piece = os.read(terminal, 65536).decode("utf-8", "replace")
        except OSError:  # the terminal's other end is closed
            break
        if not piece:
            break
        shown += piece
        for prompt, answer in answers.items():
            if found := re.search(prompt, shown[answered:]):
                os.write(terminal, f"{answer}\n".encode())
                answered += found.end()
                break
    else:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    assert status == 0, shown[-4000:]
    return shown


def remove() -> None:
    """What the document's first block makes; the packages stay."""
    for path in map(Path, (*MADE, *UNITS)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for command in (["dropdb", "--if-exists", "--force", "sohosolo"], ["dropuser", "--if-exists", "sohosolo"]):
        subprocess.run(["runuser", "-u", "postgres", "--", *command], capture_output=True, check=False, env=OF_A_FRESH_SHELL)
    subprocess.run(["userdel", "sohosolo"], capture_output=True, check=False, env=OF_A_FRESH_SHELL)
    for database in ("0", "1"):
        subprocess.run(["redis-cli", "-n", database, "flushdb"], capture_output=True, check=False, env=OF_A_FRESH_SHELL)


class Unit:
    """One of the units, started as systemd would: its user, its environment file, its folders, its command word by word."""

    def __init__(self, name: str, log: Path) -> None:
        text = Path(f"/etc/systemd/system/sohosolo-{name}.service").read_text(encoding="utf-8")
        self.facts = dict(line.split("=", 1) for line in text.splitlines() if re.match(r"\w+=", line))
        if folder := self.facts.get("RuntimeDirectory"):
            run("install", "-d", "-o", self.facts["User"], f"/run/{folder}")
        wrapped = f". {self.facts['EnvironmentFile']}; exec {self.facts['ExecStart']}"
        self.log, self.started = log, time.monotonic()
        with log.open("w") as written:
            self.process = subprocess.Popen(
                ["runuser", "-u", self.facts["User"], "--", "sh", "-ac", wrapped],
                cwd=self.facts["WorkingDirectory"],
                env=OF_A_FRESH_SHELL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Through(http.client.HTTPConnection):
    """HTTP to the socket, as the proxy speaks it."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(SOCKET))


def ask(
    path: str, *, method: str = "GET", body: str = "", host: str = DOMAIN, **headers: str
) -> tuple[int, http.client.HTTPMessage, str]:
    connection = Through(host, timeout=30)
    told = {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"} | headers
    try:
        connection.request(method, path, body=body or None, headers=told)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def answer_of(path: str, *, wanted: int, minutes: float) -> tuple[int, str, float]:
    """Asked every second until the status is the wanted one; how many seconds that took."""
    started, status, text = time.monotonic(), 0, ""
    while time.monotonic() - started < minutes * MINUTE:
        with contextlib.suppress(OSError):
            status, _headers, text = ask(path)
            if status == wanted:
                break
        time.sleep(1)
    return status, text, time.monotonic() - started
