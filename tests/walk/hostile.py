"""Input that nobody types by hand, sent to whatever a page asks for."""

import random
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote, urlencode, urlsplit

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client

from tests.test_access import pass_over
from tests.walk.network import Address
from tests.walk.pages import Form, names_asked_for, read_by_views, read_page

ROOT = Path(__file__).resolve().parent.parent.parent
LABELS = ".".join(["d" * 60] * 4)
VALUES: dict[str, str | bytes] = {
    "NUL": "\x00",
    "a NUL inside": "a\x00b",
    "not UTF-8": b"\xff\xfe",
    "half a surrogate pair": b"\xed\xa0\x80",
    "nothing": "",
    "an address of 255 characters": "a" * 61 + f"@{'d' * 63}.{'e' * 63}.{'f' * 62}.fr",
    "an address of 320 characters": "a" * 64 + "@" + LABELS + ".example",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "year 9999 in French": "31/12/9999",
    "the first minute": "0001-01-01T00:00",
    "the last minute": "9999-12-31T23:59",
    "the last month": "9999-12",
    "the first month": "0001-01",
    "month 0": "0000-00",
    "-1": "-1",
    "zero": "0",
    "beyond 15 bits": "32768",
    "beyond 31 bits": "2147483648",
    "beyond 63 bits": "9223372036854775808",
    "far below zero": "-9223372036854775809",
    "4,500 digits": "9" * 4500,
    "an exponent": "1e400",
    "a long exponent": "1e4000000",
    "not a number": "NaN",
    "infinity": "-Infinity",
    "many decimals": "0." + "3" * 60,
    "a small square": "²",
    "digits of another script": "٣٤٥",
    "5,000 letters": "x" * 5000,
    "300 letters": "é" * 300,
    "signs beyond 16 bits": "\U0001f33b" * 90,
    "an address cut off": "https://[",
    "an address without a host": "https://",
    "two lines": "a\r\nBcc: b@example.org",
    "a line apart": "a\u2028b",
    "only spaces": " \u202f\t",
    "control signs": "\x01\x1b\x7f",
    "per cent": "%s%(name)s%",
    "braces": "{0.__class__}{{ a }}{% b %}",
    "an object": '{"id": {}, "response": [], "type": 1}',
    "a list": "[]",
    "null": "null",
    "a deep list": "[" * 20000,
    "a path": "../../../etc/passwd",
    "many commas": "1," * 2000,
    "a telephone number without end": "+33" + "5" * 300,
    "the reverse way": "\u202eabc",
}
HEADERS = (
    "HTTP_USER_AGENT",
    "HTTP_REFERER",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_HX_CURRENT_URL",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
)
COOKIES = ("sessionid", "csrftoken", "django_language", "messages", "favoris")
LISTS = (
    "q",
    "o",
    "p",
    "e",
    "all",
    "_popup",
    "_to_field",
    "_changelist_filters",
    "_facets",
    "term",
    "app_label",
    "model_name",
    "field_name",
)
MARKER = 7654321098


@dataclass(frozen=True)
class Place:
    """Where parameters stand: in the path of an address, in its query, in one of its forms, or around every page."""

    where: str  # argument, query, field, file, cookie or header
    method: str
    path: str  # an argument's place is marked by MARKER
    names: tuple[str, ...]
    sent: dict[str, list[str]] = field(default_factory=dict)  # what the parameters hold otherwise
    files: tuple[str, ...] = ()
    read_by_view: frozenset[str] = frozenset()  # of its names: not by the fields of a form alone


@dataclass(frozen=True)
class Probe:
    place: Place
    names: tuple[str, ...]  # of what is hostile; of none, it is what a person sends
    value: str = ""  # its name in VALUES

    def __str__(self) -> str:
        place, names = self.place, ", ".join(name[:40] for name in self.names[:3])
        return f"{place.method} {place.path[:80]} {place.where} {names} = {self.value}"


