"""What a page asks for: the forms it shows, filled in as a person would, and the names that its view looks up in a request."""

import datetime as dt
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import CodeType
from unittest.mock import patch
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.http import QueryDict

LOOKUPS = ("__getitem__", "get", "getlist", "__contains__")
TYPED = {  # by the type of an empty input: what somebody might type
    "email": "camille@example.org",
    "tel": "05 62 05 00 00",
    "url": "https://example.org/",
    "number": "1",
    "date": (dt.date.today() + dt.timedelta(days=14)).isoformat(),  # noqa: DTZ011 -- any coming day will do
    "time": "10:00",
    "text": "1",
    "search": "mot",
    "password": "une phrase longue et simple",
}
OF_ONE_LINE = ("text", "search", "email", "tel", "url")
NO_VIEWS = ("/django/forms/widgets.py", "/django/http/request.py", "/django/utils/datastructures.py", "/sohosolo/middleware.py")
NOT_SENT = ("submit", "button", "reset", "image")


@dataclass
class Form:
    """One form of a page: where it goes, how, and what it would send."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)  # fields of one line, in which anything may be typed
    files: set[str] = field(default_factory=set)
    buttons: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.queries = address, [], set()
        self._ids: dict[str, Form] = {}
        self._inside: Form | None = None
        self._select: tuple[Form, str, list[tuple[str, bool]]] | None = None
        self._words: tuple[Form, str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(urljoin(self.address, given.get("action", "")), given.get("method", "get").lower())
            self._ids[given.get("id", "")] = self._inside
            self.forms.append(self._inside)
        elif tag == "a":
            self._note_link(given.get("href", ""))
        elif tag == "option" and self._select:
            self._select[2].append((given.get("value", ""), "selected" in given))
        elif (form := self._ids.get(given.get("form", "")) if "form" in given else self._inside) and given.get("name"):
            self._note_field(tag, form, given)

    def _note_link(self, link: str) -> None:
        target = urlsplit(urljoin(self.address, link))
        if target.path == urlsplit(self.address).path:
            self.queries |= {name for name, _value in parse_qsl(target.query, keep_blank_values=True)}

    def _note_field(self, tag: str, form: Form, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        if tag == "select":
            self._select = (form, name, [])
        elif tag == "textarea":
            self._words = (form, name, [])
        elif tag == "button" or (tag == "input" and kind in NOT_SENT):
            form.buttons.setdefault(name, given.get("value", ""))
        elif tag == "input" and kind == "file":
            form.files.add(name)
        elif tag == "input" and kind in ("checkbox", "radio"):
            if "checked" in given or (kind == "radio" and name not in form.values):
                form.values[name] = [given.get("value", "on")]
            else:
                form.values.setdefault(name, [])
        elif tag == "input":
            form.lines |= {name} if kind in OF_ONE_LINE else set()
            form.values.setdefault(name, []).append(given.get("value") or ("" if kind == "hidden" else TYPED.get(kind, "1")))

    def handle_data(self, data: str) -> None:
        if self._words:
            self._words[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "textarea" and self._words:
            form, name, words = self._words
            form.values.setdefault(name, []).append("".join(words).strip() or "Quelques mots")
            self._words = None
        elif tag == "select" and self._select:
            form, name, options = self._select
            chosen = [value for value, selected in options if selected and value] or [value for value, _ in options if value][:1]
            form.values.setdefault(name, []).extend(chosen[:1])
            self._select = None


def read_page(html: str, address: str) -> tuple[list[Form], set[str]]:
    """The forms of the page, and the names in the queries of its links to itself."""
    reader = _Reader(address)
    reader.feed(re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL))
    return reader.forms, reader.queries


@contextmanager
def names_asked_for() -> Iterator[dict[str, set[CodeType]]]:
    """The names that are looked up in any query or form meanwhile, each with the functions that do."""
    asked: dict[str, set[CodeType]] = {}

    def noting(lookup):
        def noted(self, name, *rest):
            if isinstance(name, str):
                asked.setdefault(name, set()).add(sys._getframe(1).f_code)
            return lookup(self, name, *rest)

        return noted

    with ExitStack() as patches:
        for name in LOOKUPS:
            patches.enter_context(patch.object(QueryDict, name, noting(getattr(QueryDict, name))))
        yield asked


def read_by_views(asked: dict[str, set[CodeType]]) -> frozenset[str]:
    """Those that not only the fields of a form read, nor what looks at every request at the door."""
    return frozenset(
        name for name, readers in asked.items() if not all(reader.co_filename.endswith(NO_VIEWS) for reader in readers)
    )
