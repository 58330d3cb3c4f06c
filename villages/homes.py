"""A dwelling as lists and pages show it on a given day."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.urls import reverse

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
