"""What the portal asks of PostgreSQL beside its data: settings that its role keeps, and whether a fault means that it is away."""

import logging

from django.db import DatabaseError, InterfaceError, OperationalError, connections, transaction

logger = logging.getLogger(__name__)

# Kept by the role in this database, not asked for at the start of each connection: a pooler refuses that (PgBouncer) or hands the
# session to somebody else.
ROLE_SETTINGS = {
    "random_page_cost": "1.1",  # our data lie in memory or on flash, where an index costs what it reads
    "pg_trgm.word_similarity_threshold": "0.41",  # how alike two words are: villages.catalogue.search says why so much
}
AWAY_CLASSES = ("08", "53")  # SQLSTATE: no connection; no room for one more, no disk, no memory
AWAY_STATES = ("57P01", "57P02", "57P03")  # shut down by hand, shut down after a crash, starting


def keep_role_settings(*, using: str, **kwargs) -> None:
    """After each `migrate`, also in a database restored elsewhere: this session and the role's new ones have the settings.

    A server that refuses is told in the log: searches then forgive fewer slips of the finger.
    """
    connection = connections[using]
    try:
        with transaction.atomic(using), connection.cursor() as cursor:
            # Until its library is loaded, the setting of an extension is a superuser's alone.
            cursor.execute("SELECT word_similarity('a', 'a')")
            cursor.execute(
                "SELECT unnest(setconfig) FROM pg_db_role_setting "
                "WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) "
                "AND setrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
            )
            kept = {row for (row,) in cursor.fetchall()}
            cursor.execute("SELECT current_database()")  # a pooler may know it under another name
            database = connection.ops.quote_name(cursor.fetchone()[0])
            for name, value in ROLE_SETTINGS.items():
                if f"{name}={value}" not in kept:
                    cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {database} SET {name} TO {value}")
                cursor.execute(f"SET {name} TO {value}")
    except DatabaseError as error:
        logger.warning("the role may not keep its settings (%s): searches forgive fewer slips", type(error.__cause__).__name__)


def is_away(error: BaseException | None) -> bool:
    """Whether the error, or what it came from, is that the database cannot be reached or was left in the middle of a request."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OperationalError | InterfaceError):
            state = getattr(error.__cause__, "sqlstate", None)
            if state is None or state.startswith(AWAY_CLASSES) or state in AWAY_STATES:
                return True
        error = error.__cause__ or error.__context__
    return False
