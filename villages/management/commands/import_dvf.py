"""python manage.py import_dvf file …: the sales of several years (geo-DVF), given together."""

from django.core.management.base import CommandParser

from villages.opendata import prices
from villages.opendata.command import ImportCommand
from villages.opendata.reader import ImportReport


class Command(ImportCommand):
    help = "Bring in the sales of dwellings. The files of all the years wanted are given together: they replace what was there."

    def add_file(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="file", help="the official files of one or more years")

    def bring_in(self, *, files, source, licence, edition, progress, **options) -> ImportReport:
        return prices.import_sales(paths=files, source=source, licence=licence, edition=edition, progress=progress)
