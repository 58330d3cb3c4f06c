"""Input that nobody types by hand: every value for every parameter of every page and form, as each role.

Some 200,000 requests for a role that enters the admin. `SHARE=0.01 ./run chaos input` sends one in a hundred, always the same.
"""

import os
import random
import sys

import pytest

from tests.walk.hostile import Walker, around_pages, report
from tests.walk.network import small_network

pytestmark = pytest.mark.django_db

ROLES = ("visitor", "holder", "member", "committee", "host", "adviser", "lead", "administrator")


@pytest.mark.parametrize("role", ROLES)
def test_nothing_breaks_whatever_is_sent(role, settings, tmp_path):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.STAFF_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path
    network = small_network()
    walker, share = Walker(network.people[role]), float(os.environ.get("SHARE", "1"))
    chance = random.Random(16)
    for address in network.addresses:
        if role in address.roles:
            for probe in walker.probes_of(address):
                if share == 1 or chance.random() < share:
                    walker.send(probe)
    for probe in around_pages():
        if share == 1 or chance.random() < share:
            walker.send(probe)
    sys.stdout.write(f"{role}: {walker.requests:,} requests, answers {dict(walker.answers)}\n{report(walker)}\n")
    assert not walker.faults, report(walker)
