"""Communes, partner villages, those who welcome there, and how far everything is."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.urls import reverse, translate_url
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from villages.enums import CommitteeRole, PlaceKind, VillageStatus


class Unaccent(Func):
    """`immutable_unaccent` of the first migration: unaccent, declared immutable so that an index may hold it."""

    function = "immutable_unaccent"
    output_field = models.TextField()


class PlainWords(Func):
    """`plain_words` of the first migration: lower case, no accents, one space where anything else stood."""

    function = "plain_words"
    arity = 1
    output_field = models.TextField()


class CommuneDocument(Func):
    """`commune_document` of the first migration: what the search reads of a commune."""

    function = "commune_document"
    arity = 3
    output_field = SearchVectorField()


class VillageDocument(Func):
    """`village_document` of the first migration: what the search reads of a village's own words."""

    function = "village_document"
    arity = 2
    output_field = SearchVectorField()


LANDSCAPES_EDITION = 1  # raise it when the drawings change: browsers keep a picture for a year


def short_intercommunality(name: str) -> str:
    """Its name without its legal form and article: « CC de la Lomagne » is « Lomagne »."""
    return re.sub(r"^(?:CC|CA|CU)\s+(?:(?:des|du|de la) |de l['’]|d['’]|de )?", "", name)


class CommuneQuerySet(models.QuerySet["Commune"]):
    def in_french_order(self) -> Self:
        """É beside e, and no heed to hyphens: the server has no ICU, so the plain words are kept in `sort_name`."""
        return self.order_by("sort_name", "pk")


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

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        indexes = [
            models.Index(fields=["sort_name"], name="commune_sort_name"),
            GinIndex(fields=["sort_name"], opclasses=["gin_trgm_ops"], name="commune_name_trigrams"),
            GinIndex(fields=["search_document"], name="commune_search"),
        ]
        constraints = [
            models.CheckConstraint(name="commune_latitude_on_earth", condition=Q(latitude__range=(-90, 90))),
            models.CheckConstraint(name="commune_longitude_on_earth", condition=Q(longitude__range=(-180, 180))),
        ]

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


def welcomes(on: dt.date) -> Q:
    """Room for a family: not paused (a pause that is over no longer counts), and a capacity. As `Village.welcomes(on)`."""
    at_work = Q(status=VillageStatus.PARTNER) | Q(status=VillageStatus.PAUSED, paused_until__lt=on)
    return at_work & Q(monthly_capacity__gt=0)


class VillageQuerySet(models.QuerySet["Village"]):
    def public(self) -> Self:
        """Those the site shows: partners, and partners who pause."""
        return self.filter(status__in=[VillageStatus.PARTNER, VillageStatus.PAUSED])

    def with_commune(self) -> Self:
        return self.select_related("commune")

    def in_french_order(self) -> Self:
        return self.order_by("commune__sort_name", "pk")


