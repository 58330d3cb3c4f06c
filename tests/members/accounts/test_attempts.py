"""With the limits that are served: strangers who try at an account wear out their own patience, not its owner's."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from outbox.models import Letter
from sohosolo import settings as served
from tests.factories.members import PASSWORD, UserFactory
from tests.members.accounts.coming_in import (
    ASK_CODE,
    GIVE_CODE,
    LOGIN,
    LOGOUT,
    RESET,
    code_in,
    is_signed_in,
    last_letter,
    text_of,
)

pytestmark = pytest.mark.django_db

HOME, AWAY = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def limits(settings):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = served.ACCOUNT_RATE_LIMITS
    yield
    cache.clear()


@pytest.fixture
def owner():
    return UserFactory(email="ines@example.org")


@pytest.fixture
def known(owner):
    """The browser in which the owner signed in before; they signed out since."""
    browser = Client(REMOTE_ADDR=HOME)
    assert sign_in(browser, owner)
    browser.post(LOGOUT)
    assert not is_signed_in(browser)
    return browser


def sign_in(browser, owner, password=PASSWORD) -> bool:
    browser.post(LOGIN, {"login": owner.email, "password": password})
    return is_signed_in(browser)


def strangers_try(owner, *, networks, times):
    for network in networks:
        for _ in range(times):
            Client(REMOTE_ADDR=network).post(LOGIN, {"login": owner.email, "password": "wrong"})


def test_wrong_passwords_from_anywhere_do_not_lock_a_known_browser_out(owner, known):
    strangers_try(owner, networks=[f"203.0.113.{n}" for n in range(8)], times=6)  # more than one network may try in a day
    assert sign_in(known, owner)


def test_a_neighbour_on_the_same_network_does_not_either(owner, known):
    strangers_try(owner, networks=[HOME], times=40)
    assert sign_in(known, owner)


def test_five_wrong_passwords_shut_one_network_and_no_other(owner):
    strangers_try(owner, networks=[AWAY], times=5)
    refused = Client(REMOTE_ADDR=AWAY)
    page = refused.post(LOGIN, {"login": owner.email, "password": PASSWORD})
    assert "Trop d’essais. Attendez cinq minutes, ou connectez-vous avec un code" in text_of(page)
    assert not is_signed_in(refused)
    assert sign_in(Client(REMOTE_ADDR=HOME), owner)


def test_a_household_of_ipv6_addresses_is_one_network(owner):
    strangers_try(owner, networks=[f"2001:db8::{n}" for n in range(1, 6)], times=1)
    assert not sign_in(Client(REMOTE_ADDR="2001:db8::99"), owner)
    assert sign_in(Client(REMOTE_ADDR="2001:db8:1::1"), owner)


def test_signing_in_by_mailed_code_stays_open_where_passwords_are_refused(owner):
    strangers_try(owner, networks=[AWAY], times=8)
    browser = Client(REMOTE_ADDR=AWAY)
    browser.post(ASK_CODE, {"email": owner.email})
    browser.post(GIVE_CODE, {"code": code_in(last_letter())})
    assert is_signed_in(browser)


@pytest.mark.parametrize("page", [ASK_CODE, RESET], ids=["code", "password set anew"])
def test_letters_that_strangers_use_up_are_still_sent_to_the_owner(owner, known, page):
    for n in range(45):
        Client(REMOTE_ADDR=f"203.0.113.{n}").post(page, {"email": owner.email})
    sent = Letter.objects.filter(to=owner.email).count()
    assert 10 <= sent <= 40
    refused = Client(REMOTE_ADDR=AWAY).post(page, {"email": owner.email})
    assert "Trop d’essais" in text_of(refused)
    known.post(page, {"email": owner.email})
    assert Letter.objects.filter(to=owner.email).count() == sent + 1


def test_one_network_does_not_use_up_what_others_may_ask_for(owner):
    for _ in range(30):
        Client(REMOTE_ADDR=AWAY).post(ASK_CODE, {"email": owner.email})
    assert Letter.objects.count() == 3
    Client(REMOTE_ADDR=HOME).post(ASK_CODE, {"email": owner.email})
    assert Letter.objects.count() == 4


def test_a_known_browser_guesses_no_more_than_ten_times(owner, known):
    for _ in range(10):
        assert not sign_in(known, owner, "wrong")
    assert not sign_in(known, owner)


def test_a_browser_is_known_for_its_own_accounts_alone(owner):
    """Whoever has an account here is a stranger to everybody else's."""
    other = Client(REMOTE_ADDR=AWAY)
    assert sign_in(other, UserFactory(email="other@example.org"))
    other.post(LOGOUT)
    for _ in range(5):
        other.post(LOGIN, {"login": owner.email, "password": "wrong"})
    assert not sign_in(other, owner)


@pytest.mark.parametrize("value", ["", "x", "WyJhIixbImIiXV0:1w:x", "a" * 5000, "[]"])
def test_a_cookie_that_we_did_not_make_makes_no_browser_known(owner, value):
    browser = Client(REMOTE_ADDR=AWAY)
    browser.cookies["known_browser"] = value
    for _ in range(5):
        assert not sign_in(browser, owner, "wrong")
    assert not sign_in(browser, owner)


def test_a_browser_is_forgotten_after_ninety_days(owner, known):
    with time_machine.travel(timezone.now() + dt.timedelta(days=91), tick=False):
        strangers_try(owner, networks=[HOME], times=5)
        assert not sign_in(known, owner)


def test_the_cookie_says_nothing_of_whom_it_knows_and_no_script_reads_it(owner, known):
    cookie = known.cookies["known_browser"]
    assert owner.email not in cookie.value
    assert (cookie["httponly"], cookie["samesite"], int(cookie["max-age"])) == (True, "Lax", 90 * 24 * 3600)


def test_somebody_signed_in_who_is_asked_again_is_not_locked_out_by_strangers(owner):
    browser = Client(REMOTE_ADDR=HOME)
    assert sign_in(browser, owner)
    strangers_try(owner, networks=[HOME], times=40)
    assert browser.post("/comptes/reauthenticate/", {"password": PASSWORD}).status_code == 302
