"""What any test may use."""

import signal
from collections.abc import Callable

import pytest
from django.test import Client

# Begun under nohup, the tests would hand their deafness for this signal on to every process they start.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """`client_of(user)`: their browser, signed in; `client_of(None)`: a visitor's."""

    def open_browser(user=None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return open_browser
