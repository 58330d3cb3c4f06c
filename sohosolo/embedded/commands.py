"""`./run test`, `bench`, `chaos`, `manage` and `lint`: one command against services, then an end to all of it."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sohosolo.embedded import console
from sohosolo.embedded.child import die_with_parent
from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.environment import compile_catalogues, environment_for
from sohosolo.embedded.interruptions import Interrupted, Interruptions
from sohosolo.embedded.portal import FIRST_PORT
from sohosolo.embedded.postgres import installed_binaries
from sohosolo.embedded.services import Services
from sohosolo.embedded.state import CHECKOUT, State, hold

DEFAULT_SITE = f"http://127.0.0.1:{FIRST_PORT}"
WORKERS = (os.cpu_count() or 1) + 1  # tests of processes and of browsers wait, the others work meanwhile
SPREAD = ["-n", str(WORKERS), "--dist", "worksteal"]
WHOLE_SUITE = [*SPREAD, "-m", "(not browser or journey) and not thorough"]
SELECTIONS = {  # of ./run chaos
    "pages": ["tests/browser", *SPREAD],
    "thorough": ["-m", "thorough", *SPREAD],
    "input": ["tests/chaos/test_input.py", *SPREAD],
}
_BUILTIN = ["--builtin-schema", "vendor.compose-spec"]
CHECKS = {  # of ./run lint, each a command of this Python or a program beside it
    "style": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "templates and styles": ["python", "-m", "tests.layout"],
    "dead code": ["python", "-m", "tests.dead_code"],
    "import arrows": ["python", "-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
    "missing migrations": ["python", "-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check", "--dry-run"],
    "docker-compose.yml": ["python", "-m", "check_jsonschema", *_BUILTIN, "docker-compose.yml"],
    "Dockerfile": ["hadolint", "Dockerfile"],
}


def test(arguments: list[str], interruptions: Interruptions) -> int:
    """pytest on servers that exist for this run only, with several workers when nothing is asked. Its exit code is ours.

    Asked for nothing, it runs the whole suite but for what `./run chaos pages` and `./run chaos thorough` run.
    """
    compile_catalogues()
    with throwaway_state() as state, served(Services(state, throwaway=True), interruptions) as services:
        environment = environment_for(state, services.addresses, site=DEFAULT_SITE)
        del environment["DJANGO_SETTINGS_MODULE"]  # the tests have their own, named in pyproject.toml
        return run_in_terminal([sys.executable, "-m", "pytest", *(arguments or WHOLE_SUITE)], environment, interruptions)


def bench(arguments: list[str], interruptions: Interruptions) -> int:
    return _test_folder("bench", arguments, interruptions)


def chaos(arguments: list[str], interruptions: Interruptions) -> int:
    if arguments and arguments[0] in SELECTIONS:
        return test([*SELECTIONS[arguments[0]], *arguments[1:]], interruptions)
    return _test_folder("chaos", arguments, interruptions)


def _test_folder(name: str, arguments: list[str], interruptions: Interruptions) -> int:
    chosen = ["-k"] if arguments and not arguments[0].startswith("-") else []
    return test([f"tests/{name}", "-s", *chosen, *arguments], interruptions)


def manage(arguments: list[str], state: State, interruptions: Interruptions) -> int:
    """A management command on the running portal's services, else on the same ones started for it."""
    compile_catalogues()
    command = [sys.executable, "manage.py", *arguments]
    holder = f"./run manage {' '.join(arguments[:1])}".strip()
    if told := state.claim(holder, "services", interruptions.pause):
        return run_in_terminal(command, for_psql(environment_for(state, told["services"], site=told["site"])), interruptions)
    with served(Services(state), interruptions) as services:
        environment = environment_for(state, services.addresses, site=DEFAULT_SITE)
        return run_in_terminal(command, for_psql(environment), interruptions)


def for_psql(environment: dict[str, str]) -> dict[str, str]:
    """`manage dbshell` starts it, and Django does not tell it of the socket."""
    found = environment["DATABASE_URL"].partition("?host=")[2]
    path = f"{environment.get('PATH', os.defpath)}:{installed_binaries()}"
    return environment | ({"PGHOST": found, "PATH": path} if found else {})


@contextlib.contextmanager
def served(services: Services, interruptions: Interruptions):
    try:
        services.start(interruptions.pause)
        yield services
    finally:
        services.end()


def lint(arguments: list[str], interruptions: Interruptions) -> int:
    """Every check, also after one that failed; the exit code says whether all passed."""
    if arguments:
        raise CannotRun("./run lint takes no arguments.")
    # No server is asked for: Django warns that it cannot compare with a database, and compares models with migrations.
    nowhere = {"DATABASE_URL": "postgresql://nobody@/none?host=/nonexistent", "REDIS_URL": "unix:///nonexistent"}
    environment = dict(os.environ) | nowhere | {"SECRET_KEY": "lint" * 8, "DJANGO_SETTINGS_MODULE": "sohosolo.settings"}
    failed = []
    for name, (program, *options) in CHECKS.items():
        console.say(name)
        if run_in_terminal([str(Path(sys.executable).with_name(program)), *options], environment, interruptions):
            failed.append(name)
    console.say(f"to correct: {', '.join(failed)}" if failed else "all is in order")
    return 1 if failed else 0


def run_in_terminal(command: list[str], environment: dict[str, str], interruptions: Interruptions) -> int:
    """In our own process group, so that it reads the terminal and gets Ctrl-C from it; and never longer than ourselves."""
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, preexec_fn=die_with_parent(signal.SIGTERM))
    try:
        while process.poll() is None:
            interruptions.pause(0.05)
    except Interrupted as wish:
        if wish.signum != signal.SIGINT:
            process.terminate()
        elif not sys.stdin.isatty():  # else the terminal has told it of Ctrl-C itself
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
        raise
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


@contextlib.contextmanager
def throwaway_state():
    """A state folder for one command. Those of killed runs, which no process holds any more, are removed on the way."""
    shared = Path(tempfile.gettempdir())
    for leftover in shared.glob("sohosolo-test-*"):
        with contextlib.suppress(OSError):
            if (held := hold(leftover)) is not None:
                shutil.rmtree(leftover)
                os.close(held)
    folder = Path(tempfile.mkdtemp(prefix="sohosolo-test-", dir=shared))
    try:
        # In the folder itself where its name is short and plain, so that the sockets of a killed run go with it.
        is_plain = folder.parent == Path("/tmp")  # noqa: S108 -- a folder of mkdtemp's
        state = State(folder, sockets=folder / "sockets" if is_plain else None)
        state.make()
        state.wait_until_alone(time.sleep)
        yield state
    finally:
        shutil.rmtree(folder, ignore_errors=True)
