"""A whole portal is made to fail on every kind of page; then all its logs are read, and nothing in them came from outside.

Whatever is sent to it carries one mark: tokens, names, addresses, bodies, headers, letters. The mark stands in no log. Another
mark is written by careless hands to the web server's, the worker's and the database's log, and is found in each.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import psycopg
import pytest
from django.db import connection
from django.urls import URLPattern, get_resolver, resolve
from django.urls.resolvers import RegexPattern
from django.utils.translation import override

from outbox.enums import LetterState
from sohosolo.embedded.postgres import Postgres
from sohosolo.embedded.state import State
from tests.embedded.processes import Run, eventually, running, short_folder
from tests.outbox.smtp_server import SmtpServer

FIRST_LANGUAGE = override("fr")  # it has no prefix, whatever another test has left switched on
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds descendants in /proc"),
]

MARK = "zqxjanedoe"  # in all that a person could have sent
CONTROL = "wkqcontrol"  # written carelessly, on purpose
ADDRESS = f"{MARK}@example.org"
TOKEN = f"{MARK}-7Gh2kLm9"
A_FORM = {"email": ADDRESS, "name": f"Jeanne {MARK}", "text": f"I wrote this. {MARK}", "q": MARK}
CSRF = "k" * 32
SAMPLES = {  # of the groups of addresses written as regular expressions
    "name": f"20261201T080000Z-{MARK}",
    "app_label": "members",
    "url": MARK,
    "key": TOKEN,
    "uidb36": "zz",
}
A_CONNECTION = {"host", "port", "user", "password", "dbname"}
LOGS = {"web", "worker", "beat", "postgres", "valkey"}


@pytest.fixture(scope="module")
def portal(django_db_setup) -> Iterator[Run]:
    """A portal whose mail server refuses every recipient, naming it."""
    refusal = f"550 5.1.1 <{ADDRESS}>: no such mailbox {MARK}"
    with SmtpServer(rcpt=[refusal] * 50) as smtp, short_folder("state") as folder:
        copy_the_migrated_database(folder)
        environment = {
            "DJANGO_SETTINGS_MODULE": "tests.embedded.failing_portal",
            "SOHOSOLO_STATE": str(folder),
            "PORT": "0",
            "STAFF_MFA_REQUIRED": "0",  # else every page of the admin leads to the second step
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}",
        }
        with running(**environment) as run:
            run.folder, run.smtp = folder, smtp
            run.wait_until_said("Ctrl-C ends everything", 300)
            run.home = run.address
            yield run


def copy_the_migrated_database(folder: Path) -> None:
    """Of this run of the tests, into a PostgreSQL of the folder's own: a third of the time of migrating once more."""
    state = State(folder)
    state.make()
    state.claim("the tests", "", time.sleep)
    server = Postgres(state)
    known = {name: str(fact) for name, fact in connection.get_connection_params().items() if name in A_CONNECTION and fact}
    try:
        server.launch()
        server.wait_until_ready(time.sleep)
        dump = [server.binaries / "pg_dump", "--no-owner", "--dbname", psycopg.conninfo.make_conninfo(**known)]
        fill = [server.binaries / "psql", "-q", "-v", "ON_ERROR_STOP=1", "--dbname", server.addresses["DATABASE_URL"]]
        dumped = subprocess.run(dump, capture_output=True, check=True)
        subprocess.run(fill, input=dumped.stdout, stdout=subprocess.DEVNULL, check=True)
    finally:
        server.end()
        os.close(state.held)
        os.close(state._lock)


# ---- The ways to fail --------------------------------------------------------------------------------------------------------


@FIRST_LANGUAGE
def addresses() -> dict[str, str]:
    """An address for every pattern of the site, secrets in it wherever it takes any: the pattern, then the address."""
    found = {}
    for route, regular in patterns(get_resolver()):
        path = re.sub(r"<(?:int|float):\w+>", "1", route)
        path = re.sub(r"<(?:\w+:)?\w+>", TOKEN, path) if not regular else path
        path = re.sub(r"\(\?P<(\w+)>(?:\[[^\]]*\]|[^()])*\)", lambda group: SAMPLES[group[1]], path)
        found[route] = "/" + path.replace("^", "").replace("$", "").replace(r"\Z", "")
    return found


def outside_the_admin() -> list[str]:
    return [path for path in addresses().values() if not path.startswith("/admin/")]


def patterns(resolver, before: str = "", regular: bool = False) -> Iterator[tuple[str, bool]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).removeprefix("^" if before else "")
        is_regular = regular or isinstance(pattern.pattern, RegexPattern)
        if isinstance(pattern, URLPattern):
            yield route, is_regular
        else:
            yield from patterns(pattern, route, is_regular)


