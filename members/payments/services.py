"""Something is owed; it is settled, waived or cancelled, once. Who may take money where is asked by the page that calls."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.access import Act, require
from members.enums import MeansOfPayment, PaymentStatus
from members.models import Payment, User


class PaymentRefused(Exception):
    """The message is written for whoever takes the money and may be shown as it stands."""


def owe(*, payer: User, amount: Decimal, what: str, now: dt.datetime) -> Payment:
    """`what` is kept for ten years and more: in the portal's first language, and without anybody's name."""
    return Payment.objects.create(payer=payer, amount=amount, what=what, owed_since=local_day(now))


def settle(*, payment: Payment, means: MeansOfPayment, by: User, now: dt.datetime) -> Payment:
    """Raises PaymentRefused where it has ended already: of two at once, one settles."""
    return end(payment, PaymentStatus.SETTLED, means=means, by=by, now=now)


def waive(*, payment: Payment, reason: str, by: User, now: dt.datetime) -> Payment:
    """It was owed, and the network gives it up. Raises PaymentRefused, and PermissionDenied where `by` may not."""
    require(by, Act.LOOK_AFTER_PAYMENTS)
    return end(payment, PaymentStatus.WAIVED, reason=reason, by=by, now=now)


def cancel(*, payment: Payment, reason: str, by: User, now: dt.datetime) -> Payment:
    """It is not owed after all: what it was for does not take place. Raises PaymentRefused."""
    return end(payment, PaymentStatus.CANCELLED, reason=reason, by=by, now=now)


@transaction.atomic
def end(payment: Payment, to: PaymentStatus, *, by: User, now: dt.datetime, **why: str) -> Payment:
    """Locked after whatever row of another app points here."""
    payment = lock_payment(payment.pk)
    if to not in payment.stands_at.next_states:
        raise PaymentRefused(_("This has ended already: %(what)s, %(how)s.") % {"what": payment.what, "how": payment.how})
    payment.move(to, ended_on=local_day(now), ended_by=by, **why)
    return payment


def lock_payment(pk: int) -> Payment:
    """As it is now."""
    return Payment.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def local_day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment, timezone.get_default_timezone())
