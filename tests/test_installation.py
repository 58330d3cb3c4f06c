"""What the environment says is understood, sign for sign, or refused in one sentence before anything starts."""

import json
import os
import subprocess
import sys

import kombu
import pytest
from django.core.exceptions import ImproperlyConfigured

from sohosolo import installation
from sohosolo.embedded.state import CHECKOUT

AWKWARD = ["p/a", "p@ss", "p#hash", "p?q", "p:colon", "a+b", "/@#?:&=+", "[brackets]", "$dollar", "é à", "100%"]
SOUND = {
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgresql://portal@localhost/portal",
    "REDIS_URL": "redis://localhost:6379/0",
    "PATH": os.environ["PATH"],
}


START = ["shell", "-v", "0", "-c", "from django.conf import settings as s; print(s.DATABASES, s.EMAIL_HOST)"]
FORKS = """
import json, os, runpy, sys
import celery.app.base, celery.utils.log, csp.constants, django.core.management, django.utils.log, kombu.transport.redis
# (of others, and long to read: once for all starts)

for environment in json.load(sys.stdin):
    said, to_say = os.pipe()
    if not (start := os.fork()):
        os.dup2(to_say, 1), os.dup2(to_say, 2)
        os.environ.clear()
        os.environ.update(environment)
        runpy.run_path("manage.py", run_name="__main__")
        sys.exit()
    os.close(to_say)
    with open(said) as words:
        told = words.read()
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(start, 0)[1]), told]), flush=True)
"""


