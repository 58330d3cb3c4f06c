"""Two clocks at once, as real threads with database sessions of their own: each news is told once."""

import datetime as dt

import pytest
from django.utils import timezone

from outbox.models import Letter
from tests.factories.villages import SavedSearchFactory, VillageFactory
from tests.outbox.test_claims import race
from villages.alerts import services
from villages.alerts.services import token_of
from villages.models import SavedSearch

pytestmark = pytest.mark.django_db(transaction=True)

SEARCHES = 12


def tick(now: dt.datetime) -> None:
    services.find_news(now=now)


def test_four_ticks_at_once_write_each_letter_once():
    VillageFactory()
    SavedSearchFactory.create_batch(SEARCHES, confirmed=True)
    now = timezone.now()
    race(*[lambda: tick(now)] * 4)
    assert Letter.objects.count() == SEARCHES
    assert Letter.objects.values("to").distinct().count() == SEARCHES
    assert not SavedSearch.objects.due(now).exists()


def test_a_search_looked_at_twice_for_the_same_moment_owes_one_letter():
    """The lock lost its row, say by a database set back to an earlier hour: the letter's key still names the same fact."""
    VillageFactory()
    search = SavedSearchFactory(confirmed=True)
    now = timezone.now()
    tick(now)
    SavedSearch.objects.filter(pk=search.pk).update(next_at=search.next_at, seen=[])
    tick(now)
    assert Letter.objects.count() == 1


def test_the_same_form_sent_four_times_at_once_is_one_search_and_one_letter():
    now = timezone.now()
    form = {"email": "camille@example.org", "of": "villages", "query": "", "rhythm": "daily", "language": "fr"}
    race(*[lambda: services.ask_for_news(**form, now=now)] * 4)
    assert SavedSearch.objects.count() == Letter.objects.count() == 1


def test_ended_while_it_is_looked_at_it_is_gone_and_nothing_breaks():
    VillageFactory()
    for _ in range(10):
        search = SavedSearchFactory(confirmed=True)
        token = token_of(search)
        race(lambda: tick(timezone.now()), lambda token=token: services.end_search(token=token))
        assert not SavedSearch.objects.exists()
