"""What stands around every page: what it costs, said by the page itself; and a refusal of what nobody can have typed."""

import re
import time
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, MiddlewareNotUsed, SuspiciousOperation
from django.core.handlers.wsgi import get_bytes_from_wsgi
from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.translation import get_language, get_language_from_request, override
from django.views.defaults import bad_request

from common.visible import visible
from sohosolo import kept_forms

REPLACED = "\ufffd"  # what Django, and its reader of forms with files, put where bytes are not UTF-8
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
COOKIE_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)


class QueryClock:
    """Counts the queries run inside it and adds up their time, in seconds."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute, sql, params, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - started


def server_timing(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Adds `Server-Timing: total, db` (milliseconds; the number of queries in db's description) where SERVER_TIMING is on."""
    if not settings.SERVER_TIMING:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        clock, started = QueryClock(), time.perf_counter()
        with connection.execute_wrapper(clock):
            response = get_response(request)
        total = time.perf_counter() - started
        response["Server-Timing"] = f'total;dur={total * 1000:.1f}, db;dur={clock.seconds * 1000:.1f};desc="{clock.count} queries"'
        return response

    return middleware


# ---- What nobody can have typed -----------------------------------------------------------------------------------------


def readable_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answers 400, in the reader’s language, to what nobody types and PostgreSQL cannot hold: a NUL, or bytes that are not UTF-8.

    They are looked for in the path, the query, the cookies, the headers, and the fields and file names of a form; a form that is
    too large or cut off is answered the same way. A cookie so refused is taken back with the answer, since the browser would
    send it with every request to come. Of what is readable, signs that nobody sees are taken away before any form reads it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        foul_cookies = [name for name, value in request.COOKIES.items() if not is_clean(name) or not is_clean(value)]
        try:
            readable = not foul_cookies and has_clean_address(request) and has_clean_form(request)
            if readable:
                take_away_what_nobody_sees(request)
        except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError):
            readable = False
        if readable:
            return get_response(request)
        with override(get_language_from_request(request, check_path=True)):
            response = bad_request(request, None)
            response.headers["Content-Language"] = get_language()
        for name in filter(COOKIE_NAME.fullmatch, foul_cookies):
            response.delete_cookie(name)
        return response

    return middleware


def has_clean_address(request: HttpRequest) -> bool:
    """The path, the query and the headers."""
    sent = request.META
    if any("\0" in value for name, value in sent.items() if name.startswith(("HTTP_", "CONTENT_"))):
        return False
    encoded = (request.path_info, get_bytes_from_wsgi(sent, "QUERY_STRING", ""))
    return all(is_clean_bytes(unquote_to_bytes(part)) for part in encoded)


def has_clean_form(request: HttpRequest) -> bool:
    """Raises what reading a form raises: too large, too many fields, cut off."""
    if request.method != "POST":
        return True
    if request.content_type == URLENCODED:
        return is_clean_bytes(unquote_to_bytes(request.body))
    if request.content_type != MULTIPART:
        return True
    words = [word for name, values in request.POST.lists() for word in (name, *values)]
    words += [word for name, files in request.FILES.lists() for file in files for word in (name, file.name, file.content_type)]
    return all(map(is_clean, words))


def is_clean(words: str) -> bool:
    return "\0" not in words and REPLACED not in words


def is_clean_bytes(sent: bytes) -> bool:
    try:
        return "\0" not in sent.decode()
    except UnicodeDecodeError:
        return False


def take_away_what_nobody_sees(request: HttpRequest) -> None:
    """From every field that was typed, and from names of files; a password is its owner's, sign by sign."""
    request.GET = visible_fields(request.GET)
    if request.method != "POST":
        return
    request.POST = visible_fields(request.POST)
    for _name, files in request.FILES.lists():
        for file in files:
            file.name = visible(file.name or "") or "-"


def visible_fields(sent: QueryDict) -> QueryDict:
    seen = {name: values if "password" in name else [visible(value) for value in values] for name, values in sent.lists()}
    if seen == dict(sent.lists()):
        return sent
    fields = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in seen.items():
        fields.setlist(name, values)
    fields._mutable = False
    return fields


# ---- Whoever is not signed in ---------------------------------------------------------------------------------------------


class LoginRequired(LoginRequiredMiddleware):
    """A form sent after the session had ended is kept while its owner signs in. Its token was found right before this is asked."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:
        if kept_forms.keep_form(request):
            return redirect_to_login(reverse("take-up-again"), self.get_login_url(view_func))
        return super().handle_no_permission(request, view_func)
