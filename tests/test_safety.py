"""What the portal says to browsers, to those who watch it and to those who look for its faults."""

import datetime as dt
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from sohosolo import health
from sohosolo.cache import JsonSerializer
from sohosolo.urls import urlpatterns as pages
from tests.factories.members import UserFactory
from tests.factories.villages import VillageFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
NO_STORE = {"private", "no-store"}
SERVICES = {"DATABASE_URL": "postgresql://nobody@/none", "REDIS_URL": "unix:///nonexistent"}


def cache_control(response) -> set[str]:
    return set(filter(None, response.get("Cache-Control", "").split(", ")))


def settings_say(expression: str, **environment: str) -> subprocess.CompletedProcess:
    """The settings of an installation of its own."""
    asked = f"from django.conf import settings; print({expression})"
    given = {"DJANGO_SETTINGS_MODULE": "sohosolo.settings", "SECRET_KEY": "k" * 32} | SERVICES | environment
    return subprocess.run([sys.executable, "-c", asked], cwd=ROOT, env=given, capture_output=True, text=True)


# ---- Who keeps a page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["home", "villages:villages", "telecentres:telecentres", "villages:find", "my-space"])
def test_no_page_of_somebody_signed_in_is_kept_by_anything(client_of, name):
    response = client_of(UserFactory()).get(reverse(name))
    assert response.status_code == 200
    assert cache_control(response) >= NO_STORE
    assert "public" not in cache_control(response)


def test_the_admin_is_not_kept_either(client_of, settings):
    settings.STAFF_MFA_REQUIRED = False
    response = client_of(UserFactory(admin=True)).get(reverse("admin:index"))
    assert (response.status_code, cache_control(response) >= NO_STORE) == (200, True)


def test_a_visitor_asks_again_and_hears_that_nothing_has_changed(client):
    village = VillageFactory()
    address = reverse("villages:village", args=[village.slug])
    first = client.get(address)
    assert "no-store" not in cache_control(first)
    assert "Cookie" in first["Vary"]
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_what_is_the_same_for_all_stays_kept_for_somebody_signed_in(client_of):
    VillageFactory()
    response = client_of(UserFactory()).get(reverse("villages-data:geojson"))
    assert cache_control(response) == {"public", "max-age=300"}


@pytest.mark.parametrize("name", ["projects:own-file", "projects:consent", "villages:search", "telecentres:held"])
def test_a_page_that_a_link_opens_is_not_kept_whatever_it_answers(client, name):
    assert cache_control(client.get(reverse(name, args=["a-token-of-nobody"]))) >= NO_STORE


# ---- Headers and cookies -------------------------------------------------------------------------------------------------------


def test_every_answer_says_what_pages_may_do(client):
    for address in ("/", "/livez", "/nothing-here/", "/villages.geojson"):
        said = client.get(address)["Permissions-Policy"]
        assert "camera=()" in said
        assert "geolocation=()" in said
        assert "publickey-credentials-get=(self)" in said
    assert "base-uri 'none'" in client.get("/")["Content-Security-Policy"]


def tell(request):
    messages.info(request, "something")
    return HttpResponse()


urlpatterns = [path("tell/", tell), *pages]
HTTPS_NAMES = {
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "LANGUAGE_COOKIE_NAME": "__Host-django_language",
    "MESSAGES_COOKIE_NAME": "__Host-messages",
    "FAVOURITES_COOKIE_NAME": "__Host-favoris",
    "KNOWN_BROWSER_COOKIE_NAME": "__Host-known_browser",
}


def test_behind_https_every_cookie_is_bound_to_its_host():
    told = settings_say(f"[getattr(settings, name) for name in {list(HTTPS_NAMES)}]", SITE_URL="https://portal.example.org")
    assert told.stdout.strip() == str(list(HTTPS_NAMES.values()))
    secure = "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE"
    assert settings_say(secure, SITE_URL="https://portal.example.org").stdout.strip() == "True True True"
    plain = settings_say("settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE", SITE_URL="http://127.0.0.1:8000")
    assert plain.stdout.strip() == "sessionid False"


def test_every_cookie_of_ours_is_named_in_the_settings():
    """So that none is forgotten where the settings bind them to their host."""
    asked = r"\.(?:set_cookie|set_signed_cookie|delete_cookie)\(\s*([\w.]+)"
    found = {}
    for path_ in ROOT.glob("[a-z]*/**/*.py"):
        if path_.relative_to(ROOT).parts[0] != "tests":
            for name in re.findall(asked, path_.read_text(encoding="utf-8")):
                found.setdefault(name, []).append(path_.name)
    assert found.pop("name") == ["middleware.py"]  # takes back a cookie that no browser of ours was given
    assert found
    assert all(re.fullmatch(r"settings\.[A-Z_]+_COOKIE_NAME", name) for name in found), found


@pytest.mark.urls(__name__)
def test_the_messages_cookie_has_the_name_that_the_settings_give_it(client_of, settings):
    client = client_of(UserFactory())
    client.get("/tell/")
    assert settings.MESSAGES_COOKIE_NAME in client.cookies


