"""A real chromium against the live server. Skipped, with one line, where chromium is not installed."""

import os
import shutil
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

# The shell is the same engine without the windows around it: a third less work for each page.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast",)
PATIENCE = 120_000  # milliseconds: how slow the machine is decides nothing here
READ = "options => axe.run(options).then(found => found.violations)"
READINGS = (
    (DESK, "light", STANDARDS),
    (PHONE, "dark", ()),
    (NARROWEST, "dark", STANDARDS),
)
THE_OTHER_WAY_ROUND = ((DESK, "dark", COLOURS), (NARROWEST, "light", COLOURS))  # not by the whole suite


def pytest_configure(config):
    Visit.readings = READINGS if "not thorough" in config.option.markexpr else READINGS + THE_OTHER_WAY_ROUND


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="chromium is not installed: apt-get install chromium"))


@pytest.fixture(scope="session")
def chromium():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's own loop runs in this thread; the ORM stays synchronous
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=PATIENCE)
        yield browser
        browser.close()


class Visit:
    """One person's browser. It remembers what the console complained about and every request that left the site."""

    readings = READINGS + THE_OTHER_WAY_ROUND

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: request.url.startswith(address) or self.strangers.append(request.url))

    def open(self, path: str):
        return self.page.goto(self.address + path)

    def arrive(self, press: Callable[[], None]) -> None:
        """Press, and wait for the page it leads to: what is read too soon is still the page before."""
        with self.page.expect_navigation():
            press()

    def axe(self, rules: tuple[str, ...] = STANDARDS) -> list[str]:
        """What axe finds on the page as it stands: one line a violation, with the first element at fault."""
        complaints = self.complaints.copy()
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        violations = self.page.evaluate(READ, {"runOnly": rules, "resultTypes": ["violations"]})
        self.complaints[:] = complaints  # axe writes inline styles, which the policy of the site refuses loudly
        return [f"{rule['id']}: {rule['help']} – {rule['nodes'][0]['html'][:160]}" for rule in violations]

    def faults(self, path: str | None = None, *, status: int = 200) -> list[str]:
        """What is wrong with a page, opened at `path` or as it stands: a line a fault, none when all is well.

        Read by axe on a desk in the light and on the narrowest phone in the dark, its colours (but in the whole suite) the other
        way round too; measured at three widths; and whatever the console complained about and whoever else was asked since the
        browser opened.
        """
        found = []
        if path is not None:
            answered = self.open(path).status
            found += [f"answered {answered}"] * (answered != status)
        as_it_was = self.page.viewport_size
        for viewport, scheme, rules in self.readings:
            self.page.set_viewport_size(viewport)
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            where = f"{viewport['width']} px, {scheme}"
            found += [f"{where}: {line}" for line in (self.axe(rules) if rules else [])]
            found += [f"{where}: scrolls sideways"] * self.overflows()
        self.page.set_viewport_size(as_it_was)
        found += [line for line in self.complaints if status == 200 or f"status of {status}" not in line]
        return found + [f"asked {address}" for address in self.strangers]

    def overflows(self) -> bool:
        """Does the page scroll sideways? Once its style sheets are there: what it says can be read before."""
        self.page.wait_for_load_state("load")
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.fixture
def visit(chromium, live_server):
    """`visit(user=None, viewport=DESK, dark=False, javascript=True)` opens a browser of one's own."""
    contexts = []

    def start(user=None, *, viewport=DESK, dark=False, javascript=True, forced_colors=False) -> Visit:
        context = chromium.new_context(
            viewport=viewport,
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            forced_colors="active" if forced_colors else "none",
            locale="fr-FR",
            timezone_id="Europe/Paris",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": live_server.url}])
        return Visit(context, live_server.url)

    yield start
    for context in contexts:
        context.close()


def session_of(user) -> str:
    """A signed-in session, made as django.contrib.auth.login would."""
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return session.session_key