def start_with(*changes: dict[str, str]) -> list[tuple[int, str]]:
    """The exit code of manage.py in each of these environments, and what it says: a fork each, before anything of ours is read."""
    asked = json.dumps([SOUND | each for each in changes])
    forks = subprocess.run(
        [sys.executable, "-c", FORKS, *START], input=asked, cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return [tuple(json.loads(line)) for line in forks.stdout.splitlines()]


@pytest.mark.parametrize("password", AWKWARD)
def test_a_database_password_of_its_own_is_read_sign_for_sign(monkeypatch, password):
    monkeypatch.setenv("DATABASE_PASSWORD", password)
    read = installation.database("postgresql://sohosolo@postgres:5432/sohosolo")
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"]) == ("sohosolo", password, "postgres", "5432")


@pytest.mark.parametrize("password", AWKWARD)
def test_a_password_within_an_address_is_read_whatever_its_signs(monkeypatch, password):
    monkeypatch.delenv("DATABASE_PASSWORD", raising=False)
    read = installation.database(f"postgresql://sohosolo:{password}@postgres:5432/sohosolo")
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["NAME"]) == ("sohosolo", password, "postgres", "sohosolo")
    monkeypatch.setenv("EMAIL_URL", f"smtp+tls://bonjour@example.org:{password}@smtp.example.org")
    read = installation.mail()
    assert (read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"]) == ("bonjour@example.org", password)


@pytest.mark.parametrize("password", AWKWARD)
def test_a_redis_password_reaches_the_client_as_it_was_typed(password):
    import redis

    url = installation.redis_url(url=f"redis://:{password}@valkey:6379/2")
    client = redis.Redis.from_url(url)
    asked = client.connection_pool.connection_kwargs
    assert (asked["password"], asked["host"], asked["db"]) == (password, "valkey", 2)


def test_signs_written_as_a_url_wants_them_are_read_too(monkeypatch):
    monkeypatch.delenv("DATABASE_PASSWORD", raising=False)
    assert installation.database("postgresql://a:p%40%2F%23%25@h/n")["PASSWORD"] == "p@/#%"
    assert installation.redis_url(url="redis://:p%40@h/0") == "redis://:p%40@h/0"


def test_sockets_hosts_and_options_of_a_database(monkeypatch):
    monkeypatch.delenv("DATABASE_PASSWORD", raising=False)
    read = installation.database("postgresql://app@/app?host=%2Frun%2Fpg&sslmode=require")
    assert (read["HOST"], read["OPTIONS"]) == ("", {"host": "/run/pg", "sslmode": "require"})
    read = installation.database("postgresql://app@one:5432,two:5433/app")
    assert (read["HOST"], read["PORT"]) == ("one,two", "5432,5433")
    assert installation.database("postgresql://app@[::1]:5433/app")["HOST"] == "::1"


@pytest.mark.parametrize(
    ("url", "port", "by_command", "from_the_start"),
    [
        ("smtp://mail.example.org", 25, False, False),
        ("smtp+tls://mail.example.org", 587, True, False),
        ("smtps://mail.example.org", 465, False, True),
        ("smtp+ssl://mail.example.org:4650", 4650, False, True),
    ],
)
def test_each_way_to_a_mail_server(monkeypatch, url, port, by_command, from_the_start):
    monkeypatch.setenv("EMAIL_URL", url)
    read = installation.mail()
    assert (read["EMAIL_PORT"], read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (port, by_command, from_the_start)
    assert read["EMAIL_BACKEND"] == "outbox.backends.SmtpBackend"


REFUSED = {
    "SECRET_KEY": [""],
    "DATABASE_URL": ["", "mysql://root:s3cret@h/n", "postgresql://u:s3cret@h", "postgresql://u:s3cret@h:port/n", "sqlite:///x"],
    "REDIS_URL": ["", "localhost:6379", "http://localhost", "redis://:s3cret@h:99999/0"],
    "BROKER_URL": ["kafka://h", "redis://"],
    "EMAIL_URL": [
        "pop3://u:s3cret@h",
        "mail.example.org",
        "smtps://u:s3cret@h:587",
        "smtp+tls://u:s3cret@h:465",
        "smtp://u:s3cret@h/x",
    ],
    "SITE_URL": ["sohosolo.example.org", "ftp://example.org", "https://example.org/portail", "https://"],
    "DEFAULT_FROM_EMAIL": ["SOHO SOLO", "bonjour@"],
    "TERRITORY": ["mars", "../gers"],
    "LOG_LEVEL": ["LOUD"],
    **{
        name: ["perhaps", "2"]
        for name in ("DEBUG", "DEMO", "STAFF_MFA_REQUIRED", "BEHIND_PROXY", "SSL_REDIRECT", "STATIC_MANIFEST")
    },
    "SERVER_TIMING": ["perhaps"],
    "DATABASE_TRANSACTION_POOLING": ["perhaps"],
}


@pytest.fixture(scope="module")
def refusals() -> dict[tuple[str, str], tuple[int, str]]:
    wrong = [(name, value) for name, values in REFUSED.items() for value in values]
    return dict(zip(wrong, start_with(*({name: value} for name, value in wrong)), strict=True))


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_wrong_value_stops_the_start_in_one_sentence(refusals, name):
    for value in REFUSED[name]:
        code, said = refusals[name, value]
        assert code == 1, value
        assert said.startswith("manage.py: "), said
        assert name in said
        assert said.count("\n") == 1
        assert "s3cret" not in said


def test_a_start_of_its_own_says_the_same(refusals):
    command = [sys.executable, "manage.py", *START]
    run = subprocess.run(command, cwd=CHECKOUT, env=SOUND | {"SITE_URL": "https://"}, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == refusals["SITE_URL", "https://"]


def test_the_sites_own_name_is_always_allowed(monkeypatch):
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    assert installation.allowed_hosts("https://sohosolo.example.org:8443") == ["127.0.0.1", "localhost", "sohosolo.example.org"]
    monkeypatch.setenv("ALLOWED_HOSTS", "www.example.org")
    assert installation.allowed_hosts("https://sohosolo.example.org") == ["www.example.org", "sohosolo.example.org"]


@pytest.mark.parametrize(("value", "read"), [("1", True), ("On", True), ("no", False), ("0", False), ("", True)])
def test_yes_and_no(monkeypatch, value, read):
    monkeypatch.setenv("BEHIND_PROXY", value)
    assert installation.flag("BEHIND_PROXY", True) is read


def test_what_is_missing_names_its_variable(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        installation.text("SECRET_KEY")


@pytest.mark.parametrize(
    ("cache", "broker"),
    [
        ("redis://:pass@cache.example:6380/0", "redis://:pass@cache.example:6380/0"),
        ("unix:///run/valkey.sock?db=2", "redis+socket:///run/valkey.sock?virtual_host=2"),
        ("unix://:pass@/run/valkey.sock", "redis+socket://:pass@/run/valkey.sock"),
    ],
)
def test_the_broker_is_the_cache_where_no_other_is_named(monkeypatch, cache, broker):
    """On a Unix socket under the name that kombu has for it."""
    monkeypatch.delenv("BROKER_URL", raising=False)
    assert installation.broker_url(cache) == broker
    kombu.Connection(broker)  # it knows the scheme
