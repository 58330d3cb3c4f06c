"""The passes of members: sold, granted, used, given back. The database sums what is written here and lets nothing be changed."""

import datetime as dt
from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from members.access import Act, require
from members.enums import MeansOfPayment, MemberStatus
from members.models import Member, Payment, User
from members.payments import services as payments
from telecentres import notifications, wording
from telecentres.enums import EntryReason, PassKind
from telecentres.half_days import local_day
from telecentres.models import Booking, Pass, PassEntry, PassOffer, Telecentre


class LedgerRefused(Exception):
    """The message is written for whoever sells or corrects a pass and may be shown as it stands."""


def sell_pass(
    *,
    offer: PassOffer,
    member: Member | None,
    key: str,
    means: MeansOfPayment,
    by: User,
    sold_at: Telecentre | None = None,
    now: dt.datetime | None = None,
) -> Pass:
    """A pass as it is on sale today, valid from today and paid at once. The same `key` of the same member is the same pass.

    Raises LedgerRefused for somebody on trial, a former member, a passer-by: a pass is sold to members.
    """
    if member is None or member.status != MemberStatus.ACTIVE:
        raise LedgerRefused(_("A pass is sold to members."))
    now = now or timezone.now()
    return open_pass(
        PassKind.BOUGHT,
        EntryReason.SOLD,
        member=member,
        half_days=offer.half_days,
        price=offer.price,
        payment=partial(paid_at_once, offer, member, means=means, by=by, now=now),  # of a pass that is new
        valid_days=offer.valid_days,
        key=key,
        sold_at=sold_at,
        by=by,
        now=now,
    )


def paid_at_once(offer: PassOffer, member: Member, *, means: MeansOfPayment, by: User, now: dt.datetime) -> Payment | None:
    """None where it costs nothing."""
    if not offer.price:
        return None
    with override(settings.LANGUAGE_CODE):
        what = wording.pass_of(offer.half_days)
    owed = payments.owe(payer=member.user, amount=offer.price, what=what, now=now)
    return payments.settle(payment=owed, means=means, by=by, now=now)


@transaction.atomic
def grant_trial(
    *, member: Member, half_days: int, valid_days: int, key: str, by: User | None = None, now: dt.datetime | None = None
) -> Pass:
    """Half-days for nothing, in any place, for somebody who thinks of settling; a letter tells them. The same `key` is the same."""
    now = now or timezone.now()
    trial = open_pass(
        PassKind.TRIAL,
        EntryReason.GRANTED,
        member=member,
        half_days=half_days,
        price=0,
        valid_days=valid_days,
        key=key,
        sold_at=None,
        by=by,
        now=now,
    )
    notifications.trial_granted(trial, at=now)
    return trial


@transaction.atomic
def open_pass(kind: PassKind, reason: EntryReason, *, valid_days: int, by: User | None, now: dt.datetime, **facts) -> Pass:
    today = local_day(now)
    opened, created = Pass.objects.get_or_create(
        member=facts.pop("member"),
        key=facts.pop("key"),
        defaults={
            "kind": kind,
            "valid_from": today,
            "valid_until": today + dt.timedelta(days=valid_days),
            "created_at": now,
            **facts,
        },
    )
    if created:
        PassEntry.objects.create(pass_of=opened, units=opened.half_days, reason=reason, by=by, at=now)
        opened.refresh_from_db(fields=["balance"])
    return opened


def correct_pass(*, of: Pass, units: int, note: str, by: User, now: dt.datetime | None = None) -> PassEntry:
    """Put a pass right by hand. Raises LedgerRefused when it would go below zero, PermissionDenied where `by` may not."""
    require(by, Act.CORRECT_PASSES)
    try:
        with transaction.atomic():
            Pass.objects.select_for_update(no_key=True).get(pk=of.pk)
            return PassEntry.objects.create(
                pass_of=of, units=units, reason=EntryReason.CORRECTED, note=note, by=by, at=now or timezone.now()
            )
    except IntegrityError as error:
        raise LedgerRefused(_("A pass holds nothing below zero, and a correction of nothing is none.")) from error


def charge(bookings: Iterable[Booking], *, at: dt.datetime | None = None) -> None:
    """Take from the passes what these bookings, just written, are paid with. The passes are locked by the caller."""
    write(bookings, EntryReason.USED, -1, at)


def give_back(booking: Booking, *, now: dt.datetime) -> None:
    """Give the half-days of a booking back to its pass, be it valid still or not."""
    write([booking], EntryReason.REFUNDED, +1, now)


def write(bookings: Iterable[Booking], reason: EntryReason, sign: int, at: dt.datetime | None = None) -> None:
    PassEntry.objects.bulk_create(
        [
            PassEntry(
                pass_of_id=booking.paid_with_id,
                units=sign * booking.units,
                reason=reason,
                booking=booking,
                by=booking.booked_by,
                at=at or booking.created_at,
            )
            for booking in bookings
            if booking.units
        ]
    )
