"""What a rule is made of."""

import datetime as dt
import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django.db.models import Q
from django.urls import reverse

from common.working_days import latest_start
from projects.enums import ReminderRule, Unit
from projects.models import ProjectFile, RuleSetting
from projects.models.reminder import target_of


class Reader(enum.Enum):
    """Who of the team is told."""

    ADVISER = "adviser"  # the deputy while they are away
    LEAD = "lead"


@dataclass(frozen=True)
class DueMatter:
    """Something an adviser is to be told: of which file, at which step, and as which occurrence of the matter."""

    pk: int
    occurrence: str
    readers: Sequence[Reader]
    adviser_id: int | None
    deputy_id: int | None = None


@dataclass(frozen=True)
class DigestLine:
    """One line of a digest: what is so, and where to go. Worded when it is read: a digest lists twenty of a kind at most."""

    file_id: int
    words: Callable[[], str]

    @property
    def text(self) -> str:
        return self.words()

    @property
    def url(self) -> str:
        return reverse("admin:projects_projectfile_change", args=[self.file_id])


@dataclass(frozen=True)
class Nudge:
    """A few words to somebody outside of the team: a holder, or whoever reads for a village."""

    rule: ReminderRule
    pk: int
    occurrence: str
    to: str
    name: str
    subject: str
    text: str
    path: str  # on this site: the one thing to do
    label: str
    file: ProjectFile | None = field(default=None, compare=False)
    confirmed: bool = True  # by whoever `to` belongs to: else nothing of the text is written there

    @property
    def target(self) -> str:
        return target_of(self.rule, self.pk)


class Delays:
    """What the lead has set, over the defaults of the rules: one query for all of them."""

    def __init__(self) -> None:
        self.set = {row.rule: row for row in RuleSetting.objects.all()}

    def of(self, rule: "type[Rule]") -> Sequence[int]:
        row = self.set.get(rule.slug)
        return row.delays if row and len(row.delays) == len(rule.delays) else rule.delays

    def is_used(self, slug: ReminderRule) -> bool:
        row = self.set.get(slug)
        return row is None or row.is_active


class Rule:
    """`delays` are those of its steps, each in the unit that `units` says.

    The digest, the letters and the morning ask the rule which facts it speaks of, and from when on.
    """

    slug: ClassVar[ReminderRule]
    delays: ClassVar[tuple[int, ...]]
    units: ClassVar[tuple[Unit, ...]]

    @classmethod
    def heard_by_lead(cls, today: dt.date, delays: Sequence[int]) -> Q | None:
        """Which of the rule's rows a lead is told of as well, at the step that says so; None where there is none."""
        return None

    @classmethod
    def began_by(cls, today: dt.date, delay: int) -> dt.date:
        """What began on this day or earlier has waited long enough, in the unit of the first step."""
        return latest_start(today, delay) if cls.units[0] is Unit.WORKING_DAYS else today - dt.timedelta(days=delay)

    @classmethod
    def reached(cls, began: dt.date, today: dt.date, delays: Sequence[int]) -> int:
        """The last step whose delay has passed; -1 for none yet."""
        return sum(began <= cls.began_by(today, delay) for delay in delays) - 1


class AdviserRule(Rule):
    @classmethod
    def due(cls, today: dt.date, delays: Sequence[int]) -> Iterator[DueMatter]:
        raise NotImplementedError

    @classmethod
    def lines(cls, pks: set[int], today: dt.date, delays: Sequence[int]) -> dict[int, DigestLine]:
        """Of those that are still so. What is not there has stopped."""
        raise NotImplementedError


class OutsiderRule(Rule):
    @classmethod
    def nudges(cls, today: dt.date, delays: Sequence[int]) -> Iterator[Nudge]:
        raise NotImplementedError

    @classmethod
    def still(cls, pks: set[int], delays: Sequence[int]) -> set[int]:
        """Those whose reason holds."""
        raise NotImplementedError

    @classmethod
    def escalate(cls, now: dt.datetime, delays: Sequence[int]) -> int:
        """What the portal does by itself once writing has not helped. Returns how often it did."""
        return 0
