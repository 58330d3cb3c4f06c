"""The villages as GeoJSON (RFC 7946): longitude before latitude, WGS 84, one feature at a time."""

import json
from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet

from villages.models import Village

ROWS_AT_ONCE = 200  # the first leave before many are read


def feature_collection(villages: QuerySet[Village]) -> Iterator[str]:
    """The text of the collection, piece by piece, so that any number of villages takes the same memory."""
    yield '{"type":"FeatureCollection","features":['
    separator = ""
    for village in villages.iterator(chunk_size=ROWS_AT_ONCE):
        yield separator + json.dumps(_feature(village), ensure_ascii=False, separators=(",", ":"))
        separator = ",\n"
    yield "]}\n"


def _feature(village: Village) -> dict:
    commune = village.commune
    return {
        "type": "Feature",
        "id": commune.insee_code,
        "geometry": {"type": "Point", "coordinates": [commune.longitude, commune.latitude]},
        "properties": {
            "name": commune.name,
            "insee_code": commune.insee_code,
            "postal_codes": commune.postal_codes,
            "population": commune.population,
            "population_year": commune.population_year,
            "intercommunality": commune.intercommunality,
            "status": village.status,
            "url": f"{settings.SITE_URL}{village.get_absolute_url()}",
        },
    }
