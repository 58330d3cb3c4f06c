"""What every address answers to every role, written into files: for commits that move code and must change no page.

    ANSWERS=/tmp/before ./run test tests/walk/test_write_answers.py     on the commit before
    ANSWERS=/tmp/after ./run test tests/walk/test_write_answers.py      on the commit after
    git diff --no-index --stat /tmp/before /tmp/after                   nothing, where nothing changed

One file an address, role and language: code, headers and words of the answer, runs of white space collapsed to one. The rows are
the same each time (one seed, a clock that stands still, a new database); what is drawn by chance for each answer is left out.
"""

import os
import random
import re
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from tests.bare.test_every_page import translated
from tests.walk.network import small_network

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("ANSWERS" not in os.environ, reason="a tool, asked for by ANSWERS: where the files go"),
]

NOW = "2026-11-24T09:10:00Z"
HEADERS = ("Location", "Content-Type", "Content-Disposition", "Content-Language", "Cache-Control")
BY_CHANCE = [
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*'), r"\1…"),
    (re.compile(r'("X-CSRFToken": ?")[^"]*'), r"\1…"),
    (re.compile(r'(nonce=")[^"]*'), r"\1…"),
    (re.compile(r'(name="key" value=")[^"]*'), r"\1…"),
    (
        re.compile(r"[\w-]+:\w{6}:[\w-]{40,}|\b\d+:[\w-]{43}\b|[\w-]{32}(?=\.ics)"),
        "…",
    ),  # the links of letters, of desks, of calendars
]


@pytest.fixture(autouse=True)
def the_same_each_time(settings, tmp_path):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.STAFF_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path
    random.seed(14)


def test_what_every_address_answers_to_every_role_is_written_down():
    folder = Path(os.environ["ANSWERS"])
    with time_machine.travel(NOW, tick=False):
        network = small_network()
        with translation.override("fr"):  # the language without a prefix, whichever the last page was in
            paths = [address.path for address in network.addresses]
        for role, user in network.people.items():
            for number, (address, path) in enumerate(zip(network.addresses, paths, strict=True)):
                write(folder / role / "fr" / f"{number:03} {address.name}.txt", user, path)
                if translated(path):
                    write(folder / role / "en" / f"{number:03} {address.name}.txt", user, f"/en{path}")
    assert len(list(folder.rglob("fr/*.txt"))) == len(network.people) * len(network.addresses)


def write(file: Path, user, path: str) -> None:
    client = Client(raise_request_exception=False)  # of its own: no page changes what the next one says
    if user is not None:
        client.force_login(user)
    answer = client.get(path)
    content = b"".join(answer) if answer.streaming else answer.content
    lines = [f"{path} {answer.status_code}", *(f"{name}: {answer[name]}" for name in HEADERS if name in answer)]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(without_chance("\n".join(lines)) + "\n\n" + words_of(content), encoding="utf-8")


def words_of(content: bytes) -> str:
    """A line each run of marks: differences are then read where they are. A picture is told by its length alone."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"{len(content)} bytes"
    return re.sub(r"\s+", " ", without_chance(text)).replace("> <", ">\n<")


def without_chance(text: str) -> str:
    for pattern, instead in BY_CHANCE:
        text = pattern.sub(instead, text)
    return text
