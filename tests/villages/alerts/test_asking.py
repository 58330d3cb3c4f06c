"""Asking to be told: nothing before a yes, and what the link of the letter leads to."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox import delivery
from outbox.enums import LetterState
from outbox.models import Letter
from tests.factories.members import UserFactory
from tests.factories.villages import SavedSearchFactory, VillageFactory
from tests.villages.alerts.searches import ASKED, DAY, MONDAY, NEW, PARIS, ask, confirmed, find, letters, path_in
from villages.alerts import lists, services, views
from villages.alerts.services import next_look, token_of
from villages.models import SavedSearch, hash_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_before():
    cache.clear()


def test_asking_writes_one_letter_that_asks_for_a_yes_and_nothing_else_follows():
    response = ask(email="Camille@Example.ORG", query="tri=habitants&taille=petit&q=lectoure&taille=x&page=3")
    assert (response.status_code, response["Location"]) == (302, ASKED)
    search = SavedSearch.objects.get()
    assert (search.email, search.of, search.query) == ("camille@example.org", "villages", "q=lectoure&taille=petit")
    assert (search.confirmed_at, search.next_at) == (None, None)
    (letter,) = letters()
    assert (letter.to, letter.language, letter.confidential) == ("camille@example.org", "fr", True)
    said = letter.subject + letter.text + letter.html
    assert "lectoure" not in said, "what a stranger typed is not passed on"
    assert "Moins de 500 habitants" not in said, "nor what they ticked: nothing that they chose, only that it was asked"
    page = Client().get(path_in(letter)).content.decode()
    assert "« lectoure »" in page.replace("\u202f", " ").replace("\xa0", " "), "the page of the link shows which search"
    assert "Moins de 500 habitants" in page
    VillageFactory(commune__name="Lectoure", commune__population=300)
    assert find(timezone.now() + 8 * DAY) == 0
    assert len(letters()) == 1


def test_the_token_itself_is_kept_nowhere_but_in_the_letter():
    ask()
    search, (letter,) = SavedSearch.objects.get(), letters()
    token = path_in(letter).split("/")[-2]
    assert search.token_hash == hash_of(token)
    assert token not in str(SavedSearch.objects.values().get())
    delivery.deliver_due(now=timezone.now())
    letter.refresh_from_db()
    assert letter.state == LetterState.SENT
    assert token not in str(Letter.objects.values().get())


def test_a_link_lives_on_when_the_secret_changes(settings):
    search = confirmed()
    token = token_of(search)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another one"
    assert token_of(search) == token
    settings.SECRET_KEY_FALLBACKS = []
    VillageFactory()
    find(MONDAY + DAY)
    search.refresh_from_db()
    new = path_in(letters()[-1]).split("/")[-2]
    assert new != token
    assert search.token_hash == hash_of(new)


def test_the_answer_is_the_same_whatever_is_known_of_the_address():
    known = confirmed(email="known@example.org")
    answers = {email: ask(email=email) for email in ("known@example.org", "new@example.org", "new@example.org")}
    assert {(response.status_code, response["Location"]) for response in answers.values()} == {(302, ASKED)}
    known.refresh_from_db()
    assert (known.rhythm, known.confirmed_at, known.next_at) == ("daily", MONDAY, next_look("daily", MONDAY))


def test_a_stranger_changes_nothing_of_an_alert_that_runs_and_its_owner_is_shown_the_way():
    search = confirmed(email="camille@example.org")
    ask(rhythm="weekly")
    search.refresh_from_db()
    assert search.rhythm == "daily"
    (letter,) = letters()
    assert letter.subject == "Votre alerte fonctionne déjà"
    assert path_in(letter) == f"/alertes/{token_of(search)}/"


def test_asked_again_it_takes_the_new_rhythm_and_a_second_letter_leaves_after_a_minute():
    with time_machine.travel(MONDAY, tick=False) as clock:
        ask(rhythm="daily")
        ask(rhythm="weekly")
        assert len(letters()) == 1
        clock.shift(60)
        ask(rhythm="weekly")
    assert SavedSearch.objects.get().rhythm == "weekly"
    first, second = letters()
    assert path_in(first) == path_in(second)


def test_an_address_gets_three_letters_a_day_and_the_form_never_says_so():
    with time_machine.travel(MONDAY, tick=False) as clock:
        for number in range(5):
            assert ask(query=f"q=nom{number}", email="Camille@example.org")["Location"] == ASKED
            clock.shift(120)
        assert len(letters()) == views.LETTERS_A_DAY == SavedSearch.objects.count()
        clock.shift(DAY)
        ask()
    assert len(letters()) == views.LETTERS_A_DAY + 1


def test_one_place_may_not_ask_for_many_and_is_told(monkeypatch):
    monkeypatch.setattr(views, "ASKED_AN_HOUR", 2)
    for number in range(2):
        ask(email=f"somebody{number}@example.org")
    refused = ask(email="another@example.org")
    assert refused.status_code == 429
    assert "Réessayez un peu plus tard" in refused.content.decode()
    assert 'value="another@example.org"' in refused.content.decode()
    assert SavedSearch.objects.count() == 2


@pytest.mark.parametrize(("address", "place"), [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64")])
def test_a_household_is_one_place(rf, address, place):
    assert views.visitor_network(rf.get("/", REMOTE_ADDR=address)) == place


@pytest.mark.parametrize(
    "changes", [{"email": ""}, {"email": "camille"}, {"rhythm": "hourly"}, {"query": "q=" + "a&interco=".join("xyz")}]
)
def test_what_cannot_be_understood_is_told_beside_the_field_or_left_out(changes):
    response = ask(**changes)
    if "query" in changes:
        assert SavedSearch.objects.get().query == "q=xa"
        return
    assert response.status_code == 200
    assert 'class="errors"' in response.content.decode()
    assert not SavedSearch.objects.exists()


def test_a_search_that_asks_for_too_much_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(views, "LONGEST_QUERY", 10)
    assert "trop de choses" in ask(query="taille=petit").content.decode()
    assert not SavedSearch.objects.exists()


def test_a_list_that_is_not_watched_is_nowhere(client):
    assert client.get(NEW, {"of": "desks"}).status_code == 404
    assert ask(of="desks").status_code == 404


def test_the_page_says_what_the_search_asks_and_keeps_the_address_of_the_account(client_of):
    page = client_of(UserFactory(email="me@example.org")).get(NEW + "?of=villages&taille=petit&tri=nom").content.decode()
    assert "Moins de 500 habitants" in page
    assert 'value="me@example.org"' in page
    assert 'name="query" value="taille=petit"' in page


def test_answers_of_one_question_are_said_as_alternatives():
    reading = lists.read_search("villages", "taille=petit&taille=grand&gare=20", MONDAY.date())
    assert reading.words == ["Gare à moins de 20 km".replace(" km", "\u202fkm"), "Moins de 500 habitants ou Plus de 1\u202f500"]


def test_htmx_gets_the_form_alone_and_then_the_answer_alone(client):
    form = client.get(NEW, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in form
    data = {"of": "villages", "query": "", "email": "camille@example.org", "rhythm": "daily"}
    answer = client.post(NEW, data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert SavedSearch.objects.exists()


def test_a_letter_speaks_the_language_it_was_asked_in_and_leads_to_that_language():
    Client().post("/en/alertes/nouvelle/", {"of": "villages", "email": "c@example.org", "rhythm": "weekly"})
    (letter,) = letters()
    assert letter.language == "en"
    assert letter.subject == "Your alert: one press and it runs"
    assert path_in(letter).startswith("/en/alertes/")
    assert "/en/alertes/" in letter.headers["List-Unsubscribe"]


# ---- The link of the letter ------------------------------------------------------------------------------------------


def test_a_get_shows_and_a_post_confirms(client):
    before = VillageFactory()
    ask(client)
    path = path_in(letters()[0])
    for _ in range(2):
        assert "Est-ce bien l’alerte" in client.get(path).content.decode()
    assert SavedSearch.objects.get().confirmed_at is None
    with time_machine.travel(MONDAY, tick=False):
        assert client.post(path, {"rhythm": "weekly", "confirm": "1"})["Location"] == path
    search = SavedSearch.objects.get()
    assert (search.confirmed_at, search.rhythm, search.seen) == (MONDAY, "weekly", [before.pk])
    assert search.next_at == dt.datetime(2026, 11, 26, 7, tzinfo=PARIS)
    assert "jeudi 26 novembre" in client.get(path).content.decode().replace("\xa0", " ")


def test_confirming_twice_changes_nothing_of_what_is_new():
    search = confirmed()
    VillageFactory()
    services.confirm_search(token=token_of(search), now=MONDAY + DAY / 24)
    search.refresh_from_db()
    assert (search.confirmed_at, search.seen) == (MONDAY, [])
    assert find(MONDAY + DAY) == 1


def test_the_rhythm_can_be_changed_before_and_after_the_yes(client):
    search = SavedSearchFactory()
    path = reverse("villages:search", args=[token_of(search)])
    client.post(path, {"rhythm": "weekly"})
    search.refresh_from_db()
    assert (search.rhythm, search.confirmed_at, search.next_at) == ("weekly", None, None)
    running = confirmed(rhythm="weekly")
    with time_machine.travel(MONDAY, tick=False):
        client.post(reverse("villages:search", args=[token_of(running)]), {"rhythm": "daily"})
    running.refresh_from_db()
    assert running.next_at == dt.datetime(2026, 11, 24, 7, tzinfo=PARIS)


def test_a_rhythm_that_does_not_exist_changes_nothing(client):
    search = SavedSearchFactory()
    response = client.post(reverse("villages:search", args=[token_of(search)]), {"rhythm": "hourly", "confirm": "1"})
    assert 'class="errors"' in response.content.decode()
    search.refresh_from_db()
    assert search.confirmed_at is None


def test_the_pages_of_a_link_are_in_no_cache_and_the_yes_needs_the_token_of_the_page():
    token = token_of(SavedSearchFactory())
    strict = Client(enforce_csrf_checks=True)
    for name in ("villages:search", "villages:end-search"):
        assert "no-store" in strict.get(reverse(name, args=[token]))["Cache-Control"]
    path = reverse("villages:search", args=[token])
    assert Client(enforce_csrf_checks=True).post(path, {"rhythm": "daily", "confirm": "1"}).status_code == 403


@pytest.mark.parametrize("end", ["", "fin/"])
@pytest.mark.parametrize("token", ["abc", "A" * 32, "0" * 64])
def test_a_dead_link_says_so_politely(client, end, token):
    SavedSearchFactory()
    response = client.get(f"/alertes/{token}/{end}")
    assert response.status_code == 404
    assert "Ce lien ne marche plus" in response.content.decode()
    if not end:
        assert client.post(f"/alertes/{token}/", {"rhythm": "daily"}).status_code == 404


def test_one_that_ends_while_it_is_confirmed_is_gone():
    search = SavedSearchFactory()
    token = token_of(search)
    services.end_search(token=token)
    for act in (services.confirm_search, services.change_rhythm):
        with pytest.raises(services.SearchGone):
            act(token=token, rhythm="daily", now=MONDAY)
