"""Steps of migrations that Django does not have: many tables at once, raw statements of an earlier migration taken back."""

from importlib import import_module

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.special import RunSQL


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


def taken_back(migration: str) -> list[RunSQL]:
    """All raw statements of an earlier migration, named like a module, the other way round: a step forwards undoes them, a step
    backwards does them again."""
    earlier = import_module(migration).Migration.operations
    return [RunSQL(one.reverse_sql, one.sql) for one in reversed(earlier) if isinstance(one, RunSQL)]
