"""python manage.py load_demo: the demonstration network, into an empty database."""

import sys
import time
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Member
from projects.models import ProjectFile
from sohosolo.demo.load import NotEmpty, load_network, load_network_and_open
from sohosolo.demo.wipe import is_out_of_shape, rebuild_schema, wipe_network
from telecentres.models import Booking, Telecentre
from villages.models import Village


class Command(BaseCommand):
    help = "Load the demonstration network of the territory into an empty database, dated from today."

    stealth_options = ("opened",)  # for call_command: load in two halves, and call this once the first can be visited
    line_shown = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where the database holds data already")
        parser.add_argument("--again", action="store_true", help="erase everything first, so that the demonstration is of today")
        parser.add_argument("--yes", action="store_true", help="with --again: do not ask")

    def handle(self, *args, **options) -> None:
        if not settings.DEMO:
            raise CommandError(_("The demonstration is loaded only where DEMO is on: everybody knows its passwords."))
        if options["again"] and not options["yes"]:
            self.ask()
        started = time.monotonic()
        try:
            self.load(again=options["again"], opened=options.get("opened"))
        except NotEmpty:
            if not options["if_empty"]:
                raise CommandError(
                    _("Nothing was loaded: this database holds data already. “load_demo --again” erases them first.")
                ) from None
            return
        except FileNotFoundError as missing:
            raise CommandError(
                _("The territory %(territory)s has no demonstration: %(file)s is missing.")
                % {"territory": settings.TERRITORY.name, "file": missing.filename}
            ) from None
        finally:
            if self.stderr.isatty():
                self.write_plainly("\r\033[K")
        self.stdout.write(
            _(
                "The demonstration is there: %(villages)s villages, %(telecentres)s télécentres, %(members)s members,"
                " %(bookings)s bookings, %(files)s project files (%(seconds).0f s)."
            )
            % {
                "villages": Village.objects.count(),
                "telecentres": Telecentre.objects.count(),
                "members": Member.objects.count(),
                "bookings": Booking.objects.count(),
                "files": ProjectFile.objects.count(),
                "seconds": time.monotonic() - started,
            }
        )

    def load(self, *, again: bool, opened: Callable[[], None] | None) -> None:
        tell = self.show_progress if self.stderr.isatty() else None
        if opened is not None:
            load_network_and_open(now=timezone.now(), tell=tell, opened=opened)
            return
        if again and is_out_of_shape():
            rebuild_schema()
        with transaction.atomic():  # interrupted, it leaves the database as it was
            if again:
                wipe_network()
            load_network(now=timezone.now(), tell=tell)

    def ask(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError(_("Nobody can be asked here: add --yes to erase everything and load the demonstration again."))
        answer = input(_("Everything in this database will be erased, then loaded again. Go on? [y/N] "))
        if answer.strip().casefold() not in {_("y"), _("yes"), "y", "yes"}:
            raise CommandError(_("Nothing was erased."))

    def show_progress(self, what: str, done: float) -> None:
        """One line that fills for each part in turn, written again when it has something new to say."""
        parts = {"villages": _("villages"), "members": _("members"), "bookings": _("bookings"), "files": _("project files")}
        title = _("demonstration network: %(part)s") % {"part": parts[what]}
        line = f"\r\033[K{title} [{'#' * round(done * 30):30}]"
        if line != self.line_shown:
            self.line_shown = line
            self.write_plainly(line)

    def write_plainly(self, text: str) -> None:
        """What is under way is no error: not in the red of errors."""
        self.stderr.write(text, style_func=str, ending="")
        self.stderr.flush()
