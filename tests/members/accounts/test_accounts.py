"""Coming in, staying in and getting out: allauth's flows as this site sets, words and mails them."""

import datetime as dt
import logging
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from members.models import User
from outbox.models import Letter
from sohosolo import settings as served
from tests.factories.members import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

LOGIN, SIGNUP, LOGOUT = reverse("account_login"), reverse("account_signup"), reverse("account_logout")
ASK_CODE, GIVE_CODE = reverse("account_request_login_code"), reverse("account_confirm_login_code")
CONFIRM, RESET, EMAIL = reverse("account_email_verification_sent"), reverse("account_reset_password"), reverse("account_email")
MY_SPACE = reverse("my-space")
NEWCOMER = {"first_name": "Inès", "last_name": "Daubas", "email": "Ines@Example.org", "password1": "quatre mots que voici"}
WRONG_PASSWORD = "Cette adresse et ce mot de passe ne vont pas ensemble"
WRONG_CODE = "Ce code n’est pas celui que nous avons envoyé"


def last_letter() -> Letter:
    return Letter.objects.latest("pk")


def code_in(letter: Letter) -> str:
    (code,) = set(re.findall(r"\b\d{4}-\d{4}\b", letter.text))
    assert code in letter.html
    assert code not in letter.subject
    return code


def wrong(code: str) -> str:
    return ("1" if code[0] == "0" else "0") + code[1:]


def link_in(letter: Letter) -> str:
    (path,) = re.findall(r"https?://[^/\s]+(/comptes/password/reset/key/\S+)", letter.text)
    return path


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def text_of(response) -> str:
    return response.content.decode()


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


def signed_in(user: User) -> Client:
    """And asked for the password once more just now, as what guards an account does."""
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


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

OPEN = [LOGIN, SIGNUP, RESET, ASK_CODE, LOGOUT, reverse("account_inactive"), reverse("account_reset_password_done")]
CLOSED = [
    EMAIL, reverse("account_change_password"), reverse("account_set_password"), reverse("account_reauthenticate"),
    reverse("mfa_index"), reverse("mfa_activate_totp"), reverse("mfa_list_webauthn"), reverse("mfa_add_webauthn"),
    reverse("mfa_generate_recovery_codes"), reverse("mfa_view_recovery_codes"), reverse("mfa_download_recovery_codes"),
    reverse("mfa_reauthenticate"), reverse("mfa_reauthenticate_webauthn"), reverse("usersessions_list"),
    reverse("members:my-profile"), reverse("members:my-visibility"),
]  # fmt: skip
IN_BETWEEN = [CONFIRM, GIVE_CODE, reverse("mfa_authenticate")]  # open only while one is coming in


@pytest.mark.parametrize("url", OPEN)
def test_a_visitor_needs_no_account_for(client, url):
    assert client.get(url).status_code in ({200} if url != LOGOUT else {302})


@pytest.mark.parametrize("url", CLOSED + IN_BETWEEN)
def test_a_visitor_is_sent_to_sign_in_from(client, url):
    response = client.get(url)
    assert response.status_code == 302
    assert response.url.startswith((LOGIN, SIGNUP))


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
