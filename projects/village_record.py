"""How villages answer: of all that they were asked, how many they answered, and how soon; and what they have on their plate."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Aggregate, Count, DurationField, F, Q
from django.utils import timezone

from projects.models import Introduction
from villages.models import Village

SHOWN_FROM = 5  # fewer say nothing of a village, and too much of one person


class Median(Aggregate):
    """Of durations: PostgreSQL's percentile_cont(0.5)."""

    name = "median"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class Record(NamedTuple):
    asked: int = 0
    answered: int = 0
    median: dt.timedelta | None = None
    live: int = 0  # families that it is with at present
    this_month: int = 0  # asked since the first of the month

    @property
    def is_shown(self) -> bool:
        return self.asked >= SHOWN_FROM

    @property
    def median_days(self) -> int | None:
        return None if self.median is None else round(self.median.total_seconds() / 86_400)


def records_of(villages: Collection[Village], *, now: dt.datetime) -> dict[int, Record]:
    """By village; the same number of queries (one) for any number of them. All that was sent counts, answered or not."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    answered = Q(answered_at__isnull=False)
    rows = (
        Introduction.objects.ever_sent()
        .filter(village__in=[village.pk for village in villages])
        .order_by()
        .values("village")
        .annotate(
            asked=Count("pk"),
            answered=Count("pk", filter=answered),
            median=Median(F("answered_at") - F("sent_at"), filter=answered),
            live=Count("pk", filter=Q(slot__isnull=False)),
            this_month=Count("pk", filter=Q(sent_at__gte=first)),
        )
    )
    return {row.pop("village"): Record(**row) for row in rows}
