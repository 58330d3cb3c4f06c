"""Payments go when nobody has to keep them any more."""

import datetime as dt

from members.models import Payment

KEPT_YEARS = 10  # Code de commerce, L123-22; the database lets go of nothing before


def forget_old_payments(*, now: dt.datetime) -> int:
    """Delete what ended more than ten years before this year. What is still owed stays. Returns how many rows were deleted."""
    return Payment.objects.filter(ended_on__lt=dt.date(now.year - KEPT_YEARS, 1, 1)).delete()[1].get(Payment._meta.label, 0)
