"""What loading the whole demonstration costs. `./run bench demonstration`."""

import pytest
from django.utils import timezone

from sohosolo.demo.load import load_network
from tests.bench.cost import OURSELVES, served

pytestmark = pytest.mark.django_db(transaction=True)

MOST_TIMES_LIVEZ = 30_000


def test_loading_the_demonstration(settings):
    settings.STAFF_MFA_REQUIRED = False  # as in the demonstration itself
    with served() as portal:
        cost = portal.cost_of(lambda: load_network(now=timezone.now()), 1, OURSELVES)
    print(f"\nthe demonstration: {cost}")  # noqa: T201
    assert cost.times < MOST_TIMES_LIVEZ
