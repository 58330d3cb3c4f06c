"""Three hundred project files, planned first: where each stands today, since when it exists, and with whom.

`stories.Story` then lives each of them from its first day. They are opened in the order of their days, so that their
references follow.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from members.models import User
from projects.enums import ClosingReason, Origin, Stage
from sohosolo.demo.chance import Dice
from sohosolo.demo.days import DAY, working_day
from sohosolo.demo.team import Team
from sohosolo.demo.world import World

# How long ago the files of each stage were opened, in days.
OPENED = {
    Stage.NEW: (0, 5),
    Stage.TO_QUALIFY: (10, 38),
    Stage.SUPPORTED: (50, 430),
    Stage.PAUSED: (120, 520),
    Stage.SETTLED: (280, 820),
    Stage.CLOSED: (150, 900),
    Stage.ANONYMISED: (1130, 1400),
}
UNASSIGNED = 7  # so many of the new files have no adviser yet: the latest, and the oldest, which has waited too long


@dataclass
class Plan:
    stage: Stage
    opened_at: dt.datetime
    origin: Origin
    adviser: User | None = None
    closing: ClosingReason | None = None
    known: Mapping[str, Any] | None = None  # the holder of team.toml, who can sign in

    @property
    def has_settled(self) -> bool:
        return self.stage == Stage.SETTLED or self.closing == ClosingReason.DONE


def plan_files(world: World, team: Team) -> list[Plan]:
    """In the order of their first day. The known holder's is one of the supported ones."""
    dice, plans = world.dice("plans"), []
    for stage, number in world.material.network["files"].items():
        for index in range(number):
            known = world.material.team["holder"] if stage == Stage.SUPPORTED and index == 0 else None
            origin = Origin.WEB if known else Origin(dice.by_share(world.material.network["origins"]))
            days = known["days_ago"] if known else dice.randint(*OPENED[Stage(stage)])
            closing = ClosingReason(dice.by_share(world.material.network["closing"])) if stage == Stage.CLOSED else None
            opened_at = opening(world, dice, origin, days)
            plans.append(Plan(Stage(stage), opened_at, origin, closing=closing, known=known))
    plans.sort(key=lambda plan: plan.opened_at)
    entrust(dice, team, plans)
    return plans


def opening(world: World, dice: Dice, origin: Origin, days: int) -> dt.datetime:
    """The site takes projects at any hour; people answer in office hours."""
    day = world.today - days * DAY
    if origin == Origin.WEB:
        moment = dice.hour(day, world.zone, 7, 23)
        return moment if moment < world.now else moment - DAY
    moment = dice.hour(working_day(day, -DAY), world.zone)
    return moment if moment < world.now else dice.hour(working_day(day - DAY, -DAY), world.zone)


def entrust(dice: Dice, team: Team, plans: Sequence[Plan]) -> None:
    """Say who follows which file: a fixed portfolio is filled with open files, the others share what is left."""
    new = [plan for plan in plans if plan.stage == Stage.NEW]
    waiting = [*new[:1], *new[len(new) - UNASSIGNED + 1 :]]
    followed = [plan for plan in plans if not any(plan is other for other in waiting)]
    for plan in followed:
        plan.adviser = team.by_email[plan.known["adviser"]] if plan.known else None
    open_files = [plan for plan in followed if plan.stage.is_open and plan.adviser is None]
    dice.shuffle(open_files)
    for adviser, number in team.portfolios.items():
        for _ in range(number - sum(plan.adviser == adviser for plan in followed)):
            open_files.pop().adviser = adviser
    shares = {adviser: share for adviser, share in team.shares.items() if adviser not in team.portfolios}
    for plan in followed:
        if plan.adviser is None and plan.stage != Stage.ANONYMISED:
            plan.adviser = dice.by_share(shares if plan.stage.is_open else team.shares)
