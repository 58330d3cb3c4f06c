"""A form that could not be taken is given back as it was typed: its token was too old, or the session had ended.

docs/decisions/a-form-comes-back.md says to whom, and why nobody is made to send what another site wrote.
"""

import re
import secrets
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from common.rate_limits import too_often, visitor_network

LONGEST = 60_000  # characters of all fields together: beyond, nothing is given back
MOST_FIELDS = 300
KEPT_FOR = 1800  # seconds, while its owner signs in
AN_HOUR = 3600
KEPT_AN_HOUR = 20  # from one place
KEY = "kept_form"  # in the session
SECRET = re.compile(r"pass|secret|token|code|otp|credential|cvv|card", re.IGNORECASE)
WORDS = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True)
class KeptForm:
    """What was typed, and for which page of this site: `fields` in their order, a name as often as it was sent."""

    path: str
    fields: list[tuple[str, str]]
    had_files: bool
    had_secrets: bool

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """None where there is nothing that may be given back. Files, passwords, codes and tokens are left out."""
        if request.method != "POST" or request.headers.get("HX-Request"):
            return None
        sent = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
        fields = [(name, value) for name, value in sent if not SECRET.search(name)]
        if len(fields) > MOST_FIELDS or sum(len(name) + len(value) for name, value in fields) > LONGEST:
            return None
        return cls(request.get_full_path(), fields, had_files=bool(request.FILES), had_secrets=len(fields) < len(sent))

    @property
    def typed(self) -> list[str]:
        """What its owner may recognise, for the eye: words, not keys and numbers of rows."""
        return [value for name, value in self.fields if name != "key" and not name.endswith("-kept") and WORDS.search(value)]


def came_from_our_own_page(request: HttpRequest) -> bool:
    """Said by the browser, which no page of another site can make it say otherwise. Unsaid, it is no."""
    if origin := request.headers.get("Origin"):
        ours = f"{'https' if request.is_secure() else 'http'}://{request.get_host()}"
        return origin == ours or origin in settings.CSRF_TRUSTED_ORIGINS
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def keep_form(request: HttpRequest) -> bool:
    """For whoever signs in next in this browser, for half an hour. False where nothing is kept."""
    form = KeptForm.of(request)
    if form is None or too_often("kept-form", visitor_network(request), most=KEPT_AN_HOUR, seconds=AN_HOUR):
        return False
    key = secrets.token_urlsafe(24)
    cache.set(f"{KEY}:{key}", asdict(form), timeout=KEPT_FOR)
    request.session[KEY] = key
    return True


def kept_form_of(session: Any) -> KeptForm | None:
    facts = cache.get(f"{KEY}:{session[KEY]}") if KEY in session else None
    return KeptForm(**facts) if facts else None
