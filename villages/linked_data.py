"""What search engines read of a page: schema.org, as JSON-LD."""

import json

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from villages.facts import Facts
from villages.models import Housing, Village

# Inside <script>, nothing may look like the end of it, nor like an entity.
ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def village_as_place(village: Village, facts: Facts) -> SafeString:
    """A `Place`, with what is in the village itself as amenities. What nobody knows is left out."""
    commune = village.commune
    here = [kind for kind, nearest in facts.nearest.items() if not nearest.kilometres]
    amenities = [{"@type": "LocationFeatureSpecification", "name": kind, "value": True} for kind in sorted(here)]
    if facts.connection and facts.connection.fibre_share is not None:
        share = round(facts.connection.fibre_share, 3)
        amenities.append({"@type": "LocationFeatureSpecification", "name": "fibre-share", "value": share})
    return _script(
        {
            "@context": "https://schema.org",
            "@type": "Place",
            "@id": f"{settings.SITE_URL}{village.get_absolute_url()}",
            "name": commune.name,
            "description": village.tagline or None,
            "url": f"{settings.SITE_URL}{village.get_absolute_url()}",
            "identifier": commune.insee_code,
            "address": {
                "@type": "PostalAddress",
                "addressLocality": commune.name,
                "postalCode": commune.postal_codes[0] if commune.postal_codes else None,
                "addressCountry": settings.TERRITORY.country,
            },
            "geo": {"@type": "GeoCoordinates", "latitude": commune.latitude, "longitude": commune.longitude},
            "amenityFeature": amenities or None,
        }
    )


def housing_as_accommodation(housing: Housing) -> SafeString:
    """An `Accommodation`, in its village. Neither its owner nor its address is told."""
    return _script(
        {
            "@context": "https://schema.org",
            "@type": "Accommodation",
            "name": housing.title,
            "url": f"{settings.SITE_URL}{housing.get_absolute_url()}",
            "numberOfRooms": housing.rooms,
            "floorSize": {"@type": "QuantitativeValue", "value": housing.surface_m2, "unitCode": "MTK"},
            "containedInPlace": {"@type": "Place", "name": housing.village.commune.name},
        }
    )


def _script(data: dict) -> SafeString:
    told = {key: value for key, value in data.items() if value is not None}
    return mark_safe(json.dumps(told, ensure_ascii=False).translate(ESCAPED))