def ask(portal: Run, path: str, how: str = "", *, form: dict | None = None, **headers: str) -> int:
    """The code of the answer; 0 where there was none."""
    headers |= {"X-Fail": how} if how else {}
    headers.setdefault("Cookie", f"csrftoken={CSRF}; sessionid={TOKEN}; villages={TOKEN}")
    headers["User-Agent"] = f"Mozilla/5.0 {MARK}"
    data = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(portal.home.rstrip("/") + path, data=data, headers=headers)  # noqa: S310 -- our own
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (OSError, http.client.HTTPException):
        return 0


def on_the_database(portal: Run, *statements: str, values: tuple = ()) -> list:
    with psycopg.connect(database_of(portal), autocommit=True) as connection:
        for statement in statements:
            answer = connection.execute(statement, values or None)
        return answer.fetchall() if answer.description else []


def database_of(portal: Run) -> str:
    return json.loads((portal.folder / "lock").read_text())["services"]["DATABASE_URL"]


def text_of(portal: Run, name: str) -> str:
    return (portal.folder / "log" / f"{name}.log").read_text(encoding="utf-8", errors="replace")


@FIRST_LANGUAGE
def test_every_pattern_of_the_site_has_an_address_that_leads_there():
    found = addresses()
    assert len(found) > 150
    assert sum(MARK in path for path in found.values()) > 60
    for route, path in found.items():
        assert resolve(path).route == route, path


def test_nothing_that_came_from_outside_is_in_any_log(portal):
    fail_on_every_page(portal)
    fail_as_forms_do(portal)
    fail_with_the_tables_gone(portal)
    fail_beside_the_pages(portal)
    fail_in_the_worker(portal)
    fail_in_the_database(portal)
    written_carelessly(portal)

    logs = {path.stem: path.read_text(encoding="utf-8", errors="replace") for path in (portal.folder / "log").iterdir()}
    logs["terminal"] = portal.listen()
    assert set(logs) >= LOGS
    for name, text in logs.items():
        assert hidden_forms_of(MARK, text) == [], f"{name}.log"
    for name in ("web", "worker", "postgres"):
        assert hidden_forms_of(CONTROL, logs[name]), f"what is written carelessly to {name}.log is not seen"


def hidden_forms_of(mark: str, text: str) -> list[str]:
    """The lines that hold the mark, or a part of it that is long enough to be known again."""
    return [line for line in text.splitlines() if mark[:8] in line.lower()][:3]


def fail_on_every_page(portal: Run) -> None:
    for path in addresses().values():
        assert ask(portal, f"{path}?q={MARK}&email={quote(ADDRESS)}", "exception") == 500, path
    for path in outside_the_admin():
        if TOKEN in path:
            assert ask(portal, f"{path}?q={MARK}", "statement") == 500, path
    log = text_of(portal, "web")
    for route in addresses():
        assert f"Internal Server Error: GET {route}" in log
    assert "\nRuntimeError\n" in log
    assert "psycopg.errors.InvalidTextRepresentation (22P02)" in log


def fail_as_forms_do(portal: Run) -> None:
    """Without the form's token, with another site's, with a known address, in a template, and in the middle of the answer."""
    valid = A_FORM | {"csrfmiddlewaretoken": CSRF}
    answers = {path: ask(portal, path, form=A_FORM) for path in outside_the_admin()}  # 403 for most, whatever the page says
    log = text_of(portal, "web")
    assert "Forbidden (CSRF token missing.): POST mon-projet/<str:token>/agir/" in log, answers
    assert ask(portal, f"/accord/{TOKEN}/", form=A_FORM, Origin=f"https://{MARK}.example.org") == 403
    assert ask(portal, f"/accord/{TOKEN}/", form=A_FORM | {"csrfmiddlewaretoken": MARK}) == 403
    assert ask(portal, f"/accord/{TOKEN}/", "duplicate", form=valid) == 500
    assert ask(portal, f"/accord/{TOKEN}/", "template", form=valid) == 500
    ask(portal, f"/accord/{TOKEN}/", "stream", form=valid)
    log = text_of(portal, "web")
    assert "psycopg.errors.UniqueViolation (23505, members_user, " in log
    assert "django.template.exceptions.TemplateDoesNotExist" in log
    assert eventually(lambda: "ERROR gunicorn.error Error handling request" in text_of(portal, "web"))


def fail_with_the_tables_gone(portal: Run) -> None:
    """The views themselves, each at its first question to the database: its statement holds the token or what was typed."""
    with urllib.request.urlopen(signing_in(portal), timeout=30) as answer:  # noqa: S310 -- our own
        cookies = f"csrftoken={CSRF}; sessionid={answer.read().decode()}"
    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(django_|members_user$|mfa_|usersess)'"
    tables = [name for (name,) in on_the_database(portal, names)]
    on_the_database(portal, *[f'ALTER TABLE "{name}" RENAME TO "{name}_away"' for name in tables])
    try:
        codes = [ask(portal, f"{path}?q={MARK}", Cookie=cookies) for path in addresses().values()]
        form = A_FORM | {"csrfmiddlewaretoken": CSRF}
        codes += [ask(portal, path, form=form, Cookie=cookies) for path in outside_the_admin() if TOKEN in path]
    finally:
        on_the_database(portal, *[f'ALTER TABLE "{name}_away" RENAME TO "{name}"' for name in tables])
    assert codes.count(500) > 100, codes
    log = text_of(portal, "web")
    assert "psycopg.errors.UndefinedTable (42P01)" in log
    for route in ("mon-projet/<str:token>/", "villages/<slug:slug>/", "admin/telecentres/booking/"):
        assert log.count(f"Internal Server Error: GET {route}") > 1, route


