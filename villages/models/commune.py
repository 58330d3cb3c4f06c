"""Communes, as INSEE knows them."""

import re
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import ASin, Cos, Least, Radians, Sin, Sqrt
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL
from villages.models.change import NOTE_CHANGE
from villages.models.words import CommuneDocument, PlainWords

EARTH_KM = 6371.0088  # its mean radius
DETOUR = 1.25  # a way by road is so many times the straight line, as an estimate
KM_PER_DEGREE = 110.5  # of latitude, at the least
LANDSCAPES_EDITION = 1  # raise it when the drawings change: browsers keep a picture for a year


def short_intercommunality(name: str) -> str:
    """Its name without its legal form and article: « CC de la Lomagne » is « Lomagne »."""
    return re.sub(r"^(?:CC|CA|CU)\s+(?:(?:des|du|de la) |de l['’]|d['’]|de )?", "", name)


def crow_kilometres(latitude: float, longitude: float, *, of: str = "") -> Combinable:
    """From a point to the middle of each commune, as the crow flies; `of` leads to the commune: "commune__"."""
    north, east = Radians(F(f"{of}latitude") - Value(latitude)), Radians(F(f"{of}longitude") - Value(longitude))
    chord = Sin(north / 2) * Sin(north / 2) + Cos(Radians(Value(latitude))) * Cos(Radians(f"{of}latitude")) * Sin(east / 2) * Sin(
        east / 2
    )
    return 2 * EARTH_KM * ASin(Least(Sqrt(chord), 1.0))


class CommuneQuerySet(models.QuerySet["Commune"]):
    def in_french_order(self) -> Self:
        """É beside e, and no heed to hyphens: the server has no ICU, so the plain words are kept in `sort_name`."""
        return self.order_by("sort_name", "pk")

    def within(self, kilometres: float, *, latitude: float, longitude: float) -> Self:
        """Those whose middle lies so near a point, as the crow flies."""
        reach = kilometres / KM_PER_DEGREE
        near = self.filter(latitude__range=(latitude - reach, latitude + reach))  # most are told apart by this alone
        return near.alias(crow=crow_kilometres(latitude, longitude)).filter(crow__lte=kilometres)


class Commune(models.Model):
    """A commune as INSEE knows it. All of the territory's are here: a member may live in any of them."""

    insee_code = models.CharField(_("INSEE code"), max_length=5, unique=True)  # text: leading zeros, 2A, 2B
    name = models.CharField(_("name"), max_length=100)
    sort_name = models.GeneratedField(
        expression=PlainWords("name"), output_field=models.TextField(), db_persist=True, verbose_name=_("sort name")
    )
    postal_codes = ArrayField(models.CharField(max_length=5), verbose_name=_("postal codes"))
    population = models.PositiveIntegerField(_("population"))
    population_year = models.PositiveSmallIntegerField(_("year of the population"))
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    intercommunality = models.CharField(_("intercommunality"), max_length=120, blank=True)
    search_document = models.GeneratedField(
        expression=CommuneDocument("name", "intercommunality", "postal_codes"),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )

    objects = CommuneQuerySet.as_manager()

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        indexes = [
            models.Index(fields=["sort_name"], name="commune_sort_name"),
            GinIndex(fields=["sort_name"], opclasses=["gin_trgm_ops"], name="commune_name_trigrams"),
            GinIndex(OpClass(PlainWords("intercommunality"), name="gin_trgm_ops"), name="commune_interco_trigrams"),
            GinIndex(fields=["search_document"], name="commune_search"),
        ]
        constraints = [
            models.CheckConstraint(name="commune_latitude_on_earth", condition=Q(latitude__range=(-90, 90))),
            models.CheckConstraint(name="commune_longitude_on_earth", condition=Q(longitude__range=(-180, 180))),
        ]
        triggers = [NOTE_CHANGE]

    def __str__(self) -> str:
        return self.name

    @property
    def intercommunality_name(self) -> str:
        return short_intercommunality(self.intercommunality)

    @property
    def landscape_url(self) -> str:
        """The drawn landscape, 640 x 400. The address changes when the picture does."""
        return self._drawing("villages-data:landscape")

    @property
    def wide_landscape_url(self) -> str:
        """The same country as a banner, 1440 x 400."""
        return self._drawing("villages-data:wide-landscape")

    @property
    def landscape_version(self) -> str:
        return f"{LANDSCAPES_EDITION}.{self.population}"

    def _drawing(self, view: str) -> str:
        return f"{reverse(view, args=[self.insee_code])}?v={self.landscape_version}"
