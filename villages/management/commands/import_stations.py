"""python manage.py import_stations file: the SNCF's list of stations, as JSON."""

from villages.opendata import stations
from villages.opendata.command import ImportCommand
from villages.opendata.reader import ImportReport


class Command(ImportCommand):
    help = "Bring in the railway stations of the territory (gares-de-voyageurs.json, zipped or not)."

    def bring_in(self, *, file, source, licence, edition, **options) -> ImportReport:
        return stations.import_stations(path=file, source=source, licence=licence, edition=edition)
