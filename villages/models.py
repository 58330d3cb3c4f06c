"""Communes, partner villages, those who welcome there, and how far everything is."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from villages.enums import CommitteeRole, PlaceKind, VillageStatus


class Unaccent(Func):
    """`immutable_unaccent` of the first migration: unaccent, declared immutable so that an index may hold it."""

    function = "immutable_unaccent"
    output_field = models.TextField()


class CommuneQuerySet(models.QuerySet["Commune"]):
    def in_french_order(self) -> Self:
        """É beside e: the server has no ICU, so the plain letters are kept in `sort_name`."""
        return self.order_by("sort_name", "pk")


class Commune(models.Model):
    """A commune as INSEE knows it. All of the territory's are here: a member may live in any of them."""

    insee_code = models.CharField(_("INSEE code"), max_length=5, unique=True)  # text: leading zeros, 2A, 2B
    name = models.CharField(_("name"), max_length=100)
    sort_name = models.GeneratedField(
        expression=Unaccent(Lower("name")), output_field=models.TextField(), db_persist=True, verbose_name=_("sort name")
    )
    postal_codes = ArrayField(models.CharField(max_length=5), verbose_name=_("postal codes"))
    population = models.PositiveIntegerField(_("population"))
    population_year = models.PositiveSmallIntegerField(_("year of the population"))
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    intercommunality = models.CharField(_("intercommunality"), max_length=120)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        indexes = [
            models.Index(fields=["sort_name"], name="commune_sort_name"),
            GinIndex(fields=["sort_name"], opclasses=["gin_trgm_ops"], name="commune_name_trigrams"),
        ]
        constraints = [
            models.CheckConstraint(name="commune_latitude_on_earth", condition=Q(latitude__range=(-90, 90))),
            models.CheckConstraint(name="commune_longitude_on_earth", condition=Q(longitude__range=(-180, 180))),
        ]

    def __str__(self) -> str:
        return self.name


class VillageQuerySet(models.QuerySet["Village"]):
    def public(self) -> Self:
        """Those the site shows: partners, and partners who pause."""
        return self.filter(status__in=[VillageStatus.PARTNER, VillageStatus.PAUSED])

    def with_commune(self) -> Self:
        return self.select_related("commune")

    def in_french_order(self) -> Self:
        return self.order_by("commune__sort_name", "pk")


class Village(models.Model):
    """A commune that welcomes newcomers."""

    commune = models.OneToOneField(Commune, models.PROTECT, related_name="village", verbose_name=_("commune"))
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=VillageStatus, default=VillageStatus.PARTNER)
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    description = models.TextField(_("description"), blank=True)
    partner_since = models.DateField(_("partner since"), null=True, blank=True)
    monthly_capacity = models.PositiveSmallIntegerField(_("families it can welcome a month"), default=1)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    reviewed_on = models.DateField(_("page last checked on"), null=True, blank=True)
    reviewed_by = models.CharField(_("checked by"), max_length=120, blank=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = _("village")
        verbose_name_plural = _("villages")
        indexes = [models.Index(fields=["status"], name="village_status")]
        constraints = [
            models.CheckConstraint(name="village_status_known", condition=Q(status__in=VillageStatus.values)),
        ]

    def __str__(self) -> str:
        return self.commune.name

    def get_absolute_url(self) -> str:
        return reverse("villages:village", args=[self.slug])


class CommitteeMemberQuerySet(models.QuerySet["CommitteeMember"]):
    def present(self, on: dt.date) -> Self:
        return self.exclude(absent_from__lte=on, absent_until__gte=on)


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


class Place(models.Model):
    """Somewhere people measure their journeys to: a city, a station, a télécentre (which its own app registers here)."""

    kind = models.CharField(_("kind"), max_length=12, choices=PlaceKind)
    name = models.CharField(_("name"), max_length=100)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("commune"))
    path = models.CharField(_("address on this site"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("place of reference")
        verbose_name_plural = _("places of reference")
        constraints = [
            models.UniqueConstraint(name="place_once", fields=["kind", "name"]),
            models.CheckConstraint(name="place_kind_known", condition=Q(kind__in=PlaceKind.values)),
        ]

    def __str__(self) -> str:
        return self.name


class Journey(models.Model):
    """From a village to a place of reference, as `villages.services.measure_journeys` computed it."""

    village = models.ForeignKey(Village, models.CASCADE, related_name="journeys", verbose_name=_("village"))
    place = models.ForeignKey(Place, models.CASCADE, related_name="journeys", verbose_name=_("place"))
    kilometres = models.FloatField(_("kilometres"))  # by road, estimated
    minutes = models.PositiveSmallIntegerField(_("minutes"))  # by car without traffic, estimated

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        constraints = [models.UniqueConstraint(name="journey_once", fields=["village", "place"])]
        indexes = [models.Index(fields=["place", "kilometres"], name="journey_nearest")]

    def __str__(self) -> str:
        return f"{self.village} – {self.place}"