class Walker:
    """Somebody's browser, walking over pages. What a request changes is undone after it."""

    def __init__(self, user=None) -> None:
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
        self.requests, self.answers, self.faults = 0, Counter(), {}

    def ask(self, method: str, path: str, *, keep_cache: bool = False, cookies: dict[str, str] | None = None, **request):
        """The answer, read to its end. `cookies` are sent with this request alone."""
        own_cookies = self.client.cookies.output(header="", sep=";")
        for name, words in (cookies or {}).items():
            self.client.cookies[name] = words
        told = []

        def note(sender, **_facts):
            told.append(traceback.format_exc())

        got_request_exception.connect(note, weak=False)
        if not keep_cache:
            cache.clear()  # what was counted against too many tries, and what is remembered of rows that are undone
        try:
            with transaction.atomic(), patch("django.test.client.store_rendered_templates", pass_over):
                response = (
                    self.client.generic(method, path, **request) if "data" not in request else self.client.post(path, **request)
                )
                if response.streaming:
                    b"".join(response)
                transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(note)
            self.client.cookies = SimpleCookie(own_cookies)
        self.requests += 1
        self.answers[response.status_code // 100] += 1
        if told or (response.status_code >= 500 and not path.startswith("/readyz")):
            self.faults.setdefault(where_it_broke(told), []).append(f"{method} {path[:150]}")
        return response

    # ---- What there is to send -----------------------------------------------------------------------------------------

    def places_of(self, address: Address) -> Iterator[Place]:
        """Of every parameter of a page: its arguments, its query, the fields of its forms."""
        for path in address.paths_with(str(MARKER), MARKER):
            yield Place("argument", "GET", path, (address.name,))
            yield Place("argument", "POST", path, (address.name,))
        with names_asked_for() as asked:
            response = self.ask("GET", address.path)
        is_page = response.status_code in (200, 422) and "html" in response.get("Content-Type", "")
        forms, linked = read_page(response.content.decode(), address.path) if is_page and not response.streaming else ([], set())
        names = {name: [] for name in asked.keys() | linked | (set(LISTS) if address.name.startswith("admin:") else set())}
        for form in forms:
            if form.method == "get":
                names |= form.values
        known = {name: values for name, values in names.items() if values}
        yield Place("query", "GET", address.path, tuple(sorted(names)), known, read_by_view=read_by_views(asked))
        posts = [form for form in forms if form.method == "post"]
        for form in posts or [Form(address.path, "post")]:
            yield from self._places_of_form(form)

    def _places_of_form(self, form: Form) -> Iterator[Place]:
        action = urlsplit(form.action)
        target = action.path + (f"?{action.query}" if action.query else "")
        sent = form.values | {name: [value] for name, value in list(form.buttons.items())[:1]}
        files = tuple(sorted(form.files))
        with names_asked_for() as asked:
            self.ask("POST", target, data=sent | self._files(files, "usual"))
        names = tuple(sorted({*sent, *asked, *form.buttons} - {"csrfmiddlewaretoken"}))
        yield Place("field", "POST", target, names, sent, files, read_by_view=read_by_views(asked))
        for name in files:
            yield Place("file", "POST", target, (name,), sent, (name,))

    def probes_of(self, address: Address) -> Iterator[Probe]:
        """Every parameter with every value, each alone."""
        for place in self.places_of(address):
            yield from each_alone(place)

    # ---- Sending it ------------------------------------------------------------------------------------------------------

    def send(self, probe: Probe):
        """The answer to a request in which each of the probe's names holds its value."""
        place, words = probe.place, VALUES.get(probe.value, "")
        kept = {name: values for name, values in place.sent.items() if name not in probe.names}
        hostile = [(name, words) for name in probe.names]
        if place.where == "argument":
            return self.ask(place.method, place.path.replace(str(MARKER), quote(words, safe="")))
        if place.where == "query":
            return self.ask("GET", f"{place.path}?{urlencode([*pairs(kept), *hostile])}")
        if place.where == "cookie":
            return self.ask("GET", place.path, cookies={name: as_header(words) for name in probe.names})
        if place.where == "header":
            return self.ask("GET", place.path, **{name: as_header(words) for name in probe.names})
        if place.where == "file":
            return self.ask("POST", place.path, data=place.sent | self._files(place.files, probe.value))
        if place.files:
            return self.ask("POST", place.path, data=kept | self._files(place.files, "usual") | dict(hostile))
        body = urlencode([*pairs(kept), *hostile])
        return self.ask("POST", place.path, data=body, content_type="application/x-www-form-urlencoded")

    @staticmethod
    def _files(names: Iterable[str], value: str) -> dict[str, SimpleUploadedFile]:
        words = VALUES.get(value, "papier")
        name = words.decode("latin-1") if isinstance(words, bytes) else words
        return {each: SimpleUploadedFile(f"{name[:200]}.pdf", b"%PDF-1.7 a paper", "application/pdf") for each in names}


def as_header(words: str | bytes) -> str:
    """As WSGI hands a header on."""
    return (words if isinstance(words, bytes) else words.encode()).decode("latin-1")


def pairs(values: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, several in values.items() for value in several]


def each_alone(place: Place) -> Iterator[Probe]:
    for name in place.names:
        for value in VALUES:
            yield Probe(place, (name,), value)


def around_pages() -> list[Place]:
    """Cookies and headers: read by what stands around every page."""
    paths = ("/", "/villages/", "/mon-espace/", "/admin/")
    return [Place(where, "GET", path, names) for path in paths for where, names in (("cookie", COOKIES), ("header", HEADERS))]


def where_it_broke(told: list[str]) -> str:
    """The line of ours that broke, and how: one fault, however many ways lead to it."""
    if not told:
        return "an answer of 500 without an exception"
    lines = told[-1].strip().splitlines()
    ours = [line.strip() for line in lines if line.strip().startswith("File") and str(ROOT) in line and ".venv" not in line]
    files = [line.strip() for line in lines if line.strip().startswith("File")]
    place = " < ".join([*ours[-1:], *reversed(files[-4:])]).replace(f"{ROOT}/", "")
    return f"{lines[-1][:200]} ({place})"


def some_of(probes: Iterable[Probe], count: int, chance: random.Random) -> list[Probe]:
    found = list(probes)
    return chance.sample(found, min(count, len(found)))


def report(walker: Walker) -> str:
    return "\n".join(f"{fault}\n    {len(ways)} ways, e.g. {ways[0]}" for fault, ways in sorted(walker.faults.items()))
