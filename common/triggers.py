"""Triggers of PostgreSQL, declared in `Meta.triggers` of a model, which no session can have ignored."""

import pgtrigger
from django.db.models import Model
from pgtrigger import compiler


class TriggerSql(compiler.UpsertTriggerSql):
    """Migrations name this class: what it writes for given facts stays as it is.

    django-pgtrigger's own statements begin every function by asking the setting `pgtrigger.ignore`, which any session may set,
    and which costs more than the rest of a small trigger.
    """

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS trigger LANGUAGE plpgsql AS $$
            {declare}
            BEGIN
                {func}
            END $$;
            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid} {when} {operation} ON {table} {timing} {referencing}
                FOR EACH {level} {condition} EXECUTE FUNCTION {execute};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Trigger(pgtrigger.Trigger):
    def compile(self, model: type[Model]) -> compiler.Trigger:
        return compiler.Trigger(name=self.name, sql=TriggerSql(**super().compile(model).sql.kwargs))
