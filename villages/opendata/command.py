"""What every command that brings an official file in does alike: progress, report, one sentence for a wrong file."""

from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from villages.opendata.reader import ImportReport, WrongFile

Progress = Callable[[float], None]  # told the share of the file that is read, from 0 to 1


class ImportCommand(BaseCommand):
    """One official file in. A subclass says which service reads it (`bring_in`)."""

    default_file: Path | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_file(parser)
        parser.add_argument("--source", help="who published the file, when it is not the usual publisher")
        parser.add_argument("--licence", help="under which licence")
        parser.add_argument("--edition", help="its edition")

    def add_file(self, parser: CommandParser) -> None:
        optional = {"nargs": "?", "default": self.default_file} if self.default_file else {}
        parser.add_argument("file", help="the official file as it was downloaded: plain, .gz or .zip", **optional)

    def bring_in(self, *, progress: Progress | None, **options) -> ImportReport:
        raise NotImplementedError

    def handle(self, *args, **options) -> None:
        on_terminal = self.stderr.isatty()
        try:
            report = self.bring_in(progress=self.show_progress if on_terminal else None, **options)
        except WrongFile as error:
            raise CommandError(str(error)) from None
        finally:
            if on_terminal:
                self.stderr.write("\r\033[K", ending="")
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
        for note in report.notes:
            self.stdout.write(note)
        if not report.changed:
            self.stdout.write(_("Nothing changed: all of this was already known as it is."))

    def show_progress(self, done: float) -> None:
        self.stderr.write(f"\r[{'#' * round(done * 40):40}] {done:4.0%}", ending="")
