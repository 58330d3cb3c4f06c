"""What allauth tells of accounts, written into the journal. Connected once, when the app is ready."""

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as second_step
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from members import journal
from members.accounts.sessions import end_sessions
from members.enums import JournalEvent
from members.models import User

STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def signed_in(request: HttpRequest, user: User, **signal) -> None:
    ways = (record.get("type") or record["method"] for record in get_authentication_records(request, user))
    journal.note(JournalEvent.SIGNED_IN, account=user, by=user, about=", ".join(dict.fromkeys(ways)), request=request)


def code_rejected(request: HttpRequest, user: User | None = None, **signal) -> None:
    journal.note(JournalEvent.SIGN_IN_FAILED, account=user, about="code", request=request)


def password_changed(request: HttpRequest, user: User, **signal) -> None:
    journal.note(JournalEvent.PASSWORD_CHANGED, account=user, by=user, request=request)


def address_changed(request: HttpRequest, user: User, **signal) -> None:
    journal.note(JournalEvent.ADDRESS_CHANGED, account=user, by=user, request=request)


def step_added(request: HttpRequest, user: User, authenticator: Authenticator, **signal) -> None:
    """Sessions that began before there was a second step have never passed it: they end, this one aside."""
    journal.note(JournalEvent.STEP_ADDED, account=user, by=user, about=authenticator.type, request=request)
    if authenticator.type in STEPS and Authenticator.objects.filter(user=user, type__in=STEPS).count() == 1:
        end_sessions(user, but=request.session.session_key)


def step_removed(request: HttpRequest | None, user: User, authenticator: Authenticator, **signal) -> None:
    """By its owner, by an administrator, or by a command, which has no request."""
    by = request.user if request and request.user.is_authenticated else None
    journal.note(JournalEvent.STEP_REMOVED, account=user, by=by, about=authenticator.type, request=request)


def step_used(request: HttpRequest, user: User, authenticator: Authenticator, **signal) -> None:
    journal.note(JournalEvent.STEP_USED, account=user, by=user, about=authenticator.type, request=request)


def step_failed(request: HttpRequest, user: User, authenticator: Authenticator, **signal) -> None:
    journal.note(JournalEvent.STEP_FAILED, account=user, about=authenticator.type, request=request)


def connect() -> None:
    for signal, listener in (
        (account.user_logged_in, signed_in),
        (account.login_code_rejected, code_rejected),
        (account.password_set, password_changed),
        (account.password_changed, password_changed),
        (account.password_reset, password_changed),
        (account.email_changed, address_changed),
        (second_step.authenticator_added, step_added),
        (second_step.authenticator_reset, step_added),
        (second_step.authenticator_removed, step_removed),
        (second_step.authenticator_used, step_used),
        (second_step.authentication_failed, step_failed),
    ):
        signal.connect(listener, dispatch_uid=f"members.journal.{listener.__name__}")
