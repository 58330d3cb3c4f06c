"""Shops, schools, doctors: what stands in each commune, and how far a village is from the nearest."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL
from villages.enums import AmenityKind
from villages.models.change import NOTE_CHANGE
from villages.models.commune import Commune
from villages.models.village import Village


class CommuneAmenity(models.Model):
    """How many of a kind stand in a commune, as the official list of equipment counts them. None: no row."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="amenities", verbose_name=_("commune"))
    kind = models.CharField(_("kind"), max_length=20, choices=AmenityKind)
    count = models.PositiveIntegerField(_("how many"))

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("amenity")
        verbose_name_plural = _("amenities")
        constraints = [
            models.UniqueConstraint(name="amenity_once", fields=["commune", "kind"]),
            models.CheckConstraint(name="amenity_kind_known", condition=Q(kind__in=AmenityKind.values)),
            models.CheckConstraint(name="amenity_is_there", condition=Q(count__gt=0)),
        ]
        indexes = [models.Index(fields=["kind", "commune"], name="amenity_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.count}"


class NearestAmenityQuerySet(models.QuerySet["NearestAmenity"]):
    def with_commune(self) -> Self:
        return self.select_related("commune")


class NearestAmenity(models.Model):
    """From a village to the nearest of a kind, as `villages.distances.amenities.measure_amenities` computed it; 0 km: it is there.

    No row: there is none in the whole territory.
    """

    village = models.ForeignKey(Village, models.CASCADE, related_name="nearest_amenities", verbose_name=_("village"))
    kind = models.CharField(_("kind"), max_length=20, choices=AmenityKind)
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+", verbose_name=_("commune"))
    kilometres = models.FloatField(_("kilometres"))  # by road, estimated
    minutes = models.PositiveSmallIntegerField(_("minutes"))  # by car without traffic, estimated

    objects = NearestAmenityQuerySet.as_manager()

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("nearest amenity")
        verbose_name_plural = _("nearest amenities")
        constraints = [
            models.UniqueConstraint(name="nearest_amenity_once", fields=["village", "kind"]),
            models.CheckConstraint(name="nearest_amenity_not_behind", condition=Q(kilometres__gte=0)),
        ]
        triggers = [NOTE_CHANGE]
        indexes = [models.Index(fields=["kind", "village"], include=["kilometres"], name="nearest_amenity_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.commune}"
