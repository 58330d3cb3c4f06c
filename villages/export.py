"""The villages as a table for other programs: CSV (RFC 4180), UTF-8 without a mark, one line at a time.

The first line names the columns, in English and for good. Shares are from 0 to 1, distances by road and times by car are
estimates, empty is what nobody knows.
"""

import csv
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import QuerySet

from villages.geojson import ROWS_AT_ONCE
from villages.models import Village

COLUMNS = (
    *("insee_code", "name", "postal_codes", "population", "population_year", "intercommunality", "latitude", "longitude"),
    *("status", "partner_since", "fibre_share", "telecentre_km", "station_km", "metropolis_minutes", "page_checked_on", "url"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


class _Line:
    """What csv.writer writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The text of a table, line by line, so that any number of rows takes the same memory; no cell is a formula."""
    writer = csv.writer(_Line())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in row])


def table(villages: QuerySet[Village]) -> Iterator[str]:
    return csv_lines(COLUMNS, (_cells(village) for village in villages.iterator(chunk_size=ROWS_AT_ONCE)))


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


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula stands behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
