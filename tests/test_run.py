"""The `run` script on machines that lack something: a newer Python, a sound folder of packages, an index that has them.

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
        self.folder, self.index, self.home = folder / "un dossier à l'écart", folder / "index", folder / "home"
        for path in (self.folder / "sohosolo" / "embedded", self.index, self.home):
            path.mkdir(parents=True)
        shutil.copy(RUN, self.folder)
        (self.folder / "sohosolo" / "__init__.py").touch()
        (self.folder / "sohosolo" / "embedded" / "__init__.py").touch()
        (self.folder / "sohosolo" / "embedded" / "__main__.py").write_text(PORTAL)
        self.pin("requirements.lock", "pebble", "1.0")
        self.pin("requirements-test.lock", "pebble", "1.0")
        self.pin("requirements-test.lock", "gravel", "2.0")

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

    def start(self, *arguments, python=(sys.executable,), **environment):
        return subprocess.Popen(
            [*python, self.folder / "run", *arguments],
            env=self.environment() | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder.parent,
        )

    def run(self, *arguments, **options):
        """Its exit code and what it says, the two streams in one."""
        start = self.start(*arguments, **options)
        said = start.communicate(timeout=300)[0]
        assert "Traceback" not in said
        return start.returncode, said.strip()

    def environment(self):
        """A machine whose only index is this one."""
        bare = {name: value for name, value in clean_environment().items() if not name.startswith(("PIP_", "SOHOSOLO_"))}
        bare |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index), "HOME": str(self.home)}
        return bare | {"PYTHONDONTWRITEBYTECODE": "1", "PIP_NO_CACHE_DIR": "1"}

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
    """A checkout after its first start, of which there were two at once."""
    checkout = Checkout(tmp_path_factory.mktemp("installed"))
    starts = [checkout.start(), checkout.start()]
    said = [start.communicate(timeout=300)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0], said
    assert sum("run: making " in words for words in said) == 1
    assert sum("run: another start is installing the packages; waiting for it" in words for words in said) == 1
    assert all(words.endswith("continued with [] pebble 1.0\n") for words in said)
    return checkout


@pytest.fixture
def completed(installed, checkout):
    """The same, for this test alone."""
    shutil.copytree(installed.venv, checkout.venv, symlinks=True)
    return checkout


# ---- The machine -----------------------------------------------------------------------------------------------------


def test_an_old_python_reads_the_script_and_says_what_is_needed(checkout):
    ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 6))
    believe = "import sys; sys.version_info = (3, 8, 18); sys.argv = sys.argv[1:]; "
    believe += "exec(compile(open(sys.argv[0]).read(), sys.argv[0], 'exec'), {'__name__': '__main__', '__file__': sys.argv[0]})"
    code, said = checkout.run(python=(sys.executable, "-c", believe))
    assert (code, said.count("\n")) == (1, 0)
    assert said.startswith("run: Python 3.11 or newer is needed and this is ")
    assert "« python3.13 run », or install one (Debian, Ubuntu: apt install python3" in said


def test_help_and_mistakes_install_nothing(checkout):
    code, said = checkout.run("--help")
    assert (code, said.splitlines()[0]) == (0, "SOHO SOLO on a machine with Python 3.11 or newer and nothing else.")
    code, said = checkout.run("tets")
    assert (code, said.count("\n")) == (1, 0)
    assert said.startswith("run: there is no command « tets »: use test, manage, lint, bench, chaos or --help")
    assert not (checkout.venv).exists()


@pytest.mark.parametrize(
    ("system", "machine", "libc"),
    [("linux", "x86_64", ("", "")), ("linux", "riscv64", ("glibc", "2.39")), ("linux", "x86_64", ("glibc", "2.17"))],
)
def test_a_machine_without_embedded_servers_is_told_what_to_use(run_module, monkeypatch, system, machine, libc):
    monkeypatch.setattr(run_module.sys, "platform", system)
    monkeypatch.setattr(run_module.platform, "machine", lambda: machine)
    monkeypatch.setattr(run_module.platform, "libc_ver", lambda: libc)
    with pytest.raises(SystemExit, match="use « docker compose up », or a venv and servers of your own"):
        run_module.check_packages_exist()


def test_windows_is_sent_to_wsl(run_module, monkeypatch):
    monkeypatch.setattr(run_module.sys, "platform", "win32")
    with pytest.raises(SystemExit, match="start it inside WSL"):
        run_module.check_machine()


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
        lambda venv: (venv / "bin" / "python").unlink(),
        lambda venv: exchange(venv / "bin" / "python", "/bin/sh"),
        lambda venv: (venv / "sohosolo-run").write_text((venv / "sohosolo-run").read_text()[:-9]),
        lambda venv: (venv / "sohosolo-run").unlink(),
    ],
    ids=["no interpreter", "another interpreter", "half written", "interrupted, or made by somebody else"],
)
def test_a_damaged_folder_is_recognised(run_module, completed, damage, monkeypatch):
    for name, path in (("VENV", ""), ("PYTHON", "bin/python"), ("STAMP", "sohosolo-run")):
        monkeypatch.setattr(run_module, name, completed.venv / path)
    monkeypatch.setattr(run_module, "LOCKS", {"portal": completed.folder / "requirements.lock", "test": RUN})
    assert run_module.is_installed("portal")
    assert not run_module.is_installed("test")
    damage(completed.venv)
    assert not run_module.is_installed("portal")


def test_a_damaged_folder_is_made_anew(completed):
    exchange(completed.venv / "bin" / "python", "/nonexistent/python3.11")
    (completed.venv / "of yesterday").touch()
    code, said = completed.run()
    assert (code, said.splitlines()[-1]) == (0, "continued with [] pebble 1.0")
    assert said.startswith(f"run: making {completed.venv} with the packages of requirements.lock")
    assert not (completed.venv / "of yesterday").exists()
    assert completed.run() == (0, "continued with [] pebble 1.0")


def test_the_tests_complete_the_folder_and_the_portal_uses_it_as_well(completed):
    assert completed.modules == {"pebble"}
    code, said = completed.run("test", "-x")
    assert (code, said.splitlines()[-1]) == (0, "continued with ['test', '-x'] pebble 1.0")
    assert completed.modules == {"pebble", "gravel"}
    assert completed.run() == (0, "continued with [] pebble 1.0")
    (completed.folder / "requirements.lock").unlink()
    completed.pin("requirements.lock", "pebble", "1.1")
    completed.pin("requirements-test.lock", "pebble", "1.1")
    code, said = completed.run()
    assert said.startswith("run: completing ")
    assert said.splitlines()[-1] == "continued with [] pebble 1.1"


def test_an_install_that_fails_is_told_and_leaves_the_portal_working(completed):
    """pip says why: here that the package is not the one that is pinned."""
    completed.pin("requirements-test.lock", "quartz", "3.0", hashed="0" * 64)
    code, said = completed.run("test")
    assert code == 1
    assert "DO NOT MATCH THE HASHES" in said
    assert said.splitlines()[-1].startswith("run: the packages could not be installed, the lines above say why: ")
    assert completed.modules == {"pebble"}
    assert completed.run() == (0, "continued with [] pebble 1.0")


def test_a_folder_named_by_the_caller_is_used_as_it_stands(installed, checkout, tmp_path):
    theirs = tmp_path / "theirs"
    shutil.copytree(installed.venv, theirs, symlinks=True)
    (theirs / "sohosolo-run").unlink()
    checkout.pin("requirements.lock", "quartz", "3.0")
    assert checkout.run(SOHOSOLO_VENV="theirs") == (0, "continued with [] pebble 1.0")
    code, said = checkout.run(SOHOSOLO_VENV="nowhere")
    assert (code, said.count("\n")) == (1, 0)
    assert said.startswith(f"run: there is no {tmp_path / 'nowhere/bin/python'}: make a venv there")
    assert not checkout.venv.exists()


def test_a_venv_folder_that_cannot_be_made_is_said(checkout):
    (checkout.venv).write_text("a file in its place")
    code, said = checkout.run()
    assert (code, said.count("\n")) == (1, 0)
    assert said.startswith(f"run: {checkout.folder / '.venv'}: ")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_install_ends_its_installer_and_is_begun_anew(checkout, signum):
    start = checkout.start()
    while not (checkout.venv / "bin").exists():
        assert start.poll() is None
        time.sleep(0.01)
    start.send_signal(signum)
    said = start.communicate(timeout=120)[0]  # the installer, too, has closed it
    assert start.returncode == (1 if signum == signal.SIGINT else 128 + signum)
    assert said.endswith("run: interrupted; the next start continues.\n") == (signum == signal.SIGINT)
    assert not (checkout.venv / "sohosolo-run").exists()
