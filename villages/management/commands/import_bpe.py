"""python manage.py import_bpe file: INSEE's list of equipment, in either of its shapes."""

from villages.opendata import amenities
from villages.opendata.command import ImportCommand
from villages.opendata.reader import ImportReport


class Command(ImportCommand):
    help = "Bring in the equipment of the communes: the detail file (BPE25.csv) or the counts (DS_BPE_…_data.csv), zipped or not."

    def bring_in(self, *, file, source, licence, edition, progress, **options) -> ImportReport:
        return amenities.import_amenities(path=file, source=source, licence=licence, edition=edition, progress=progress)
