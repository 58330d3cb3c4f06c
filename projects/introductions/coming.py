"""What is coming for whoever laid a project down: the visits that are planned."""

import datetime as dt
from dataclasses import dataclass

from members.models import User
from projects.introductions.visit_calendar import LASTS
from projects.models import Introduction


@dataclass(frozen=True)
class ComingVisit:
    """One visit, loaded with_people(), as a line in time order beside whatever else is coming."""

    introduction: Introduction
    template = "projects/_coming.html"

    @property
    def at(self) -> dt.datetime:
        return self.introduction.visit_at


def visits_of(user: User, now: dt.datetime) -> list[ComingVisit]:
    """Those that are not over, the next one first. One query."""
    found = Introduction.objects.live().filter(file__holder__user=user, visit_at__gt=now - LASTS)
    return [ComingVisit(introduction) for introduction in found.with_people().order_by("visit_at", "pk")]
