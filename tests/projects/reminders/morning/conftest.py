"""The clock of one Tuesday and the desk of an adviser."""

import pytest

from tests.projects.reminders.morning.cards import NOW


@pytest.fixture(autouse=True)
def clock(time_machine, settings, tmp_path):
    settings.STAFF_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def desk(client_of, claire):
    return client_of(claire)
