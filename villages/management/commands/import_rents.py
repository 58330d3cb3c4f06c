"""python manage.py import_rents file: the « carte des loyers », of houses or of flats."""

from django.core.management.base import CommandParser

from villages.enums import DwellingKind
from villages.opendata import prices
from villages.opendata.command import ImportCommand
from villages.opendata.reader import ImportReport


class Command(ImportCommand):
    help = "Bring in the usual rents of houses (pred-mai-…) or of flats (pred-app-…)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--kind", choices=DwellingKind.values, help="what the file is about, when its name does not say")

    def bring_in(self, *, file, kind, source, licence, edition, progress, **options) -> ImportReport:
        kind = DwellingKind(kind) if kind else None
        return prices.import_rents(path=file, kind=kind, source=source, licence=licence, edition=edition, progress=progress)
