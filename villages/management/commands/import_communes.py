"""python manage.py import_communes [file]: the communes of the territory, and the places journeys are measured to."""

from django.conf import settings

from villages.distances import journeys
from villages.opendata import communes
from villages.opendata.command import ImportCommand
from villages.opendata.reader import ImportReport


class Command(ImportCommand):
    help = "Bring in the communes of the territory (its own file unless one is given), and its places of reference."
    default_file = settings.TERRITORY.communes_file

    def bring_in(self, *, file, source, licence, edition, progress, **options) -> ImportReport:
        report = communes.import_communes(path=file, source=source, licence=licence, edition=edition, progress=progress)
        journeys.register_territory_places()
        return report
