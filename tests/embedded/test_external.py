"""Servers of the caller's own: each fault is one sentence that says what to do, and none repeats a password."""

import socket

import psycopg
import pytest
import redis

from sohosolo.embedded import external
from sohosolo.embedded.errors import CannotRun
from sohosolo.embedded.external import broker_beside, check_database, check_redis
from sohosolo.embedded.postgres import Postgres
from sohosolo.embedded.state import State
from sohosolo.embedded.valkey import Valkey
from tests.embedded.processes import run_to_end, short_folder

pytestmark = pytest.mark.processes

CLERK = "clerk:s3cret@"


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL that asks a clerk, with few rights, for a password."""
    import time

    with short_folder("server") as folder:
        state = State(folder)
        state.make()
        server = Postgres(state, throwaway=True)
        server.launch()
        server.wait_until_ready(time.sleep)
        try:
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute("CREATE ROLE clerk LOGIN PASSWORD 's3cret'")
                connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
                rules = server.data / "pg_hba.conf"
                rules.write_text("local all app trust\nlocal all all scram-sha-256\n")
                connection.execute("SELECT pg_reload_conf()")
            yield server
        finally:
            server.end()


@pytest.fixture
def url(server):
    """The address of that server, for a user and a database."""
    return lambda user="app@", database="app": f"postgresql://{user}/{database}?host={server.sockets}"


def grant(server, *statements):
    with psycopg.connect(server.url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener.getsockname()[1]


def sentence(check, *arguments, **options):
    with pytest.raises(CannotRun) as failure:
        check(*arguments, **options)
    said = str(failure.value)
    assert "s3cret" not in said
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    "address",
    [
        "localhost/portal",
        "mysql://root@localhost/portal",
        "postgresql://localhost",
        "postgresql://localhost:port/portal",
        "postgresql://[::1/portal",
        "postgresql:///?host=localhost",
    ],
)
def test_an_address_that_cannot_be_read_is_shown_how_to_look(address):
    assert "cannot be read" in sentence(check_database, address)
    assert "postgresql://user:password@host:5432/database" in sentence(check_database, address)


def test_a_server_that_does_not_answer(closed_port):
    said = sentence(check_database, f"postgresql://portal:s3cret@127.0.0.1:{closed_port}/portal")
    assert said.startswith("DATABASE_URL: no PostgreSQL answers there (")
    assert "Connection refused" in said
    assert said.endswith("check host and port, or unset it to use the embedded server.")


def test_a_host_that_does_not_exist():
    assert "no PostgreSQL answers there" in sentence(check_database, "postgresql://portal@host.invalid/portal")


def test_a_wrong_password(url):
    assert "the user or the password is wrong" in sentence(check_database, url("clerk:wrong@"))
    assert "the user or the password is wrong" in sentence(check_database, url("clerk@"))


def test_a_database_that_does_not_exist(url):
    assert 'database "nowhere" does not exist; create it (createdb)' in sentence(check_database, url(database="nowhere"))


def test_a_server_that_is_too_old(url, monkeypatch):
    monkeypatch.setattr(external, "OLDEST_POSTGRES", 19)
    assert "that server is PostgreSQL 18 and 19 or newer is needed: upgrade it" in sentence(check_database, url())


def test_a_server_without_the_contrib_modules(url, monkeypatch):
    monkeypatch.setattr(external, "EXTENSIONS", ("btree_gist", "unknown_gist"))
    said = sentence(check_database, url())
    assert "lacks unknown_gist: install PostgreSQL's contrib modules" in said


def test_a_database_that_cannot_hold_every_letter(url):
    assert "in LATIN1: create one with ENCODING 'UTF8'" in sentence(check_database, url(database="latin"))


def test_a_user_who_may_too_little_is_told_the_order_to_give(url, server):
    said = sentence(check_database, url(CLERK))
    assert 'may not create the extensions btree_gist, pg_trgm, unaccent: GRANT CREATE ON DATABASE "app" TO "clerk"' in said
    grant(server, "GRANT CREATE ON DATABASE app TO clerk")
    assert 'may not create tables in app: make it the owner (ALTER DATABASE "app" OWNER TO "clerk")' in sentence(
        check_database, url(CLERK)
    )
    grant(server, "GRANT CREATE ON SCHEMA public TO clerk")
    check_database(url(CLERK))


def test_a_user_who_may_not_create_the_tests_databases(url, server):
    assert 'ALTER ROLE "clerk" CREATEDB' in sentence(check_database, url(CLERK), for_tests=True)
    check_database(url(), for_tests=True)


@pytest.mark.parametrize("address", ["localhost:6379", "http://localhost", "redis://localhost:port", "redis://localhost:99999/0"])
def test_a_cache_address_that_cannot_be_read(address):
    assert "REDIS_URL" in sentence(check_redis, address)


def test_a_cache_that_does_not_answer(closed_port):
    said = sentence(check_redis, f"redis://:s3cret@127.0.0.1:{closed_port}/0")
    assert said.startswith("REDIS_URL: no Redis or Valkey answers there (")


def test_a_cache_that_asks_for_a_password(state, pause):
    server = Valkey(state)
    server.launch()
    server.wait_until_ready(pause)
    try:
        with redis.Redis.from_url(server.url) as connection:
            connection.config_set("requirepass", "s3cret")
        assert "refuses the user or the password" in sentence(check_redis, server.url)
        assert "refuses the user or the password" in sentence(check_redis, f"unix://:wrong@{server.socket}?db=0")
        check_redis(f"unix://:s3cret@{server.socket}?db=0")
        assert "check the database number" in sentence(check_redis, f"unix://:s3cret@{server.socket}?db=99")
    finally:
        server.end()


@pytest.mark.parametrize(
    ("cache", "broker"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/1"),
        ("redis://localhost", "redis://localhost/1"),
        (
            "rediss://:pass@cache.example:6380/0?ssl_cert_reqs=required",
            "rediss://:pass@cache.example:6380/1?ssl_cert_reqs=required",
        ),
        ("redis://localhost?db=0", "redis://localhost/1"),
        ("unix:///run/valkey.sock?db=0", "redis+socket:///run/valkey.sock?virtual_host=1"),
        ("unix://:pass@/run/valkey.sock", "redis+socket://:pass@/run/valkey.sock?virtual_host=1"),
    ],
)
def test_the_broker_is_beside_the_cache(cache, broker):
    assert broker_beside(cache) == broker


@pytest.mark.parametrize("command", [[], ["test"], ["manage", "migrate"]])
def test_run_says_it_without_a_traceback_and_leaves_nothing(command, closed_port, tmp_path):
    address = f"postgresql://127.0.0.1:{closed_port}/portal"
    run = run_to_end(*command, DATABASE_URL=address, SOHOSOLO_STATE=str(tmp_path / "state"), PORT="0")
    assert run.process.returncode == 1
    assert run.said.count("\n") == 1
    assert run.said.startswith("run: DATABASE_URL: no PostgreSQL answers there")
    assert run.descendants() == {}
