"""How often one may try at somebody's account, so that strangers' attempts never shut its owner out.

Attempts are counted by the address of the account and the network they come from, and more widely by the address alone. A browser
in which that address signed in before is counted by itself, whatever others do elsewhere or beside it: it carries a signed cookie
that names it by chance, and the addresses by digest. The cookie opens nothing: with it one still needs the password or the code.

The budgets are allauth's rates, in ACCOUNT_RATE_LIMITS: `<action>`, `<action>_anywhere` and `<action>_known`.
"""

import secrets
from dataclasses import dataclass

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from common.rate_limits import visitor_network

SALT = "known_browser"
KEPT_FOR = 90 * 24 * 3600  # seconds, from the last time somebody signed in there
MOST_ACCOUNTS = 6  # of one browser: a family's, or a télécentre's


@dataclass(frozen=True)
class Browser:
    """Where somebody signed in before. `name` is drawn by chance; an address is known by its digest alone."""

    name: str
    digests: tuple[str, ...]

    @classmethod
    def of(cls, request: HttpRequest) -> "Browser":
        """One that was never seen, where the cookie is missing, forged, older than KEPT_FOR or not of our making."""
        try:
            name, digests = signing.loads(request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, ""), salt=SALT, max_age=KEPT_FOR)
        except (signing.BadSignature, TypeError, ValueError):
            name, digests = secrets.token_urlsafe(12), ()
        return cls(name, tuple(digests))

    def knows(self, address: str) -> bool:
        mine = digest_of(address)
        return any(constant_time_compare(mine, digest) for digest in self.digests)


def digest_of(address: str) -> str:
    return salted_hmac(SALT, address.strip().lower()).hexdigest()[:24]


def remember_browser(request: HttpRequest, response: HttpResponse, *, address: str) -> None:
    """After a sign-in that went through all its steps."""
    browser, mine = Browser.of(request), digest_of(address)
    digests = [mine, *(digest for digest in browser.digests if digest != mine)][:MOST_ACCOUNTS]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps([browser.name, digests], salt=SALT, compress=True),
        max_age=KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def attempts_key(request: HttpRequest, address: str) -> str:
    """Who tries: this browser where the address is known to it, else the network."""
    address, browser = address.strip().lower(), Browser.of(request)
    return f"{address} {browser.name}" if browser.knows(address) else f"{address} {visitor_network(request)}"


def count_attempt(request: HttpRequest, action: str, address: str) -> ratelimit.RateLimitUsage | None:
    """What was used up, which can be given back; None where there is nothing left."""
    counted = {"app": "allauth.account", "key": attempts_key(request, address)}
    if Browser.of(request).knows(address):
        return ratelimit.consume(request, action=f"{action}_known", **counted)
    here = ratelimit.consume(request, action=action, **counted)
    if here is None:  # what one network may no longer do uses nothing up of what all may
        return None
    anywhere = ratelimit.consume(request, app="allauth.account", action=f"{action}_anywhere", key=address.strip().lower())
    return anywhere and ratelimit.RateLimitUsage(usage=[*here.usage, *anywhere.usage])
