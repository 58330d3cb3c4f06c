"""The funders' report as a spreadsheet: `python manage.py funder_report --from 2026-01-01 --to 2026-12-31 report.xlsx`."""

import datetime as dt
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from projects.enums import Origin
from projects.figures import Asked, Report
from projects.services import note_export
from projects.workbook import workbook_of


class Command(BaseCommand):
    help = "Write the funders' report to a spreadsheet, as it was known on a day."

    def add_arguments(self, parser) -> None:
        today = timezone.localdate()
        parser.add_argument("file", type=Path)
        parser.add_argument("--from", dest="first", type=dt.date.fromisoformat, default=dt.date(today.year, 1, 1))
        parser.add_argument("--to", dest="last", type=dt.date.fromisoformat, default=today)
        parser.add_argument("--known", type=dt.date.fromisoformat, default=today)
        parser.add_argument("--convention", default="")
        parser.add_argument("--origin", choices=Origin.values, default="")

    def handle(self, *, file: Path, **facts) -> None:
        if facts["last"] < facts["first"]:
            raise CommandError("--to comes before --from")
        asked = Asked(**{name: facts[name] for name in ("first", "last", "known", "convention", "origin")})
        book, rows = workbook_of(Report(asked))
        file.write_bytes(book)
        note_export(what="funder_report", asked=str(asked), rows=rows, by=None)
        self.stdout.write(f"{file}: {rows} rows, {asked}")
