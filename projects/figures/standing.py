"""How the files stood at a moment, read from the append-only log of their stages: the same whenever it is read again."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from projects.enums import ClosingReason, Stage
from projects.models import ProjectFile, Transition


def settlings(until: dt.datetime) -> QuerySet[Transition]:
    """One a file that had settled before `until`: the move that last said on which day.

    A file reopened since had not settled as it stood; one closed since for a reason of ClosingReason.no_arrival() never had.
    """
    after = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    undone = Q(to_stage=Stage.SUPPORTED) | Q(to_stage=Stage.CLOSED, closing_reason__in=ClosingReason.no_arrival())
    later = Transition.objects.filter(after, undone, file=OuterRef("file"), at__lt=until)
    moves = Transition.objects.filter(~Exists(later), to_stage=Stage.SETTLED, at__lt=until)
    return moves.order_by("file", "-at", "-pk").distinct("file")


def with_stage_then(files: QuerySet[ProjectFile], until: dt.datetime) -> QuerySet[ProjectFile]:
    """Adds `then`: the stage each file stood at just before `until`."""
    last = Transition.objects.filter(file=OuterRef("pk"), at__lt=until).order_by("-at", "-pk").values("to_stage")[:1]
    return files.annotate(then=Coalesce(Subquery(last), Value(Stage.NEW.value)))


def without_duplicates(files: QuerySet[ProjectFile], until: dt.datetime) -> QuerySet[ProjectFile]:
    """All but those that stood closed as a duplicate just before `until`: of two files of one project, one counts."""
    moves = Transition.objects.filter(file=OuterRef("pk"), at__lt=until).exclude(to_stage=Stage.ANONYMISED)  # how it ended stays
    last = moves.order_by("-at", "-pk").values("closing_reason")[:1]
    return files.annotate(closed_as=Coalesce(Subquery(last), Value(""))).exclude(closed_as=ClosingReason.DUPLICATE)
