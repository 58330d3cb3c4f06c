"""A place where members work."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.personal_data import Ground, PersonalData
from common.phone import PhoneColumn
from common.siret import SiretField
from members.access import Act
from telecentres.models.opening import OpeningHours, Rate
from villages.models import Commune

HOURS_READ = ("weekday", "half", "opens_at", "closes_at")
RATES_READ = ("public", "kind", "unit", "price")


class TelecentreQuerySet(models.QuerySet["Telecentre"]):
    def open(self) -> Self:
        return self.filter(is_open=True)

    def in_french_order(self) -> Self:
        return self.order_by("commune__sort_name", "pk")

    def with_week(self, user) -> Self:
        """All that the page of its week says beside desks, closures and bookings, in the same query: see `hours_at_hand`."""
        hours = OpeningHours.objects.filter(telecentre=OuterRef("pk"))
        rates = Rate.objects.filter(telecentre=OuterRef("pk")).order_by("pk")
        keepers = Telecentre.hosts.through.objects.filter(telecentre=OuterRef("pk"), user=user.pk)
        return self.select_related("commune").annotate(
            hours_read=ArraySubquery(hours.values(row=JSONObject(**{name: name for name in HOURS_READ}))),
            rates_read=ArraySubquery(rates.values(row=JSONObject(**{name: name for name in RATES_READ}))),
            is_hosted=Exists(keepers),
        )


class Telecentre(models.Model):
    """A place where members work. Its rules bound every booking: notice, horizon, and the last moment to cancel."""

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="telecentres", verbose_name=_("commune"))
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address on this site"), max_length=120, unique=True)
    tagline = models.CharField(_("in a sentence"), max_length=200, blank=True)
    address = models.CharField(_("street"), max_length=200)
    postal_code = models.CharField(_("postal code"), max_length=5)
    phone = PhoneColumn(_("telephone"), blank=True)
    access_notes = models.TextField(_("how to get in"), blank=True)  # shown only to those booked that day
    on_the_spot = models.TextField(_("on the spot, one thing a line"), blank=True)
    hosts = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="hosted_telecentres", verbose_name=_("hosts"))
    notice_minutes = models.PositiveIntegerField(_("notice, in minutes before the start"), default=0)
    horizon_days = models.PositiveSmallIntegerField(_("horizon, in days"), default=60)
    cancel_before_hours = models.PositiveSmallIntegerField(_("free cancellation until, in hours before the start"), default=14)
    release_after_minutes = models.PositiveSmallIntegerField(
        _("unclaimed desks are free again, in minutes after the start"),
        null=True,
        blank=True,
        help_text=_("Leave it empty where arrivals are not written down: then nobody loses a desk."),
    )
    hold_hours = models.PositiveSmallIntegerField(_("a freed desk is kept for the first in line, in hours at most"), default=12)
    is_open = models.BooleanField(pgettext_lazy("place", "open"), default=True)
    siret = SiretField(_("SIRET"), help_text=_("Of the place, or of the body that runs it."))
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)  # what stands here, its hours and its rates: by the admin

    objects = TelecentreQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("hosts"),
        purpose=_("to know who keeps the place"),
        ground=Ground.CONTRACT,
        kept=_("as long as they keep it"),
        told=["hosts"],
        erased=["hosts"],
        facts=[
            "commune",
            "name",
            "slug",
            "tagline",
            "address",
            "postal_code",
            "phone",
            "access_notes",
            "on_the_spot",
            "notice_minutes",
            "horizon_days",
            "cancel_before_hours",
            "release_after_minutes",
            "hold_hours",
            "is_open",
            "siret",
            "changed_at",
        ],
    )

    class Meta:
        verbose_name = _("télécentre")
        verbose_name_plural = _("télécentres")
        constraints = [
            models.CheckConstraint(name="telecentre_horizon_at_least_a_day", condition=Q(horizon_days__gte=1)),
            models.CheckConstraint(name="telecentre_holds_at_least_an_hour", condition=Q(hold_hours__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("telecentres:telecentre", args=[self.slug])

    @property
    def things_on_the_spot(self) -> list[str]:
        return [line.strip() for line in self.on_the_spot.splitlines() if line.strip()]

    def hours_at_hand(self) -> Iterable[OpeningHours]:
        """Those that came `with_week`, else asked for."""
        if not hasattr(self, "hours_read"):
            return OpeningHours.objects.filter(telecentre=self)
        return [
            OpeningHours(
                weekday=row["weekday"],
                half=row["half"],
                opens_at=dt.time.fromisoformat(row["opens_at"]),
                closes_at=dt.time.fromisoformat(row["closes_at"]),
            )
            for row in self.hours_read
        ]

    def rates_at_hand(self) -> Iterable[tuple[str, str, str, Decimal]]:
        """(public, kind, unit, price): those that came `with_week`, else asked for."""
        if not hasattr(self, "rates_read"):
            return Rate.objects.filter(telecentre=self).order_by("pk").values_list(*RATES_READ)
        return [(row["public"], row["kind"], row["unit"], Decimal(str(row["price"]))) for row in self.rates_read]

    def has_host(self, user) -> bool:
        if hasattr(self, "is_hosted"):
            return self.is_hosted
        return self.hosts.filter(pk=user.pk).exists()

    def is_entrusted_to(self, user) -> bool:
        """A host of this place, or the network's own team, whether or not their account is protected as it must be."""
        return user.owns(Act.KEEP_ANY_PLACE) or (user.is_active and self.has_host(user))

    def is_kept_by(self, user) -> bool:
        """The same, and they may act on it now."""
        return user.may(Act.KEEP_ANY_PLACE) or (user.is_protected_for(Act.KEEP_OWN_PLACE) and self.has_host(user))
