"""The funders' report as a spreadsheet: `python manage.py funder_report --from 2026-01-01 --to 2026-12-31 report.xlsx`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from projects.enums import Origin
from projects.figures.exports import note_export
from projects.figures.forms import ReportForm
from projects.figures.report import Report
from projects.figures.workbook import workbook_of


class Command(BaseCommand):
    help = "Write the funders' report to a spreadsheet, as it was known on a day."

    def add_arguments(self, parser) -> None:
        usual = ReportForm.usual()
        parser.add_argument("file", type=Path)
        parser.add_argument("--from", dest="du", default=usual["du"])
        parser.add_argument("--to", dest="au", default=usual["au"])
        parser.add_argument("--known", dest="connu", default=usual["connu"])
        parser.add_argument("--convention", default="")
        parser.add_argument("--origin", dest="origine", choices=Origin.values, default="")

    def handle(self, *, file: Path, **facts) -> None:
        """What the page refuses is refused here, in the same words."""
        form = ReportForm({name: facts[name] for name in ReportForm.base_fields})
        if not form.is_valid():
            options = {"du": "--from", "au": "--to", "connu": "--known", "convention": "--convention"}
            told = [f"{options.get(name, name)}: {' '.join(map(str, words))}" for name, words in form.errors.items()]
            raise CommandError("\n".join(told))
        book, rows = workbook_of(Report(form.asked))
        file.write_bytes(book)
        note_export(what="funder_report", asked=str(form.asked), rows=rows, by=None)
        self.stdout.write(f"{file}: {rows} rows, {form.asked}")
