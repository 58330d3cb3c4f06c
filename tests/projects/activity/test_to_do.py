"""Tasks set, done and put off."""

import datetime as dt

import pytest
from django.utils import timezone

from projects.activity import refusals, to_do
from projects.models import Task
from tests.factories.projects import ProjectFileFactory, TaskFactory
from tests.projects.threads import in_threads

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)  # Tuesday, noon in Paris
TODAY = dt.date(2026, 11, 24)


@pytest.mark.django_db
def test_a_task_remembers_when_its_day_was_chosen_and_by_whom(adviser):
    file = ProjectFileFactory()
    task = to_do.add_task(file=file, title="Rappeler", due_on=TODAY, assignee=adviser, by=adviser, now=NOON)
    assert (task.due_set_at, task.created_at, task.created_by) == (NOON, NOON, adviser)


@pytest.mark.django_db
def test_a_task_done_twice_is_done_once(adviser, lead):
    task = TaskFactory()
    to_do.finish_task(task=task, by=adviser, now=NOON)
    again = to_do.finish_task(task=task, by=lead, now=NOON + dt.timedelta(hours=1))
    assert (again.done_by, again.done_at) == (adviser, NOON)


@pytest.mark.django_db
def test_putting_off_counts_and_bringing_forward_does_not(adviser, lead):
    task = TaskFactory(due_on=TODAY)
    task = to_do.postpone_task(task=task, to=TODAY + dt.timedelta(days=7), by=adviser, now=NOON)
    task = to_do.postpone_task(task=task, to=TODAY + dt.timedelta(days=2), by=lead, now=NOON)
    assert (task.due_on, task.postponed, task.postponed_by, task.due_set_at) == (dt.date(2026, 11, 26), 1, adviser, NOON)


@pytest.mark.django_db
@pytest.mark.parametrize("to", [TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=3)], ids=["in the past", "the same day"])
def test_a_task_is_put_off_to_another_day_to_come(adviser, to):
    task = TaskFactory(due_on=TODAY + dt.timedelta(days=3))
    with pytest.raises(refusals.TaskRefused):
        to_do.postpone_task(task=task, to=to, by=adviser, now=NOON)
    task.refresh_from_db()
    assert (task.due_on, task.postponed) == (TODAY + dt.timedelta(days=3), 0)


@pytest.mark.django_db
def test_a_task_done_is_not_put_off(adviser):
    with pytest.raises(refusals.TaskRefused):
        to_do.postpone_task(task=TaskFactory(done=True), to=TODAY + dt.timedelta(days=3), by=adviser, now=NOON)


@pytest.mark.django_db
def test_a_day_changed_by_hand_was_chosen_then():
    task = TaskFactory(due_on=dt.date(2020, 1, 1), due_set_at=dt.datetime(2019, 1, 1, tzinfo=dt.UTC))
    before = timezone.now() - dt.timedelta(minutes=5)
    Task.objects.filter(pk=task.pk).update(due_on=dt.date(2020, 1, 2))
    task.refresh_from_db()
    assert task.due_set_at > before


@pytest.mark.django_db(transaction=True)
def test_two_who_put_a_task_off_at_once_count_twice(adviser):
    task = TaskFactory(due_on=TODAY)
    days = [TODAY + dt.timedelta(days=7), TODAY + dt.timedelta(days=8)]
    outcomes = in_threads(2, lambda n: to_do.postpone_task(task=task, to=days[n], by=adviser, now=NOON))
    task.refresh_from_db()
    put_off = 2 if task.due_on == days[1] else 1  # from the 8th back to the 7th is bringing forward
    assert [type(outcome).__name__ for outcome in outcomes] == ["Task", "Task"]
    assert task.postponed == put_off
