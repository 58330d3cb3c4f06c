"""Half-days paid ahead, valid in every place of the network, and the ledger of what became of them."""

import datetime as dt
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.personal_data import NOT_YET_BOUNDED, NOTHING_PERSONAL, Ground, PersonalData
from common.triggers import Trigger
from common.typography import euros
from members.models import Member, Payment
from telecentres.enums import EntryReason, PassKind


class PassOfferQuerySet(models.QuerySet["PassOffer"]):
    def on_sale(self) -> Self:
        return self.filter(is_sold=True).order_by("half_days", "pk")


class PassOffer(models.Model):
    """A pass that members may buy."""

    half_days = models.PositiveSmallIntegerField(_("half-days"))
    price = models.DecimalField(_("price, in euros"), max_digits=7, decimal_places=2)
    valid_days = models.PositiveSmallIntegerField(_("valid, in days"), default=365)
    is_sold = models.BooleanField(_("on sale"), default=True)

    objects = PassOfferQuerySet.as_manager()

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("pass on sale")
        verbose_name_plural = _("passes on sale")
        constraints = [
            models.CheckConstraint(name="offer_of_half_days", condition=Q(half_days__gte=1, valid_days__gte=1)),
            models.CheckConstraint(name="offer_not_negative", condition=Q(price__gte=0)),
        ]

    def __str__(self) -> str:
        return _("%(count)s half-days, %(price)s") % {"count": self.half_days, "price": euros(self.price)}


class PassQuerySet(models.QuerySet["Pass"]):
    def visible_to(self, user) -> Self:
        return self.filter(member__user=user)

    def valid_on(self, day: dt.date) -> Self:
        return self.filter(valid_from__lte=day, valid_until__gte=day)

    def with_something_left(self) -> Self:
        return self.filter(balance__gt=0)


# Within a trigger of the ledger the balance may change (depth 2), by a statement of its own it may not (depth 1).
BALANCE_IS_OF_THE_LEDGER = (
    "IF pg_trigger_depth() = 1 THEN "
    "RAISE EXCEPTION 'the balance of a pass is the sum of its ledger' USING ERRCODE = 'integrity_constraint_violation'; "
    "END IF; RETURN NEW;"
)


