"""What an installation sets by its environment, read in one place: each value is understood or refused in one sentence.

Every function raises `ImproperlyConfigured`; no sentence repeats a password. An empty value is as good as none.
This module imports nothing of Django but that exception: `./run` reads addresses with it before Django is there.
"""

import os
import re
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from sohosolo import territories

YES, NO = frozenset({"1", "true", "on", "yes", "y", "t", "ok"}), frozenset({"0", "false", "off", "no", "n", "f"})
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
POSTGRES = frozenset({"postgresql", "postgres", "pgsql"})
REDIS = frozenset({"redis", "rediss", "unix"})
BROKERS = frozenset({"redis", "rediss", "redis+socket", "sentinel", "amqp", "amqps", "memory"})
PLAIN, BY_COMMAND, FROM_THE_START = "plain", "STARTTLS", "TLS"  # how a conversation with a mail server is encrypted
MAIL = {  # scheme: encryption, usual port
    "smtp": (PLAIN, 25),
    "smtp+tls": (BY_COMMAND, 587),
    "smtps": (FROM_THE_START, 465),
    "smtp+ssl": (FROM_THE_START, 465),
}
MAIL_NOWHERE = {  # for tests and trials: letters are forgotten, or written to the standard output
    "dummymail": "django.core.mail.backends.dummy.EmailBackend",
    "consolemail": "django.core.mail.backends.console.EmailBackend",
}
SECRET_KEY_AT_LEAST = 32  # characters: a shorter one can be guessed, and with it every session and link
SIGNS = "% is written %25"


@dataclass(frozen=True)
class Address:
    """A URL as people write it: a password may hold any sign, since whoever it opens stands after the last @."""

    scheme: str
    user: str
    password: str
    hosts: tuple[tuple[str, int | None], ...]
    path: str  # decoded, with its leading /
    query: str

    @property
    def host(self) -> str:
        return ",".join(host for host, _port in self.hosts)

    @property
    def port(self) -> int | None:
        return self.hosts[0][1] if self.hosts else None


def read_url(url: str) -> Address:
    """Raises ValueError, without a word of the address."""
    scheme, separator, rest = url.strip().partition("://")
    if not separator or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        raise ValueError
    credentials, _at, where = rest.rpartition("@")
    user, _colon, password = credentials.partition(":")
    netloc, slash, path = where.partition("/")
    if "?" in netloc:
        netloc, _mark, query = netloc.partition("?")
        path = ""
    else:
        path, _mark, query = path.partition("?")
    hosts = tuple(_host(each) for each in unquote(netloc).split(",")) if netloc else ()
    return Address(scheme, unquote(user), unquote(password), hosts, slash + unquote(path), query)


def _host(text: str) -> tuple[str, int | None]:
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:/?#@\[\]]+))(?::(\d{1,5}))?", text)
    if found is None or not int(found[3] or 1) <= 65535:
        raise ValueError
    return found[1] or found[2], int(found[3]) if found[3] else None


# ---- Plain values ----------------------------------------------------------------------------------------------------


def text(name: str, default: str | None = None) -> str:
    """The variable, or what stands for it; without a default it must be set."""
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set: README.md says what it must hold.")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in YES or value in NO:
        return value in YES
    if value:
        raise ImproperlyConfigured(f"{name}={value} is neither yes nor no: write 1 or 0.")
    return default


def word_list(name: str) -> list[str]:
    return [word for word in (part.strip() for part in os.environ.get(name, "").split(",")) if word]


def secret_key(value: str | None = None) -> str:
    """Without a default: a missing secret must stop the start. No sentence repeats it."""
    key = value if value is not None else text("SECRET_KEY")
    if len(key) < SECRET_KEY_AT_LEAST:
        raise ImproperlyConfigured(
            f"SECRET_KEY has {len(key)} characters and needs {SECRET_KEY_AT_LEAST} or more: "
            "take random ones, as of `openssl rand -hex 32`."
        )
    return key


def log_level() -> str:
    level = text("LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL={level} is none of {', '.join(LOG_LEVELS)}.")
    return level


