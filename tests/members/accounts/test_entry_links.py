"""An invitation, and the way in printed on the server while no letter arrives."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.links import Purpose, link_address
from members.enums import Role
from members.models import JournalEntry, User
from outbox.models import Letter
from tests.factories.members import PASSWORD, UserFactory
from tests.members.accounts.coming_in import LOGIN, is_signed_in, text_of
from tests.members.accounts.test_second_step import AUTHENTICATE, set_up

pytestmark = pytest.mark.django_db

ADD_ACCOUNT = reverse("admin:members_user_add")
PHRASE = "quatre mots que personne ne devine"


def path_in(text: str) -> str:
    (found,) = set(re.findall(r"https?://\S+/entree/[^\s/]+/", text))
    return urlsplit(found).path


@pytest.fixture
def invited(client):
    """Their letter, once an administrator has made the account."""
    client.force_login(UserFactory(admin=True))
    facts = {"email": "Anne@Example.org", "first_name": "Anne", "last_name": "B", "roles": [Role.ADVISER]}
    page = client.post(ADD_ACCOUNT, facts, follow=True)
    assert "Une invitation part vers anne@example.org." in text_of(page)
    return Letter.objects.get(to="anne@example.org")


@pytest.fixture
def first(capsys):
    """The first administrator's link, as the command prints it on an empty portal."""
    User.objects.create_superuser("anne@example.org", PASSWORD)
    call_command("sign_in_link", "Anne@Example.org")
    return path_in(capsys.readouterr().out)


def test_an_account_made_in_the_admin_is_invited_to_choose_its_password(invited):
    assert invited.subject == "Votre compte est ouvert"
    assert invited.confidential
    link, browser = path_in(invited.text), Client()
    assert "anne@example.org" in text_of(browser.get(link))
    page = browser.post(link, follow=True)
    browser.post(page.request["PATH_INFO"], {"password1": PHRASE})
    Client().post(LOGIN, {"login": "anne@example.org", "password": PHRASE})
    browser.post(LOGIN, {"login": "anne@example.org", "password": PHRASE})
    assert is_signed_in(browser)
    assert Client().get(link).status_code == 410


def test_looking_at_an_invitation_uses_nothing_up_and_a_press_may_be_begun_again(invited):
    link = path_in(invited.text)
    for _ in range(2):
        assert Client().get(link).status_code == 200
        assert Client().post(link).status_code == 302
    assert not Client().get(link).wsgi_request.user.is_authenticated


def test_an_invitation_is_worth_fourteen_days(invited):
    link, now = path_in(invited.text), timezone.now()
    with time_machine.travel(now + dt.timedelta(days=13, hours=23), tick=False):
        assert Client().get(link).status_code == 200
    with time_machine.travel(now + dt.timedelta(days=14, minutes=1), tick=False):
        assert Client().get(link).status_code == 410


def test_whoever_never_came_is_invited_again(client, invited):
    changelist = reverse("admin:members_user_changelist")
    anne, gone = User.objects.get(email="anne@example.org"), UserFactory(is_active=False)
    client.post(changelist, {"action": "invite", "_selected_action": [anne.pk, gone.pk]})
    assert Letter.objects.filter(to="anne@example.org").count() == 2
    assert not Letter.objects.filter(to=gone.email).exists()


def test_the_first_administrator_enters_while_no_letter_arrives(first):
    browser = Client()
    browser.get(first)
    assert not is_signed_in(browser)
    browser.post(first)
    assert is_signed_in(browser)
    assert EmailAddress.objects.get(email="anne@example.org").verified
    cache.clear()
    set_up(browser)
    assert browser.get(reverse("admin:index")).status_code == 200
    what = list(JournalEntry.objects.order_by("pk").values_list("what", flat=True))
    assert what[:4] == ["account_made", "link_printed", "link_used", "signed_in"]


def test_a_sign_in_link_works_once(first):
    Client().post(first)
    again = Client()
    assert again.post(first).status_code == 410
    assert not is_signed_in(again)


def test_a_sign_in_link_works_for_twenty_minutes(first):
    now = timezone.now()
    with time_machine.travel(now + dt.timedelta(minutes=21), tick=False):
        browser = Client()
        assert browser.post(first).status_code == 410
        assert not is_signed_in(browser)


def test_a_sign_in_link_does_not_replace_the_second_step():
    user = UserFactory(admin=True)
    link, browser = urlsplit(link_address(user, Purpose.SIGN_IN)).path, Client()
    assert browser.post(link).url == AUTHENTICATE
    assert not is_signed_in(browser)
    assert Client().post(link).status_code == 410


@pytest.mark.parametrize("purpose", Purpose)
def test_a_closed_account_has_no_way_in(purpose):
    user = UserFactory()
    link = urlsplit(link_address(user, purpose)).path
    User.objects.update(is_active=False)
    assert Client().get(link).status_code == 410
    assert Client().post(link).status_code == 410
    with pytest.raises(CommandError, match="closed"):
        call_command("sign_in_link", user.email)


def test_a_link_that_was_tampered_with_leads_nowhere(first):
    for forged in (first[:-3] + "x/", "/entree/x/", "/entree/WzFd/"):
        page = Client().post(forged)
        assert page.status_code == 410
        assert "Ce lien ne mène plus nulle part" in text_of(page)


def test_a_link_signs_whoever_was_there_before_out():
    other, user = UserFactory(), UserFactory()
    browser = Client()
    browser.force_login(other)
    browser.post(urlsplit(link_address(user, Purpose.SIGN_IN)).path)
    assert browser.session["_auth_user_id"] == str(user.pk)


def test_an_address_without_account_gets_no_link():
    with pytest.raises(CommandError, match="No account has this address"):
        call_command("sign_in_link", "nobody@example.org")
