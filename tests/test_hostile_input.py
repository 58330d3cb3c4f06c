"""A sample of input that nobody types by hand, over every address and form of the site. `./run chaos input` sends the whole."""

import logging
import random
import re

import pytest

from tests.walk.hostile import VALUES, Walker, around_pages, each_alone, report, some_of
from tests.walk.network import Address, small_network
from tests.walk.planted import PLANTED
from tests.walk.together import WholeWalk

pytestmark = pytest.mark.django_db

PARTS = 2  # so that several processes share the walk
PROBES_A_PAGE = 1


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
    probes = [probe for place in around_pages() for probe in each_alone(place)]
    for probe in some_of(probes, len(VALUES), random.Random(16)):
        walker.send(probe)
    assert not walker.faults, report(walker)


@pytest.mark.urls("tests.walk.planted")
@pytest.mark.parametrize("view", [view.__name__ for view in PLANTED])
def test_the_whole_walk_finds_what_another_parameter_could_hide(view, monkeypatch):
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    walker = Walker()
    WholeWalk({"visitor": walker}, random.Random(16), set()).walk(Address(view, (), ("visitor",)))
    found = {re.search(r"line \d+, in \w+", fault).group() for fault in walker.faults}
    assert [line.partition(", in ")[2] for line in found] == [view] * (2 if "beside" in view else 1)
