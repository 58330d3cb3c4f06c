"""How villages answer: of all that they were asked, how many they answered, and how soon; and what they have on their plate."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Aggregate, Count, DurationField, F, Q

from common.rounding import whole
from projects.introductions.leaving import on_their_way, places_taken
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
    places_taken: int = 0  # of those of this month, with the families that are chosen and on their way

    @property
    def is_shown(self) -> bool:
        return self.asked >= SHOWN_FROM

    @property
    def median_days(self) -> int | None:
        return None if self.median is None else whole(self.median.total_seconds() / 86_400)


def records_of(villages: Collection[Village], *, now: dt.datetime) -> dict[int, Record]:
    """By village; the same number of queries (one) for any number of them. All that was sent counts, answered or not."""
    asked, answered = Q(sent_at__isnull=False), Q(answered_at__isnull=False)
    rows = (
        Introduction.objects.filter(village__in=[village.pk for village in villages])
        .order_by()
        .values("village")
        .annotate(
            asked=Count("pk", filter=asked),
            answered=Count("pk", filter=answered),
            median=Median(F("answered_at") - F("sent_at"), filter=answered),
            live=Count("pk", filter=asked & Q(slot__isnull=False)),
            places_taken=Count("pk", filter=places_taken(now) | on_their_way()),
        )
    )
    return {row.pop("village"): Record(**row) for row in rows}
