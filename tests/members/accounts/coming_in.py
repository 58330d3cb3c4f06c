"""Addresses of the pages by which one comes in, and what tests read of them and of their letters."""

import re

from django.test import Client
from django.urls import reverse

from members.models import User
from outbox.models import Letter
from tests.factories.members import PASSWORD

LOGIN, SIGNUP, LOGOUT = reverse("account_login"), reverse("account_signup"), reverse("account_logout")
ASK_CODE, GIVE_CODE = reverse("account_request_login_code"), reverse("account_confirm_login_code")
CONFIRM, RESET, EMAIL = reverse("account_email_verification_sent"), reverse("account_reset_password"), reverse("account_email")
MY_SPACE = reverse("my-space")
NEWCOMER = {"first_name": "Inès", "last_name": "Daubas", "email": "Ines@Example.org", "password1": "quatre mots que voici"}
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


def signed_in(user: User) -> Client:
    """And asked for the password once more just now, as what guards an account does."""
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


OPEN = [LOGIN, SIGNUP, RESET, ASK_CODE, LOGOUT, reverse("account_inactive"), reverse("account_reset_password_done")]
CLOSED = [
    EMAIL, reverse("account_change_password"), reverse("account_set_password"), reverse("account_reauthenticate"),
    reverse("mfa_index"), reverse("mfa_activate_totp"), reverse("mfa_list_webauthn"), reverse("mfa_add_webauthn"),
    reverse("mfa_generate_recovery_codes"), reverse("mfa_view_recovery_codes"), reverse("mfa_download_recovery_codes"),
    reverse("mfa_reauthenticate"), reverse("mfa_reauthenticate_webauthn"), reverse("usersessions_list"),
    reverse("members:my-profile"), reverse("members:my-visibility"),
]  # fmt: skip
