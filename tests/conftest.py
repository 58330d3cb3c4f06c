"""What any test may use."""

from collections.abc import Callable

import pytest
from django.test import Client


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """`client_of(user)`: their browser, signed in; `client_of(None)`: a visitor's."""

    def open_browser(user=None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return open_browser
