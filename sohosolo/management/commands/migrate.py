"""Django's migrate, which also looks at what it leaves."""

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import ProgrammingError
from django.db.migrations.exceptions import InconsistentMigrationHistory

from sohosolo import schema


class Command(migrate.Command):
    def handle(self, *args, **options) -> None:
        if options["app_label"] or options["plan"] or options["check_unapplied"]:  # not the whole way to the code's own schema
            super().handle(*args, **options)
            return
        try:
            super().handle(*args, **options)
        except (ProgrammingError, InconsistentMigrationHistory) as error:
            raise CommandError(f"{str(error).splitlines()[0]}. {schema.what_to_do()}") from error
        if wrong := schema.differences():
            raise CommandError(schema.sentence(wrong))
