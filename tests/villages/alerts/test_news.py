"""The news of saved searches: one letter for what is new, none when nothing is."""

import datetime as dt
import re
from html import unescape

import pytest
from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse

from tests.factories.members import UserFactory
from tests.factories.villages import HousingFactory, VillageFactory
from tests.villages.alerts.searches import DAY, MONDAY, PARIS, confirmed, find, letters
from villages.alerts import lists, services
from villages.alerts.services import next_look, token_of
from villages.committee import partnerships
from villages.enums import HousingAudience
from villages.models import SavedSearch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_before():
    cache.clear()


def test_only_what_is_new_since_the_yes_is_told_once_and_nothing_new_sends_nothing():
    VillageFactory(commune__name="Avant", commune__population=300)
    search = confirmed(query="taille=petit")
    assert find(MONDAY + DAY) == 0
    search.refresh_from_db()
    assert search.next_at == dt.datetime(2026, 11, 25, 7, tzinfo=PARIS)
    village = VillageFactory(commune__name="L'Isle-Neuve", commune__population=300, tagline="Une place à arcades.")
    VillageFactory(commune__name="Trop-Grand", commune__population=3000)
    assert [find(MONDAY + 2 * DAY), find(MONDAY + 2 * DAY), find(MONDAY + 3 * DAY)] == [1, 0, 0]
    (letter,) = letters()
    assert letter.subject == "Un nouveau village pour votre recherche"
    for body in (letter.text, letter.html):
        assert "L’Isle-Neuve" in body
        assert f"{settings.SITE_URL}{village.get_absolute_url()}" in body
        assert "Une place à arcades." in body
        assert "/villages/?taille=petit" in body
        assert "Avant" not in body
        assert "Trop-Grand" not in body
    assert (letter.to, letter.confidential) == (search.email, True)


def test_what_left_and_comes_back_is_not_told_twice():
    village = VillageFactory()
    confirmed()
    partnerships.end_partnership(village=village)
    assert find(MONDAY + DAY) == 0
    partnerships.resume_village(village=village)
    assert find(MONDAY + 2 * DAY) == 0


def test_an_outage_of_ten_days_loses_nothing_and_sends_one_letter():
    search = confirmed()
    VillageFactory.create_batch(2)
    later = MONDAY + 10 * DAY
    assert [find(later), find(later)] == [1, 0]
    search.refresh_from_db()
    assert search.next_at == dt.datetime(2026, 12, 4, 7, tzinfo=PARIS)
    assert letters()[0].subject == "2 nouveaux villages pour votre recherche"


def test_it_is_not_looked_at_a_second_early():
    confirmed()
    VillageFactory()
    due = dt.datetime(2026, 11, 24, 7, tzinfo=PARIS)
    assert find(due - dt.timedelta(seconds=1)) == 0
    assert find(due) == 1


def test_a_letter_lists_the_first_twenty_and_counts_the_others(monkeypatch):
    monkeypatch.setattr("villages.alerts.services.TOLD_AT_ONCE", 2)
    search = confirmed()
    VillageFactory.create_batch(5)
    find(MONDAY + DAY)
    (letter,) = letters()
    assert letter.text.count(f"{settings.SITE_URL}/villages/village-") == 2
    assert "3 autres" in letter.text
    search.refresh_from_db()
    assert len(search.seen) == 5


def test_a_letter_of_news_costs_the_same_for_two_and_for_twenty(django_assert_max_num_queries):
    def cost(number: int) -> int:
        search = confirmed()
        VillageFactory.create_batch(number)
        with django_assert_max_num_queries(40) as queries:
            assert find(MONDAY + DAY) == 1
        services.end_search(token=token_of(search))
        return len(queries)

    assert cost(2) == cost(20)


def test_one_that_cannot_be_read_holds_up_nobody_and_names_nobody_in_the_log(monkeypatch, caplog):
    broken, sound = confirmed(query="q=broken"), confirmed()
    VillageFactory()

    read_search = lists.read_search

    def read_or_break(of, query, on):
        if query == "q=broken":
            raise ValueError(broken.email)
        return read_search(of, query, on)

    monkeypatch.setattr(lists, "read_search", read_or_break)
    assert find(MONDAY + DAY) == 1
    assert [letter.to for letter in letters()] == [sound.email]
    broken.refresh_from_db()
    assert broken.next_at == MONDAY + DAY + dt.timedelta(hours=1)
    assert "ValueError" in caplog.text
    assert "example.org" not in caplog.text


