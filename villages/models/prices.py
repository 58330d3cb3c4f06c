"""What housing costs in a commune, from official estimates and sales."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL
from villages.enums import DwellingKind
from villages.facts.estimates import usual_rent
from villages.models.commune import Commune

FEWEST_SALES = 5  # a median of fewer says more about one house than about a village


class CommuneRent(models.Model):
    """The rent one may expect, charges included, for an unfurnished dwelling offered today (« carte des loyers »): euros a
    month for a square metre, with the bounds of its 95 % prediction interval."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="rents", verbose_name=_("commune"))
    kind = models.CharField(_("kind"), max_length=5, choices=DwellingKind)
    euros_per_m2 = models.DecimalField(_("euros a month for a m²"), max_digits=6, decimal_places=2)
    lowest = models.DecimalField(_("at least"), max_digits=6, decimal_places=2)
    highest = models.DecimalField(_("at most"), max_digits=6, decimal_places=2)
    is_of_the_area = models.BooleanField(_("estimated for the area, not for the commune alone"))
    offers = models.PositiveIntegerField(_("offers seen in the commune"))

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("usual rent")
        verbose_name_plural = _("usual rents")
        constraints = [
            models.UniqueConstraint(name="rent_once", fields=["commune", "kind"]),
            models.CheckConstraint(name="rent_kind_known", condition=Q(kind__in=DwellingKind.values)),
            models.CheckConstraint(name="rent_is_a_price", condition=Q(euros_per_m2__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.commune}: {self.euros_per_m2}"

    @property
    def for_80_m2(self) -> int:
        """A month in a home of 80 m²."""
        return usual_rent(self.euros_per_m2, 80)


class CommuneSales(models.Model):
    """The dwellings sold in a commune over the years of the file (geo-DVF), one sale counted once.

    The medians, euros and euros a square metre, are empty under FEWEST_SALES sales.
    """

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="sales", verbose_name=_("commune"))
    kind = models.CharField(_("kind"), max_length=5, choices=DwellingKind)
    count = models.PositiveIntegerField(_("sales"))
    median_price = models.DecimalField(_("median price, euros"), max_digits=12, decimal_places=2, null=True, blank=True)
    median_per_m2 = models.DecimalField(_("median, euros a m²"), max_digits=10, decimal_places=2, null=True, blank=True)
    first_on = models.DateField(_("first sale"))
    last_on = models.DateField(_("last sale"))

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("sales")
        verbose_name_plural = _("sales")
        constraints = [
            models.UniqueConstraint(name="sales_once", fields=["commune", "kind"]),
            models.CheckConstraint(name="sales_kind_known", condition=Q(kind__in=DwellingKind.values)),
            models.CheckConstraint(name="sales_happened", condition=Q(count__gt=0)),
            models.CheckConstraint(
                name="sales_median_of_enough",
                condition=Q(count__gte=FEWEST_SALES) | Q(median_price__isnull=True, median_per_m2__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune}: {self.count}"