class Village(models.Model):
    """A commune that welcomes newcomers.

    The three distances repeat what `journeys` says, so that a list of any length filters and sorts on its own row;
    `services.measure_journeys` alone writes them. Empty means that there is no such place.
    """

    commune = models.OneToOneField(Commune, models.PROTECT, related_name="village", verbose_name=_("commune"))
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=VillageStatus, default=VillageStatus.PARTNER)
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    partner_since = models.DateField(_("partner since"), null=True, blank=True)
    monthly_capacity = models.PositiveSmallIntegerField(_("families it can welcome a month"), default=1)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    reviewed_on = models.DateField(_("page last checked on"), null=True, blank=True)
    reviewed_by = models.CharField(_("checked by"), max_length=120, blank=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    telecentre_km = models.FloatField(_("kilometres to the nearest télécentre"), null=True, editable=False)
    station_km = models.FloatField(_("kilometres to the nearest station"), null=True, editable=False)
    metropolis_minutes = models.PositiveSmallIntegerField(_("minutes to the metropolis"), null=True, editable=False)
    search_document = models.GeneratedField(
        expression=VillageDocument("tagline", "description"), output_field=SearchVectorField(), db_persist=True, editable=False
    )

    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = _("village")
        verbose_name_plural = _("villages")
        indexes = [
            models.Index(fields=["status"], name="village_status"),
            GinIndex(fields=["search_document"], name="village_search"),
        ]
        constraints = [
            models.CheckConstraint(name="village_status_known", condition=Q(status__in=VillageStatus.values)),
            models.CheckConstraint(
                name="village_end_of_pause_only_when_paused",
                condition=Q(paused_until__isnull=True) | Q(status=VillageStatus.PAUSED),
                violation_error_message=_("Only a paused village has a day when its pause ends."),
            ),
        ]

    def __str__(self) -> str:
        return self.commune.name

    def get_absolute_url(self) -> str:
        return reverse("villages:village", args=[self.slug])

    def is_paused(self, on: dt.date) -> bool:
        """Whether it takes nobody on that day. A pause whose last day is over no longer counts."""
        return self.status == VillageStatus.PAUSED and not (self.paused_until and self.paused_until < on)

    def welcomes(self, on: dt.date) -> bool:
        """Whether it has room for a family."""
        return self.status != VillageStatus.FORMER and not self.is_paused(on) and self.monthly_capacity > 0


class CommitteeMemberQuerySet(models.QuerySet["CommitteeMember"]):
    def in_order(self) -> Self:
        """Whoever leads it, then their deputies, then the others."""
        places = [When(role=role, then=place) for place, role in enumerate(CommitteeRole)]
        return self.order_by(Case(*places, output_field=models.IntegerField()), "name", "pk")


class CommitteeMember(models.Model):
    """Someone of the village who welcomes newcomers. They need no account: letters and signed links do."""

    village = models.ForeignKey(Village, models.CASCADE, related_name="committee", verbose_name=_("village"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="committee_seats",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=120)
    about = models.CharField(_("in a few words"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=10, choices=CommitteeRole, default=CommitteeRole.VOLUNTEER)
    absent_from = models.DateField(_("absent from"), null=True, blank=True)
    absent_until = models.DateField(_("absent until"), null=True, blank=True)

    objects = CommitteeMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("committee member")
        verbose_name_plural = _("committee members")
        constraints = [
            models.UniqueConstraint(
                name="committee_one_lead",
                fields=["village"],
                condition=Q(role=CommitteeRole.LEAD),
                violation_error_message=_("This village already has somebody who leads its committee."),
            ),
            models.CheckConstraint(name="committee_role_known", condition=Q(role__in=CommitteeRole.values)),
            models.CheckConstraint(
                name="committee_absence_in_order",
                condition=Q(absent_from__isnull=True, absent_until__isnull=True) | Q(absent_from__lte=F("absent_until")),
                violation_error_message=_("The absence ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_absent(self, on: dt.date) -> bool:
        return bool(self.absent_from and self.absent_from <= on <= self.absent_until)


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

    objects = PlaceQuerySet.as_manager()

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
    """From a village to a place of reference, as `villages.services.measure_journeys` computed it."""

    village = models.ForeignKey(Village, models.CASCADE, related_name="journeys", verbose_name=_("village"))
    place = models.ForeignKey(Place, models.CASCADE, related_name="journeys", verbose_name=_("place"))
    kilometres = models.FloatField(_("kilometres"))  # by road, estimated
    minutes = models.PositiveSmallIntegerField(_("minutes"))  # by car without traffic, estimated

    objects = JourneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        constraints = [models.UniqueConstraint(name="journey_once", fields=["village", "place"])]
        indexes = [models.Index(fields=["village", "kilometres"], name="journey_nearest")]

    def __str__(self) -> str:
        return f"{self.village} – {self.place}"


class Dataset(models.Model):
    """Where a set of official facts comes from, as the pages that show them must say."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    source = models.CharField(_("source"), max_length=200)
    licence = models.CharField(_("licence"), max_length=100, blank=True)
    edition = models.CharField(_("edition"), max_length=40, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    imported_at = models.DateTimeField(_("imported at"))

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")

    def __str__(self) -> str:
        return f"{self.key} {self.edition}".strip()
