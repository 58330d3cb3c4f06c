"""What any test may use."""

import gc
import signal
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection
from django.test import Client, TransactionTestCase

# Begun in the background, the tests would hand their deafness for these signals on to every process they start.
for deaf_to in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(deaf_to, signal.SIG_DFL)

FILLED_BY_MIGRATE = {"django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def empty_what_tests_fill(test_case) -> None:
    """After a test that commits. Django's own way empties the tables that `migrate` fills too, and spends more on filling them."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - FILLED_BY_MIGRATE
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), sorted(tables)))


TransactionTestCase._fixture_teardown = empty_what_tests_fill


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


def pytest_collection_finish() -> None:
    """What is imported stays: the collector need not look through it again after every few thousand objects."""
    gc.collect()
    gc.freeze()
