"""What the workers do for project files: one call each."""

from celery import shared_task
from django.utils import timezone

from projects import reminders


@shared_task(name="projects.plan_reminders")
def plan_reminders(**kwargs) -> None:
    reminders.plan(now=timezone.now())
