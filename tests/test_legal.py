"""The pages that the law asks for: there for everybody, true, and their gaps told to those who can fill them."""

import re
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from sohosolo.territories import LegalFacts
from tests.factories.members import UserFactory
from tests.policies import EVERYBODY, POLICIES
from tests.walk.network import small_network

pytestmark = pytest.mark.django_db
NOTICE, DECLARATION = "/mentions-legales/", "/accessibilite/"
FACTS = LegalFacts(*(f"fait {number}" for number in range(7)))


@pytest.mark.parametrize("path", [NOTICE, DECLARATION])
def test_every_page_leads_there(client, path):
    assert f'href="{path}"' in client.get("/").content.decode()
    assert f'href="/en{path}"' in client.get("/en/").content.decode()


def test_what_is_known_stands_in_the_notice(client, monkeypatch):
    monkeypatch.setattr(settings, "TERRITORY", replace(settings.TERRITORY, legal=FACTS))
    page = client.get(NOTICE).content.decode()
    assert [f"fait {number}" in page for number in range(7)] == [True] * 7
    assert settings.TERRITORY.operator in page


@pytest.mark.parametrize(("who", "is_told"), [("admin", True), ("lead", False), (None, False)])
def test_what_is_missing_is_told_to_an_administrator_alone(client_of, monkeypatch, who, is_told):
    monkeypatch.setattr(settings, "TERRITORY", replace(settings.TERRITORY, legal=replace(FACTS, host="")))
    page = client_of(UserFactory(**{who: True}) if who else None).get(NOTICE).content.decode()
    assert settings.TERRITORY.operator in page
    assert ("<code>host</code>" in page) == is_told
    assert "<code>director</code>" not in page


def test_the_notice_names_the_cookies_as_they_are_called_there(client, settings):
    settings.FAVOURITES_COOKIE_NAME = "__Host-favoris"  # as with https
    assert "<code>__Host-favoris</code>" in client.get(NOTICE).content.decode()


def test_a_visitor_gets_no_cookie_but_that_of_an_open_form(settings, tmp_path):
    """As the notice says; each page that everybody may read is asked for by a browser that was never here."""
    settings.MEDIA_ROOT = tmp_path
    public = [
        address for address in small_network().addresses if address.name in POLICIES and POLICIES[address.name].gets == EVERYBODY
    ]
    assert len(public) > 20
    told = set(re.findall(r"<code>(\w+)</code>", Client().get(NOTICE).content.decode()))
    for address in public:
        answer = Client().get(address.path)
        content = b"".join(answer) if answer.streaming else answer.content  # read to its end, it closes its file
        has_form = b'name="csrfmiddlewaretoken"' in content
        assert set(answer.cookies) <= ({"csrftoken"} if has_form else set()), address.path
    assert told == {"csrftoken", "sessionid", "favoris", "known_browser", "messages"}
