"""What PostgreSQL holds by itself, whoever writes: asked in SQL."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from members.models import Payment
from tests.factories.members import PaymentFactory, UserFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date.today()  # noqa: DTZ011 -- the day of the database's own clock
OWED = {"amount": 48, "what": "Carnet", "owed_since": TODAY, "status": "owed", "means": "", "reason": ""}
SETTLED = OWED | {"status": "settled", "means": "cash", "ended_on": TODAY}
WAIVED = OWED | {"status": "waived", "reason": "remise", "ended_on": TODAY}
AS_ITS_STATUS_SAYS = "payment_ended_as_its_status_says"


def run(sql: str, *facts) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, facts)


def insert(**facts) -> None:
    run(f"INSERT INTO members_payment ({', '.join(facts)}) VALUES ({', '.join(['%s'] * len(facts))})", *facts.values())  # noqa: S608


@pytest.mark.parametrize("right", [OWED, SETTLED, WAIVED, WAIVED | {"status": "cancelled"}], ids=lambda facts: facts["status"])
def test_what_is_whole_is_taken(right):
    insert(payer_id=UserFactory().pk, **right)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        (OWED | {"amount": 0}, "payment_amount_above_zero"),
        (OWED | {"amount": -1}, "payment_amount_above_zero"),
        (OWED | {"what": ""}, "payment_says_what_for"),
        (OWED | {"status": "lost"}, AS_ITS_STATUS_SAYS),
        (OWED | {"means": "cash"}, AS_ITS_STATUS_SAYS),
        (OWED | {"ended_on": TODAY}, AS_ITS_STATUS_SAYS),
        (SETTLED | {"means": ""}, AS_ITS_STATUS_SAYS),
        (SETTLED | {"means": "gold"}, AS_ITS_STATUS_SAYS),
        (SETTLED | {"ended_on": None}, AS_ITS_STATUS_SAYS),
        (SETTLED | {"reason": "remise"}, AS_ITS_STATUS_SAYS),
        (WAIVED | {"reason": ""}, AS_ITS_STATUS_SAYS),
        (WAIVED | {"means": "cash"}, AS_ITS_STATUS_SAYS),
        (WAIVED | {"status": "cancelled", "ended_on": None}, AS_ITS_STATUS_SAYS),
        (SETTLED | {"ended_on": TODAY - dt.timedelta(days=1)}, "payment_ended_after_it_was_owed"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(str(fact) for fact in value.values()),
)
def test_what_is_not_whole_is_refused(wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        insert(payer_id=UserFactory().pk, **wrong)
    assert not Payment.objects.exists()


def test_what_is_owed_by_nobody_is_refused():
    with pytest.raises(IntegrityError, match=AS_ITS_STATUS_SAYS):
        insert(**OWED)
    assert not Payment.objects.exists()


NEVER = ["amount = 1", "what = 'Salle'", "owed_since = '2020-01-01'", "id = 0", "payer_id = {other}"]
ONCE_ENDED = ["status = 'owed', means = '', ended_on = NULL", "means = 'card'", "ended_on = ended_on + 1", "ended_by_id = {other}"]


@pytest.mark.parametrize(
    ("settled", "change"), [*((False, change) for change in NEVER), *((True, change) for change in NEVER + ONCE_ENDED)]
)
def test_neither_the_sum_nor_what_has_ended_is_changed(settled, change):
    PaymentFactory(settled=settled)
    before = Payment.objects.values().get()
    with pytest.raises(IntegrityError, match="a payment is not changed"):
        run("UPDATE members_payment SET " + change.format(other=UserFactory().pk))  # noqa: S608
    assert Payment.objects.values().get() == before


@pytest.mark.parametrize("settled", [False, True])
def test_nothing_is_deleted_before_its_time(settled):
    PaymentFactory(settled=settled)
    with pytest.raises(IntegrityError, match="a payment is kept"):
        run("DELETE FROM members_payment")
    assert Payment.objects.count() == 1


def test_an_erased_account_may_take_its_name_off():
    PaymentFactory(settled=True, ended_by=UserFactory())
    run("UPDATE members_payment SET payer_id = NULL, ended_by_id = NULL")
    assert Payment.objects.filter(payer=None, ended_by=None).count() == 1
