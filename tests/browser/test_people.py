"""Accounts and the directory in a real browser: what a test client cannot see."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import NARROWEST, PHONE
from tests.factories.members import PASSWORD, MemberFactory, UserFactory
from tests.factories.villages import VillageFactory

pytestmark = pytest.mark.django_db(transaction=True)

LOGIN, SIGNUP = reverse("account_login"), reverse("account_signup")
GO_ON = "main form .button--main"


def test_an_account_is_made_from_the_keyboard_alone(visit):
    visitor = visit()
    visitor.open(SIGNUP)
    page = visitor.page
    page.locator("[name=first_name]").focus()
    for text in ("Inès", "Daubas", "ines@example.org", "quatre mots que voici"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.locator("[name=password1]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**" + reverse("account_email_verification_sent"))
    page.locator("[name=code]").focus()
    page.keyboard.type(re.search(r"\d{4}-\d{4}", mail.outbox[-1].body).group())  # the outbox forgets it once it has left
    page.keyboard.press("Enter")
    page.wait_for_url("**" + reverse("my-space"))
    assert (visitor.complaints, visitor.strangers) == ([], [])


def test_nothing_is_wrong_where_one_comes_in(visit):
    visitor = visit(viewport=PHONE)
    for path in (LOGIN, SIGNUP, reverse("account_request_login_code"), reverse("account_reset_password")):
        assert visitor.faults(path) == [], path
        visitor.arrive(visitor.page.locator(GO_ON).click)  # empty: the errors too
        assert visitor.faults() == [], path


def test_a_password_may_be_read_before_it_is_sent(visit):
    visitor = visit()
    visitor.open(LOGIN)
    page = visitor.page
    field = page.locator("[name=password]")
    field.fill("ce que j’écris")
    page.get_by_role("button", name="Montrer ce que j’ai écrit").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Le cacher").click()
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value("ce que j’écris")


def test_signing_in_needs_no_script(visit):
    user = UserFactory()
    visitor = visit(javascript=False)
    visitor.open(LOGIN)
    visitor.page.fill("[name=login]", user.email)
    visitor.page.fill("[name=password]", PASSWORD)
    visitor.page.click(GO_ON)
    visitor.page.wait_for_url("**" + reverse("my-space"))


@pytest.fixture
def at_localhost(live_server):
    """A passkey belongs to a name, never to a number: http://127.0.0.1 has none."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.mark.journey
def test_a_passkey_is_made_and_opens_the_account(visit, at_localhost):
    user = UserFactory()
    visitor = visit()
    visitor.address, page = at_localhost, visitor.page
    device = visitor.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    visitor.open(LOGIN)
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click(GO_ON)
    page.wait_for_url("**" + reverse("my-space"))
    visitor.open(reverse("mfa_add_webauthn"))
    page.fill("[name=password]", PASSWORD)
    page.click(GO_ON)
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**" + reverse("mfa_view_recovery_codes"))  # the first second step brings spare codes
    assert Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN).wrap().is_passwordless
    visitor.open(reverse("account_logout"))
    page.click("main form button")
    page.wait_for_url("**" + reverse("home"))
    visitor.open(LOGIN)
    page.click("#passkey_login")
    page.wait_for_url("**" + reverse("my-space"))
    expect(page.get_by_role("link", name=str(user))).to_be_visible()
    assert visitor.complaints == []


def test_nothing_is_wrong_with_the_directory_nor_with_ones_own_pages(visit):
    own = MemberFactory(
        shown=True, skills=["Relecture"], bio="Je traduis.", commune=VillageFactory().commune, website="https://a.example"
    )
    visitor = visit(own.user)
    own_pages = [reverse(f"members:{name}") for name in ("members", "my-profile", "my-visibility")]
    for path in (*own_pages, own.get_absolute_url(), reverse("members:members") + "?q=personne+de+ce+nom&skill=x"):
        assert visitor.faults(path) == [], path


def test_nothing_overflows_on_the_narrowest_screen(visit):
    long = "Unmotquinefinitpasetquinesecoupepasdutoutdutout"
    own = MemberFactory(
        shown=True,
        user__email=f"{long}.{long}@example.org"[:120],
        user__last_name=long,
        activity=long,
        skills=[long[:40]],
        bio=long * 3,
        website=f"https://example.org/{long * 2}",
    )
    visitor = visit(own.user, viewport=NARROWEST)
    pages = [reverse(f"members:{name}") for name in ("members", "my-profile", "my-visibility")]
    for path in [*pages, own.get_absolute_url(), reverse("account_email"), reverse("mfa_index"), reverse("usersessions_list")]:
        visitor.open(path)
        assert not visitor.overflows(), path
