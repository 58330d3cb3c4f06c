"""A task made due with real workers and clocks: its letter leaves once. The clock ticks every two seconds here.

`tests/chaos/test_reminders.py` runs the same with the portal's own minute.
"""

import datetime as dt
import sys

import pytest
from django.utils import timezone

from outbox.enums import LetterState
from outbox.models import Letter, Pulse
from projects.activity import to_do
from projects.models import DigestRun, Task
from tests.factories.members import UserFactory
from tests.factories.projects import ProjectFileFactory, TaskFactory
from tests.outbox.machinery import Machinery, kill, wait_until
from tests.outbox.smtp_server import SmtpServer

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="the machinery finds processes in /proc"),
]

A_LITTLE = 180  # seconds: two starts of a worker on a very busy machine, and some ticks


@pytest.fixture
def smtp():
    with SmtpServer() as server:
        yield server


@pytest.fixture
def machinery(smtp, tmp_path, transactional_db):
    with Machinery(smtp, tmp_path) as machinery:
        yield machinery


@pytest.fixture
def adviser():
    """One who has had the letter of the morning, whatever the hour at which the test runs."""
    DigestRun.objects.create(day=timezone.localdate(), at=timezone.now())
    return UserFactory(adviser=True)


def set_for_today(adviser) -> Task:
    file = ProjectFileFactory(adviser=adviser)
    return to_do.add_task(file=file, title="Rappeler", due_on=timezone.localdate(), assignee=adviser)


def move_to_today_by_hand(adviser) -> Task:
    task = TaskFactory(assignee=adviser, due_on=timezone.localdate() + dt.timedelta(days=30))
    Task.objects.update(due_on=timezone.localdate())
    return task


def has_left(task: Task) -> bool:
    return Letter.objects.filter(key__startswith=f"task_due:{task.pk}:", state=LetterState.SENT).exists()


def planned_since(at) -> bool:
    return Pulse.objects.filter(name="projects.plan_reminders", at__gt=at).exists()


def wait_for_two_plans(machinery: Machinery) -> None:
    for _ in range(2):
        now = timezone.now()
        wait_until(lambda since=now: planned_since(since), A_LITTLE, machinery)


@pytest.mark.parametrize("make_due", [set_for_today, pytest.param(move_to_today_by_hand, marks=pytest.mark.thorough)])
def test_a_task_made_due_is_told_once_with_two_clocks_a_killed_worker_and_a_broker_that_forgets(machinery, smtp, adviser, make_due):
    doomed = machinery.start_worker()
    for _ in range(2):
        machinery.start_clock()
    wait_for_two_plans(machinery)
    task = make_due(adviser)
    kill(doomed)
    machinery.flush_broker()
    machinery.start_worker()
    wait_until(lambda: has_left(task), A_LITTLE, machinery)
    wait_for_two_plans(machinery)
    assert smtp.message_ids == [Letter.objects.get(to=adviser.email).message_id]
