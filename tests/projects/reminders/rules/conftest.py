"""Files that keep an adviser busy, and a village that is told."""

import pytest

from tests.factories.projects import (
    ProjectFileFactory,
)
from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from tests.projects.reminders.rules.days import MONDAY, at


@pytest.fixture
def busy(claire):
    """A file on which something is planned, so that no other rule speaks of it."""

    def make(began=MONDAY, **facts):
        return ProjectFileFactory(
            **{
                "supported": True,
                "adviser": claire,
                "opened_at": at(began),
                "active_at": at(began),
                "stage_since": at(began),
                "last_contact_out_at": at(began),
                "holder__email": "nadia@example.org",
            }
            | facts
        )

    return make


@pytest.fixture
def saint_clar():
    village = VillageFactory(commune__name="Saint-Clar")
    CommitteeMemberFactory(village=village, lead=True, name="Hélène", email="helene@example.org")
    CommitteeMemberFactory(village=village, role="deputy", name="Marc", email="marc@example.org")
    return village