def sender(default: str) -> str:
    value = text("DEFAULT_FROM_EMAIL", default)
    _name, address = parseaddr(value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ImproperlyConfigured("DEFAULT_FROM_EMAIL must look like bonjour@example.org, or SOHO SOLO <bonjour@example.org>.")
    return value


def security_contact(sender: str) -> str:
    """Whom to write to who has found a weakness, as a URI; the sender of letters where SECURITY_CONTACT is not set."""
    given = text("SECURITY_CONTACT", f"mailto:{parseaddr(sender)[1]}")
    if re.fullmatch(r"[^@\s:]+@[^@\s]+", given):
        return f"mailto:{given}"
    if not re.fullmatch(r"mailto:[^@\s]+@[^@\s]+|https://\S+|tel:\+?[0-9.-]+", given):
        raise ImproperlyConfigured("SECURITY_CONTACT must look like security@example.org, or https://example.org/security.")
    return given


def territory() -> territories.Territory:
    try:
        return territories.load(text("TERRITORY", "gers"))
    except FileNotFoundError as unknown:
        raise ImproperlyConfigured(str(unknown)) from None


def broker_url(of_the_cache: str) -> str:
    """Celery's own, or the cache's; kombu has another name for a Unix socket."""
    if os.environ.get("BROKER_URL"):
        return redis_url("BROKER_URL", schemes=BROKERS)
    if of_the_cache.startswith("unix://"):
        return of_the_cache.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
    return of_the_cache


def site_url() -> str:
    """The address people use, without a / at its end."""
    value = text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    try:
        parts = urlsplit(value)
        understood = parts.scheme in {"http", "https"} and parts.hostname and not (parts.path or parts.query or parts.fragment)
        understood = understood and "@" not in parts.netloc and (parts.port or 1) > 0
    except ValueError:
        understood = False
    if not understood:
        raise ImproperlyConfigured(f"SITE_URL={value} must look like https://www.example.org, without a path.")
    return value


def allowed_hosts(site: str) -> list[str]:
    """The names that ALLOWED_HOSTS adds, or those of this machine; and always the site's own."""
    host = urlsplit(site).hostname or ""
    own = f"[{host}]" if ":" in host else host
    named = word_list("ALLOWED_HOSTS") or ["127.0.0.1", "localhost"]
    return [*named, *([] if own in named else [own])]


# ---- Servers ---------------------------------------------------------------------------------------------------------


def database(url: str | None = None) -> dict:
    """Django's settings of the database. DATABASE_PASSWORD, where it is set, is the password as it stands, sign for sign."""
    advice = (
        "it must look like postgresql://user:password@host:5432/database; a password may hold any sign "
        f"({SIGNS}), and DATABASE_PASSWORD takes it sign for sign."
    )
    try:
        found = read_url(url or text("DATABASE_URL"))
        options = dict(parse_qsl(found.query, keep_blank_values=True, strict_parsing=bool(found.query)))
    except ValueError:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {advice}") from None
    name = found.path.removeprefix("/")
    if found.scheme not in POSTGRES or not name:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {advice}")
    ports = ",".join(str(port) for _host, port in found.hosts if port)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": found.user,
        "PASSWORD": os.environ.get("DATABASE_PASSWORD") or found.password,
        "HOST": found.host,
        "PORT": ports,
        "OPTIONS": options,
    }


def redis_url(name: str = "REDIS_URL", *, schemes: frozenset[str] = REDIS, url: str | None = None) -> str:
    """The address with its password written as a URL wants it."""
    given = url or text(name)
    try:
        found = read_url(given)
    except ValueError:
        found = None
    if found is None or found.scheme not in schemes or not (found.hosts or found.path.strip("/") or found.scheme == "memory"):
        raise ImproperlyConfigured(
            f"{name} cannot be read: it must look like redis://:password@host:6379/0; a password may hold any sign ({SIGNS})."
        )
    credentials, _at, where = given.strip().partition("://")[2].rpartition("@")
    if not credentials:
        return given.strip()
    return f"{found.scheme}://{quote(found.user, safe='')}:{quote(found.password, safe='')}@{where}"


def mail() -> dict:
    """Django's settings of the mail server, from EMAIL_URL."""
    advice = (
        "it must look like smtp+tls://user:password@host:587 (STARTTLS), smtps://user:password@host:465 (encrypted from the start) "
        f"or smtp://host:25; a password may hold any sign ({SIGNS})."
    )
    url = text("EMAIL_URL", "smtp://localhost:25")
    try:
        found = read_url(url)
    except ValueError:
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read: {advice}") from None
    if found.scheme in MAIL_NOWHERE:
        return {"EMAIL_BACKEND": MAIL_NOWHERE[found.scheme]}
    if found.scheme not in MAIL or len(found.hosts) != 1 or found.path not in ("", "/") or found.query:
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read: {advice}")
    encryption, usual_port = MAIL[found.scheme]
    port = found.port or usual_port
    if encryption == FROM_THE_START and port in (25, 587):
        raise ImproperlyConfigured(
            f"EMAIL_URL: port {port} is not encrypted from the start: write smtp+tls:// for STARTTLS, or port 465."
        )
    if encryption == BY_COMMAND and port == 465:
        raise ImproperlyConfigured("EMAIL_URL: port 465 is encrypted from the start: write smtps://, or port 587.")
    return {
        "EMAIL_BACKEND": "outbox.backends.SmtpBackend",
        "EMAIL_HOST": found.host,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": found.user,
        "EMAIL_HOST_PASSWORD": found.password,
        "EMAIL_USE_TLS": encryption == BY_COMMAND,
        "EMAIL_USE_SSL": encryption == FROM_THE_START,
    }
