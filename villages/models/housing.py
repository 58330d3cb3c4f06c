"""Dwellings that a commune offers, and for how long each is believed."""

import datetime as dt
from functools import partial
from pathlib import PurePosixPath
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOT_YET_BOUNDED, NOTHING_PERSONAL, Ground, PersonalData
from villages.drawings import houses
from villages.enums import AddressConnection, EnergyRating, HousingAudience, HousingKind, VillageStatus
from villages.facts.freshness import LIMITS, FactKind
from villages.models.change import NOTE_CHANGE
from villages.models.village import Village

ASKED_AFTER_DAYS, BELIEVED_DAYS = LIMITS[
    FactKind.HOUSING
]  # after its last confirmation: its committee is asked, it is off the list
REMEMBERED_DAYS = 90  # for a month after it fell off the list, it may be looked at on request, and comes back by one word


class HousingQuerySet(models.QuerySet["Housing"]):
    def offered(self, on: dt.date) -> Self:
        """Those that the lists may show on that day, in villages that are shown: not withdrawn, confirmed in the last 60 days."""
        return self.remembered(on).filter(confirmed_on__gt=on - dt.timedelta(days=BELIEVED_DAYS))

    def remembered(self, on: dt.date) -> Self:
        """Those offered, and those that fell off the list less than a month ago because nobody confirmed them."""
        return self.filter(
            village__status__in=VillageStatus.public(),
            withdrawn_on__isnull=True,
            confirmed_on__gt=on - dt.timedelta(days=REMEMBERED_DAYS),
        )

    def to_confirm(self, on: dt.date) -> Self:
        """Those whose committee is asked whether they are still there."""
        return self.remembered(on).filter(confirmed_on__lte=on - dt.timedelta(days=ASKED_AFTER_DAYS))

    def visible_to_candidates(self, *, qualified: bool, keeper=None) -> Self:
        """What is for everybody; with `qualified`, also what a committee keeps for those whom an adviser knows.

        `keeper` is a user who sees, whatever they are, what their own committee keeps.
        """
        if qualified:
            return self
        public = Q(audience=HousingAudience.PUBLIC)
        if keeper is None:
            return self.filter(public)
        return self.filter(public | Q(village__in=Village.objects.kept_by(keeper).values("pk")))

    def with_village(self) -> Self:
        return self.select_related("village__commune")

    def with_photos(self) -> Self:
        return self.prefetch_related("photos")


