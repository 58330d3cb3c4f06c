"""Two hosts take the same money at the same instant: one settles. First the rig shows that it sees the fault without the lock."""

import threading
from contextlib import suppress

import pytest
from django.db import connection
from django.utils import timezone

from members.enums import MeansOfPayment
from members.models import Payment
from members.payments import services
from tests.factories.members import PaymentFactory, UserFactory
from tests.telecentres.racing import race

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 0.5  # seconds for which the first waits for the second: where a lock keeps it away, that long and no longer


@pytest.fixture
def payment() -> Payment:
    return PaymentFactory()


def settled_by_two(monkeypatch, payment, read, *, patience: float = 60) -> list:
    """Both have read it, wherever that is possible, before either writes. What each got, or was refused with."""
    both_have_read = threading.Barrier(2)

    def read_together(pk: int) -> Payment:
        found = read(pk)
        with suppress(threading.BrokenBarrierError):  # the other one is kept waiting
            both_have_read.wait(patience)
        return found

    monkeypatch.setattr(services, "lock_payment", read_together)
    hosts = UserFactory.create_batch(2)

    def settle(host, means):
        return lambda: services.settle(payment=payment, means=means, by=host, now=timezone.now())

    return race([settle(host, means) for host, means in zip(hosts, (MeansOfPayment.CASH, MeansOfPayment.CARD), strict=True)])


def unlocked(pk: int) -> Payment:
    return Payment.objects.get(pk=pk)


def test_without_the_lock_and_the_guard_of_the_database_both_settle(monkeypatch, payment):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_payment DISABLE TRIGGER USER")
        try:
            outcomes = settled_by_two(monkeypatch, payment, unlocked)
        finally:
            cursor.execute("ALTER TABLE members_payment ENABLE TRIGGER USER")
    assert [outcome.error for outcome in outcomes] == [None, None]


def test_without_the_lock_the_database_lets_one_settle(monkeypatch, payment):
    outcomes = settled_by_two(monkeypatch, payment, unlocked)
    assert sorted(type(outcome.error).__name__ for outcome in outcomes) == ["IntegrityError", "NoneType"]


def test_one_of_two_settles_and_the_other_is_told_how(monkeypatch, payment):
    outcomes = settled_by_two(monkeypatch, payment, services.lock_payment, patience=PATIENCE)
    (won,) = (outcome.value for outcome in outcomes if outcome.error is None)
    (refused,) = (outcome.error for outcome in outcomes if outcome.error)
    payment.refresh_from_db()
    assert (payment.means, payment.ended_by) == (won.means, won.ended_by)
    assert isinstance(refused, services.PaymentRefused)
    assert payment.how in str(refused)
