"""python manage.py import_stations file: the SNCF's list of stations, as JSON."""

from villages import services
from villages.management.importing import ImportCommand
from villages.opendata import Report


class Command(ImportCommand):
    help = "Bring in the railway stations of the territory (gares-de-voyageurs.json, zipped or not)."

    def bring_in(self, *, file, source, licence, edition, **options) -> Report:
        return services.import_stations(path=file, source=source, licence=licence, edition=edition)
