"""What any test may use."""

import fcntl
import gc
import signal
from collections.abc import Callable, Iterator
from typing import TextIO

import pytest
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext

from tests import unknown_names, unordered

unordered.install()
unknown_names.install()

# Begun in the background, the tests would hand their deafness for these signals on to every process they start.
for deaf_to in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(deaf_to, signal.SIG_DFL)

FILLED_BY_MIGRATE = {"django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def empty_what_tests_fill(test_case) -> None:
    """After a test that commits. Django's own way empties the tables that `migrate` fills too, and spends more on filling them."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - FILLED_BY_MIGRATE
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), sorted(tables)))


TransactionTestCase._fixture_teardown = empty_what_tests_fill


MIGRATED = "test_migrated"  # a database as `migrate` leaves it


@pytest.fixture(scope="session")
def turn(tmp_path_factory, worker_id) -> Iterator[TextIO]:
    """A file that all workers of this run see, held by one of them at a time; it says whether MIGRATED stands."""
    own = tmp_path_factory.getbasetemp()
    with ((own if worker_id == "master" else own.parent) / MIGRATED).open("a+") as file:
        yield file


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, turn) -> None:
    """The first worker to come migrates, the others wait and copy what it made."""
    fcntl.flock(turn, fcntl.LOCK_EX)
    turn.seek(0)
    if turn.read():
        connection.settings_dict["TEST"]["TEMPLATE"] = MIGRATED


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, turn) -> Iterator[None]:
    """What is left at the end of processes that a test started does not keep the database from being dropped."""
    is_first = not connection.settings_dict["TEST"].get("TEMPLATE")
    with django_db_blocker.unblock():
        if is_first:
            connection.close()
            of_server(f'DROP DATABASE IF EXISTS "{MIGRATED}"')
            of_server(f'CREATE DATABASE "{MIGRATED}" TEMPLATE "{connection.settings_dict["NAME"]}"')
            turn.write("stands")
            turn.flush()
    fcntl.flock(turn, fcntl.LOCK_UN)
    yield
    with django_db_blocker.unblock():
        connection.close()
        if is_first:
            fcntl.flock(turn, fcntl.LOCK_EX)
            turn.truncate(0)
            of_server(f'DROP DATABASE "{MIGRATED}"')
            fcntl.flock(turn, fcntl.LOCK_UN)
        of_server("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", connection.settings_dict["NAME"])


def of_server(statement: str, *facts: str) -> None:
    """Said from outside of our databases."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement, facts or None)


@pytest.fixture(autouse=True)
def nobody_came_before() -> None:
    """What is counted of visitors and of letters to an address begins anew."""
    cache.clear()


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """`client_of(user)`: their browser, signed in; `client_of(None)`: a visitor's."""

    def open_browser(user=None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return open_browser


@pytest.fixture
def queries_of() -> Callable[[Callable[[], object]], int]:
    """`queries_of(call)`: how many queries the call makes, for a test that compares few rows with many."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    return count


def pytest_collection_finish() -> None:
    """What is imported stays: the collector need not look through it again after every few thousand objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
