"""The files of an adviser who leaves go to another."""

import pytest

from projects.activity import refusals
from projects.files import handing_over
from tests.factories.members import UserFactory
from tests.factories.projects import ProjectFileFactory, TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def claire():
    return UserFactory(adviser=True)


@pytest.fixture
def lead():
    return UserFactory(lead=True)


def test_the_lead_hands_all_open_files_over_with_their_tasks(client, claire, lead):
    sophie = UserFactory(adviser=True)
    files = [ProjectFileFactory(supported=True, adviser=claire, deputy=sophie if n else None) for n in range(3)]
    closed = ProjectFileFactory(closed=True, adviser=claire)
    task = TaskFactory(file=files[0], assignee=claire)
    client.force_login(lead)
    page = f"/admin/projects/projectfile/transmettre/?de={claire.pk}"
    assert files[0].reference in client.get(page).content.decode()
    assert client.post(page, {"to": sophie.pk}).status_code == 422
    assert client.post(page, {"to": sophie.pk, "files": [file.pk for file in files]}).status_code == 302
    for file in files:
        file.refresh_from_db()
        assert (file.adviser, file.deputy) == (sophie, None)
    closed.refresh_from_db()
    task.refresh_from_db()
    assert (closed.adviser, task.assignee) == (claire, sophie)


def test_nobody_else_hands_over(client, claire, lead):
    sophie = UserFactory(adviser=True)
    file = ProjectFileFactory(supported=True, adviser=claire)
    with pytest.raises(refusals.AssignmentRefused):
        handing_over.hand_over(files=[file], to=sophie, by=claire)
    client.force_login(claire)
    assert client.post(f"/admin/projects/projectfile/transmettre/?de={claire.pk}", {}).status_code == 403
