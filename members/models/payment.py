"""What somebody owes, and how it was settled: what a till, a membership or a receipt is built on."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, ProtectedError, Q, QuerySet
from django.db.models.deletion import Collector
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.personal_data import Ground, PersonalData
from common.states import HasStates
from common.triggers import Trigger
from common.typography import dated
from members.access import Act
from members.enums import MeansOfPayment, PaymentStatus


def kept_while_owed(collector: Collector, field: models.Field, payments: "QuerySet[Payment]", using: str) -> None:
    """For `on_delete`: an account that still owes something is not erased; of others the line loses its person and stays."""
    owed = payments.filter(status=PaymentStatus.OWED)
    if owed:
        raise ProtectedError("Something is still to be paid by this account.", owed)
    models.SET_NULL(collector, field, payments, using)


# An account that is erased may take its name off; nothing else of a payment changes, but that it ends.
CHANGED = """
    ROW(NEW.id, NEW.amount, NEW.what, NEW.owed_since) IS DISTINCT FROM ROW(OLD.id, OLD.amount, OLD.what, OLD.owed_since)
    OR NEW.payer_id IS DISTINCT FROM OLD.payer_id AND NEW.payer_id IS NOT NULL
    OR OLD.status <> 'owed' AND (
        ROW(NEW.status, NEW.means, NEW.reason, NEW.ended_on) IS DISTINCT FROM ROW(OLD.status, OLD.means, OLD.reason, OLD.ended_on)
        OR NEW.ended_by_id IS DISTINCT FROM OLD.ended_by_id AND NEW.ended_by_id IS NOT NULL
    )
"""
TOO_YOUNG_TO_GO = "OLD.ended_on IS NULL OR OLD.ended_on >= date_trunc('year', CURRENT_DATE) - interval '10 years'"


class PaymentQuerySet(models.QuerySet["Payment"]):
    def visible_to(self, user) -> Self:
        """Everybody's to whoever looks after payments, one's own to others."""
        return self if user.may(Act.LOOK_AFTER_PAYMENTS) else self.filter(payer=user)


class Payment(HasStates, models.Model):
    """A sum that one person owes for one thing, and its end: settled by some means, waived, or cancelled.

    An app that is owed something points here with a foreign key of its own. The database keeps the sum and the words as they
    were, changes nothing of a line that has ended, and deletes it ten years after the year of its end at the earliest: so long
    are the papers of accounts kept (Code de commerce, L123-22). An account that is erased takes its name off.
    """

    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, kept_while_owed, null=True, blank=True, related_name="payments", verbose_name=_("by whom")
    )
    amount = models.DecimalField(_("amount, in euros"), max_digits=7, decimal_places=2)
    what = models.CharField(_("for what"), max_length=200)  # as it was said on that day, and nobody's name
    owed_since = models.DateField(_("owed since"))
    status = models.CharField(_("status"), max_length=9, choices=PaymentStatus, default=PaymentStatus.OWED)
    means = models.CharField(_("paid"), max_length=8, choices=MeansOfPayment, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)  # of what is waived or cancelled
    ended_on = models.DateField(_("settled, waived or cancelled on"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("noted by")
    )

    states, state_field = PaymentStatus, "status"

    objects = PaymentQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("whoever owes or paid something"),
        purpose=_("to keep accounts"),
        ground=Ground.LEGAL_DUTY,
        kept=_("ten years after the year in which it was settled"),
        told=["amount", "what", "owed_since", "status", "means", "reason", "ended_on"],
        erased=[],
        facts=["payer", "ended_by"],
        stays={"what": _("the papers of accounts, without the name"), "reason": _("the papers of accounts, without the name")},
    )

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [models.Index(fields=["ended_on"], name="payment_ended")]
        constraints = [
            models.CheckConstraint(name="payment_amount_above_zero", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="payment_says_what_for", condition=~Q(what="")),
            models.CheckConstraint(
                name="payment_ended_as_its_status_says",
                condition=Q(status=PaymentStatus.OWED, payer__isnull=False, means="", reason="", ended_on=None, ended_by=None)
                | Q(status=PaymentStatus.SETTLED, means__in=MeansOfPayment.values, reason="", ended_on__isnull=False)
                | Q(status__in=PaymentStatus.given_up(), means="", ended_on__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(name="payment_ended_after_it_was_owed", condition=Q(ended_on__gte=F("owed_since"))),
        ]
        triggers = [
            Trigger(
                name="payment_is_not_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(CHANGED),
                func="RAISE EXCEPTION 'a payment is not changed but to end it' USING ERRCODE = 'integrity_constraint_violation';",
            ),
            Trigger(
                name="payment_is_not_removed",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(TOO_YOUNG_TO_GO),
                func=(
                    "RAISE EXCEPTION 'a payment is kept for ten years after the year of its end' "
                    "USING ERRCODE = 'integrity_constraint_violation';"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def how(self) -> str:
        """« réglé en espèces le 26 novembre 2026 », « à régler »."""
        if self.status == PaymentStatus.OWED:
            return self.get_status_display()
        facts = {"status": self.get_status_display(), "means": self.get_means_display(), "day": dated(self.ended_on)}
        return (gettext("%(status)s %(means)s on %(day)s") if self.means else gettext("%(status)s on %(day)s")) % facts