class Housing(models.Model):
    """A dwelling to rent, to buy or to try. Its committee says every so often that it is still there (`confirmed_on`)."""

    village = models.ForeignKey(Village, models.CASCADE, related_name="housings", verbose_name=_("village"))
    kind = models.CharField(_("kind"), max_length=5, choices=HousingKind)
    title = models.CharField(_("title"), max_length=100)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    price = models.DecimalField(
        _("price in euros"), max_digits=10, decimal_places=2, validators=[MinValueValidator(1)]
    )  # a month for a rent, charges included; the whole for a sale
    surface_m2 = models.PositiveIntegerField(_("surface in m²"), validators=[MinValueValidator(1)])
    rooms = models.PositiveSmallIntegerField(_("rooms"), validators=[MinValueValidator(1)])
    bedrooms = models.PositiveSmallIntegerField(_("bedrooms"), null=True, blank=True)
    has_workroom = models.BooleanField(_("a room to work in"), default=False)
    is_furnished = models.BooleanField(_("furnished"), default=False)
    connection = models.CharField(
        _("connection at the address"), max_length=8, choices=AddressConnection, default=AddressConnection.UNKNOWN
    )
    energy_rating = models.CharField(_("energy rating (DPE)"), max_length=1, choices=EnergyRating, blank=True)
    most_months = models.PositiveSmallIntegerField(_("for how many months at most"), null=True, blank=True)
    free_from = models.DateField(_("free from"), null=True, blank=True)
    audience = models.CharField(_("shown to"), max_length=10, choices=HousingAudience, default=HousingAudience.PUBLIC)
    # For the committee and the advisers alone.
    owner_contact = models.CharField(_("how to reach the owner"), max_length=200, blank=True)
    added_on = models.DateField(_("added on"))
    confirmed_on = models.DateField(_("confirmed on"))
    confirmed_by = models.CharField(_("confirmed by"), max_length=120)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = HousingQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("owners of homes"),
        purpose=_("to let the committee reach whoever lets or sells a home"),
        ground=Ground.CONSENT,
        kept=NOT_YET_BOUNDED,
        told=["title", "owner_contact", "confirmed_by", "added_on"],
        erased=["owner_contact", "confirmed_by"],
        facts=[
            "village",
            "kind",
            "description",
            "price",
            "surface_m2",
            "rooms",
            "bedrooms",
            "has_workroom",
            "is_furnished",
            "connection",
            "energy_rating",
            "most_months",
            "free_from",
            "audience",
            "confirmed_on",
            "withdrawn_on",
            "updated_at",
        ],
        stays={"title": _("what the home is, and nobody’s name")},
    )

    class Meta:
        verbose_name = _("housing")
        verbose_name_plural = _("housing")
        indexes = [
            models.Index(fields=["village", "kind", "price"], name="housing_village"),
            models.Index(fields=["-confirmed_on", "id"], condition=Q(withdrawn_on__isnull=True), name="housing_offered"),
        ]
        constraints = [
            models.CheckConstraint(name="housing_kind_known", condition=Q(kind__in=HousingKind.values)),
            models.CheckConstraint(name="housing_audience_known", condition=Q(audience__in=HousingAudience.values)),
            models.CheckConstraint(name="housing_connection_known", condition=Q(connection__in=AddressConnection.values)),
            models.CheckConstraint(name="housing_energy_rating_known", condition=Q(energy_rating__in=["", *EnergyRating.values])),
            models.CheckConstraint(name="housing_is_real", condition=Q(price__gt=0, surface_m2__gt=0, rooms__gt=0)),
            models.CheckConstraint(
                name="housing_months_only_for_a_trial",
                condition=Q(most_months__isnull=True) | Q(kind=HousingKind.TRIAL, most_months__gt=0),
                violation_error_message=_("Only a place to try has a number of months."),
            ),
        ]
        triggers = [NOTE_CHANGE]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("villages:housing", args=[self.pk])

    @property
    def drawing_url(self) -> str:
        """The drawn home, 640 x 400, for want of a photo. The address changes when the picture does."""
        shape = houses.shape_of(self.title, self.pk)
        return f"{reverse('villages-data:house', args=[shape, self.pk])}?v={houses.EDITION}"

    @property
    def believed_until(self) -> dt.date:
        """The last day on which the list shows it."""
        return self.confirmed_on + dt.timedelta(days=BELIEVED_DAYS - 1)

    def is_believed(self, on: dt.date) -> bool:
        return self.confirmed_on > on - dt.timedelta(days=BELIEVED_DAYS)

    def is_offered(self, on: dt.date) -> bool:
        """As `offered` says of a set."""
        return self.withdrawn_on is None and self.is_believed(on) and self.village.status in VillageStatus.public()

    def is_to_confirm(self, on: dt.date) -> bool:
        """As `to_confirm` says of a set, but for how long it is remembered."""
        return self.withdrawn_on is None and self.confirmed_on <= on - dt.timedelta(days=ASKED_AFTER_DAYS)


class HousingPhoto(models.Model):
    """A picture of a dwelling, drawn again from its pixels by `common.pictures`."""

    housing = models.ForeignKey(Housing, models.CASCADE, related_name="photos", verbose_name=_("housing"))
    picture = models.ImageField(_("picture"), upload_to="housing/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(_("what one sees on it"), max_length=200)
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("photo of a dwelling")
        verbose_name_plural = _("photos of dwellings")
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(name="housing_photo_described", condition=~Q(alt=""))]

    def __str__(self) -> str:
        return self.alt

    @property
    def small_name(self) -> str:
        """Where its small copy is kept, beside it."""
        path = PurePosixPath(self.picture.name)
        return str(path.with_stem(f"{path.stem}-small"))


@receiver(post_delete, sender=HousingPhoto)
def forget_files(sender: type[HousingPhoto], instance: HousingPhoto, **kwargs) -> None:
    """Both files go with their row, however the row went (the dwelling deleted, the village), once that is certain."""
    for name in (instance.picture.name, instance.small_name):
        transaction.on_commit(partial(instance.picture.storage.delete, name))
