"""What the portal says to browsers, to those who watch it and to those who look for its faults."""

import datetime as dt
import ipaddress
import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

Middleware = Callable[[HttpRequest], HttpResponse]

NOT_USED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope"),
    *("hid", "idle-detection", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock"),
    *("serial", "usb", "xr-spatial-tracking"),
)
OUR_OWN = ("publickey-credentials-create", "publickey-credentials-get", "clipboard-write", "fullscreen")
PERMISSIONS_POLICY = ", ".join([*(f"{name}=()" for name in NOT_USED), *(f"{name}=(self)" for name in OUR_OWN)])

SAID = re.compile(r"\b(?:public|private|no-store)\b")
SECURITY_TXT_HOLDS = dt.timedelta(days=180)  # RFC 9116 asks for less than a year
PROXYS_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


# ---- Said to browsers --------------------------------------------------------------------------------------------------------


def permissions(get_response: Middleware) -> Middleware:
    """`Permissions-Policy` on every answer: no page uses a camera or a place; passkeys and the clipboard are the site's own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return middleware


def private_pages(get_response: Middleware) -> Middleware:
    """`Cache-Control: private, no-store` where an answer may hold what is somebody's: nobody else's next look finds it.

    That is: somebody is signed in, or its address holds a token. What says already for whom it is keeps its own word: a photograph
    or a calendar that it is private, a drawing or a list of the open data that it is the same for all.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        said = response.get("Cache-Control", "")
        if not SAID.search(said) and (is_somebodys(request) or has_a_token(request)):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def is_somebodys(request: HttpRequest) -> bool:
    """Also where it cannot be known, as the database that keeps the session is away."""
    try:
        return request.session.accessed and SESSION_KEY in request.session
    except DatabaseError:
        return True


def has_a_token(request: HttpRequest) -> bool:
    return request.resolver_match is not None and "token" in request.resolver_match.kwargs


class MessagesCookie(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE_NAME


class Messages(FallbackStorage):
    """Django's own, with the cookie's name under the same rule as the others."""

    storage_classes = (MessagesCookie, SessionStorage)


# ---- Said to those who watch ---------------------------------------------------------------------------------------------------


def is_of_the_house(request: HttpRequest) -> bool:
    """Whether somebody may read what is wrong with the portal: on the server or its own network, or of the staff."""
    return is_inside(request) or is_of_the_staff(request)


def is_inside(request: HttpRequest) -> bool:
    """From this machine or a private network, and through no proxy: what a proxy passes on comes from anywhere."""
    if any(header in request.META for header in PROXYS_HEADERS):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def is_of_the_staff(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


# ---- Said to those who look for faults -------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to write to who has found a weakness."""
    expires = (timezone.now() + SECURITY_TXT_HOLDS).astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}{reverse('security-txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
