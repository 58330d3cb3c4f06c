"""What the database really holds, beside what the models say: tables, columns, constraints, indexes, triggers.

Django believes its list of migrations done. A migration that was changed after it ran somewhere, a restore that stopped half-way
or a hand in psql leave a database that lacks things and says that all is well.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Field, ForeignKey, Model
from django.utils.translation import gettext as _

SHOWN_AT_MOST = 5

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> ''
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
"""
INDEXES = """
    SELECT t.relname, i.relname, x.indisunique AND x.indpred IS NULL AND x.indexprs IS NULL,
           ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (x.indkey))
    FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE t.relnamespace = current_schema::regnamespace AND x.indisvalid
"""
CONSTRAINTS = """
    SELECT t.relname, k.conname, k.contype::text,
           ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (k.conkey))
    FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
    WHERE t.relnamespace = current_schema::regnamespace
"""
TRIGGERS = """
    SELECT t.relname, g.tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
    WHERE t.relnamespace = current_schema::regnamespace AND NOT g.tgisinternal AND g.tgenabled = 'O'
"""
OURS_TO_DROP = """
    WITH ours AS (SELECT current_schema::regnamespace AS schema), of_extensions AS (SELECT objid FROM pg_depend WHERE deptype = 'e')
    SELECT 1, 'TABLE', oid::regclass::text FROM pg_class, ours
        WHERE relnamespace = schema AND relkind IN ('r', 'p') AND oid NOT IN (TABLE of_extensions)
    UNION ALL SELECT 2, 'ROUTINE', oid::regprocedure::text FROM pg_proc, ours
        WHERE pronamespace = schema AND oid NOT IN (TABLE of_extensions)
    UNION ALL SELECT 3, 'TEXT SEARCH CONFIGURATION', oid::regconfig::text FROM pg_ts_config, ours
        WHERE cfgnamespace = schema AND oid NOT IN (TABLE of_extensions)
    ORDER BY 1, 3
"""


class Column(NamedTuple):
    kind: str
    must_be_filled: bool
    fills_itself: bool


class PresentSchema:
    """The present schema, in four queries."""

    def __init__(self) -> None:
        self.columns: dict[str, dict[str, Column]] = defaultdict(dict)
        self.names: dict[str, set[str]] = defaultdict(set)
        self.indexed: dict[str, set[tuple[frozenset[str], bool]]] = defaultdict(set)
        self.references: dict[str, set[str]] = defaultdict(set)
        self.triggers = set(rows(TRIGGERS))
        for table, column, *facts in rows(COLUMNS):
            self.columns[table][column] = Column(*facts)
        for table, name, is_unique, columns in rows(INDEXES):
            self.names[table].add(name)
            self.indexed[table] |= {(frozenset(columns), False), (frozenset(columns), is_unique)}
        for table, name, kind, columns in rows(CONSTRAINTS):
            self.names[table].add(name)
            if kind == "f":
                self.references[table] |= set(columns)


def rows(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def differences() -> list[str]:
    """What the models ask for and the database lacks or has otherwise, one short sentence each, sorted."""
    found = PresentSchema()
    return sorted({wrong for model in our_models() for wrong in differences_of(model, found)})


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]


def differences_of(model: type[Model], found: PresentSchema) -> Iterator[str]:
    table, options = model._meta.db_table, model._meta
    columns = found.columns.get(table)
    if columns is None:
        yield f"the table {table} is missing"
        return
    fields = {field.column: field for field in options.local_concrete_fields}
    for name, field in fields.items():
        if name in columns:
            yield from differences_of_field(table, field, columns[name], found)
        else:
            yield f"the column {table}.{name} is missing"
    for name, column in columns.items():
        if name not in fields and column.must_be_filled and not column.fills_itself:
            yield f"the column {table}.{name} must be filled and is unknown to the code"
    for part in [*options.constraints, *options.indexes]:
        if part.name not in found.names[table]:
            yield f"{part.name} is missing from {table}"
    for trigger in getattr(options, "triggers", []):
        if (table, trigger.get_pgid(model)) not in found.triggers:
            yield f"the trigger {trigger.name} is missing from {table} or switched off"
    for names in options.unique_together:
        if (frozenset(options.get_field(name).column for name in names), True) not in found.indexed[table]:
            yield f"{table} may hold the same {' and '.join(names)} twice"


def differences_of_field(table: str, field: Field, column: Column, found: PresentSchema) -> Iterator[str]:
    name = f"{table}.{field.column}"
    chosen_by_django = field.primary_key and field.model._meta.auto_created  # whose type is not that of the app's other keys
    if not chosen_by_django and (kind := written_by_postgres(field.db_parameters(connection)["type"])) != column.kind:
        yield f"the column {name} is {column.kind} and should be {kind}"
    if column.must_be_filled == field.null and not field.primary_key and not field.generated:
        yield f"the column {name} {'must' if field.null else 'need not'} be filled"
    if field.unique and (frozenset({field.column}), True) not in found.indexed[table]:
        yield f"{name} may hold the same twice"
    if field.db_index and (frozenset({field.column}), False) not in found.indexed[table]:
        yield f"{name} has no index"
    if isinstance(field, ForeignKey) and field.db_constraint and field.column not in found.references[table]:
        yield f"{name} may point to nothing"


def written_by_postgres(kind: str) -> str:
    """The name that PostgreSQL's format_type gives to a type that Django writes its own way."""
    name, bracket, rest = kind.replace(", ", ",").partition("(" if "(" in kind else "[")
    known = {"varchar": "character varying", "char": "character", "time": "time without time zone"}
    return known.get(name, name) + bracket + rest


def sentence(wrong: list[str]) -> str:
    """What is wrong and what to do, for whoever runs `migrate`."""
    told = "; ".join(wrong[:SHOWN_AT_MOST]) + (" …" if len(wrong) > SHOWN_AT_MOST else "")
    said = _("All migrations are written down as done, and yet the database is not what the code expects: %(wrong)s.") % {
        "wrong": told
    }
    return f"{said} {what_to_do()}"


def what_to_do() -> str:
    if settings.DEMO:
        return _("This is a demonstration: “load_demo --again” builds the database anew.")
    return _("Restore the last backup that was whole, or have a migration written that mends this, before the site opens again.")


def drop_everything() -> None:
    """Tables, routines and search configurations of the schema; what belongs to extensions stays."""
    with connection.cursor() as cursor:
        for _order, kind, name in rows(OURS_TO_DROP):
            cursor.execute(f"DROP {kind} IF EXISTS {name} CASCADE")
