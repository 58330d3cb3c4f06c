"""Where people go from a village, and how far it is."""

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import translate_url
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL
from villages.enums import PlaceKind
from villages.models.change import NOTE_CHANGE
from villages.models.commune import Commune
from villages.models.village import Village


class PlaceQuerySet(models.QuerySet["Place"]):
    def at(self, path: str) -> Self:
        """The place whose page has this address, given in the active language."""
        return self.filter(path=translate_url(path, settings.LANGUAGE_CODE))


class Place(models.Model):
    """Somewhere people measure their journeys to: a city, a station, a télécentre (which its own app registers here).

    A place with a page on this site is known by the address of that page (`path`, in the site's first language), any other
    by its name.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=PlaceKind)
    name = models.CharField(_("name"), max_length=100)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("commune"))
    path = models.CharField(_("address on this site"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    uic_codes = ArrayField(  # of a station: by which its publisher knows it, however it is spelt
        models.CharField(max_length=8), default=list, blank=True, editable=False, verbose_name=_("UIC codes")
    )

    objects = PlaceQuerySet.as_manager()

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("place of reference")
        verbose_name_plural = _("places of reference")
        constraints = [
            models.UniqueConstraint(name="place_name_once", fields=["kind", "name"], condition=Q(path="")),
            models.UniqueConstraint(name="place_path_once", fields=["path"], condition=~Q(path="")),
            models.CheckConstraint(name="place_kind_known", condition=Q(kind__in=PlaceKind.values)),
            models.CheckConstraint(name="place_latitude_on_earth", condition=Q(latitude__range=(-90, 90))),
            models.CheckConstraint(name="place_longitude_on_earth", condition=Q(longitude__range=(-180, 180))),
        ]
        triggers = [NOTE_CHANGE]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page in the visitor's language; empty when it has none."""
        if not self.path:
            return ""
        language = get_language()
        with override(settings.LANGUAGE_CODE):  # which `path` is written in
            return translate_url(self.path, language)

    @property
    def where(self) -> str:
        """The name of the commune it stands in, or its own."""
        return self.commune.name if self.commune else self.name


class JourneyQuerySet(models.QuerySet["Journey"]):
    def with_place(self) -> Self:
        return self.select_related("place__commune")

    def nearest_first(self) -> Self:
        return self.order_by("kilometres", "place__name", "pk")

    def nearest_of_each_kind(self, villages: Iterable[Village]) -> Self:
        """One row for each of these villages and each kind of place: the nearest."""
        nearest = self.filter(village__in=villages).order_by("village", "place__kind", "kilometres", "pk")
        return nearest.distinct("village", "place__kind")


class Journey(models.Model):
    """From a village to a place of reference, as `villages.distances.journeys.measure_journeys` computed it."""

    village = models.ForeignKey(Village, models.CASCADE, related_name="journeys", verbose_name=_("village"))
    place = models.ForeignKey(Place, models.CASCADE, related_name="journeys", verbose_name=_("place"))
    kilometres = models.FloatField(_("kilometres"))  # by road, estimated
    minutes = models.PositiveSmallIntegerField(_("minutes"))  # by car without traffic, estimated

    objects = JourneyQuerySet.as_manager()

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        constraints = [models.UniqueConstraint(name="journey_once", fields=["village", "place"])]
        indexes = [models.Index(fields=["village", "kilometres"], name="journey_nearest")]

    def __str__(self) -> str:
        return f"{self.village} – {self.place}"
