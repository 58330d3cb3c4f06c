"""Steps of migrations that Django does not have: many tables at once, many columns at once, raw statements of an earlier
migration taken back."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import groupby

from django.db.migrations import Migration
from django.db.migrations.operations import AddConstraint, AddField, AddIndex
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.special import RunSQL
from pgtrigger.migrations import AddTrigger

ADDITIONS = (AddField, AddConstraint, AddIndex, AddTrigger)
WORTH_GATHERING = 5  # additions in a row: fewer are rendered one by one as quickly


class Gathered(Operation):
    """What its steps do one after the other, with the models rendered once, when all are known."""

    def __init__(self, steps: list[Operation]) -> None:
        self.steps = steps

    def state_forwards(self, app_label, state):
        if "apps" in state.__dict__:
            del state.apps  # rendered again, whole, when next asked for
        for step in self.steps:
            step.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for step in self.steps:
            step.database_forwards(app_label, schema_editor, from_state, to_state)


class CreateModels(Gathered):
    """Django renders each new model together with every model that it is related to, however far; where nearly all are related
    that is nearly all of them for each table: half of the time of a first `migrate`.
    """

    def deconstruct(self):
        return self.__class__.__name__, [self.steps], {}

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for step in reversed(self.steps):
            step.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.steps)} models"


class Additions(Gathered):
    """Each asks the state before it for its table's name, and the state after it for what it adds: the states before and after all
    of them say the same.
    """

    def describe(self):
        return f"Make {len(self.steps)} additions"


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
