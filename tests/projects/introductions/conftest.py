"""A file and its adviser."""

import pytest

from tests.factories.members import UserFactory
from tests.factories.projects import HouseholdFactory, ProjectFileFactory
from tests.projects.introductions.introduced import DAY, NOON


@pytest.fixture
def adviser():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


@pytest.fixture
def file(adviser):
    file = ProjectFileFactory(
        supported=True,
        adviser=adviser,
        opened_at=NOON - 30 * DAY,
        holder__first_name="Nadia",
        holder__last_name="Ferrand",
        holder__email="nadia@example.org",
        holder__phone="+33612345678",
        title="Traduction technique",
    )
    HouseholdFactory(file=file, adults=2, children=1, school_levels=["elementaire"])
    return file
