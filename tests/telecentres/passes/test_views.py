"""Passes, and what things cost, on the pages of their member."""

import pytest
from django.urls import reverse

from telecentres.models import PassOffer
from tests.factories.members import PaymentFactory
from tests.factories.telecentres import (
    PassFactory,
    RateFactory,
)
from tests.telecentres.pages import NOW, plain, said

pytestmark = pytest.mark.usefixtures("clock")


def test_what_is_left_is_said_in_the_week_and_every_movement_on_its_page(client, member, desk):
    PassOffer.objects.create(half_days=10, price=48)
    PassFactory(member=member, left=6)
    week = client.get(reverse("telecentres:week", args=["fleurance"])).content.decode()
    assert "Votre carnet : 6 demi-journées" in plain(week)
    page = client.get(reverse("telecentres:my-passes")).content.decode()
    assert "6 demi-journées sur 10" in page
    assert "−4" in page


def test_how_a_pass_was_paid_is_said_where_it_is_known_and_nothing_where_it_is_not(client, member, desk):
    PassFactory(member=member, payment=PaymentFactory(payer=member.user, settled=True, ended_on=NOW.date()))
    PassFactory(member=member, payment=PaymentFactory(payer=member.user))
    PassFactory(member=member)
    for page in ("telecentres:my-passes", "telecentres:my-statement"):
        text = plain(client.get(reverse(page)).content.decode())
        assert text.count("réglé en espèces le 24 novembre 2026") == 1, page
        assert text.count("à régler") == 1, page


@pytest.mark.parametrize("count", [2, 30])
def test_the_page_of_passes_costs_the_same_queries_for_any_number(client, member, desk, django_assert_num_queries, count):
    RateFactory(telecentre=desk.telecentre)
    for _ in range(count):
        PassFactory(member=member, left=1, payment=PaymentFactory(payer=member.user))
    with django_assert_num_queries(5):  # session, person, passes, movements, offers
        client.get(reverse("telecentres:my-passes"))


def test_why_it_costs_what_it_costs_is_said(client, member, desk):
    RateFactory(telecentre=desk.telecentre, price=6)
    RateFactory(telecentre=desk.telecentre, price=10, unit="day")
    wish = {"slot": f"{desk.pk} 2026-11-26 day", "key": "a"}
    answer = client.post(reverse("telecentres:week", args=["fleurance"]), wish, follow=True)
    assert said(answer)[0].endswith("10 € la journée, pas plus cher que deux demi-journées. À payer sur place.")
    PassFactory(member=member)
    wish = {"slot": f"{desk.pk} 2026-11-27 morning", "key": "b"}
    answer = client.post(reverse("telecentres:week", args=["fleurance"]), wish, follow=True)
    assert said(answer)[0].endswith("1 demi-journée de votre carnet, pas plus chère que les 6 € du tarif.")
