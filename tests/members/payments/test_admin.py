"""Payments in the admin: read by whoever looks after them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Payment
from tests.factories.members import PaymentFactory, UserFactory

pytestmark = pytest.mark.django_db

PAYMENTS = reverse("admin:members_payment_changelist")


@pytest.fixture
def desk(client):
    client.force_login(UserFactory(lead=True))
    return client


def listed(client, **query) -> list[Payment]:
    return list(client.get(PAYMENTS, query).context["cl"].result_list)


@pytest.mark.parametrize(("trait", "status"), [("adviser", 403), ("lead", 200), ("admin", 200)])
def test_who_reads_them(client, trait, status):
    payment = PaymentFactory()
    client.force_login(UserFactory(**{trait: True}))
    one = reverse("admin:members_payment_change", args=[payment.pk])
    assert [client.get(page).status_code for page in (PAYMENTS, one)] == [status] * 2


def test_nobody_writes_there(desk):
    payment = PaymentFactory()
    assert desk.get(reverse("admin:members_payment_add")).status_code == 403
    assert desk.post(reverse("admin:members_payment_delete", args=[payment.pk]), {"post": "yes"}).status_code == 403
    assert desk.post(reverse("admin:members_payment_change", args=[payment.pk]), {"amount": "1"}).status_code == 403
    assert Payment.objects.get().amount == 48


def test_they_are_found_by_their_state_their_means_and_the_name_of_who_pays(desk):
    owed = PaymentFactory(payer__last_name="Daubas")
    settled = PaymentFactory(settled=True)
    assert listed(desk) == [settled, owed]
    assert listed(desk, status__exact="owed") == [owed]
    assert listed(desk, means__exact="cash") == [settled]
    assert listed(desk, q="daubas") == [owed]
    page = desk.get(PAYMENTS).content.decode()
    assert "en espèces" in page
    assert "à régler" in page


def test_the_list_costs_the_same_for_2_and_for_60(desk):
    costs = []
    for count in (2, 58):
        for _ in range(count):
            PaymentFactory(settled=True, ended_by=UserFactory())
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(PAYMENTS).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
