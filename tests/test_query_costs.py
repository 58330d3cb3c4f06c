"""Every page and form costs the same number of queries with two rows in each of its lists and with many more."""

import re

import pytest
from django.db import connection

from sohosolo.middleware import QueryClock
from tests.walk.growth import grow
from tests.walk.hostile import Walker
from tests.walk.network import Address, small_network

pytestmark = pytest.mark.django_db

LEADS_WORK = ("/admin/projects/", "/admin/villages/", "/admin/outbox/")
FEW = 2
MANY = [20, pytest.param(200, marks=pytest.mark.thorough)]  # more than a list shows on a page
LEAD_SEES_AS_MUCH = ("adviser", "administrator")
EACH_A_PAGE_OF_THEIRS = ("visitor", "member", "lead")  # where everybody is shown something: three kinds of it


@pytest.fixture(autouse=True)
def settings_of_the_walk(settings, tmp_path):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.STAFF_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("many", MANY)
def test_every_page_and_form_costs_the_same_with_two_rows_and_with(many):
    network = small_network()
    grow(network, FEW)
    walkers = {role: Walker(user) for role, user in network.people.items()}
    pages = [(role, address.path) for address in network.addresses for role in walkers if is_walked(role, address)]
    found = {(role, path): (count, fields) for role, path in pages for count, fields in [visit(walkers[role], path)] if count}
    few = each_form_once(found)
    grow(network, many - FEW, begin=FEW)
    many = {(role, path): visit(walkers[role], path)[0] for role, path in few}
    for role, path in (page for page, count in many.items() if count > few[page]):  # may have filled what it keeps in the cache
        many[role, path] = visit(walkers[role], path)[0]
    dearer = [f"{role} {path}: {few[role, path]} → {count}" for (role, path), count in many.items() if count > few[role, path]]
    assert not dearer, "\n".join(dearer)
    assert len(few) > 100


def is_walked(role: str, address: Address) -> bool:
    """The desk is the same for the whole team: walked as its lead."""
    if address.name.startswith("admin:"):
        return role == ("lead" if address.path.startswith(LEADS_WORK) else "administrator")
    if len(address.roles) > len(EACH_A_PAGE_OF_THEIRS):
        return role in EACH_A_PAGE_OF_THEIRS
    return role in address.roles and role not in LEAD_SEES_AS_MUCH


def visit(walker: Walker, path: str) -> tuple[int, set[bytes]]:
    """The number of queries of a page with a form, 0 of anything else; and the names of its fields."""
    clock = QueryClock()
    with connection.execute_wrapper(clock):
        response = walker.ask("GET", path, keep_cache=True)
    if response.streaming or b"<form" not in response.content:
        return 0, set()
    return clock.count, set(re.findall(rb'\bname="([^"]*)"', response.content))


def each_form_once(found: dict[tuple[str, str], tuple[int, set[bytes]]]) -> dict[tuple[str, str], int]:
    """The queries of each page as the role for whom it is dearest, and as any other that is shown a field more."""
    kept, seen = {}, {}
    for (role, path), (count, fields) in sorted(found.items(), key=lambda each: -each[1][0]):
        if path not in seen or fields - seen[path]:
            kept[role, path] = count
            seen.setdefault(path, set()).update(fields)
    return kept
