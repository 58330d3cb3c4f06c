"""Partner villages, and those who welcome there."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.email_addresses import AddressColumn
from common.personal_data import NOT_YET_BOUNDED, ROW, Ground, PersonalData
from common.phone import PhoneColumn
from common.states import HasStates
from villages.enums import CommitteeRole, VillageStatus
from villages.models.change import NOTE_CHANGE
from villages.models.commune import Commune
from villages.models.words import VillageDocument


def welcomes(on: dt.date) -> Q:
    """Room for a family: not paused (a pause that is over no longer counts), and a capacity. As `Village.welcomes(on)`."""
    at_work = Q(status=VillageStatus.PARTNER) | Q(status=VillageStatus.PAUSED, paused_until__lt=on)
    return at_work & Q(monthly_capacity__gt=0)


class VillageQuerySet(models.QuerySet["Village"]):
    def public(self) -> Self:
        """Those the site shows: partners, and partners who pause."""
        return self.filter(status__in=VillageStatus.public())

    def kept_by(self, user) -> Self:
        """Those whose committee this person sits on."""
        return self.public().filter(committee__user=user).distinct()

    def with_commune(self) -> Self:
        return self.select_related("commune")

    def in_french_order(self) -> Self:
        return self.order_by("commune__sort_name", "pk")


class Village(HasStates, models.Model):
    """A commune that welcomes newcomers.

    The three distances repeat what `journeys` says, so that a list of any length filters and sorts on its own row;
    `distances.journeys.measure_journeys` alone writes them. Empty means that there is no such place.
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

    states, state_field = VillageStatus, "status"

    objects = VillageQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("welcome committees"),
        purpose=_("to show that somebody of the village read its page"),
        ground=Ground.INTEREST,
        kept=NOT_YET_BOUNDED,
        told=["reviewed_by", "reviewed_on"],
        erased=["reviewed_by"],
        facts=[
            "commune",
            "slug",
            "status",
            "tagline",
            "description",
            "partner_since",
            "monthly_capacity",
            "paused_until",
            "updated_at",
            "telecentre_km",
            "station_km",
            "metropolis_minutes",
        ],
    )

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
        triggers = [NOTE_CHANGE]

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
    email = AddressColumn(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=10, choices=CommitteeRole, default=CommitteeRole.VOLUNTEER)
    absent_from = models.DateField(_("absent from"), null=True, blank=True)
    absent_until = models.DateField(_("absent until"), null=True, blank=True)
    phone = PhoneColumn(_("telephone"), blank=True, help_text=_("For the network’s advisers alone, and with their agreement."))
    phone_agreed_on = models.DateField(_("agreed to be telephoned on"), null=True, blank=True)

    objects = CommitteeMemberQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("welcome committees"),
        purpose=_("to write to them, and to name on the page who welcomes"),
        ground=Ground.CONTRACT,
        kept=_("as long as they are of the committee"),
        told=["village", "name", "about", "email", "role", "absent_from", "absent_until", "phone", "phone_agreed_on"],
        erased=ROW,
        facts=["user"],
    )

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
            models.CheckConstraint(
                name="committee_telephone_agreed_to",
                condition=Q(phone="", phone_agreed_on__isnull=True) | ~Q(phone="") & Q(phone_agreed_on__isnull=False),
                violation_error_message=_(
                    "A telephone number stands with the day on which its owner agreed to it, and neither alone."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_absent(self, on: dt.date) -> bool:
        return bool(self.absent_from and self.absent_from <= on <= self.absent_until)
