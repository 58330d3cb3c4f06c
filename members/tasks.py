"""What the workers do for accounts: one call each."""

from celery import shared_task
from django.utils import timezone

from members import journal
from members.accounts import retention
from members.payments import retention as payments_retention


@shared_task(name="members.clear_sessions")
def clear_sessions(**kwargs) -> None:
    retention.clear_sessions(now=timezone.now())


@shared_task(name="members.forget_unconfirmed")
def forget_unconfirmed(**kwargs) -> None:
    retention.forget_unconfirmed_accounts(now=timezone.now())


@shared_task(name="members.forget_journal")
def forget_journal(**kwargs) -> None:
    journal.forget_old_entries(now=timezone.now())


@shared_task(name="members.forget_payments")
def forget_payments(**kwargs) -> None:
    payments_retention.forget_old_payments(now=timezone.now())
