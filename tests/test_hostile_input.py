"""A sample of input that nobody types by hand, over every address and form of the site. `./run chaos input` sends the whole."""

import random

import pytest

from tests.walk.hostile import VALUES, Walker, around_pages, report, some_of
from tests.walk.network import small_network

pytestmark = pytest.mark.django_db

PARTS = 4  # so that several processes share the walk
PROBES_A_PAGE = 2


@pytest.fixture(autouse=True)
def sessions_that_are_undone(settings, tmp_path):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.STAFF_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_breaks_on_what_nobody_types(part):
    chance, network = random.Random(16), small_network()
    walkers = {role: Walker(user) for role, user in network.people.items()}
    chosen = [(address, chance.choice(address.roles), chance.random()) for address in network.addresses]
    for address, role, seed in chosen[part::PARTS]:
        for probe in some_of(walkers[role].probes_of(address), PROBES_A_PAGE, random.Random(seed)):
            walkers[role].send(probe)
    faults = [report(walker) for walker in walkers.values() if walker.faults]
    assert not faults, "\n".join(faults)
    assert sum(walker.requests for walker in walkers.values()) > (PROBES_A_PAGE + 1) * len(chosen[part::PARTS])


def test_no_cookie_or_header_breaks_a_page():
    network = small_network()
    walker = Walker(network.people["adviser"])
    for probe in some_of(around_pages(), 2 * len(VALUES), random.Random(16)):
        walker.send(probe)
    assert not walker.faults, report(walker)
