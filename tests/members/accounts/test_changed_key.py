"""Another SECRET_KEY, without the former one as a fallback: everybody reads a sentence, and there is a way back in."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from outbox.models import Letter
from tests.factories.members import PASSWORD, UserFactory
from tests.members.accounts.coming_in import LOGIN, is_signed_in, signed_in, text_of
from tests.members.accounts.test_second_step import AUTHENTICATE, SECOND_STEP, SPARE_CODES, code_of, first_step, fresh_cache, set_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures(fresh_cache.__name__)]

UNREADABLE = "La seconde étape de ce compte ne peut plus être lue"
ACCOUNTS, MAKE_CODES = reverse("admin:members_user_changelist"), reverse("mfa_generate_recovery_codes")


@pytest.fixture
def change_key(settings):
    def change(*, keep_former: bool = False) -> None:
        former = settings.SECRET_KEY
        settings.SECRET_KEY = "another secret, of more than fifty letters, that nobody knows"
        settings.SECRET_KEY_FALLBACKS = [former] if keep_former else []

    return change


def take_off(client: Client, user, **more):
    return client.post(ACCOUNTS, {"action": "take_second_step_off", "_selected_action": user.pk, **more}, follow=True)


@pytest.mark.parametrize("kind", ["the app's code", "a spare code"])
def test_a_second_step_of_a_former_key_is_answered_with_a_sentence(change_key, kind):
    user = UserFactory()
    mine = signed_in(user)
    secret = set_up(mine)
    code = code_of(secret) if kind == "the app's code" else mine.get(SPARE_CODES).context["unused_codes"][0]
    change_key()
    client = first_step(user)
    response = client.post(AUTHENTICATE, {"code": code})
    assert response.status_code == 200
    assert UNREADABLE in text_of(response)
    assert "demandez à un administrateur" in text_of(response).lower()
    assert not is_signed_in(client)


@pytest.mark.parametrize("kind", ["the app's code", "a spare code"])
def test_with_the_former_key_as_a_fallback_the_second_step_is_taken(change_key, kind):
    user = UserFactory()
    mine = signed_in(user)
    secret = set_up(mine)
    code = code_of(secret) if kind == "the app's code" else mine.get(SPARE_CODES).context["unused_codes"][0]
    change_key(keep_former=True)
    client = first_step(user)
    client.post(AUTHENTICATE, {"code": code})
    assert is_signed_in(client)


def test_what_can_be_read_opens_beside_what_cannot(change_key):
    user = UserFactory()
    set_up(signed_in(user))
    change_key()
    Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "clé", "credential": {}})
    (code, *_others) = RecoveryCodes.activate(user).get_unused_codes()
    client = first_step(user)
    client.post(AUTHENTICATE, {"code": code})
    assert is_signed_in(client)


def test_pages_of_spare_codes_lead_to_new_ones(change_key):
    user = UserFactory()
    set_up(signed_in(user))
    change_key()
    mine = signed_in_without_second_step(user)
    assert mine.get(SECOND_STEP).status_code == 200
    for name in ("mfa_view_recovery_codes", "mfa_download_recovery_codes"):
        page = mine.get(reverse(name), follow=True)
        assert page.redirect_chain[-1][0] == MAKE_CODES
        assert "Vos codes de secours ne peuvent plus être lus" in text_of(page)
    assert mine.post(MAKE_CODES).status_code == 302
    assert len(mine.get(SPARE_CODES).context["unused_codes"]) == 10


def signed_in_without_second_step(user) -> Client:
    """A session that went through another step: a passkey is not encrypted, and opens still."""
    kept = list(Authenticator.objects.filter(user=user))
    Authenticator.objects.filter(user=user).delete()
    client = signed_in(user)
    Authenticator.objects.bulk_create(kept)
    return client


def test_an_administrator_takes_it_off_and_the_owner_sets_it_up_anew(change_key, settings):
    settings.STAFF_MFA_REQUIRED = False
    user, administrator = UserFactory(adviser=True, second_step=False), UserFactory(admin=True)
    set_up(signed_in(user))
    change_key()
    client = Client()
    client.force_login(administrator)
    asked = take_off(client, user)
    assert Authenticator.objects.filter(user=user).exists()
    assert "Retirer la seconde étape" in text_of(asked)
    done = take_off(client, user, confirmed="1")
    assert "La seconde étape de 1 compte est retirée" in text_of(done)
    assert not Authenticator.objects.filter(user=user).exists()
    assert (
        Letter.objects.get(to=user.email, key__startswith="members.second_step_taken_off").subject
        == "Votre seconde étape est retirée"
    )
    again = signed_in(user)
    assert is_signed_in(again)
    set_up(again)


@pytest.mark.parametrize("trait", ["adviser", "lead"])
def test_nobody_else_takes_it_off(trait, settings):
    settings.STAFF_MFA_REQUIRED = False
    user = UserFactory()
    set_up(signed_in(user))
    client = Client()
    client.force_login(UserFactory(**{trait: True}))
    take_off(client, user, confirmed="1")
    assert Authenticator.objects.filter(user=user).exists()


def test_ones_own_is_not_taken_off_there(settings):
    settings.STAFF_MFA_REQUIRED = False
    administrator = UserFactory(admin=True, second_step=False)
    set_up(signed_in(administrator))
    client = Client()
    client.force_login(administrator)
    assert "votre propre seconde étape" in text_of(take_off(client, administrator, confirmed="1")).lower()
    assert Authenticator.objects.filter(user=administrator).exists()


def test_the_only_administrator_has_a_command(change_key, capsys):
    administrator = UserFactory(admin=True, second_step=False, email="anne@example.org")
    set_up(signed_in(administrator))
    change_key()
    call_command("take_second_step_off", "Anne@Example.org")
    assert "set it up anew" in capsys.readouterr().out
    client = Client()
    client.post(LOGIN, {"login": administrator.email, "password": PASSWORD})
    assert is_signed_in(client)
    call_command("take_second_step_off", "anne@example.org")
    assert "nothing was changed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No account has this address"):
        call_command("take_second_step_off", "nobody@example.org")