def test_a_tick_looks_at_so_many_and_the_next_at_the_rest(monkeypatch):
    monkeypatch.setattr("villages.alerts.services.MOST_AT_A_TICK", 2)
    for _ in range(3):
        confirmed()
    VillageFactory()
    assert [find(MONDAY + DAY) for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize(
    ("rhythm", "after", "looked_at"),
    [
        ("daily", (2026, 11, 23, 9, 30), (2026, 11, 24)),
        ("daily", (2026, 11, 23, 0, 1), (2026, 11, 24)),
        ("daily", (2026, 3, 28, 9, 0), (2026, 3, 29)),  # the night when summer time begins
        ("daily", (2026, 10, 24, 9, 0), (2026, 10, 25)),  # and ends
        ("daily", (2026, 12, 31, 23, 59), (2027, 1, 1)),
        ("weekly", (2026, 11, 23, 9, 30), (2026, 11, 26)),
        ("weekly", (2026, 11, 25, 23, 59), (2026, 11, 26)),
        ("weekly", (2026, 11, 26, 6, 59), (2026, 12, 3)),  # the day it was asked for does not count
        ("weekly", (2026, 11, 26, 7, 0), (2026, 12, 3)),
        ("weekly", (2026, 10, 22, 7, 0), (2026, 10, 29)),
    ],
)
def test_it_is_looked_at_at_seven_by_the_clock_on_the_wall(rhythm, after, looked_at):
    found = next_look(rhythm, dt.datetime(*after, tzinfo=PARIS).astimezone(dt.UTC))
    assert found.astimezone(PARIS) == dt.datetime(*looked_at, 7, tzinfo=PARIS)
    assert (found.astimezone(PARIS).hour, found.utcoffset()) == (7, found.astimezone(PARIS).utcoffset())


def test_the_news_of_homes_are_told_like_those_of_villages_and_leads_to_nobody(client):
    facts = {"confirmed_on": MONDAY.date(), "added_on": MONDAY.date()}
    HousingFactory(**facts)
    search = confirmed(of=SavedSearch.Of.HOUSING, query="type=louer&loyer=1300")
    home = HousingFactory(title="Maison de l’école", price=1250, surface_m2=84, village__commune__name="L'Isle", **facts)
    HousingFactory(audience=HousingAudience.QUALIFIED, **facts)
    HousingFactory(price=1400, **facts)
    HousingFactory(**facts | {"confirmed_on": MONDAY.date() - 61 * DAY})
    assert find(MONDAY + DAY) == 1
    (letter,) = letters()
    assert letter.subject == "Un nouveau logement pour votre recherche"
    for body in (letter.text, letter.html):
        assert f"{settings.SITE_URL}{home.get_absolute_url()}" in body
        assert "Maison de l’école" in body
        assert "L’Isle" in body
        assert "1\u202f250\u202f€ par mois, 84 m²" in body
        assert "/logements/?type=louer" in body
    page = client.get(reverse("villages:search", args=[token_of(search)])).content.decode()
    assert "1\u202f300\u202f€" in page
    assert "Les nouveaux logements qui ont tout cela" in page


@pytest.mark.parametrize("query", ["retires=oui&tri=prix&page=2", "presque=oui&tri=nom"])
def test_how_a_list_is_shown_is_no_part_of_the_search(query):
    for of in SavedSearch.Of.values:
        assert lists.read_search(of, query, MONDAY.date()).query == ""


def test_the_link_of_a_list_leads_to_its_form_with_its_search(client):
    link = render_to_string("villages/_alert_link.html", {"of": "villages", "query": "gare=20&taille=petit"})
    (path,) = set(re.findall(r'(?:href|hx-get)="(/alertes[^"]+)"', link))
    page = client.get(unescape(path)).content.decode()
    assert 'name="query" value="gare=20&amp;taille=petit"' in page


# ---- The admin -------------------------------------------------------------------------------------------------------


def test_leads_see_how_alerts_are_used_and_no_address_in_the_list(client_of, settings):
    settings.STAFF_MFA_REQUIRED = False
    search = confirmed()
    lead = UserFactory(lead=True)
    page = client_of(lead).get(reverse("admin:villages_savedsearch_changelist"))
    assert page.status_code == 200
    assert search.email not in page.content.decode()
    page = client_of(lead).get(reverse("admin:villages_savedsearch_change", args=[search.pk]))
    assert search.email in page.content.decode()
    assert search.token_hash not in page.content.decode()
    assert client_of(lead).get(reverse("admin:villages_savedsearch_add")).status_code == 403
    assert client_of(lead).get(reverse("admin:villages_savedsearch_delete", args=[search.pk])).status_code == 403
    assert client_of(UserFactory(adviser=True)).get(reverse("admin:villages_savedsearch_changelist")).status_code == 403
