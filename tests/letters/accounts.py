"""The letters of accounts."""

import json
from contextlib import ExitStack
from unittest import mock

from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests.factories.members import PASSWORD, UserFactory
from tests.letters.world import Case, World, fresh, last_letter
from tests.members.accounts import coming_in as pages
from tests.members.accounts.test_second_step import set_up

A_PASSKEY = {  # as a browser gives it: no authenticator is here to make a genuine one, which the library would ask for
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "response": {"clientDataJSON": "e30", "attestationObject": "o2NmbXRkbm9uZQ"},
    "clientExtensionResults": {},
}


def sign_up(world: World) -> None:
    world.press(world.browser(), pages.SIGNUP, pages.NEWCOMER)


def sign_up_again(world: World) -> None:
    world.press(world.browser(), pages.SIGNUP, pages.NEWCOMER | {"email": UserFactory().email})


def another_address(world: World):
    client = pages.signed_in(UserFactory())
    world.press(client, pages.EMAIL, {"email": "new@example.org", "action_add": ""})
    return client


def address_changed(world: World) -> None:
    world.press(another_address(world), pages.CONFIRM, {"code": pages.code_in(last_letter())})


def sign_in_code(world: World) -> None:
    world.press(world.browser(), pages.ASK_CODE, {"email": UserFactory().email})


def code_for_a_stranger(world: World) -> None:
    world.press(world.browser(), pages.ASK_CODE, {"email": "nobody@example.org"})


def forgotten(world: World):
    client = world.browser()
    world.press(client, pages.RESET, {"email": UserFactory().email})
    return client


def chosen_anew(world: World) -> None:
    client = forgotten(world)
    form = client.get(pages.link_in(last_letter())).url
    world.press(client, form, {"password1": "une autre phrase longue"})


def password_changed(world: World) -> None:
    address = reverse("account_change_password")
    world.press(pages.signed_in(UserFactory()), address, {"oldpassword": PASSWORD, "password1": "une autre phrase longue"})


def first_password(world: World) -> None:
    user, client = UserFactory(), world.browser()
    user.set_unusable_password()
    user.save()
    world.press(client, pages.ASK_CODE, {"email": user.email})
    world.press(client, pages.GIVE_CODE, {"code": pages.code_in(last_letter())})
    world.press(client, reverse("account_set_password"), {"password1": "une autre phrase longue"})


def app_set_up(world: World):
    client = pages.signed_in(UserFactory())
    set_up(client)
    return client


def app_taken_off(world: World) -> None:
    world.press(app_set_up(world), reverse("mfa_deactivate_totp"))


def spare_codes(world: World) -> None:
    world.press(app_set_up(world), reverse("mfa_generate_recovery_codes"))


def passkey_of(user) -> Authenticator:
    """One that was set up before."""
    data = {"name": "Téléphone", "credential": A_PASSKEY}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def passkey_added(world: World) -> None:
    client, library = pages.signed_in(UserFactory()), "allauth.mfa.webauthn.internal.auth"
    client.get(reverse("mfa_add_webauthn"))
    believed = [f"{library}.parse_registration_response", f"{library}.complete_registration"]
    with ExitStack() as stack:
        for name in believed:
            stack.enter_context(mock.patch(name))
        stack.enter_context(
            mock.patch("members.accounts.forms.PasskeyCredentialField.to_python", lambda field, value: json.loads(value))
        )
        world.press(client, reverse("mfa_add_webauthn"), {"name": "Téléphone", "credential": json.dumps(A_PASSKEY)})


def passkey_removed(world: World) -> None:
    user = UserFactory()
    client = pages.signed_in(user)
    world.press(client, reverse("mfa_remove_webauthn", args=[passkey_of(user).pk]))


def second_step_taken_off(world: World) -> None:
    user = UserFactory()
    passkey_of(user)
    facts = {"action": "take_second_step_off", "_selected_action": [user.pk], "confirmed": "1"}
    world.press(world.browser(UserFactory(admin=True)), reverse("admin:members_user_changelist"), facts)


def invited(world: World) -> None:
    facts = {"email": "ines@example.org", "first_name": "Inès", "last_name": "Daubas"}
    world.press(world.browser(UserFactory(admin=True)), reverse("admin:members_user_add"), facts)


def case(name: str, provoke, kind: str = "account") -> Case:
    return Case(f"{kind}/email/{name}", f"account-{name}", lambda world: (fresh(), provoke(world)))


CASES = [
    case("email_confirmation_signup", sign_up),
    case("account_already_exists", sign_up_again),
    case("email_confirmation", another_address),
    case("email_changed", address_changed),
    case("login_code", sign_in_code),
    case("unknown_account", code_for_a_stranger),
    case("password_reset_key", forgotten),
    case("password_reset", chosen_anew),
    case("password_changed", password_changed),
    case("password_set", first_password),
    case("totp_activated", app_set_up, "mfa"),
    case("totp_deactivated", app_taken_off, "mfa"),
    case("recovery_codes_generated", spare_codes, "mfa"),
    case("webauthn_added", passkey_added, "mfa"),
    case("webauthn_removed", passkey_removed, "mfa"),
    Case("members/email/invitation", "members.invitation", invited),
    Case("members/email/second_step_taken_off", "members.second_step_taken_off", second_step_taken_off),
]
NEVER = {  # templates of the library that no page of this site can bring about
    "account/email/email_confirm": "the library has no call for it",
    "account/email/email_deleted": "an account has one address: the new one takes the old one's place",
}
