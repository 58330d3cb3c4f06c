"""Django's migrate, which also looks at what it leaves."""

from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import ProgrammingError
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.utils import translation

from sohosolo import schema


class Command(migrate.Command):
    def handle(self, *args, **options) -> None:
        """It refuses in the portal's own language, as at the terminal, whatever language is active where it is called."""
        with translation.override(settings.LANGUAGE_CODE):
            self.migrate_and_look(*args, **options)

    def migrate_and_look(self, *args, **options) -> None:
        if options["app_label"] or options["plan"] or options["check_unapplied"]:  # not the whole way to the code's own schema
            super().handle(*args, **options)
            return
        try:
            super().handle(*args, **options)
        except (ProgrammingError, InconsistentMigrationHistory) as error:
            raise CommandError(f"{str(error).splitlines()[0].rstrip('.')}. {schema.what_to_do()}") from error
        if wrong := schema.differences():
            raise CommandError(schema.sentence(wrong))
