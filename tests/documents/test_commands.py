"""Every command of README.md and docs/operations.md stands in a list of how it is run; the recipe without Docker really is."""

import os
import re
import shutil
import subprocess
import time
import urllib.parse
from pathlib import Path

import pytest

from sohosolo.embedded.state import CHECKOUT
from tests.documents import debian
from tests.documents.reading import MANAGEMENT, OPERATIONS, README, blocks, commands, section

pytestmark = pytest.mark.processes

WITHOUT_DOCKER = section(OPERATIONS, "Without Docker")
RECIPE, EVERY_NIGHT = blocks(WITHOUT_DOCKER)
(ENVIRONMENT_OF_COMPOSE,) = blocks(section(OPERATIONS, "First start"))
MUST_INSTALL = "TRY_INSTALLATION"

IN_THE_RECIPE = {command for command in commands(OPERATIONS) if command in re.sub(r"\s+", " ", RECIPE + EVERY_NIGHT)}
FUNDER_REPORT = "funder_report --from 2026-01-01 --to 2026-12-31 --known 2026-12-31 report.xlsx"
IN_TESTS = {  # command: the file that runs it, and the words it runs
    "./run": ("tests/embedded/processes.py", '"run"'),
    "./run test": (".ci/run", "./run test"),
    "./run lint": (".ci/run", "./run lint"),
    ".ci/run": (".ci/run", "./run lint"),
    "./run bench": ("tests/embedded/test_commands.py", '"bench"'),
    "./run chaos": ("tests/embedded/test_commands.py", '"bench"'),
    "./run chaos pages": ("tests/embedded/test_commands.py", '["pages", "-x"]'),
    "./run chaos thorough": ("tests/embedded/test_commands.py", '["thorough"]'),
    "./run manage <command>": ("tests/embedded/test_portal.py", '"manage"'),
    "load_demo --again": ("tests/demo/test_load_demo.py", "again=True"),
    "./run manage load_demo --again": ("tests/demo/test_load_demo.py", "again=True"),
    "./run manage makemessages -l fr": ("tests/test_consistency.py", '"makemessages", "--locale", "fr"'),
    "python -m tests.layout --write": ("tests/test_layout.py", '["--write"]'),
    "apt-get install chromium-headless-shell": (".ci/run", "chromium-headless-shell"),
    "python manage.py migrate": ("tests/documents/test_commands.py", "sohosolo migrate"),
    "python manage.py take_second_step_off EMAIL": ("tests/members/accounts/test_changed_key.py", '"take_second_step_off"'),
    "sign_in_link EMAIL": ("tests/members/accounts/test_entry_links.py", "sign_in_link"),
    FUNDER_REPORT: (
        "tests/projects/figures/test_figures.py",
        '"funder_report"',
    ),
    **{
        name: (f"tests/villages/opendata/test_{name}.py", name)
        for name in MANAGEMENT
        if name.startswith("import_") and name != "import_communes"  # which the recipe runs
    },
}
AFTER_THE_RECIPE = {"runuser -u postgres -- pg_restore --clean --if-exists --no-owner --role=sohosolo -d sohosolo portal.dump"}
PARTS_OF_OTHERS = {
    "sohosolo sign_in_link EMAIL",
    "babel",
    "pip install",
    "sohosolo",
    "createsuperuser",
    "import_communes",
    "migrate",
    "pg_restore --clean --if-exists",
}
BY_THE_INIT_SYSTEM = {  # the units are read by systemd-analyze, and their commands run by the test below
    "systemctl daemon-reload",
    "systemctl enable --now sohosolo-web sohosolo-worker sohosolo-beat",
    "systemctl restart sohosolo-web sohosolo-worker sohosolo-beat",
}
BY_A_NETWORK = {"git pull"}  # of the installation's own clone
BY_A_RESOLVER = {
    command for command in commands(README) if command.startswith("uv pip compile")
}  # changes the locks, which are pinned
DOCKER_BLOCKS = [block for block in blocks(OPERATIONS.read_text(encoding="utf-8")) if "docker" in block and block != RECIPE]
OF_DOCKER = re.compile(r"docker compose |git pull && docker compose ")  # held by their schema and hadolint, in ./run lint


