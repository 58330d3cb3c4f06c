"""Signing in by password or code, signing out, sessions, limits, and which page needs an account."""

import datetime as dt

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from outbox.models import Letter
from tests.factories.members import PASSWORD, UserFactory
from tests.members.accounts.coming_in import (
    ASK_CODE,
    CLOSED,
    CONFIRM,
    GIVE_CODE,
    LOGIN,
    LOGOUT,
    MY_SPACE,
    OPEN,
    RESET,
    SIGNUP,
    WRONG_CODE,
    code_in,
    is_signed_in,
    last_letter,
    signed_in,
    text_of,
    wrong,
)

pytestmark = pytest.mark.django_db

WRONG_PASSWORD = "Cette adresse et ce mot de passe ne vont pas ensemble"


# ---- Signing in -------------------------------------------------------------------------------------------------------


def test_signing_in_with_a_password_leads_where_one_was_going(client):
    user = UserFactory()
    response = client.post(
        f"{LOGIN}?next=/mon-profil/", {"login": user.email.upper(), "password": PASSWORD, "next": "/mon-profil/"}
    )
    assert response.url == "/mon-profil/"
    assert is_signed_in(client)


def test_signing_in_never_leads_to_another_site(client):
    user = UserFactory()
    response = client.post(LOGIN, {"login": user.email, "password": PASSWORD, "next": "https://elsewhere.example/"})
    assert response.url == MY_SPACE


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(client, who):
    email = UserFactory().email if who == "known" else "nobody@example.org"
    response = client.post(LOGIN, {"login": email, "password": "not the right password"})
    assert WRONG_PASSWORD in text_of(response)
    assert email in text_of(response)
    assert not is_signed_in(client)


def test_a_closed_account_does_not_open(client):
    user = UserFactory(is_active=False)
    assert client.post(LOGIN, {"login": user.email, "password": PASSWORD}).url == reverse("account_inactive")
    assert not is_signed_in(client)


def test_an_unconfirmed_address_is_confirmed_first(client):
    user = UserFactory(verified=False)
    response = client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert response.url == CONFIRM
    client.post(CONFIRM, {"code": code_in(last_letter())})
    assert is_signed_in(client)


def test_signing_in_by_a_code(client):
    user = UserFactory()
    assert client.post(ASK_CODE, {"email": user.email}).url == GIVE_CODE
    code = code_in(last_letter())
    assert WRONG_CODE in text_of(client.post(GIVE_CODE, {"code": wrong(code)}))
    assert not is_signed_in(client)
    assert client.post(GIVE_CODE, {"code": code}).url == MY_SPACE
    assert is_signed_in(client)


def test_a_sign_in_code_works_once_and_for_a_quarter_of_an_hour(client):
    user = UserFactory()
    with time_machine.travel(dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC), tick=False) as clock:
        client.post(ASK_CODE, {"email": user.email})
        late = code_in(last_letter())
        clock.shift(dt.timedelta(minutes=16))
        client.post(GIVE_CODE, {"code": late})
        assert not is_signed_in(client)
    client.post(ASK_CODE, {"email": user.email})
    code = code_in(last_letter())
    client.post(GIVE_CODE, {"code": code})
    assert is_signed_in(client)
    client.logout()
    client.post(GIVE_CODE, {"code": code})
    assert not is_signed_in(client)


def test_a_code_opens_only_the_browser_that_asked_for_it(client):
    client.post(ASK_CODE, {"email": UserFactory().email})
    other, code = Client(), code_in(last_letter())
    other.post(GIVE_CODE, {"code": code})
    assert not is_signed_in(other)
    client.post(GIVE_CODE, {"code": code})
    assert is_signed_in(client)


def test_signing_out_takes_a_press_not_a_look(client):
    client.force_login(UserFactory())
    assert client.get(LOGOUT).status_code == 200
    assert is_signed_in(client)
    client.post(LOGOUT)
    assert not is_signed_in(client)


# ---- Sessions ---------------------------------------------------------------------------------------------------------


def test_a_stolen_session_is_seen_and_closed():
    user = UserFactory()
    mine, other = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"), Client(HTTP_USER_AGENT="curl/8")
    for client in (mine, other):
        client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    page = text_of(mine.get(reverse("usersessions_list")))
    assert "Firefox, Windows" in page
    assert "un navigateur inconnu" in page
    mine.post(reverse("usersessions_list"))
    assert mine.get(MY_SPACE).status_code == 200
    assert other.get(MY_SPACE).status_code == 302


def test_looking_at_a_page_writes_nothing_of_the_visit():
    user = UserFactory()
    client = signed_in(user)
    before = UserSession.objects.get().last_seen_at
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)):
        client.get(reverse("members:members"))
    assert UserSession.objects.get().last_seen_at == before


# ---- Limits -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def limits(settings):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {
        "login": "2/m/ip",
        "signup": "2/m/ip",
        "request_login_code": "9/m/ip,2/m/key",
        "reset_password": "2/m/key",
    }
    yield
    cache.clear()


@pytest.mark.parametrize(
    ("url", "data"),
    [
        (LOGIN, {"login": "a@example.org", "password": "x"}),
        (SIGNUP, {"email": "nonsense"}),
        (RESET, {"email": "a@example.org"}),
    ],
    ids=["sign-in", "sign-up", "reset"],
)
def test_too_many_attempts_get_a_page_that_says_when_to_come_back(client, limits, url, data):
    for _ in range(2):
        assert client.post(url, data).status_code in {200, 302}
    response = client.post(url, data)
    assert response.status_code == 429
    assert "cinq minutes" in text_of(response)
    assert client.get(url).status_code == 200  # looking is free


def test_nobody_fills_somebodys_letter_box_with_codes(limits):
    for _ in range(2):
        Client().post(ASK_CODE, {"email": "victim@example.org"})
    response = Client().post(ASK_CODE, {"email": "victim@example.org"})
    assert "Trop d’essais" in text_of(response)
    assert Letter.objects.count() == 2


def test_five_wrong_passwords_close_the_door_of_that_account_for_a_while(client, settings):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {}
    user = UserFactory()
    for _ in range(5):
        client.post(LOGIN, {"login": user.email, "password": "wrong"})
    response = client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert "Trop d’essais" in text_of(response)
    assert not is_signed_in(client)
    cache.clear()


# ---- Which page is open to whom ---------------------------------------------------------------------------------------
IN_BETWEEN = [CONFIRM, GIVE_CODE, reverse("mfa_authenticate")]  # open only while one is coming in


@pytest.mark.parametrize("url", OPEN)
def test_a_visitor_needs_no_account_for(client, url):
    assert client.get(url).status_code in ({200} if url != LOGOUT else {302})


@pytest.mark.parametrize("url", CLOSED + IN_BETWEEN)
def test_a_visitor_is_sent_to_sign_in_from(client, url):
    response = client.get(url)
    assert response.status_code == 302
    assert response.url.startswith((LOGIN, SIGNUP))
