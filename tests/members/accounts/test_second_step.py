"""More than a password: who needs it, how it is set up, and that it holds."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from members.accounts.adapters import MFAAdapter
from members.accounts.second_step import SecretUnreadable
from members.models import User
from outbox.models import Letter
from tests.factories.members import PASSWORD, UserFactory
from tests.members.accounts.coming_in import (
    ASK_CODE,
    GIVE_CODE,
    LOGIN,
    MY_SPACE,
    code_in,
    is_signed_in,
    last_letter,
    signed_in,
    text_of,
)

pytestmark = pytest.mark.django_db

ADMIN, ADMIN_LOGIN = reverse("admin:index"), reverse("admin:login")
SET_UP, AUTHENTICATE, SECOND_STEP = reverse("mfa_activate_totp"), reverse("mfa_authenticate"), reverse("mfa_index")
SPARE_CODES = reverse("mfa_view_recovery_codes")


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()  # a code is taken once: the cache remembers it


def code_of(secret: str, steps_ago: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 - steps_ago))


def set_up(client: Client) -> str:
    """The app's secret, once it is on."""
    secret = client.get(SET_UP).context["form"].secret
    client.post(SET_UP, {"code": code_of(secret)})
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    cache.clear()
    return secret


def first_step(user: User) -> Client:
    client = Client()
    response = client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert response.url == AUTHENTICATE
    assert not is_signed_in(client)
    return client


# ---- The admin's door -------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(settings):
    settings.STAFF_MFA_REQUIRED = True


TRAITS = [{"adviser": True}, {"lead": True}, {"admin": True}]


@pytest.mark.parametrize("trait", TRAITS)
def test_staff_without_a_second_step_are_led_to_set_one_up(client, strict, trait):
    client.force_login(UserFactory(**trait, second_step=False))
    response = client.get(ADMIN, follow=True)
    assert response.redirect_chain[-1][0] == SECOND_STEP
    assert "Avant qu’elle s’ouvre, protégez votre compte par une seconde étape" in text_of(response)


def test_no_page_of_the_admin_opens_without_it(client, strict):
    client.force_login(UserFactory(admin=True, second_step=False))
    for name in ("members_user_changelist", "outbox_letter_changelist", "jsi18n", "app_list"):
        url = reverse(f"admin:{name}", args=["members"] if name == "app_list" else [])
        assert client.get(url).status_code == 302


def test_the_admin_opens_once_it_is_set_up(strict):
    user = UserFactory(admin=True, second_step=False)
    client = signed_in(user)
    assert client.get(ADMIN).status_code == 302
    set_up(client)
    assert client.get(ADMIN).status_code == 200


def test_spare_codes_alone_are_no_second_step(client, strict):
    user = UserFactory(admin=True, second_step=False)
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(user)
    assert client.get(ADMIN).status_code == 302


@pytest.mark.parametrize("trait", TRAITS)
def test_the_demonstration_asks_for_none(client, settings, trait):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(UserFactory(**trait, second_step=False))
    assert client.get(ADMIN).status_code == 200


def test_a_visitor_reaches_the_admin_through_the_portals_own_sign_in(client, strict):
    first = client.get(ADMIN)
    assert first.status_code == 302
    page = client.get(ADMIN, follow=True)
    assert page.request["PATH_INFO"] == LOGIN
    assert page.redirect_chain[-1][0].startswith(LOGIN)


def test_who_is_not_of_the_team_gets_no_further(client, strict):
    client.force_login(UserFactory())
    assert client.get(ADMIN, follow=True).status_code == 403


@pytest.mark.parametrize("signed_in_as", [None, "member", "staff"])
def test_the_admins_own_form_signs_nobody_in(client, strict, signed_in_as):
    """It would ask for a password alone, of whoever one likes."""
    target = UserFactory(admin=True, second_step=False)
    if signed_in_as:
        client.force_login(UserFactory(adviser=signed_in_as == "staff"))
    before = client.session.get("_auth_user_id")
    for field in ("username", "login", "email"):
        client.post(ADMIN_LOGIN, {field: target.email, "password": PASSWORD})
    assert client.session.get("_auth_user_id") == before


def test_the_admin_changes_no_password_by_itself(client, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(UserFactory(admin=True, second_step=False))
    assert client.get(reverse("admin:password_change")).url == reverse("account_change_password")


def test_asking_for_the_second_step_costs_the_admin_one_query(client, strict, django_assert_num_queries, settings):
    user = UserFactory(admin=True, second_step=False)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user)
    with django_assert_num_queries(3):  # session, account, second step
        client.get(reverse("admin:jsi18n"))


# ---- The app ----------------------------------------------------------------------------------------------------------


