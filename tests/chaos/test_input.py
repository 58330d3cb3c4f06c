"""Input that nobody types by hand: every value for every parameter of every page and form, as each role. `./run chaos input`.

Alone, each value in each parameter would be some 900,000 requests. What is sent instead, and what that is worth, stands in
tests/walk/together.py: each parameter meets each value in a request that nothing else stops, by one of those roles whom a page
shows and asks the same; from every other role each parameter gets one value, drawn by lot (`LOT=17` draws others).
`SHARE=0.1` walks one address in ten, always the same.
"""

import logging
import os
import random

import pytest

from tests.walk.hostile import Walker, around_pages, report
from tests.walk.network import Address, small_network
from tests.walk.together import MOST_RIGHTS_FIRST, WholeWalk

pytestmark = pytest.mark.django_db

PARTS = 96  # so that several processes share the walk
MET: set[tuple] = set()  # by this process
SHARE, LOT = float(os.environ.get("SHARE", "1")), int(os.environ.get("LOT", "16"))


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_breaks_whatever_is_sent(part, settings, tmp_path, monkeypatch, record_property):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.STAFF_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    network = small_network()
    walkers = {role: Walker(user) for role, user in network.people.items()}
    walk = WholeWalk(walkers, random.Random(LOT + part), MET)
    mixed = random.Random(16)
    addresses = [address for address in mixed.sample(network.addresses, len(network.addresses)) if mixed.random() < SHARE]
    for address in addresses[part::PARTS]:
        walk.walk(address)
    for place in [place for place in around_pages() if mixed.random() < SHARE][part::PARTS]:
        walk.walk_around(place)
    record_property("figures", dict(walk.figures) | {f"{role}, requests": walker.requests for role, walker in walkers.items()})
    faults = [report(walker) for walker in walkers.values() if walker.faults]
    assert not faults, "\n".join(faults)


@pytest.mark.urls("tests.walk.planted")
@pytest.mark.parametrize("role", MOST_RIGHTS_FIRST)
def test_a_page_that_breaks_for_one_role_alone_is_found(role, settings, tmp_path):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.STAFF_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path
    people = small_network().people
    settings.BREAKS_FOR = people[role] and people[role].pk
    walkers = {each: Walker(user) for each, user in people.items()}
    WholeWalk(walkers, random.Random(LOT), set()).walk(Address("for_one_alone", (), MOST_RIGHTS_FIRST))
    assert [each for each, walker in walkers.items() if walker.faults] == [role]
