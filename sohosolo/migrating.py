"""Steps of migrations that Django does not have: many tables at once, many columns at once, raw statements of an earlier
migration taken back."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import groupby

from django.db.migrations import Migration
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.special import RunSQL
from pgtrigger.migrations import AddTrigger

ADDITIONS = (AddField, AddConstraint, AddIndex, AddTrigger)
WORTH_GATHERING = 5  # additions in a row: fewer are rendered one by one as quickly


class CreateModels(Operation):
    """What as many CreateModel in a row do, with the models rendered once, when all are known.

    Django renders each new model together with every model that it is related to, however far; where nearly all are related
    that is nearly all of them for each table: half of the time of a first `migrate`.
    """

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def deconstruct(self):
        return self.__class__.__name__, [self.models], {}

    def state_forwards(self, app_label, state):
        if "apps" in state.__dict__:
            del state.apps  # rendered again, whole, when next asked for
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.models)} models"


class Additions(Operation):
    """What as many additions in a row do, with the models rendered once, when all are known.

    Each asks the state before it for its table's name, and the state after it for what it adds: the states before and after all
    of them say the same.
    """

    def __init__(self, additions: list[Operation]) -> None:
        self.additions = additions

    def state_forwards(self, app_label, state):
        if "apps" in state.__dict__:
            del state.apps  # rendered again, whole, when next asked for
        for addition in self.additions:
            addition.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for addition in self.additions:
            addition.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Make {len(self.additions)} additions"


def gather_additions(*, plan: Sequence[tuple[Migration, bool]], **kwargs) -> None:
    """Before each `migrate`: half of the time of a first one. Migrations are made anew for each, so that nothing stays changed."""
    for migration, is_backwards in plan:
        if not is_backwards:
            migration.operations = list(gathered(migration.operations))


def gathered(operations: list[Operation]) -> Iterator[Operation]:
    for is_addition, some in groupby(operations, lambda operation: type(operation) in ADDITIONS):
        several = list(some)
        if is_addition and len(several) >= WORTH_GATHERING:
            yield Additions(several)
        else:
            yield from several


def taken_back(migration: str) -> list[RunSQL]:
    """All raw statements of an earlier migration, named like a module, the other way round: a step forwards undoes them, a step
    backwards does them again."""
    earlier = import_module(migration).Migration.operations
    return [RunSQL(one.reverse_sql, one.sql) for one in reversed(earlier) if isinstance(one, RunSQL)]
