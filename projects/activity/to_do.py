"""Tasks set, finished, put off."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.working_days import working_days_after
from members.models import User
from projects.activity.refusals import TaskRefused
from projects.models import ProjectFile, Task, TaskTemplate


def add_task(
    *,
    file: ProjectFile,
    title: str,
    due_on: dt.date,
    assignee: User,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Task:
    """Set something to do by a day. A day that has passed is taken as it is: the task is late from the start."""
    now = now or timezone.now()
    return Task.objects.create(
        file=file, title=title, due_on=due_on, due_set_at=now, assignee=assignee, created_by=by, created_at=now
    )


def add_tasks_of_stage(*, file: ProjectFile, now: dt.datetime) -> list[Task]:
    """The tasks that come by themselves at the stage the file has reached, for whoever follows it; none where nobody does.

    A task of the same words that is still to be done is not set twice.
    """
    if file.adviser_id is None:
        return []
    templates = list(TaskTemplate.objects.filter(stage=file.stage, is_active=True))
    if not templates:
        return []
    there = set(file.tasks.to_do().values_list("title", flat=True))
    today = timezone.localdate(now)
    return Task.objects.bulk_create(
        Task(
            file=file,
            title=template.title,
            due_on=working_days_after(today, template.working_days),
            due_set_at=now,
            assignee=file.adviser,
            created_at=now,
        )
        for template in templates
        if template.title not in there
    )


@transaction.atomic
def finish_task(*, task: Task, by: User, now: dt.datetime | None = None) -> Task:
    """Mark a task done. Done twice is done once: the first person and hour stay."""
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task.pk)
    if task.done_at is None:
        task.done_at, task.done_by = now or timezone.now(), by
        task.save(update_fields=["done_at", "done_by"])
    return task


@transaction.atomic
def postpone_task(*, task: Task, to: dt.date, by: User, now: dt.datetime | None = None) -> Task:
    """Give a task another day, today or later. Putting off counts; bringing forward does not. Raises TaskRefused."""
    now = now or timezone.now()
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task.pk)
    if task.done_at is not None:
        raise TaskRefused(_("This task is done: there is nothing to put off."))
    if to < timezone.localdate(now):
        raise TaskRefused(_("Choose today or a coming day."), "to")
    if to == task.due_on:
        raise TaskRefused(_("The task is due on that day already: choose another."), "to")
    if to > task.due_on:
        task.postponed, task.postponed_by = task.postponed + 1, by
    task.due_on, task.due_set_at = to, now
    task.save(update_fields=["due_on", "due_set_at", "postponed", "postponed_by"])
    return task
