"""A word that nobody else writes, put wherever somebody's words may stand, and looked for in all that the database keeps."""

from django.db import connection

WORD = "Zyxwvut"
ADDRESS, PHONE, SIRET = "zyxwvut@example.org", "+33612345698", "73282932000074"
SIGNS = (WORD.lower(), PHONE, SIRET)


def tables_that_tell() -> dict[str, list[str]]:
    """The rows of the database that hold one of the signs, table by table: a dump read line by line."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(line)::text FROM "{table}" line')  # noqa: S608 -- names of our own tables
            lines = [line for (line,) in cursor.fetchall() if any(sign in line.lower() for sign in SIGNS)]
            if lines:
                found[table] = lines
    return found