def test_the_app_reads_a_drawing_and_the_secret_stands_beside_it():
    client = signed_in(UserFactory(email="ines@example.org"))
    page = text_of(client.get(SET_UP))
    (drawing,) = re.findall(r"<svg[^>]*>.*?</svg>", page[page.index("account__qr") :], re.DOTALL)
    assert "<path" in drawing
    assert "data:" not in page
    assert client.get(SET_UP).context["form"].secret
    url = client.get(SET_UP).context["totp_url"]
    assert url.startswith("otpauth://totp/ines%40example.org?secret=")
    assert url.endswith("issuer=SOHO%20SOLO")


def test_a_wrong_code_sets_nothing_up_and_keeps_the_secret():
    client = signed_in(UserFactory())
    secret = client.get(SET_UP).context["form"].secret
    response = client.post(SET_UP, {"code": "000000" if code_of(secret) != "000000" else "111111"})
    assert "Ce code n’est pas le bon" in text_of(response)
    assert response.context["form"].secret == secret
    assert not Authenticator.objects.exists()


def test_from_then_on_signing_in_takes_two_steps(django_capture_on_commit_callbacks):
    user = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up(signed_in(user))
    client = first_step(user)
    refused = client.post(AUTHENTICATE, {"code": "123 456" if code_of(secret) != "123456" else "654321"})
    assert "Ce code n’est pas le bon" in text_of(refused)
    assert not is_signed_in(client)
    assert client.post(AUTHENTICATE, {"code": code_of(secret)}).url == MY_SPACE
    assert is_signed_in(client)
    assert "Votre seconde étape est en place" in set(Letter.objects.filter(to=user.email).values_list("subject", flat=True))


def test_a_mailed_code_does_not_replace_the_second_step():
    user = UserFactory()
    set_up(signed_in(user))
    client = Client()
    client.post(ASK_CODE, {"email": user.email})
    assert client.post(GIVE_CODE, {"code": code_in(last_letter())}).url == AUTHENTICATE
    assert not is_signed_in(client)


def test_a_code_is_taken_once():
    user = UserFactory()
    secret = set_up(signed_in(user))
    code = code_of(secret)
    first, second = first_step(user), first_step(user)
    first.post(AUTHENTICATE, {"code": code})
    second.post(AUTHENTICATE, {"code": code})
    assert is_signed_in(first)
    assert not is_signed_in(second)


@pytest.mark.parametrize(("steps_ago", "taken"), [(0, True), (1, True), (4, False)])
def test_a_code_typed_as_it_changes_is_still_taken(steps_ago, taken):
    user = UserFactory()
    secret = set_up(signed_in(user))
    client = first_step(user)
    client.post(AUTHENTICATE, {"code": code_of(secret, steps_ago)})
    assert is_signed_in(client) == taken


def test_a_spare_code_works_once():
    user = UserFactory()
    mine = signed_in(user)
    set_up(mine)
    codes = mine.get(SPARE_CODES).context["unused_codes"]
    assert len(codes) == 10
    for taken in (True, False):
        client = first_step(user)
        client.post(AUTHENTICATE, {"code": codes[0]})
        assert is_signed_in(client) == taken


def test_taking_the_second_step_away_asks_who_one_is():
    user = UserFactory()
    set_up(signed_in(user))
    client = Client()
    client.force_login(user)
    response = client.post(reverse("mfa_deactivate_totp"))
    assert response.url.startswith((reverse("account_reauthenticate"), reverse("mfa_reauthenticate")))
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def test_too_many_wrong_codes_close_the_second_step_for_a_while(settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    user = UserFactory()
    secret = set_up(signed_in(user))
    client = first_step(user)
    for n in range(6):
        client.post(AUTHENTICATE, {"code": f"00000{n}" if code_of(secret) != f"00000{n}" else "999999"})
    response = client.post(AUTHENTICATE, {"code": code_of(secret)})
    assert not is_signed_in(client)
    assert "Trop d’essais" in text_of(response)


# ---- At rest ----------------------------------------------------------------------------------------------------------


def test_the_secret_is_not_readable_in_the_database():
    user = UserFactory()
    secret = set_up(signed_in(user))
    kept = list(Authenticator.objects.values_list("data", flat=True))
    assert secret not in str(kept)
    assert secret in [MFAAdapter().decrypt(data["secret"]) for data in kept if "secret" in data]


def test_a_changed_secret_key_locks_nobody_out_while_the_old_one_is_a_fallback(settings):
    old = settings.SECRET_KEY
    kept = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [old]
    assert MFAAdapter().decrypt(kept) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SecretUnreadable):
        MFAAdapter().decrypt(kept)
