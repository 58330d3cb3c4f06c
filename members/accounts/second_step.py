"""The second step of an account: secrets that can no longer be read, and the step taken off by an administrator."""

import datetime as dt
import uuid

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from members.models import User
from outbox.services import post_rendered

UNREADABLE = _(
    "The second step of this account can no longer be read: the portal’s secret key was changed. "
    "Ask an administrator to take it off; you will then set it up anew."
)


class SecretUnreadable(Exception):
    """Neither SECRET_KEY nor a fallback opens what was encrypted. In a template, what needed it counts as empty."""

    silent_variable_failure = True


@transaction.atomic
def take_second_step_off(*, user: User, at: dt.datetime, request: HttpRequest | None = None) -> bool:
    """Every app, passkey and spare code of the account goes; its owner is written to. False when there was none.

    `request` is the administrator's, None when a command does it.
    """
    gone = list(Authenticator.objects.select_for_update().filter(user=user).order_by("pk"))
    if not gone:
        return False
    Authenticator.objects.filter(pk__in=[authenticator.pk for authenticator in gone]).delete()
    for authenticator in gone:
        signals.authenticator_removed.send(sender=Authenticator, request=request, user=user, authenticator=authenticator)
    post_rendered(
        key=f"members.second_step_taken_off:{uuid.uuid4()}",
        to=user.email,
        template="members/email/second_step_taken_off",
        context={"timestamp": at},
        language=settings.LANGUAGE_CODE,
    )
    return True