class Pass(models.Model):
    """Half-days of one member. `balance` is kept by the database: the sum of the entries, whoever writes them, never below zero."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="passes", verbose_name=_("member"))
    kind = models.CharField(_("kind"), max_length=6, choices=PassKind, default=PassKind.BOUGHT)
    half_days = models.PositiveSmallIntegerField(_("half-days"))  # it began with so many
    balance = models.IntegerField(_("half-days left"), default=0, editable=False)
    price = models.DecimalField(_("price, in euros"), max_digits=7, decimal_places=2, default=0)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))  # this day included
    sold_at = models.ForeignKey(
        "telecentres.Telecentre", models.PROTECT, null=True, blank=True, related_name="passes_sold", verbose_name=_("sold at")
    )
    # None: nothing was to be paid, or it was sold before payments were kept, and how it was paid is not known.
    payment = models.OneToOneField(
        Payment, models.SET_NULL, null=True, blank=True, related_name="+", editable=False, verbose_name=_("payment")
    )
    key = models.CharField(_("idempotency key"), max_length=64)
    created_at = models.DateTimeField(_("sold on"), default=timezone.now, editable=False)

    objects = PassQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("members"),
        purpose=_("to count the half-days that they paid for"),
        ground=Ground.CONTRACT,
        kept=NOT_YET_BOUNDED,
        told=["kind", "half_days", "balance", "price", "valid_from", "valid_until", "sold_at", "created_at"],
        erased=[],
        facts=["member", "payment", "key"],
    )

    class Meta:
        verbose_name = _("pass")
        verbose_name_plural = _("passes")
        constraints = [
            models.CheckConstraint(name="pass_never_below_zero", condition=Q(balance__gte=0)),
            models.CheckConstraint(name="pass_of_half_days", condition=Q(half_days__gte=1)),
            models.CheckConstraint(name="pass_price_not_negative", condition=Q(price__gte=0)),
            models.CheckConstraint(name="pass_kind_known", condition=Q(kind__in=PassKind.values)),
            models.CheckConstraint(
                name="pass_validity_in_order",
                condition=Q(valid_from__lte=F("valid_until")),
                violation_error_message=_("It would end before it begins."),
            ),
            models.CheckConstraint(name="pass_of_a_trial_is_for_nothing", condition=~Q(kind=PassKind.TRIAL) | Q(payment=None)),
            models.UniqueConstraint(name="pass_key_once_a_member", fields=["member", "key"]),
        ]
        triggers = [
            Trigger(
                name="pass_begins_empty",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.balance <> 0"),
                func=BALANCE_IS_OF_THE_LEDGER,
            ),
            Trigger(
                name="pass_balance_is_of_the_ledger",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("balance"),
                condition=pgtrigger.Condition("OLD.balance IS DISTINCT FROM NEW.balance"),
                func=BALANCE_IS_OF_THE_LEDGER,
            ),
        ]

    def __str__(self) -> str:
        sentence = ngettext("%(left)s half-day of %(count)s", "%(left)s half-days of %(count)s", self.balance)
        return sentence % {"left": self.balance, "count": self.half_days}


LEDGER_IS_APPEND_ONLY = "RAISE EXCEPTION 'the ledger of passes is append-only' USING ERRCODE = 'integrity_constraint_violation';"


class PassEntry(models.Model):
    """One line of the ledger. The database lets nobody change or remove it: what was wrong is put right by another line."""

    pass_of = models.ForeignKey(Pass, models.PROTECT, related_name="entries", verbose_name=_("pass"))
    units = models.SmallIntegerField(_("half-days"))
    reason = models.CharField(_("reason"), max_length=9, choices=EntryReason)
    booking = models.ForeignKey(
        "telecentres.Booking", models.PROTECT, null=True, blank=True, related_name="pass_entries", verbose_name=_("booking")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    personal_data = PersonalData(
        of=_("members"),
        purpose=_("to count the half-days that they used"),
        ground=Ground.CONTRACT,
        kept=NOT_YET_BOUNDED,
        told=["units", "reason", "note", "at"],
        erased=["note"],
        facts=["pass_of", "booking", "by"],
    )

    class Meta:
        verbose_name = _("movement of a pass")
        verbose_name_plural = _("movements of passes")
        constraints = [
            models.CheckConstraint(
                name="entry_has_the_sign_of_its_reason",
                condition=Q(reason__in=[EntryReason.SOLD, EntryReason.GRANTED, EntryReason.REFUNDED], units__gt=0)
                | Q(reason=EntryReason.USED, units__lt=0)
                | Q(reason=EntryReason.CORRECTED) & ~Q(units=0),
            ),
            models.CheckConstraint(
                name="entry_of_a_booking_names_it",
                condition=Q(reason__in=EntryReason.of_bookings(), booking__isnull=False)
                | ~Q(reason__in=EntryReason.of_bookings()) & Q(booking=None),
            ),
        ]
        triggers = [
            Trigger(
                name="passentry_keeps_balance",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="UPDATE telecentres_pass SET balance = balance + NEW.units WHERE id = NEW.pass_of_id; RETURN NULL;",
            ),
            Trigger(  # an account that is erased may still take its name off the lines it wrote
                name="passentry_is_not_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("id", "pass_of_id", "units", "reason", "booking_id", "at"),
                func=LEDGER_IS_APPEND_ONLY,
            ),
            Trigger(name="passentry_is_not_removed", when=pgtrigger.Before, operation=pgtrigger.Delete, func=LEDGER_IS_APPEND_ONLY),
        ]

    def __str__(self) -> str:
        return f"{self.units:+d}, {self.get_reason_display()}"