def test_https_is_asked_for_a_year_with_the_subdomains():
    expression = "settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS"
    assert settings_say(expression, SITE_URL="https://portal.example.org").stdout.strip() == "31536000 True"
    assert settings_say(expression, SITE_URL="https://a.example.org", HSTS_SUBDOMAINS="0").stdout.strip() == "31536000 False"
    assert settings_say(expression).stdout.startswith("0 ")


# ---- The key ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [5, 31])
def test_a_short_secret_key_stops_the_start_with_a_sentence(length):
    refused = settings_say("settings.DEBUG", SECRET_KEY="k" * length)
    assert refused.returncode == 1
    assert f"SECRET_KEY has {length} characters and needs 32 or more: take random ones" in refused.stderr
    assert settings_say("settings.DEBUG", SECRET_KEY="k" * 32).stdout == "False\n"


# ---- The cache -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 12, -3, True, None, 1.5, "12", "é", "", [1.25, "a"], {"a": {"b": [None]}}])
def test_the_cache_keeps_values_and_nothing_that_runs(value):
    serializer = JsonSerializer()
    stored = serializer.dumps(value)
    wire = stored if isinstance(stored, bytes) else str(stored).encode()  # as the client sends a number
    assert serializer.loads(wire) == value
    assert type(serializer.loads(wire)) is type(value)
    assert b"\x80" not in wire


def test_what_is_pickled_is_not_read():
    with pytest.raises(ValueError, match="codec can't decode"):
        JsonSerializer().loads(pickle.dumps({"a": 1}))


def test_the_portal_and_its_tests_keep_json_in_the_cache():
    told = settings_say("settings.CACHES['default']['OPTIONS']['serializer']")
    assert told.stdout.strip() == "sohosolo.cache.JsonSerializer"
    with pytest.raises(TypeError):
        cache.set("object", object())


# ---- Who hears what is wrong -----------------------------------------------------------------------------------------------------


STRANGER = {"REMOTE_ADDR": "2.7.18.28"}
PROXIED = {"REMOTE_ADDR": "172.20.0.3", "HTTP_X_FORWARDED_FOR": "2.7.18.28"}


@pytest.fixture
def letters_wait(monkeypatch):
    monkeypatch.setattr(health, "check_all", lambda now: {"letters": "a letter has waited 31 minutes", "database": None})


@pytest.mark.parametrize("sender", [STRANGER, PROXIED, PROXIED | {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"REMOTE_ADDR": ""}])
def test_strangers_hear_whether_the_portal_is_ready_and_no_more(client, letters_wait, sender):
    response = client.get("/readyz", **sender)
    assert (response.status_code, response.json(), response["Cache-Control"]) == (503, {"ready": False}, "no-store")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.4", "172.20.0.3", "192.168.1.9"])
def test_the_house_hears_what_is_wrong(client, letters_wait, address):
    response = client.get("/readyz", REMOTE_ADDR=address)
    assert (response.status_code, response.json()["faults"]) == (503, {"letters": "a letter has waited 31 minutes"})


def test_the_staff_hears_it_from_anywhere_and_members_do_not(client_of, letters_wait):
    assert client_of(UserFactory(adviser=True)).get("/readyz", **PROXIED).json()["faults"]
    assert client_of(UserFactory()).get("/readyz", **PROXIED).json() == {"ready": False}


# ---- For those who look for faults ------------------------------------------------------------------------------------------


def test_whoever_finds_a_weakness_is_told_whom_to_write_to(client, settings):
    settings.SECURITY_CONTACT, settings.SITE_URL = "mailto:hello@example.org", "https://portal.example.org"
    response = client.get("/.well-known/security.txt")
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert fields.pop("Expires").endswith("T00:00:00Z")
    assert fields == {
        "Contact": "mailto:hello@example.org",
        "Preferred-Languages": "fr, en",
        "Canonical": "https://portal.example.org/.well-known/security.txt",
    }


@pytest.mark.parametrize(
    ("given", "contact"),
    [
        ("safety@example.org", "mailto:safety@example.org"),
        ("https://example.org/safety", "https://example.org/safety"),
        ("tel:+33500000000", "tel:+33500000000"),
        ("", "mailto:hello@example.org"),
    ],
)
def test_the_contact_may_be_set_and_is_the_sender_otherwise(given, contact):
    told = settings_say("settings.SECURITY_CONTACT", SECURITY_CONTACT=given, DEFAULT_FROM_EMAIL="The network <hello@example.org>")
    assert told.stdout.strip() == contact


def test_a_contact_that_cannot_be_written_to_stops_the_start_with_a_sentence():
    assert "SECURITY_CONTACT must look like" in settings_say("settings.DEBUG", SECURITY_CONTACT="the prefecture").stderr


def test_security_txt_never_expires_and_never_promises_a_year(client):
    (said,) = re.findall(r"Expires: (\S+)", client.get("/.well-known/security.txt").text)
    left = dt.datetime.fromisoformat(said) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=170) < left < dt.timedelta(days=365)


def test_security_txt_is_in_no_language_and_asks_for_no_sign_in():
    assert Client().get("/en/.well-known/security.txt").status_code == 404
