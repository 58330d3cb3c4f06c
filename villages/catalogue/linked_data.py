"""What search engines read of the page of a village: schema.org."""

from django.conf import settings
from django.utils.safestring import SafeString

from villages.catalogue.village_facts import VillagePageFacts
from villages.facts.json_ld import as_script
from villages.models import Village


def village_as_place(village: Village, facts: VillagePageFacts) -> SafeString:
    """A `Place`, with what is in the village itself as amenities. What nobody knows is left out."""
    commune = village.commune
    here = [kind for kind, nearest in facts.nearest.items() if not nearest.kilometres]
    amenities = [{"@type": "LocationFeatureSpecification", "name": kind, "value": True} for kind in sorted(here)]
    if facts.connection and facts.connection.fibre_share is not None:
        share = round(facts.connection.fibre_share, 3)
        amenities.append({"@type": "LocationFeatureSpecification", "name": "fibre-share", "value": share})
    return as_script(
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
