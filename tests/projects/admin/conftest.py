"""The desk of an adviser, whose account needs no second step here."""

import pytest


@pytest.fixture(autouse=True)
def no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def desk(client, claire):
    """Claire at her desk."""
    client.force_login(claire)
    return client
