"""The villages as a table for other programs: CSV (RFC 4180), UTF-8 without a mark, one line at a time.

The first line names the columns, in English and for good. Shares are from 0 to 1, distances by road and times by car are
estimates, empty is what nobody knows.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet

from common.csv_files import lines_for_programs
from villages.catalogue.geojson import ROWS_AT_ONCE
from villages.models import Village

COLUMNS = (
    *("insee_code", "name", "postal_codes", "population", "population_year", "intercommunality", "latitude", "longitude"),
    *("status", "partner_since", "fibre_share", "telecentre_km", "station_km", "metropolis_minutes", "page_checked_on", "url"),
)


def table(villages: QuerySet[Village]) -> Iterator[str]:
    return lines_for_programs(COLUMNS, (_cells(village) for village in villages.iterator(chunk_size=ROWS_AT_ONCE)))


def _cells(village: Village) -> list[object]:
    commune = village.commune
    connection = getattr(commune, "connection", None)
    share = connection.fibre_share if connection else None
    return [
        commune.insee_code,
        commune.name,
        "|".join(commune.postal_codes),
        commune.population,
        commune.population_year,
        commune.intercommunality,
        commune.latitude,
        commune.longitude,
        village.status,
        village.partner_since,
        None if share is None else round(share, 4),
        village.telecentre_km,
        village.station_km,
        village.metropolis_minutes,
        village.reviewed_on,
        f"{settings.SITE_URL}{village.get_absolute_url()}",
    ]