@pytest.mark.parametrize("document", [README, OPERATIONS], ids=["README.md", "operations.md"])
def test_every_command_stands_in_a_list_that_says_how_it_is_run(document):
    parts = IN_THE_RECIPE | AFTER_THE_RECIPE | PARTS_OF_OTHERS | {ENVIRONMENT_OF_COMPOSE.splitlines()[0]}
    listed = parts | set(IN_TESTS) | BY_THE_INIT_SYSTEM | BY_A_NETWORK | BY_A_RESOLVER
    assert {command for command in commands(document) if not is_of_docker(command)} - listed == set()


def is_of_docker(command: str) -> bool:
    return bool(OF_DOCKER.match(command)) or any(command in re.sub(r"\s+", " ", block) for block in DOCKER_BLOCKS)


def test_no_list_names_a_command_that_no_document_tells():
    told = commands(README) | commands(OPERATIONS)
    assert (set(IN_TESTS) | AFTER_THE_RECIPE | PARTS_OF_OTHERS | BY_THE_INIT_SYSTEM | BY_A_NETWORK) - told == set()


@pytest.mark.parametrize("command", sorted(IN_TESTS))
def test_the_test_that_is_said_to_run_a_command_does(command):
    path, words = IN_TESTS[command]
    assert words in (CHECKOUT / path).read_text(encoding="utf-8")


def test_the_imports_that_are_told_are_those_there_are():
    told = {command.removeprefix("python manage.py ").removeprefix("sohosolo ").split()[0] for command in commands(OPERATIONS)}
    assert {name for name in told if name.startswith("import_")} == {name for name in MANAGEMENT if name.startswith("import_")}


def test_the_environment_file_sets_variables_that_are_read():
    known = set(re.findall(r"^\| (.*?) \|", README.read_text(encoding="utf-8"), re.MULTILINE))
    known = set(re.findall(r"`([A-Z_]+)`", " ".join(known)))
    assert set(re.findall(r'^([A-Z_]+)="', RECIPE, re.MULTILINE)) <= known


def test_the_first_block_gives_compose_all_that_it_asks_for(tmp_path):
    subprocess.run(["/bin/sh", "-e", "-c", ENVIRONMENT_OF_COMPOSE], cwd=tmp_path, check=True)
    written = (tmp_path / ".env").read_text(encoding="utf-8")
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert asked <= set(re.findall(r"^([A-Z_]+)=.", written, re.MULTILINE))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
def test_systemd_reads_the_units(tmp_path):
    units = []
    for unit in sorted((CHECKOUT / "deploy/systemd").glob("*.service")):
        text = unit.read_text(encoding="utf-8").replace("/opt/sohosolo/bin/python", "/bin/true")
        units.append(tmp_path / unit.name)
        units[-1].write_text(text, encoding="utf-8")
    assert len(units) == 3
    run = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (run.returncode, [line for line in run.stderr.splitlines() if "sohosolo-" in line]) == (0, [])


