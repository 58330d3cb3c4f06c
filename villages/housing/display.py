"""A dwelling as lists and pages show it on a given day, and as search engines read it."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from villages.facts.json_ld import as_script
from villages.models import BELIEVED_DAYS, Housing, HousingPhoto


@dataclass(frozen=True)
class Home:
    """A Housing loaded with_village() and with_photos(), and how fresh it is."""

    housing: Housing
    days: int  # since somebody confirmed it
    to_confirm: bool
    is_gone: bool  # off the list, for want of a confirmation
    gone_days: int  # since when
    photo: HousingPhoto | None  # never shown of one that is off the list

    @classmethod
    def of(cls, housing: Housing, on: dt.date) -> Self:
        days = (on - housing.confirmed_on).days
        is_gone = not housing.is_believed(on)
        photos = [] if is_gone else list(housing.photos.all())
        return cls(
            housing=housing,
            days=days,
            to_confirm=housing.is_to_confirm(on),
            is_gone=is_gone,
            gone_days=max(0, days - BELIEVED_DAYS),
            photo=photos[0] if photos else None,
        )

    @property
    def picture_url(self) -> str:
        """640 pixels wide: its first photo, or a drawing."""
        return reverse("villages-data:housing-small-photo", args=[self.photo.pk]) if self.photo else self.housing.drawing_url


def housing_as_accommodation(housing: Housing) -> SafeString:
    """An `Accommodation`, in its village. Neither its owner nor its address is told."""
    return as_script(
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
