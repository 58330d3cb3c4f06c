"""The password and the address of an account are changed; nothing of a person is logged."""

import datetime as dt
import logging

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from sohosolo import settings as served
from tests.factories.members import PASSWORD, UserFactory
from tests.members.accounts.coming_in import (
    ASK_CODE,
    CONFIRM,
    EMAIL,
    GIVE_CODE,
    LOGIN,
    NEWCOMER,
    RESET,
    SIGNUP,
    code_in,
    is_signed_in,
    last_letter,
    link_in,
    signed_in,
    text_of,
)

pytestmark = pytest.mark.django_db


# ---- Passwords --------------------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(client):
    user = UserFactory()
    client.post(RESET, {"email": user.email})
    link = link_in(last_letter())
    form_page = client.get(link)
    assert form_page.status_code == 302  # the key leaves the address bar
    assert "key" not in form_page.url.rpartition("-")[2]
    response = client.post(form_page.url, {"password1": "une autre phrase longue"})
    assert response.status_code == 302
    user.refresh_from_db()
    assert user.check_password("une autre phrase longue")
    assert last_letter().subject == "Votre mot de passe a été changé"
    again = Client().get(link, follow=True)
    assert "form" not in again.context or again.context.get("token_fail")


@pytest.mark.parametrize("url", [RESET, ASK_CODE])
def test_a_link_leads_to_this_site_whatever_host_the_request_named(url):
    Client(HTTP_HOST="evil.example").post(url, {"email": UserFactory().email if url == RESET else "nobody@example.org"})
    letter = last_letter()
    assert f"{django_settings.SITE_URL}/comptes/" in letter.text
    assert "evil" not in letter.text + letter.html


@pytest.mark.parametrize("key", ["0-abc", "1-c9fq2x-00000000000000000000000000000000", "zzzzzzzzzzzzzz-x", "1-set-password"])
def test_a_wrong_link_changes_nothing_and_says_what_to_do(client, key):
    UserFactory()
    response = client.get(f"/comptes/password/reset/key/{key}/", follow=True)
    assert response.status_code == 200
    assert response.context["token_fail"]
    assert RESET in text_of(response)


def test_a_link_a_day_old_no_longer_works(client):
    user = UserFactory()
    with time_machine.travel(dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC), tick=False) as clock:
        client.post(RESET, {"email": user.email})
        clock.shift(dt.timedelta(hours=24, seconds=1))
        assert client.get(link_in(last_letter()), follow=True).context["token_fail"]


def test_a_reset_asked_for_by_somebody_else_leaves_the_password(client):
    user = UserFactory()
    client.post(RESET, {"email": user.email})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_changing_the_password_asks_for_the_present_one_and_tells_the_owner(client):
    user = UserFactory()
    client.force_login(user)
    url = reverse("account_change_password")
    refused = client.post(url, {"oldpassword": "not the right one", "password1": "une autre phrase longue"})
    assert "Ce n’est pas votre mot de passe actuel" in text_of(refused)
    client.post(url, {"oldpassword": PASSWORD, "password1": "une autre phrase longue"})
    user.refresh_from_db()
    assert user.check_password("une autre phrase longue")
    assert is_signed_in(client)
    assert (last_letter().to, last_letter().subject) == (user.email, "Votre mot de passe a été changé")


# ---- The address ------------------------------------------------------------------------------------------------------


def test_a_new_address_takes_the_old_ones_place_once_confirmed():
    user = UserFactory(email="old@example.org")
    client = signed_in(user)
    client.post(EMAIL, {"email": "New@example.org", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "old@example.org"
    letter = last_letter()
    assert letter.to == "new@example.org"
    client.post(CONFIRM, {"code": code_in(letter)})
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("new@example.org", True, True)]
    assert (last_letter().to, last_letter().subject) == ("old@example.org", "Votre adresse a été changée")


def test_the_address_of_another_account_is_not_taken_even_with_its_code():
    """The page does not say so before the code is there, so that it tells nobody who has an account."""
    UserFactory(email="taken@example.org")
    user = UserFactory(email="old@example.org")
    client = signed_in(user)
    assert client.post(EMAIL, {"email": "taken@example.org", "action_add": ""}).url == CONFIRM
    response = client.post(CONFIRM, {"code": code_in(last_letter())})
    assert "Un autre compte utilise déjà cette adresse" in text_of(response)
    user.refresh_from_db()
    assert user.email == "old@example.org"


def test_changing_the_address_asks_for_the_password_and_goes_on_from_there():
    user = UserFactory()
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    asked = client.post(EMAIL, {"email": "new@example.org", "action_add": ""})
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert "Ce n’est pas votre mot de passe" in text_of(client.post(asked.url, {"password": "wrong"}))
    assert client.post(asked.url, {"password": PASSWORD}).url == CONFIRM
    assert last_letter().to == "new@example.org"


def test_the_password_counts_for_five_minutes():
    with time_machine.travel(dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC), tick=False) as clock:
        client = signed_in(UserFactory())
        clock.shift(dt.timedelta(minutes=5, seconds=1))
        response = client.post(EMAIL, {"email": "new@example.org", "action_add": ""})
    assert response.url.startswith(reverse("account_reauthenticate"))


# ---- What is never written down ---------------------------------------------------------------------------------------


def test_no_log_holds_a_person_or_a_secret(client, caplog):
    caplog.set_level(logging.DEBUG)
    user = UserFactory(email="secret-person@example.org")
    client.post(LOGIN, {"login": user.email, "password": "secret wrong password"})
    client.post(SIGNUP, NEWCOMER | {"email": user.email})
    client.post(RESET, {"email": user.email})
    link = link_in(last_letter())
    client = Client()
    client.get(link)
    client.post(ASK_CODE, {"email": user.email})
    code = code_in(last_letter())
    client.post(GIVE_CODE, {"code": code})
    written = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert [secret for secret in ("secret-person", "secret wrong", code, link.split("-", 1)[1]) if secret in written] == []


def test_the_limits_that_are_served_are_not_those_of_the_tests():
    """tests/settings.py switches the limits off, so that tests may hurry; the portal's own settings keep them on."""
    assert django_settings.ACCOUNT_RATE_LIMITS is False
    assert served.ACCOUNT_RATE_LIMITS["signup"]
