"""How allauth speaks and keeps secrets on this site."""

import base64
import datetime as dt
import hashlib
import uuid
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.rate_limits import may_be_written_to
from members import journal
from members.accounts import attempts
from members.accounts.second_step import SecretUnreadable
from members.enums import JournalEvent
from members.models import User
from outbox import services as outbox
from villages.favourites import keeping

CODE_LETTERS = {  # a letter that holds a code is of no use once the code has expired
    "account/email/login_code": "LOGIN_BY_CODE_TIMEOUT",
    "account/email/email_confirmation": "EMAIL_VERIFICATION_BY_CODE_TIMEOUT",
    "account/email/email_confirmation_signup": "EMAIL_VERIFICATION_BY_CODE_TIMEOUT",
}
RESET = "account/email/password_reset_key"
TYPED_BY_ANYBODY = {"account/email/account_already_exists", "account/email/unknown_account"}  # the owner asked for nothing


def lifetime_of(template_prefix: str) -> dt.timedelta | None:
    """After which a letter's code or link opens nothing any more; None where it holds neither."""
    if template_prefix == RESET:
        return dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    name = CODE_LETTERS.get(template_prefix)
    return dt.timedelta(seconds=getattr(account_settings, name)) if name else None


def was_typed_by_anybody(template_prefix: str, email: str) -> bool:
    """And not confirmed by its owner. What tells them of a change of their account is never held back."""
    if template_prefix in {*CODE_LETTERS, RESET}:
        return not EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    return template_prefix in TYPED_BY_ANYBODY


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Write to us if that surprises you."),
        "duplicate_email": _("This address is already yours."),
        "email_password_mismatch": _(
            "This address and this password do not go together. Look at the capitals, or ask for a code by e-mail."
        ),
        "email_taken": _("Another account already uses this address."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not the one we sent. Look at the latest letter, or ask for a new code."),
        "incorrect_password": _("This is not your password."),
        "invalid_or_expired_key": _("This link has expired or was already used."),
        "invalid_password_reset": _("This link has expired or was already used. Ask for a new one."),
        "same_as_current": _("This is already your address."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, or sign in with a code sent by e-mail."),
        "rate_limited": _("Too many attempts. Wait five minutes, then try again."),
    }

    def is_safe_url(self, url: str | None) -> bool:
        try:
            return super().is_safe_url(url)
        except ValueError:  # « https://[ »: no address at all
            return False

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        """However they signed in, they find what they kept as a visitor, and strangers no longer shut them out in this browser."""
        response = super().post_login(request, user, **login)
        attempts.remember_browser(request, response, address=user.email)
        keeping.hand_over_to_account(request, response, user=user)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What a password set anew wipes out."""
        return attempts.attempts_key(request, credentials.get("email", ""))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Failures are counted by address and network, or by browser; a success gives back what it used up."""
        self._login_failed_rl_usage = attempts.count_attempt(request, "login_failed", credentials.get("email", ""))
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """What was typed is not kept: it may be a password in the wrong field. An account that has this address is named."""
        user = User.objects.filter(email__iexact=credentials.get("email", "")).first()
        journal.note(JournalEvent.SIGN_IN_FAILED, account=user, about="password", request=request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe the letter instead of sending it here. Each call is a fact of its own: nobody asks twice for the same code.

        An address that nobody has shown to be theirs gets no more than its budget of the day, and the page does not tell.
        """
        if was_typed_by_anybody(template_prefix, email) and not may_be_written_to(email):
            return
        lifetime = lifetime_of(template_prefix)
        # A link leads to the site as it calls itself, never to the Host that a request named.
        links = {name: settings.SITE_URL + urlsplit(url).path for name, url in context.items() if name.endswith("_url")}
        outbox.post_rendered(
            key=f"account-{template_prefix.rpartition('/')[2]}:{uuid.uuid4()}",
            to=email,
            template=template_prefix,
            context=context | links | {"email": email},
            language=get_language() or settings.LANGUAGE_CODE,
            useless_after=lifetime and timezone.now() + lifetime,
            confidential=True,
        )


class MFAAdapter(DefaultMFAAdapter):
    """The seeds of second steps are kept encrypted: who reads the database alone cannot sign in with them."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not the right one. Look at the app once more: it changes every thirty seconds."),
        "unverified_email": _("First confirm your e-mail address, then protect your account."),
    }

    def encrypt(self, text: str) -> str:
        return vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises SecretUnreadable when the key that encrypted it is gone."""
        try:
            return vault().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise SecretUnreadable from None

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.TERRITORY.network}

    def generate_authenticator_name(self, user: User, type) -> str:  # noqa: A002 -- allauth's own name
        return str(_("My passkey"))


def vault() -> MultiFernet:
    """Keys drawn from SECRET_KEY and its fallbacks, so that the secret may be changed without locking anybody out."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"members.second-step" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
