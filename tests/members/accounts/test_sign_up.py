"""An account is made, its address confirmed by a code; nobody learns who has one."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from members.models import User
from outbox.models import Letter
from tests.factories.members import UserFactory
from tests.members.accounts.coming_in import (
    ASK_CODE,
    CONFIRM,
    LOGIN,
    MY_SPACE,
    NEWCOMER,
    RESET,
    SIGNUP,
    WRONG_CODE,
    code_in,
    is_signed_in,
    last_letter,
    link_in,
    text_of,
    wrong,
)

pytestmark = pytest.mark.django_db


# ---- Making an account ------------------------------------------------------------------------------------------------


def test_a_newcomer_confirms_the_address_and_is_in(client):
    response = client.post(SIGNUP, NEWCOMER)
    assert response.url == CONFIRM
    assert not is_signed_in(client)
    letter = last_letter()
    assert (letter.to, letter.confidential) == ("ines@example.org", True)
    response = client.post(CONFIRM, {"code": code_in(letter)})
    assert response.url == MY_SPACE
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.get_full_name(), user.email, user.check_password(NEWCOMER["password1"])) == (
        "Inès Daubas",
        "ines@example.org",
        True,
    )
    assert EmailAddress.objects.get(user=user).verified


def test_a_letter_with_a_code_is_of_no_use_once_the_code_has_expired(client):
    client.post(SIGNUP, NEWCOMER)
    letter = last_letter()
    assert dt.timedelta(minutes=29) < letter.useless_after - letter.created_at <= dt.timedelta(minutes=30)


@pytest.mark.parametrize("typed", ["{code}", "{bare}", " {bare} ", "{spaced}"])
def test_a_code_may_be_typed_with_or_without_its_dash(client, typed):
    client.post(SIGNUP, NEWCOMER)
    code = code_in(last_letter())
    client.post(CONFIRM, {"code": typed.format(code=code, bare=code.replace("-", ""), spaced=code.replace("-", " "))})
    assert is_signed_in(client)


def test_a_wrong_code_is_said_so_and_the_third_ends_it(client):
    client.post(SIGNUP, NEWCOMER)
    code = code_in(last_letter())
    for _ in range(2):
        response = client.post(CONFIRM, {"code": wrong(code)})
        assert response.status_code == 200
        assert WRONG_CODE in text_of(response)
    assert client.post(CONFIRM, {"code": wrong(code)}).status_code == 302
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)
    assert not EmailAddress.objects.get().verified


def test_a_code_half_an_hour_old_no_longer_works(client):
    with time_machine.travel(dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC), tick=False) as clock:
        client.post(SIGNUP, NEWCOMER)
        code = code_in(last_letter())
        clock.shift(dt.timedelta(minutes=31))
        assert client.post(CONFIRM, {"code": code}).url == LOGIN
    assert not EmailAddress.objects.get().verified


def test_a_code_asked_for_again_replaces_the_first(client):
    client.post(SIGNUP, NEWCOMER)
    first = code_in(last_letter())
    client.post(CONFIRM, {"action": "resend"})
    second = code_in(last_letter())
    assert Letter.objects.count() == 2
    client.post(CONFIRM, {"code": first})
    assert not is_signed_in(client)
    client.post(CONFIRM, {"code": second})
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("password", "accepted"),
    [
        ("quatorze signe", False),
        ("toutenminuscule", True),
        ("aaaaa aaaaa aaa", True),
        ("éàüç — 🌻 quinze", True),
        ("inesdaubas@example.org", False),
        ("x" * 1000, True),
        ("x" * 1001, False),
    ],
)
def test_a_password_is_long_and_that_is_all(client, password, accepted):
    response = client.post(SIGNUP, NEWCOMER | {"email": "inesdaubas@example.org", "password1": password})
    assert User.objects.exists() == accepted
    if not accepted:
        assert response.context["form"].errors["password1"]
        assert "inesdaubas@example.org" in text_of(response)  # what was typed is kept
        assert "Daubas" in text_of(response)


def test_no_password_is_asked_for_twice(client):
    member = UserFactory()
    assert "password2" not in client.get(SIGNUP).context["form"].fields
    client.post(RESET, {"email": member.email})
    reset = client.get(link_in(last_letter()), follow=True)
    assert list(reset.context["form"].fields) == ["password1"]
    client.force_login(member)
    assert list(client.get(reverse("account_change_password")).context["form"].fields) == ["oldpassword", "password1"]
    member.set_unusable_password()
    member.save()
    client.force_login(member)
    assert list(client.get(reverse("account_set_password")).context["form"].fields) == ["password1"]


def test_password_managers_are_told_what_each_field_is(client):
    page = text_of(client.get(SIGNUP))
    for token in ("given-name", "family-name", "email", "new-password"):
        assert f'autocomplete="{token}"' in page
    page = text_of(client.get(LOGIN))
    for token in ("username", "current-password"):
        assert f'autocomplete="{token}"' in page


# ---- Nobody learns who has an account -----------------------------------------------------------------------------------

QUESTIONS = {
    "sign-up": (SIGNUP, lambda email: NEWCOMER | {"email": email}),
    "code": (ASK_CODE, lambda email: {"email": email}),
    "reset": (RESET, lambda email: {"email": email}),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_site_answers_the_same_for_a_known_and_for_an_unknown_address(question):
    url, data = QUESTIONS[question]
    UserFactory(email="known@example.org")
    answers = []
    for email in ("known@example.org", "other@example.org"):
        client = Client()
        before = Letter.objects.count()
        first = client.post(url, data(email))
        then = client.get(first.url)
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text_of(then)).replace(email, "…")
        assert Letter.objects.count() == before + 1
        answers.append((first.status_code, first.url, then.status_code, page))
    assert answers[0] == answers[1]


def test_signing_up_with_a_known_address_tells_its_owner_and_makes_nothing(client):
    user = UserFactory()
    client.post(SIGNUP, NEWCOMER | {"email": user.email})
    assert User.objects.get().get_full_name() == user.get_full_name()
    letter = last_letter()
    assert (letter.to, letter.subject) == (user.email, "Vous avez déjà un compte")
    assert RESET in letter.text


def test_signing_up_with_a_known_address_takes_as_long(client, monkeypatch):
    """The slow part of a sign-up is the hashing: it is done in both cases."""
    hashed = []
    monkeypatch.setattr("members.accounts.forms.make_password", hashed.append)
    client.post(SIGNUP, NEWCOMER | {"email": UserFactory().email})
    assert hashed == [NEWCOMER["password1"]]


def test_an_unknown_address_that_asks_for_a_code_gets_a_way_in_but_no_code(client):
    client.post(ASK_CODE, {"email": "nobody@example.org"})
    letter = last_letter()
    assert letter.subject == "Aucun compte à cette adresse"
    assert SIGNUP in letter.text
    assert not re.search(r"\d{4}-\d{4}", letter.text)
