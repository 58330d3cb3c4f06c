"""python manage.py import_arcep file: one of the three files of « Ma connexion internet », recognised by its columns."""

from django.core.management.base import CommandParser

from villages.opendata import connection
from villages.opendata.command import ImportCommand
from villages.opendata.reader import ImportReport


class Command(ImportCommand):
    help = "Bring in commune_debit_filaire.csv, commune_techno.csv or commune_meilleure_techno_thd.csv of the Arcep."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--wired", action="store_true", help="the file is commune_debit_filaire.csv, though it looks like commune_debit.csv"
        )

    def bring_in(self, *, file, source, licence, edition, wired, progress, **options) -> ImportReport:
        return connection.import_connections(
            path=file, source=source, licence=licence, edition=edition, wired=wired, progress=progress
        )
