"""Whose morning it is: the files that are theirs, the rules as the lead set them, and the cards that nobody put aside."""

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from members.models import User
from projects.enums import ReminderRule, Stage
from projects.models import Aside, ProjectFile
from projects.reminders.morning.cards import Card, CardKind, Pile
from projects.reminders.rules import Delays
from projects.reminders.rules.base import Rule


class AdviserDesk:
    """Of one adviser, with the files that they stand in for, and for a lead those of nobody; or of the whole team."""

    def __init__(self, user: User, *, now: dt.datetime, team: bool = False) -> None:
        self.user, self.now, self.team = user, now, team
        self.today = timezone.localdate(now)
        self.midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)

    @cached_property
    def colleagues(self) -> list[User]:
        """Whoever works on files: the team, and administrators."""
        team = Q(pk__in=User.objects.advisers().values("pk")) | Q(is_active=True, is_superuser=True)
        return list(User.objects.filter(team).order_by("sort_name", "pk"))

    @cached_property
    def away(self) -> list[User]:
        """Those who are absent today."""
        return [user for user in self.colleagues if user.is_absent_on(self.today)]

    @cached_property
    def is_leads(self) -> bool:
        return self.user.is_lead and not self.team

    def owned(self, prefix: str = "") -> Q:
        """One's own, those one stands in for while their adviser is not there, and for a lead those that nobody looks after."""
        if self.team:
            return ~Q(pk=None)
        return Q(**{f"{prefix}adviser": self.user.pk}) | self.without(f"{prefix}adviser", f"{prefix}deputy")

    def mine(self, prefix: str = "") -> Q:
        """Of those the open ones."""
        return self.owned(prefix) & Q(**{f"{prefix}stage__in": Stage.open()})

    def without(self, person: str, deputy: str) -> Q:
        """Where `person` is away or has left the team: the deputy's; a lead's where there is none at work, or nobody comes back."""
        away = Q(**{f"{person}__in": [user.pk for user in self.away]})
        gone = ~Q(**{f"{person}__in": [user.pk for user in self.colleagues]})
        found = (away | gone) & Q(**{deputy: self.user.pk})
        if self.is_leads:
            at_work = [user.pk for user in self.colleagues if user not in self.away]
            found |= gone | away & ~Q(**{f"{deputy}__in": at_work})
        return found

    def files(self) -> QuerySet[ProjectFile]:
        return ProjectFile.objects.filter(self.mine()).with_people()

    # ---- The rules ---------------------------------------------------------------------------------------------------

    @cached_property
    def delays(self) -> Delays:
        return Delays()

    def ruled(self, rule: type[Rule], rows: QuerySet, prefix: str = "") -> QuerySet:
        """Of the rows that a rule speaks of those of this desk, and for a lead those that the rule tells a lead. None where the
        lead has switched the rule off."""
        if not self.delays.is_used(rule.slug):
            return rows.none()
        mine = self.mine(prefix)
        if self.is_leads and (heard := rule.heard_by_lead(self.today, self.delays.of(rule))):
            mine |= heard
        return rows.filter(mine)

    def switched_off(self, *rules: type[Rule]) -> list[ReminderRule]:
        return [rule.slug for rule in rules if not self.delays.is_used(rule.slug)]

    # ---- Cards -------------------------------------------------------------------------------------------------------

    def still_there(self, rows: QuerySet, kind: CardKind, *occurrence: str) -> QuerySet:
        """Those that nobody put aside, each with its `card`: the kind, the key, and the fields that make it another card."""
        parts = [part for name in occurrence for part in (Value(":"), Cast(name, CharField()))]
        named = rows.annotate(card=Concat(Value(f"{kind}:"), Cast("pk", CharField()), *parts, output_field=CharField()))
        return named.filter(~Exists(Aside.objects.standing(self.today).filter(card=OuterRef("card"))))

    def pile(self, rows: QuerySet, kind: CardKind, card_of: Callable[[Any], Card], *occurrence: str, most: int | None) -> Pile:
        """The first of these rows that nobody put aside, as cards, and how many there are: one query."""
        found = list(self.still_there(rows, kind, *occurrence).annotate(of_all=Window(Count("pk")))[:most])
        return Pile([card_of(row) for row in found], found[0].of_all if found else 0)
