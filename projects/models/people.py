"""Who carries a project, and who would come along."""

from functools import reduce
from operator import and_
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.email_addresses import AddressColumn
from common.personal_data import ROW, Ground, PersonalData
from common.phone import PhoneColumn, digits_to_look_for
from common.search_words import PlainWords, asked_words, holding
from members.access import Act
from projects.enums import Grain
from villages.enums import Level, Seeks
from villages.models import Village

HOLDERS = _("people who bring a project")  # of whom project files speak
KEPT_AS_FILE = _("until two years after the last contact or the closing of their file, whichever is later")


class HolderQuerySet(models.QuerySet["Holder"]):
    def visible_to(self, user) -> Self:
        return self if user.may(Act.WORK_ON_FILES) else self.none()

    def current(self) -> Self:
        """Without those that were found to be somebody else's second record."""
        return self.filter(merged_by__isnull=True)

    def matching(self, text: str) -> Self:
        """Each word of `text` in the name or the address, accents forgiven; or the telephone number, however it is spaced."""
        found = reduce(and_, (holding("words", word) for word in asked_words(text)), Q())
        if digits := digits_to_look_for(text):
            found |= Q(phone__contains=digits)
        return self.filter(found)


class Holder(models.Model):
    """The person who carries a project. With an account or not; later perhaps a member: it stays one person."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="holder", verbose_name=_("account")
    )
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    email = AddressColumn(_("e-mail"), blank=True)
    # The address that its owner said is theirs, from a letter sent there. Another one than `email` confirms nothing.
    confirmed_email = models.EmailField(_("address confirmed by its owner"), blank=True, editable=False)
    phone = PhoneColumn(_("telephone"), blank=True)
    lives_in = models.CharField(_("lives in"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)
    words = models.GeneratedField(
        expression=PlainWords(Concat("first_name", Value(" "), "last_name", Value(" "), "email", output_field=models.TextField())),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
    )

    objects = HolderQuerySet.as_manager()

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to know who they are and to reach them"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=["first_name", "last_name", "email", "confirmed_email", "phone", "lives_in", "created_at"],
        erased=["first_name", "last_name", "email", "confirmed_email", "phone", "lives_in"],
        facts=["user"],
    )

    class Meta:
        verbose_name = _("project holder")
        verbose_name_plural = _("project holders")
        indexes = [
            models.Index(fields=["last_name", "first_name"], name="holder_name"),
            GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="holder_words"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def address_is_confirmed(self) -> bool:
        """Until then a letter to it holds our words and a link: nothing that anybody typed."""
        return bool(self.email) and self.email.lower() == self.confirmed_email.lower()


class Household(models.Model):
    """Who would come along, and what they look for. What nobody has said is unknown: empty, and never a usual number.

    `school_levels` holds one level for each child. Where there are fewer than `children`, only the levels are known, and not how
    many children each counts.
    """

    file = models.OneToOneField("projects.ProjectFile", models.CASCADE, related_name="household", verbose_name=_("project file"))
    adults = models.PositiveSmallIntegerField(_("adults"), null=True, blank=True)
    may_be_more = models.BooleanField(_("or more adults"), default=False)  # « three or more »
    children = models.PositiveSmallIntegerField(_("children"), null=True, blank=True)  # 0: said to be none
    school_levels = ArrayField(
        models.CharField(max_length=12, choices=Level), default=list, blank=True, verbose_name=_("school levels")
    )
    partner_job = models.CharField(_("partner's job"), max_length=120, blank=True)
    wished_on = models.DateField(_("wishes to arrive on"), null=True, blank=True)  # the first day of what is meant
    wished_grain = models.CharField(_("how exactly"), max_length=5, choices=Grain, blank=True)
    wished_words = models.CharField(_("wishes to arrive, in their words"), max_length=120, blank=True)  # they stand for the day
    wished_village = models.ForeignKey(
        Village, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("a village in mind")
    )
    seeks = models.CharField(_("what they want to do"), max_length=8, choices=Seeks, blank=True)
    housing_budget = models.DecimalField(
        _("housing budget, euros"),
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("A month to rent or to try, in all to buy."),
    )
    rooms = models.PositiveSmallIntegerField(_("rooms at least"), null=True, blank=True)

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to find them a village, a home and a school"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=[
            "adults",
            "may_be_more",
            "children",
            "school_levels",
            "partner_job",
            "wished_on",
            "wished_grain",
            "wished_words",
            "wished_village",
            "seeks",
            "housing_budget",
            "rooms",
        ],
        erased=["school_levels", "partner_job", "wished_words", "wished_village"],
        facts=["file"],
    )

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            models.CheckConstraint(
                name="household_has_an_adult",
                condition=Q(adults__gte=1),  # or nobody knows: NULL passes
                violation_error_message=_("A household has an adult."),
            ),
            models.CheckConstraint(
                name="household_more_than_a_number",
                condition=Q(may_be_more=False) | Q(adults__isnull=False),
                violation_error_message=_("“Or more” needs a number of adults."),
            ),
            models.CheckConstraint(
                name="household_day_says_how_exactly",
                condition=Q(wished_on__isnull=True, wished_grain="") | Q(wished_on__isnull=False, wished_grain__in=Grain.values),
            ),
        ]

    def __str__(self) -> str:
        return str(self.file)

    @property
    def counts_levels(self) -> bool:
        """Whether the levels say of each child where it goes."""
        return bool(self.school_levels) and len(self.school_levels) == self.children


class Merge(models.Model):
    """Two records of one person made one. It can be undone: `moved` says what came from the other."""

    kept = models.ForeignKey(Holder, models.CASCADE, related_name="merges", verbose_name=_("kept"))
    absorbed = models.OneToOneField(Holder, models.CASCADE, related_name="merged_by", verbose_name=_("absorbed"))
    moved = models.JSONField(_("what was moved"), default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to undo it where two people were taken for one"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=["moved", "at"],
        erased=ROW,
        facts=["kept", "absorbed", "by"],
    )

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [models.CheckConstraint(name="merge_of_two", condition=~Q(kept=models.F("absorbed")))]

    def __str__(self) -> str:
        return f"{self.absorbed} → {self.kept}"
