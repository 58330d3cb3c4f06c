"""The team that follows files."""

import pytest

from tests.factories.members import UserFactory


@pytest.fixture
def adviser():
    return UserFactory(adviser=True)


@pytest.fixture
def claire():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


@pytest.fixture
def sophie():
    return UserFactory(adviser=True, first_name="Sophie", last_name="Dupuy")


@pytest.fixture
def lead():
    return UserFactory(lead=True, first_name="Hélène", last_name="Daubas")
