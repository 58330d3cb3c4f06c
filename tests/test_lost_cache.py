"""Valkey may be lost at any time: stopped, frozen, full or emptied, no page fails, people stay signed in, and it heals by itself.

Through the real web server, with a browser's cookies and forms.
"""

import datetime as dt
import http.cookiejar
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.urls import reverse
from django.utils import timezone

from members.models import Member
from outbox.models import Letter
from projects.models import ProjectFile
from telecentres.models import Booking, Desk
from tests.factories.members import MemberFactory
from tests.factories.telecentres import DeskFactory
from tests.outbox.machinery import Machinery, wait_until
from tests.outbox.smtp_server import SmtpServer
from tests.outbox.valkey_server import ValkeyServer

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="the machinery finds processes in /proc"),
]

A_LITTLE = 120  # seconds, on a very busy machine
PASSWORD = "une longue phrase, longue et simple"
LOSSES: dict[str, tuple[Callable[[ValkeyServer], None], Callable[[ValkeyServer], None]]] = {
    "killed": (ValkeyServer.kill, ValkeyServer.start),
    "frozen": (ValkeyServer.freeze, ValkeyServer.thaw),
    "full": (ValkeyServer.fill, ValkeyServer.make_room),
    "emptied": (ValkeyServer.empty, ValkeyServer.answers),
}
TOLD = {"killed": {"ConnectionError"}, "frozen": {"TimeoutError"}, "full": {"OutOfMemoryError"}, "emptied": set()}


class Browser:
    """Cookies, and forms sent with the token of the page they stand on."""

    def __init__(self, address: str) -> None:
        self.address, self.cookies = address, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str, data: dict | None = None) -> tuple[int, str]:
        body = None if data is None else urlencode(data, doseq=True).encode()
        request = urllib.request.Request(self.address + path, data=body, headers={"Referer": self.address + path})  # noqa: S310 -- ours
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def send(self, path: str, **fields) -> tuple[int, str]:
        _status, page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        return self.get(path, {"csrfmiddlewaretoken": token, **fields})


@pytest.fixture
def address(tmp_path):
    """Of a portal without worker and clock, and the Valkey that it may lose."""
    with SmtpServer() as smtp, ValkeyServer() as valkey, Machinery(smtp, tmp_path, valkey=valkey) as machinery:
        address = machinery.start_web()
        wait_until(lambda: answers(address), A_LITTLE, machinery, every=0.25)
        yield address, valkey, machinery


def answers(address: str) -> bool:
    try:
        return Browser(address).get("/livez")[0] == 200
    except OSError:
        return False


def member_with_a_password(number: int) -> Member:
    """As the real web server reads passwords, not as the tests write them."""
    hashed = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    member = MemberFactory(user__email=f"membre{number}@example.org")
    type(member.user).objects.filter(pk=member.user.pk).update(password=hashed)
    return member


def sign_in(address: str, member: Member) -> Browser:
    browser = Browser(address)
    browser.send(reverse("account_login"), login=member.user.email, password=PASSWORD)
    return browser


def is_signed_in(browser: Browser) -> bool:
    """A visitor would be led to the sign-in page."""
    status, page = browser.get(reverse("telecentres:my-bookings"))
    return status == 200 and 'name="password"' not in page


def book(browser: Browser, desk: Desk) -> int:
    week = f"{reverse('telecentres:week', args=[desk.telecentre.slug])}?jour={timezone.localdate() + dt.timedelta(days=7)}"
    _status, page = browser.get(week)
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    slot = re.search(r'<button class="slot[^"]*" name="slot" value="([^"]+)"', page)[1]
    return browser.send(week, key=key, slot=slot)[0]


def lay_down_a_project(browser: Browser, number: int) -> int:
    _status, page = browser.get(reverse("projects:lay-down"))
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    person = {"first_name": "Camille", "last_name": "Ferrand", "email": f"camille{number}@example.org"}
    return browser.send(reverse("projects:lay-down"), key=key, title=f"Traductrice {number}", consent="on", **person)[0]


def test_no_page_fails_for_want_of_a_cache_or_a_broker(address):
    address, valkey, machinery = address
    early = sign_in(address, member_with_a_password(0))
    assert is_signed_in(early)
    for number, (loss, (lose, give_back)) in enumerate(LOSSES.items(), start=1):
        desk, member, letters = DeskFactory(), member_with_a_password(number), Letter.objects.count()
        already_told = len(machinery.written())
        lose(valkey)
        assert is_signed_in(early), loss
        late = sign_in(address, member)
        assert is_signed_in(late), loss
        assert book(late, desk) == 200, loss
        assert lay_down_a_project(Browser(address), number) == 200, loss
        assert (Booking.objects.filter(desk=desk).count(), ProjectFile.objects.count()) == (1, number), loss
        assert Letter.objects.count() > letters, loss
        give_back(valkey)
        assert is_signed_in(early), loss
        assert is_signed_in(late), loss
        wait_until(lambda: not faults_of(address) & {"cache", "broker"}, A_LITTLE, machinery, every=0.25)
        reasons = set(re.findall(r" WARNING sohosolo\.cache the cache is away \((\w+)\): ", machinery.written()[already_told:]))
        assert TOLD[loss] <= reasons, f"whoever runs the portal reads it in the log, each time: {loss}, {reasons}"
    assert "Traceback" not in machinery.written()
    assert "example.org" not in machinery.written()


def test_a_sign_out_holds_though_the_cache_missed_it(address):
    address, valkey, machinery = address
    browser = sign_in(address, member_with_a_password(0))
    stolen = Browser(address)
    for cookie in browser.cookies:
        stolen.cookies.set_cookie(cookie)
    assert is_signed_in(stolen)
    valkey.freeze()
    browser.send(reverse("account_logout"))
    valkey.thaw()
    wait_until(lambda: "cache" not in faults_of(address), A_LITTLE, machinery, every=0.25)
    assert not is_signed_in(stolen)


def faults_of(address: str) -> set[str]:
    return set(json.loads(Browser(address).get("/readyz")[1])["faults"])