def signing_in(portal: Run) -> urllib.request.Request:
    return urllib.request.Request(f"{portal.home}?email=root.{quote(ADDRESS)}", headers={"X-Fail": "enter"})  # noqa: S310 -- our own


def fail_beside_the_pages(portal: Run) -> None:
    """What no view sees: unknown addresses and hosts, broken requests, warnings, threads."""
    assert ask(portal, f"/{MARK}/{TOKEN}/") == 404
    assert ask(portal, "/", Host=f"{MARK}.example.org") == 400
    assert ask(portal, f"/{TOKEN}/%00%ff") in (400, 404)
    assert ask(portal, f"/accord/{TOKEN}/", "beside") == 200
    for line in (f"GET /{TOKEN} HTTP/9.9\r\n\r\n", f"{MARK} / HTTP/1.1\r\n\r\n", f"GET / HTTP/1.1\r\n{MARK}\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", urlsplit(portal.home).port), timeout=10) as connection:
            connection.sendall(line.encode())
            connection.recv(1000)
    log = text_of(portal, "web")
    assert "CRITICAL sohosolo.uncaught nobody caught this" in log
    assert "failing_portal.py:" in log
    assert "WARNING portal … and …" in log


def fail_in_the_worker(portal: Run) -> None:
    """Tasks that fail, that nobody knows, that are called wrongly; a mail server that names whom it refuses."""
    assert ask(portal, f"/accord/{TOKEN}/?control={CONTROL}", "tasks") == 200
    reset = A_FORM | {"csrfmiddlewaretoken": CSRF}
    assert ask(portal, "/comptes/password/reset/", form=reset) in (200, 302)
    refused = 'SELECT 1 FROM outbox_letter WHERE "to" = %s AND state = %s'
    assert eventually(lambda: on_the_database(portal, refused, values=(ADDRESS, LetterState.FAILED)), 60), text_of(portal, "worker")
    assert portal.smtp.reached["rcpt"]
    assert eventually(lambda: "surplus" not in text_of(portal, "worker") and CONTROL in text_of(portal, "worker"), 60)
    log = text_of(portal, "worker")
    assert re.search(r"ERROR celery\.app\.trace Task tests\.fail\[[0-9a-f-]{36}\] raised unexpected: …", log)
    assert "\nValueError\n" in log
    assert "Received unregistered task of type " in log
    assert "final fault, SMTPRecipientsRefused" in log


def fail_in_the_database(portal: Run) -> None:
    """What the server writes by itself: a wait for a lock, a session that is killed while it works."""
    secret = f"SELECT '{MARK}', count(*), pg_sleep(30) FROM villages_village"  # noqa: S608 -- a constant of this file
    with contextlib.ExitStack() as stack:
        holder, waiting = (stack.enter_context(connected_until_killed(portal)) for _ in range(2))
        holder.execute("LOCK TABLE villages_village")
        thread = threading.Thread(target=execute_in_vain, args=[waiting, secret])
        thread.start()
        assert eventually(lambda: "still waiting for" in text_of(portal, "postgres"))
        holder.rollback()
        time.sleep(0.2)
        os.kill(waiting.info.backend_pid, signal.SIGKILL)
        thread.join(30)
    assert eventually(lambda: "was terminated by signal 9" in text_of(portal, "postgres"))
    assert eventually(lambda: database_answers(portal), 30)


@contextlib.contextmanager
def connected_until_killed(portal: Run) -> Iterator[psycopg.Connection]:
    connection = psycopg.connect(database_of(portal), application_name=MARK)
    yield connection
    connection.close()


def execute_in_vain(connection: psycopg.Connection, statement: str) -> None:
    with contextlib.suppress(psycopg.Error):
        connection.execute(statement)


def database_answers(portal: Run) -> bool:
    with contextlib.suppress(psycopg.Error):
        return on_the_database(portal, "SELECT 1") == [(1,)]
    return False


def written_carelessly(portal: Run) -> None:
    """The same faults without what keeps them quiet."""
    assert eventually(lambda: ask(portal, f"/?control={CONTROL}", "carelessly") == 200)
    talkative = "SET log_min_messages = error; SET log_min_error_statement = error; SET log_error_verbosity = default"
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        on_the_database(portal, talkative, f"SELECT '{CONTROL}'::integer")
