"""Whether an introduction that its holder agreed to may leave now, and how many more families a village can welcome this month.

The one place: choosing, sending, the morning and a file's page ask it. A month is that of the territory's clock: from the first
moment of its first day until now.
"""

import datetime as dt
from collections.abc import Collection

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.typography import day
from projects.enums import IntroductionState, Obstacle, Stage
from projects.models import Introduction
from villages.models import Village

State = IntroductionState


def month_of(now: dt.datetime) -> dt.datetime:
    """The first moment of the month."""
    return timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def places_taken(now: dt.datetime, prefix: str = "") -> Q:
    """Families that a village was asked to welcome this month, and that it has not declined nor lost since."""
    gave_back = Q(**{f"{prefix}state__in": State.without_a_place()})
    return Q(**{f"{prefix}sent_at__gte": month_of(now)}) & ~gave_back


def on_their_way(prefix: str = "") -> Q:
    """Chosen and not written to yet: they will take a place."""
    return Q(**{f"{prefix}state__in": State.before_leaving()})


def full_villages(villages: Collection[Village], *, now: dt.datetime) -> list[Village]:
    """Those of these that have, or will have by what was chosen, all the families that they can welcome this month.

    Call it with the villages locked where something follows from it.
    """
    rows = Introduction.objects.filter(places_taken(now) | on_their_way(), village__in=[village.pk for village in villages])
    taken = dict(rows.order_by().values_list("village").annotate(Count("pk")))
    return [village for village in villages if taken.get(village.pk, 0) >= village.monthly_capacity]


def with_facts_of_leaving(rows: QuerySet[Introduction], now: dt.datetime) -> QuerySet[Introduction]:
    """What obstacle_of() asks of each row, in the same query: `has_chosen` and `places_taken`."""
    taken = Introduction.objects.filter(places_taken(now), village=OuterRef("village")).order_by()
    taken = taken.values("village").annotate(count=Count("pk")).values("count")
    return rows.annotate(
        has_chosen=Exists(Introduction.objects.filter(file=OuterRef("file"), state=State.CHOSEN)),
        places_taken=Coalesce(Subquery(taken, output_field=IntegerField()), Value(0)),
    )


def obstacle_of(introduction: Introduction, today: dt.date) -> Obstacle | None:
    """Why an introduction does not leave today; None where it does. It comes from with_facts_of_leaving(), with_people()."""
    if introduction.has_chosen:
        return Obstacle.CHOSEN
    if introduction.file.stage != Stage.SUPPORTED:
        return Obstacle.FILE
    if not introduction.village.welcomes(today):
        return Obstacle.VILLAGE
    if introduction.places_taken >= introduction.village.monthly_capacity and not introduction.beyond_capacity:
        return Obstacle.FULL
    return None


def obstacle_words(introduction: Introduction, obstacle: Obstacle) -> str:
    """« le village est en pause jusqu’au … », to stand behind a colon."""
    village, file = introduction.village, introduction.file
    match obstacle:
        case Obstacle.CHOSEN:
            return _("the family has chosen a village")
        case Obstacle.FILE if file.stage == Stage.PAUSED:
            return _("the file is paused until %(day)s") % {"day": day(file.paused_until)}
        case Obstacle.FILE:
            return _("the file is at the stage “%(stage)s”") % {"stage": file.get_stage_display()}
        case Obstacle.FULL:
            return full_words(village)
    if village.is_paused(timezone.localdate()) and village.paused_until:
        return _("the village is paused until %(day)s") % {"day": day(village.paused_until)}
    return _("the village welcomes nobody at present")


def full_words(village: Village) -> str:
    said = ngettext(
        "the village has the one family that it can welcome this month",
        "the village has the %(count)d families that it can welcome this month",
        village.monthly_capacity,
    )
    return said % {"count": village.monthly_capacity}
