"""What the database itself promises of project files."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from projects.enums import ReminderRule, Stage
from projects.models import Holder, ProjectFile, Reminder, Task
from tests.factories.members import UserFactory
from tests.factories.projects import HouseholdFactory, ProjectFileFactory, TaskFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"stage": "lost"}, "file_stage_known"),
        ({"stage": Stage.PAUSED, "pause_reason": "Vend"}, "file_pause_has_an_end_and_a_reason"),
        ({"stage": Stage.PAUSED, "paused_until": dt.date(2099, 1, 1)}, "file_pause_has_an_end_and_a_reason"),
        ({"stage": Stage.CLOSED}, "file_closed_has_a_reason"),
    ],
)
def test_a_file_that_cannot_be_is_refused_by_the_database(facts, constraint):
    file = ProjectFileFactory()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ProjectFile.objects.filter(pk=file.pk).update(**facts)


def test_nobody_is_the_deputy_of_themselves():
    file, adviser = ProjectFileFactory(), UserFactory(adviser=True)
    with pytest.raises(IntegrityError, match="file_deputy_is_somebody_else"), transaction.atomic():
        ProjectFile.objects.filter(pk=file.pk).update(adviser=adviser, deputy=adviser)


def test_a_reference_is_given_once():
    file = ProjectFileFactory()
    with pytest.raises(IntegrityError, match="reference"), transaction.atomic():
        ProjectFileFactory(reference=file.reference)


def test_a_household_without_adult_is_refused_with_a_sentence():
    household = HouseholdFactory()
    household.adults = 0
    with pytest.raises(ValidationError, match="Un foyer compte au moins un adulte"):
        household.full_clean()


def test_a_task_is_done_by_somebody_only_once_it_is_done():
    task = TaskFactory()
    with pytest.raises(IntegrityError, match="task_done_by_somebody"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(done_by=task.assignee)


def test_a_reminder_is_written_once():
    facts = {"rule": ReminderRule.TASK_DUE, "target": "task:1", "occurrence": "2026-11-23:due", "recipient": UserFactory()}
    Reminder.objects.create(**facts, letter_key="a")
    with pytest.raises(IntegrityError, match="reminder_once"), transaction.atomic():
        Reminder.objects.create(**facts, letter_key="b")


@pytest.mark.parametrize("rows", [ProjectFile.objects, Task.objects, Holder.objects, Reminder.objects])
def test_files_are_for_advisers_eyes(rows):
    task = TaskFactory()
    Reminder.objects.create(rule="task_due", target="task:1", occurrence="x", recipient=task.assignee, letter_key="x")
    team = [UserFactory(adviser=True), UserFactory(lead=True), UserFactory(admin=True)]
    others = [UserFactory(), UserFactory(is_staff=True), UserFactory(adviser=True, is_active=False)]
    assert [rows.all().visible_to(user).count() for user in team + others] == [1, 1, 1, 0, 0, 0]
