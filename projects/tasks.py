"""What the workers do for project files: one call each."""

from celery import shared_task
from django.utils import timezone

from projects.intake import drafts
from projects.introductions.services import send_ready
from projects.reminders import planner


@shared_task(name="projects.plan_reminders")
def plan_reminders(**kwargs) -> None:
    planner.write_due_letters(now=timezone.now())


@shared_task(name="projects.send_introductions")
def send_introductions(**kwargs) -> None:
    send_ready(now=timezone.now())


@shared_task(name="projects.forget_drafts")
def forget_drafts(**kwargs) -> None:
    drafts.forget_old_drafts(now=timezone.now())
