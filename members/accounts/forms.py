"""allauth's forms as this site words them: labels instead of placeholders, one password field, a phrase instead of rules."""

import contextlib
import struct
from collections.abc import Callable
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context
from allauth.mfa.base import forms as second_step
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkey
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from common.email_addresses import AddressField
from members.accounts import attempts
from members.accounts.second_step import UNREADABLE, SecretUnreadable

LONGEST_PASSWORD = 1000  # characters: more is no password, and every one of them must be hashed
LONGEST_CODE = 60
LONGEST_ADDRESS = 254  # characters: what an address on the Internet may have, and our columns
LONGEST_KEY_NAME = 60
NO_CREDENTIAL = (ValueError, TypeError, AttributeError, LookupError, struct.error, RecursionError)  # what the reader raises
NAMES_AT_MOST = 80
PASSWORD_HINT = _("Fifteen characters or more. Four or five words that you alone would put together are easy to remember.")


class WithoutPlaceholders:
    """Without placeholders: a label says the same, and stays when one types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in {"email", "login"}:
                field.label = _("E-mail address")
                limit_length(field, LONGEST_ADDRESS)
            if name == "code":
                field.widget.attrs |= {"inputmode": "numeric", "spellcheck": "false"}
                limit_length(field, LONGEST_CODE)


class PasskeyCredentialField(forms.JSONField):
    """What a browser says of a passkey; `read` is the library's reader of it, which takes it for granted that it is one."""

    widget = forms.HiddenInput

    def __init__(self, *, read: Callable[[Any], object], **options: Any) -> None:
        super().__init__(**options)
        self.read = read

    def to_python(self, value: Any) -> Any:
        try:
            said = super().to_python(value)
            if said is not None:
                self.read(said)
            return said
        except NO_CREDENTIAL as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params={"value": ""}) from error


class NewPasswordTypedOnce(WithoutPlaceholders):
    """A new password is typed once: it may be shown, pasted, or made by the browser."""

    password_label = _("New password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        password = self.fields["password1"]
        password.label, password.help_text = self.password_label, PASSWORD_HINT
        let_password_be_shown(password)


def let_password_be_shown(password: forms.Field) -> None:
    """What static/js/password.js writes on the button that shows and hides what was typed."""
    password.widget.attrs |= {"data-show": _("Show what I typed"), "data-hide": _("Hide it")}
    limit_length(password, LONGEST_PASSWORD)


def limit_length(field: forms.Field, length: int) -> None:
    field.validators.append(MaxLengthValidator(length))
    field.widget.attrs["maxlength"] = length


class PresentPassword(WithoutPlaceholders):
    """A present password is asked for: the way to a forgotten one stands on the page, not in the field's hint."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"password", "oldpassword"} & set(self.fields):
            self.fields[name].help_text = ""
            let_password_be_shown(self.fields[name])


class LoginForm(PresentPassword, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].label = _("Password")
        self.fields["remember"].label = _("Stay signed in on this device")


class SignupForm(NewPasswordTypedOnce, account.SignupForm):
    first_name = forms.CharField(
        label=_("First name"), max_length=NAMES_AT_MOST, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=NAMES_AT_MOST, widget=forms.TextInput({"autocomplete": "family-name"})
    )

    email = AddressField(widget=forms.EmailInput({"autocomplete": "email"}))
    field_order = ["first_name", "last_name", "email", "password1"]
    password_label = _("Password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("We send a code to it at once, to be sure that it is yours.")

    def try_save(self, request: HttpRequest):
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # as long as a real sign-up takes, so that the clock tells nothing
        return super().try_save(request)


class ChangePasswordForm(PresentPassword, NewPasswordTypedOnce, account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")


class SetPasswordForm(NewPasswordTypedOnce, account.SetPasswordForm):
    password_label = _("Password")


class ResetPasswordKeyForm(NewPasswordTypedOnce, account.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(PresentPassword, account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")


class AddEmailForm(WithoutPlaceholders, account.AddEmailForm):
    email = AddressField(widget=forms.EmailInput({"autocomplete": "email"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")


class ResetPasswordForm(WithoutPlaceholders, account.ResetPasswordForm):
    email = AddressField(widget=forms.EmailInput({"autocomplete": "email"}))

    def clean_email(self) -> str:
        email = super().clean_email()
        if attempts.count_attempt(context.request, "reset_letter", email) is None:
            raise get_adapter().validation_error("rate_limited")
        return email


class RequestLoginCodeForm(WithoutPlaceholders, account.RequestLoginCodeForm):
    email = AddressField(widget=forms.EmailInput({"autocomplete": "email"}))

    def clean_email(self) -> str:
        """Counted as the other attempts at an account are, with a budget of its own."""
        email = self.cleaned_data["email"]
        if attempts.count_attempt(context.request, "request_login_code", email) is None:
            raise get_adapter().validation_error("rate_limited")
        self._user = next(iter(filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)), None)
        return email


class ConfirmLoginCodeForm(WithoutPlaceholders, account.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(WithoutPlaceholders, account.ConfirmEmailVerificationCodeForm):
    pass


class ReadableSteps(WithoutPlaceholders):
    """A code is held against every step that can be read; the sentence about those that cannot comes when none took it."""

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except SecretUnreadable:
            steps = Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN)
        for step in steps:
            with contextlib.suppress(SecretUnreadable):
                if step.wrap().validate_code(self.cleaned_data["code"]):
                    step.user = self.user
                    self.authenticator = step
                    return self.cleaned_data["code"]
        self._emit_authentication_failed(steps[0])
        raise forms.ValidationError(UNREADABLE, code="unreadable")


class AuthenticateForm(ReadableSteps, second_step.AuthenticateForm):
    pass


class SecondStepReauthenticateForm(ReadableSteps, second_step.ReauthenticateForm):
    pass


class ActivateTOTPForm(WithoutPlaceholders, totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code shown by the app")


class AddPasskeyForm(WithoutPlaceholders, passkey.AddWebAuthnForm):
    credential = PasskeyCredentialField(read=RegistrationResponse.from_dict)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this key")
        self.fields["name"].help_text = _("To recognise it later: telephone, computer at home.")
        limit_length(self.fields["name"], LONGEST_KEY_NAME)
        self.fields["passwordless"].label = _("Sign in with this key alone")
        self.fields["passwordless"].help_text = _("No password any more on this device: your finger, your face or its PIN will do.")


class UsePasskeyForm(passkey.AuthenticateWebAuthnForm):
    credential = PasskeyCredentialField(read=AuthenticationResponse.from_dict)


class LoginPasskeyForm(passkey.LoginWebAuthnForm):
    credential = PasskeyCredentialField(read=AuthenticationResponse.from_dict)


class ReauthenticatePasskeyForm(passkey.ReauthenticateWebAuthnForm):
    credential = PasskeyCredentialField(read=AuthenticationResponse.from_dict)


class EditPasskeyForm(WithoutPlaceholders, passkey.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this key")
        limit_length(self.fields["name"], LONGEST_KEY_NAME)
