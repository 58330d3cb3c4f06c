"""Saved searches: nothing before a yes, one letter for what is new, none when nothing is, one press to end it."""

import datetime as dt
import re
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from outbox import delivery
from outbox.enums import LetterState
from outbox.models import Letter
from tests.factories.members import UserFactory
from tests.factories.villages import HousingFactory, SavedSearchFactory, VillageFactory
from tests.test_access import named_addresses
from villages import tasks
from villages.alerts import lists, services, views
from villages.alerts.services import next_look, token_of
from villages.committee import partnerships
from villages.enums import AlertRhythm, HousingAudience
from villages.models import SavedSearch, hash_of

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
NEW, ASKED = "/alertes/nouvelle/", "/alertes/demandee/"
MONDAY = dt.datetime(2026, 11, 23, 9, 30, tzinfo=PARIS)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def nobody_asked_before():
    cache.clear()


def ask(client=None, **changes):
    form = {"of": "villages", "query": "", "email": "camille@example.org", "rhythm": "daily"} | changes
    return (client or Client()).post(NEW, form)


def letters() -> list[Letter]:
    return list(Letter.objects.order_by("pk"))


def path_in(letter: Letter) -> str:
    """Where the letter's link to the alert leads."""
    return re.search(rf"{settings.SITE_URL}((?:/en)?/alertes/[\w-]+/)", letter.text).group(1)


def find(now: dt.datetime) -> int:
    return services.find_news(now=now, read=lists.read)


def confirmed(*, at: dt.datetime = MONDAY, query: str = "", rhythm: str = AlertRhythm.DAILY, **facts) -> SavedSearch:
    search = SavedSearchFactory(query=query, rhythm=rhythm, **facts)
    return services.confirm_search(token=token_of(search), read=lists.read, now=at)


# ---- Asking ----------------------------------------------------------------------------------------------------------


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
    assert views.place_of(rf.get("/", REMOTE_ADDR=address)) == place


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
    reading = lists.read("villages", "taille=petit&taille=grand&gare=20", MONDAY.date())
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
    services.confirm_search(token=token_of(search), read=lists.read, now=MONDAY + DAY / 24)
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
            act(token=token, rhythm="daily", now=MONDAY, **({"read": lists.read} if act is services.confirm_search else {}))


# ---- Ending it -------------------------------------------------------------------------------------------------------


def test_a_mail_program_ends_it_in_one_press_without_cookies_or_token_of_a_page():
    """RFC 8058: POST of List-Unsubscribe=One-Click to the address in the letter's head, answered without a redirect."""
    search = confirmed()
    VillageFactory()
    find(MONDAY + DAY)
    (letter,) = letters()
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(rf"<{settings.SITE_URL}(.+)>", letter.headers["List-Unsubscribe"]).group(1)
    mail_program = Client(enforce_csrf_checks=True)
    assert mail_program.get(address).status_code == 200
    assert SavedSearch.objects.filter(pk=search.pk).exists()
    for _ in range(2):
        response = mail_program.post(address, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert "L’alerte est arrêtée" in response.content.decode()
    assert not response.cookies
    assert not mail_program.cookies
    assert not SavedSearch.objects.exists()


def test_every_letter_can_be_used_to_end_the_alert(client):
    ask()
    (letter,) = letters()
    token = path_in(letter).split("/")[-2]
    assert letter.headers["List-Unsubscribe"] == f"<{settings.SITE_URL}/alertes/{token}/fin/>"


def test_that_view_alone_goes_without_the_token_of_a_page():
    resolver = get_resolver()
    exempt = [
        name
        for name in named_addresses()
        if name.startswith("villages:")
        and any(getattr(pattern.callback, "csrf_exempt", False) for pattern in patterns_named(resolver, name.partition(":")[2]))
    ]
    assert exempt == ["villages:end-search"]


def patterns_named(resolver, name):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from patterns_named(pattern, name)
        elif pattern.name == name:
            yield pattern


def test_a_letter_that_has_not_left_when_the_alert_ends_does_not_leave():
    search = confirmed()
    VillageFactory()
    find(MONDAY + DAY)
    services.end_search(token=token_of(search))
    delivery.deliver_due(now=MONDAY + DAY)
    (letter,) = letters()
    assert (letter.state, letter.text, letter.headers) == (LetterState.DROPPED, "", {})


def test_ended_and_asked_for_again_it_has_another_link():
    ask()
    old = path_in(letters()[0])
    services.end_search(token=old.split("/")[-2])
    ask(rhythm="weekly")
    assert path_in(letters()[1]) != old
    assert Client().get(old).status_code == 404


def test_what_nobody_confirms_within_seven_days_is_erased():
    with time_machine.travel(MONDAY, tick=False) as clock:
        ask()
        running = confirmed()
        clock.shift(7 * DAY - dt.timedelta(seconds=1))
        tasks.send_news()
        assert SavedSearch.objects.count() == 2
        clock.shift(1)
        tasks.send_news()
    assert SavedSearch.objects.get() == running


# ---- News ------------------------------------------------------------------------------------------------------------


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

    def read(of, query, on):
        if query == "q=broken":
            raise ValueError(broken.email)
        return lists.read(of, query, on)

    assert services.find_news(now=MONDAY + DAY, read=read) == 1
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
        assert lists.read(of, query, MONDAY.date()).query == ""


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
    one = client_of(lead).get(reverse("admin:villages_savedsearch_change", args=[search.pk]))
    assert search.email in one.content.decode()
    assert search.token_hash not in one.content.decode()
    assert client_of(lead).get(reverse("admin:villages_savedsearch_add")).status_code == 403
    assert client_of(lead).get(reverse("admin:villages_savedsearch_delete", args=[search.pk])).status_code == 403
    assert client_of(UserFactory(adviser=True)).get(reverse("admin:villages_savedsearch_changelist")).status_code == 403
