"""What becomes of those who settled: asked at 3, 12, 24 and 36 months."""

import calendar
import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from members.models import User
from projects.activity.ball import pass_ball
from projects.activity.kept_words import in_first_language
from projects.activity.refusals import FollowUpRefused
from projects.enums import Ball, Via
from projects.models import MONTHS, FollowUp, ProjectFile
from projects.models.file import locked


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last day where it is shorter: 31 January + 1 is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def schedule_follow_ups(file: ProjectFile) -> None:
    """The four questions of somebody who settled. Settled on another day than was said, those not yet asked move."""
    asked = set(FollowUp.objects.filter(file=file, asked_at__isnull=False).values_list("months", flat=True))
    FollowUp.objects.bulk_create(
        [
            FollowUp(file=file, months=months, due_on=months_later(file.settled_on, months))
            for months in MONTHS
            if months not in asked
        ],
        update_conflicts=True,
        unique_fields=["file", "months"],
        update_fields=["due_on"],
    )


@transaction.atomic
def answer_follow_up(
    *, follow_up: FollowUp, facts: dict[str, Any], via: Via, by: User | None = None, now: dt.datetime | None = None
) -> FollowUp:
    """Keep what they say; `facts` are fields of a FollowUp. Answered once. Raises FollowUpRefused.

    A weak signal, or that they have left, gives the adviser the ball.
    """
    now = now or timezone.now()
    file = locked(follow_up.file)
    follow_up = FollowUp.objects.select_for_update(of=("self",), no_key=True).get(pk=follow_up.pk)
    if follow_up.answered_at:
        raise FollowUpRefused(in_first_language(gettext_noop("You have answered already: thank you.")))
    for name, value in facts.items():
        setattr(follow_up, name, value)
    follow_up.answered_at, follow_up.via = now, via
    follow_up.save()
    if follow_up.jobs is not None:
        file.jobs = follow_up.jobs
        file.save(update_fields=["jobs"])
    if follow_up.signals or follow_up.leaving:
        note = in_first_language(gettext_noop("call: their news after %(months)s months ask for it"), months=follow_up.months)
        pass_ball(file=file, to=Ball.ADVISER, note=note, now=now)
    return follow_up
