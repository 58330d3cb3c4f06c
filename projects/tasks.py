"""What the workers do for project files: one call each."""

from celery import shared_task
from django.utils import timezone

from projects import reminders, services
from projects.intake import drafts


@shared_task(name="projects.plan_reminders")
def plan_reminders(**kwargs) -> None:
    reminders.plan(now=timezone.now())


@shared_task(name="projects.send_introductions")
def send_introductions(**kwargs) -> None:
    services.send_ready(now=timezone.now())


@shared_task(name="projects.forget_drafts")
def forget_drafts(**kwargs) -> None:
    drafts.forget_old(now=timezone.now())
