"""What stands between an empty database and a portal that can open, in one process."""

import os
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import DatabaseError
from psycopg import OperationalError, errors


class Command(BaseCommand):
    help = "Migrate, then fill an empty database: with the demonstration where DEMO is set, else with the team's directories."
    requires_system_checks = []  # the web server, started next, checks

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--opened", type=int, metavar="FD", help="write a line here once the portal may open, and go on")

    def handle(self, *args, **options) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            if settings.DEMO:
                call_command("load_demo", if_empty=True, opened=self.teller(options["opened"]))
            elif settings.TERRITORY.directories_file.exists():
                call_command("load_directories")
        except DatabaseError as error:
            if isinstance(error.__cause__, errors.DiskFull):
                raise CommandError("The disk is full: free some space, then start again.") from None
            if isinstance(error.__cause__, OperationalError) and error.__cause__.sqlstate is None:  # no server has answered
                raise CommandError(f"DATABASE_URL: {error}") from None
            raise

    def teller(self, descriptor: int | None) -> Callable[[], None] | None:
        return None if descriptor is None else partial(os.write, descriptor, b"opened\n")
