"""`./run test`, `bench`, `chaos`, `manage` and `lint`: one command against services, then an end to all of it."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from sohosolo.embedded import console
from sohosolo.embedded.catalogues import compile_catalogues
from sohosolo.embedded.checkout_lock import CheckoutLock
from sohosolo.embedded.child import die_with_parent
from sohosolo.embedded.environment import environment_for
from sohosolo.embedded.errors import CannotRun
from sohosolo.embedded.interruptions import Interrupted, Interruptions
from sohosolo.embedded.portal import FIRST_PORT
from sohosolo.embedded.postgres import installed_binaries
from sohosolo.embedded.services import Services
from sohosolo.embedded.state import CHECKOUT, State

DEFAULT_ADDRESS = f"http://127.0.0.1:{FIRST_PORT}"
_THROWAWAY = "sohosolo-test-"
WORKERS = (os.cpu_count() or 1) + 1  # tests of processes and of browsers wait, the others work meanwhile
SPREAD = ["-n", str(WORKERS), "--dist", "worksteal"]
WHOLE_SUITE = [*SPREAD, "-m", "(not browser or journey) and not thorough"]
SELECTIONS = {  # of ./run chaos
    "pages": ["tests/browser", *SPREAD],
    "thorough": ["-m", "thorough", *SPREAD],
    "input": ["tests/chaos/test_input.py", *SPREAD],
}


def test(arguments: list[str], interruptions: Interruptions) -> int:
    """pytest on servers that exist for this run only, with several workers when nothing is asked. Its exit code is ours.

    Asked for nothing, it runs the whole suite but for what `./run chaos pages` and `./run chaos thorough` run.
    """
    compile_catalogues()
    arguments = arguments or WHOLE_SUITE
    with throwaway_state() as state:
        services = Services(state, throwaway=True)
        try:
            services.start(interruptions.pause)
            environment = environment_for(state, services, address=DEFAULT_ADDRESS)
            del environment["DJANGO_SETTINGS_MODULE"]  # the tests have their own, named in pyproject.toml
            return _run_in_terminal([sys.executable, "-m", "pytest", *arguments], environment, interruptions)
        except Interrupted as wish:
            return 128 + wish.signum
        finally:
            services.end()


def bench(arguments: list[str], interruptions: Interruptions) -> int:
    return _test_folder("bench", arguments, interruptions)


def chaos(arguments: list[str], interruptions: Interruptions) -> int:
    if arguments and arguments[0] in SELECTIONS:
        return test([*SELECTIONS[arguments[0]], *arguments[1:]], interruptions)
    return _test_folder("chaos", arguments, interruptions)


def _test_folder(name: str, arguments: list[str], interruptions: Interruptions) -> int:
    if not (CHECKOUT / "tests" / name).is_dir():
        raise CannotRun(f"there is nothing in tests/{name} yet.")
    if arguments and not arguments[0].startswith("-"):
        arguments = ["-k", *arguments]
    return test([f"tests/{name}", "-s", *arguments], interruptions)


def manage(arguments: list[str], state: State, interruptions: Interruptions) -> int:
    """A management command on the running portal's services, else on the same ones started for it."""
    compile_catalogues()
    services, lock = Services(state), CheckoutLock(state.folder / "lock")
    address, running = DEFAULT_ADDRESS, {}
    try:
        while not lock.take(f"./run manage {' '.join(arguments[:1])}".strip()):
            if running := lock.told().get("services", {}):
                address = lock.told()["address"].rstrip("/")
                break
            interruptions.pause(0.1)
        if running:
            services.use(running)
        services.start(interruptions.pause)
        environment = environment_for(state, services, address=address)
        if services.psql_host:
            environment["PATH"] = f"{installed_binaries()}:{environment.get('PATH', os.defpath)}"
        return _run_in_terminal([sys.executable, "manage.py", *arguments], environment, interruptions)
    except Interrupted as wish:
        return 128 + wish.signum
    finally:
        services.end()


def lint(arguments: list[str], interruptions: Interruptions) -> int:
    """Every check, also after one that failed; the exit code says whether all passed."""
    if arguments:
        raise CannotRun("./run lint takes no arguments.")
    python, beside = sys.executable, Path(sys.executable).parent
    checks = {
        "style": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "templates and styles": [python, "-m", "tests.layout"],
        "dead code": [python, "-m", "tests.dead_code"],
        "import arrows": [python, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
        "missing migrations": [python, "-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check", "--dry-run"],
    }
    if (CHECKOUT / "docker-compose.yml").exists():
        schema = ["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
        checks["docker-compose.yml"] = [python, "-m", "check_jsonschema", *schema]
    if (CHECKOUT / "Dockerfile").exists():
        checks["Dockerfile"] = [str(beside / "hadolint"), "Dockerfile"]
    # No server is asked for: Django warns that it cannot compare with a database, and compares models with migrations.
    nowhere = {"DATABASE_URL": "postgresql://nobody@/none?host=/nonexistent", "REDIS_URL": "unix:///nonexistent"}
    environment = dict(os.environ) | nowhere | {"SECRET_KEY": "lint" * 8, "DJANGO_SETTINGS_MODULE": "sohosolo.settings"}
    failed = []
    try:
        for name, command in checks.items():
            console.say(name)
            if _run_in_terminal(command, environment, interruptions):
                failed.append(name)
    except Interrupted as wish:
        return 128 + wish.signum
    console.say(f"to correct: {', '.join(failed)}" if failed else "all is in order")
    return 1 if failed else 0


def _run_in_terminal(command: list[str], environment: dict[str, str], interruptions: Interruptions) -> int:
    """In our own process group, so that it reads the terminal and gets Ctrl-C from it; and never longer than ourselves."""
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environment,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        while process.poll() is None:
            interruptions.pause(0.05)
    except Interrupted as wish:
        return _wind_up(process, wish)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def _wind_up(process: subprocess.Popen, wish: Interrupted) -> int:
    """Pass the wish on, unless the terminal has told the child of Ctrl-C itself. Patience ends with a kill."""
    steps = [(signal.SIGTERM, 10), (signal.SIGKILL, 5)]
    if wish.signum == signal.SIGINT:
        steps = [*([(None, 10)] if _has_the_terminal() else []), (signal.SIGINT, 10), *steps]
    for signum, seconds in steps:
        if signum is not None:
            process.send_signal(signum)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            break
    return 128 + wish.signum


def _has_the_terminal() -> bool:
    """Whether Ctrl-C reaches this process and its group from a terminal."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False


@contextlib.contextmanager
def throwaway_state():
    """A state folder for one command. Those of killed runs, recognised by their lock being free, are removed on the way."""
    shared = Path(tempfile.gettempdir())
    for leftover in shared.glob(_THROWAWAY + "*"):
        with contextlib.suppress(OSError), _locked(leftover):
            shutil.rmtree(leftover)
    folder = Path(tempfile.mkdtemp(prefix=_THROWAWAY, dir=shared))
    try:
        with _locked(folder):
            # In the folder itself where its name is short and plain, so that the sockets of a killed run go with it.
            plain = quote(str(folder)) == str(folder) and len(str(folder)) < 60
            state = State(folder, sockets=folder / "sockets" if plain else None)
            state.make()
            yield state
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path):
    """Held on the folder itself; BlockingIOError, an OSError, when somebody else holds it."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)
