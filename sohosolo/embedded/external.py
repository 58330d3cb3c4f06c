"""Servers of the caller's own: whether DATABASE_URL and REDIS_URL can serve the portal, said before anything starts.

No sentence repeats a password.
"""

import os
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

from sohosolo import installation
from sohosolo.embedded.errors import CannotRun

OLDEST_POSTGRES = 15
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
CONNECT_SECONDS = 5


def check_database(url: str, *, for_tests: bool = False) -> None:
    """Connect, and look for what the migrations (or the tests) will need."""
    import psycopg  # a quarter of a second that the embedded server does not cost

    try:
        connection = psycopg.connect(**_connection_parameters(url), connect_timeout=CONNECT_SECONDS, autocommit=True)
    except psycopg.Error as error:
        raise CannotRun(_why_not_connected(str(error))) from None
    with connection:
        _check_server(connection, for_tests=for_tests)


def _connection_parameters(url: str) -> dict:
    """What Django will connect with, read by the same reader."""
    try:
        settings = installation.database(url)
    except ImproperlyConfigured as fault:
        raise CannotRun(str(fault)) from None
    parameters = {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "dbname": settings["NAME"],
    }
    return {name: value for name, value in parameters.items() if value} | settings["OPTIONS"]


def _why_not_connected(message: str) -> str:
    faults = [line for line in message.splitlines() if line.strip() and not line.startswith("\t")]  # the others are hints
    last = faults[-1].removeprefix("connection failed: ")
    if "password authentication failed" in message or "no password supplied" in message:
        return f"DATABASE_URL: the user or the password is wrong ({last}); correct it, then start again."
    if "database" in message and "does not exist" in message:
        return f"DATABASE_URL: {last}; create it (createdb), or name another."
    if "role" in message and "does not exist" in message:
        return f"DATABASE_URL: {last}; create it (createuser), or name another user."
    if "invalid" in message and ("option" in message or "port" in message):
        return f"DATABASE_URL cannot be read ({last}): it must look like postgresql://user:password@host:5432/database."
    return f"DATABASE_URL: no PostgreSQL answers there ({last}); check host and port, or unset it to use the embedded server."


def _check_server(connection, *, for_tests: bool) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST_POSTGRES:
        raise CannotRun(
            f"DATABASE_URL: that server is PostgreSQL {version} and {OLDEST_POSTGRES} or newer is needed: "
            "upgrade it, or unset DATABASE_URL to use the embedded one."
        )
    ask = connection.execute
    if (encoding := ask("SHOW server_encoding").fetchone()[0]) != "UTF8":
        raise CannotRun(f"DATABASE_URL: that database is in {encoding}: create one with ENCODING 'UTF8'.")
    available = {name for (name,) in ask("SELECT name FROM pg_available_extensions")}
    if missing := [name for name in EXTENSIONS if name not in available]:
        raise CannotRun(
            f"DATABASE_URL: that server lacks {', '.join(missing)}: install PostgreSQL's contrib modules there "
            "(Debian, Ubuntu: apt install postgresql-contrib)."
        )
    user = connection.info.user
    if for_tests:
        if not ask("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]:
            raise CannotRun(f'DATABASE_URL: the tests create databases and {user} may not: ALTER ROLE "{user}" CREATEDB.')
        return
    installed = {name for (name,) in ask("SELECT extname FROM pg_extension")}
    absent = [name for name in EXTENSIONS if name not in installed]
    database = connection.info.dbname
    if absent and not ask("SELECT has_database_privilege(current_database(), 'CREATE')").fetchone()[0]:
        raise CannotRun(
            f"DATABASE_URL: {user} may not create the extensions {', '.join(absent)}: "
            f'GRANT CREATE ON DATABASE "{database}" TO "{user}", or create them as a superuser.'
        )
    if not ask("SELECT has_schema_privilege(current_schema(), 'CREATE')").fetchone()[0]:
        raise CannotRun(
            f"DATABASE_URL: {user} may not create tables in {database}: make it the owner "
            f'(ALTER DATABASE "{database}" OWNER TO "{user}").'
        )


def check_redis(url: str, name: str = "REDIS_URL") -> None:
    import redis  # as psycopg above

    syntax = CannotRun(f"{name} cannot be read: it must look like redis://:password@host:6379/0 or unix:///path/to/socket?db=0.")
    try:
        url = installation.redis_url(name, url=url)
        client = redis.Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS)
    except (ImproperlyConfigured, ValueError):
        raise syntax from None
    try:
        client.ping()
    except redis.AuthenticationError as error:
        raise CannotRun(f"{name}: the server refuses the user or the password ({error}); correct it, then start again.") from None
    except redis.ResponseError as error:
        raise CannotRun(f"{name}: the server refuses ({error}); check the database number and the rights.") from None
    except (redis.RedisError, OSError, ValueError) as error:
        raise CannotRun(
            f"{name}: no Redis or Valkey answers there ({error}); check host and port, or unset it to use the embedded one."
        ) from None
    finally:
        client.close()


def broker_beside(redis_url: str) -> str:
    """Celery's broker on the same server as the cache: database 1, and the scheme that kombu knows for sockets."""
    address = urlsplit(redis_url)
    if address.scheme == "unix":
        credentials = f"{address.netloc}" if "@" in address.netloc else ""
        return f"redis+socket://{credentials}{address.path}?virtual_host=1"
    return urlunsplit(address._replace(path="/1", query="&".join(word for word in address.query.split("&") if "db=" not in word)))


def given(name: str) -> str | None:
    """What the caller set, an empty value being none."""
    return os.environ.get(name) or None