def cannot_install() -> str:
    if not os.environ.get(MUST_INSTALL):
        return f"makes a user, a database and folders on this machine: set {MUST_INSTALL}=1 (.ci/run does)"
    if os.geteuid() != 0:
        return "needs root: it installs a portal on this machine"
    return "" if shutil.which("apt-get") else "needs Debian's packages"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The recipe, word by word but for its first two lines; then its three units, started."""
    if reason := cannot_install():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("repository")
    with debian.alone_on_the_machine():
        debian.remove()
        script = re.sub(r"^REPOSITORY=.*$", f"REPOSITORY={debian.repository(folder)}", RECIPE, flags=re.MULTILINE)
        script = re.sub(r"^DOMAIN=.*$", f"DOMAIN={debian.DOMAIN}", script, flags=re.MULTILINE)
        answers = {"Adresse électronique: ": debian.ADMINISTRATOR, r"Password( \(again\))?: ": debian.PASSWORD}
        units = []
        try:
            debian.type_at_a_terminal(script, answers=answers, minutes=15)
            logs = tmp_path_factory.mktemp("logs")
            units = [debian.Unit(name, logs / f"{name}.log") for name in ("web", "worker", "beat")]
            yield units
        finally:
            for unit in units:
                unit.stop()
            debian.remove()


@pytest.fixture
def web_is_up(installed):
    status, text, _seconds = debian.answer_of("/livez", wanted=200, minutes=3)
    assert status == 200, text + installed[0].log.read_text(encoding="utf-8")
    return installed


def test_the_portal_speaks_french_under_its_own_name(web_is_up):
    status, _headers, page = debian.ask("/")
    assert status == 200
    assert '<html lang="fr"' in page
    assert "Se connecter" in page
    (style,) = re.findall(r'href="(/static/css/base\.[0-9a-f]+\.css)"', page)
    assert debian.ask(style)[0] == 200
    assert debian.ask("/", host="elsewhere.example.org")[0] == 400


def test_the_first_administrator_signs_in(web_is_up):
    _status, headers, page = debian.ask("/comptes/login/")
    cookies = "; ".join(cookie.partition(";")[0] for cookie in headers.get_all("Set-Cookie"))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    facts = {"csrfmiddlewaretoken": token, "login": debian.ADMINISTRATOR, "password": debian.PASSWORD}
    sent = {"Cookie": cookies, "Referer": f"https://{debian.DOMAIN}/", "Content-Type": "application/x-www-form-urlencoded"}
    status, headers, page = debian.ask("/comptes/login/", method="POST", body=urllib.parse.urlencode(facts), **sent)
    assert status == 302, page
    assert headers["Location"] in {"/mon-espace/", "/comptes/confirm-email/"}


def test_the_first_administrator_comes_in_by_a_printed_link_too(web_is_up):
    (link,) = re.findall(r"https://\S+", debian.run("sohosolo", "sign_in_link", debian.ADMINISTRATOR))
    assert link.startswith(f"https://{debian.DOMAIN}/")
    assert debian.ask(link.removeprefix(f"https://{debian.DOMAIN}"))[0] == 200


def test_the_portal_is_ready_after_two_minutes_of_beat_and_worker(web_is_up):
    beat = web_is_up[-1]
    time.sleep(max(0, 2 * debian.MINUTE - (time.monotonic() - beat.started)))
    status, text, _waited = debian.answer_of("/readyz", wanted=200, minutes=3)
    logs = {unit.log.name: unit.log.read_text(encoding="utf-8")[-2000:] for unit in web_is_up}
    assert status == 200, f"{text} {logs}"
    seconds = time.monotonic() - beat.started
    print(f"/readyz: {status} {text} {seconds:.0f} s after beat was started")  # noqa: T201 -- the figure, shown by ./run test -s


def test_the_backup_is_restored_by_the_document(web_is_up):
    """Every night's block, then a loss, then the restore: the accounts are there again."""
    debian.type_at_a_terminal(EVERY_NIGHT, answers={}, minutes=3)
    count = ["runuser", "-u", "postgres", "--", "psql", "-At", "-d", "sohosolo", "-c", "SELECT count(*) FROM villages_commune"]
    before = debian.run(*count)
    assert int(before) > 400
    (restore,) = AFTER_THE_RECIPE
    backups = Path("/var/backups/sohosolo")
    debian.run("chmod", "0755", str(backups))
    debian.run("sh", "-c", restore, cwd=backups)
    debian.run("sohosolo", "migrate", "--noinput")
    assert debian.run(*count) == before
    assert debian.ask("/")[0] == 200
