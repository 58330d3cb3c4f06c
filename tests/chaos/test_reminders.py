"""A task made due, with the portal's own clock: its letter leaves once within two minutes, whatever is killed.

Takes about five minutes: each task is made due just after a tick, when it has longest to wait. `./run chaos reminders`.
"""

import time

import pytest
from django.utils import timezone

from outbox.models import Letter
from projects.models import DigestRun
from tests.chaos.test_letters import TWO_MINUTES, flush_the_broker, kill_the_sender, kill_the_worker, machinery, nothing
from tests.factories.members import UserFactory
from tests.outbox.machinery import Machinery, wait_until
from tests.projects.reminders.test_processes import has_left, planned_since, set_for_today

__all__ = ["machinery"]  # the fixture

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def wait_for_a_plan(machinery: Machinery) -> None:
    now = timezone.now()
    wait_until(lambda: planned_since(now), TWO_MINUTES, machinery)


@pytest.mark.parametrize("blow", [nothing, flush_the_broker, kill_the_sender, kill_the_worker])
def test_a_task_made_due_is_told_once_within_two_minutes(machinery, blow):
    DigestRun.objects.get_or_create(day=timezone.localdate(), defaults={"at": timezone.now()})
    wait_for_a_plan(machinery)
    if blow in (kill_the_sender, kill_the_worker):
        machinery.smtp.answers["rcpt"].append((TWO_MINUTES, "250 at last"))
    adviser = UserFactory(adviser=True)
    task, due = set_for_today(adviser), time.monotonic()
    blow(machinery)
    wait_until(lambda: has_left(task), TWO_MINUTES, machinery)
    seconds = time.monotonic() - due
    wait_for_a_plan(machinery)
    print(f"\n{blow.__name__}: the letter left {seconds:.1f} s after the task was made due")  # noqa: T201
    assert seconds <= TWO_MINUTES
    assert machinery.smtp.message_ids == [Letter.objects.get(to=adviser.email).message_id]
