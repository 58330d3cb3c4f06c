"""The page behind an invitation and behind a sign-in link: it says what the press does, and the press does it."""

from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import EmailAddress, Login
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members import journal
from members.accounts import links
from members.enums import JournalEvent
from members.models import User


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, token: str) -> HttpResponse:
    try:
        found = links.use_link(token, now=timezone.now()) if request.method == "POST" else links.read_link(token)
    except links.DeadLink:
        return render(request, "members/entry.html", {"dead": True}, status=410)
    if request.method != "POST":
        return render(request, "members/entry.html", {"invited": found.purpose == links.Purpose.INVITATION, "person": found.user})
    journal.note(JournalEvent.LINK_USED, account=found.user, about=found.purpose.value, request=request)
    if found.purpose == links.Purpose.INVITATION:
        return redirect_to_first_password(found.user)
    return sign_in(request, found.user)


def redirect_to_first_password(user: User) -> HttpResponse:
    """allauth's own page, whose link is worth a day."""
    key = default_token_generator.make_token(user)
    return redirect("account_reset_password_from_key", uidb36=user_pk_to_url_str(user), key=key)


def sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """In place of the password: a second step is still asked for. Whoever sat at the server vouches for the address."""
    address, _made = EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    if not address.verified:
        address.verified = True
        address.save(update_fields=["verified"])
    logout(request)  # whoever was signed in here before
    record_authentication(request, user, method="link", reauthenticated=True)  # there may be no password to ask for again
    return perform_login(request, Login(user=user))
