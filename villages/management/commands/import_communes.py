"""python manage.py import_communes [file]: the communes of the territory, and the places journeys are measured to."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from villages import services
from villages.opendata import WrongFile


class Command(BaseCommand):
    help = "Bring in the communes of the territory (its own file unless one is given), and its places of reference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default=settings.TERRITORY.communes_file, help="CSV, plain, .gz or .zip")
        parser.add_argument("--source", help="who published the file, when it is not the territory's own")
        parser.add_argument("--licence", help="under which licence")
        parser.add_argument("--edition", help="its edition")

    def handle(self, *args, **options) -> None:
        on_terminal = self.stderr.isatty()
        try:
            report = services.import_communes(
                path=options["file"],
                source=options["source"],
                licence=options["licence"],
                edition=options["edition"],
                progress=self.show_progress if on_terminal else None,
            )
        except WrongFile as error:
            raise CommandError(str(error)) from None
        finally:
            if on_terminal:
                self.stderr.write("\r", ending="")
        services.register_territory_places()
        for line, reason in report.reasons:
            self.stderr.write(_("line %(line)s: %(reason)s") % {"line": line, "reason": reason})
        self.stdout.write(
            _("%(read)s rows read, %(kept)s kept, %(changed)s changed, %(rejected)s rejected, %(elsewhere)s elsewhere.")
            % {
                "read": report.read,
                "kept": report.kept,
                "changed": report.changed,
                "rejected": report.rejected,
                "elsewhere": report.elsewhere,
            }
        )
        if not report.changed:
            self.stdout.write(_("Nothing changed: these communes were already known as they are."))

    def show_progress(self, done: float) -> None:
        self.stderr.write(f"\r[{'#' * round(done * 40):40}] {done:4.0%}", ending="")
