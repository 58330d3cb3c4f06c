"""What the committees keep true: the projects of their villages, and the facts they have checked, some of them long ago."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sohosolo.demo.chance import Dice
from sohosolo.demo.villages import Welcome
from sohosolo.demo.world import World
from villages.enums import FactTopic
from villages.models import FactCheck, TerritoryProject, Village

CHECKED_DAYS = ((0.7, 3, 110), (0.2, 121, 178), (0.1, 181, 420))  # share, from, to: fresh, ageing, stale
PROJECT_DAYS = ((0.75, 5, 260), (0.17, 271, 360), (0.08, 366, 600))


def keep_up_villages(world: World, welcomes: Mapping[str, Welcome]) -> None:
    """Written at once: that many calls of the services would be waited for. Nobody is announced anything by either."""
    dice, material = world.dice("committees"), world.material.committees
    code = world.material.team["committee"]["insee_code"]
    known = welcomes.get(code)
    others = [welcome for other, welcome in welcomes.items() if other != code]
    projects = [project for welcome in others for project in projects_of(world, dice, welcome)]
    checks = [check for welcome in others for check in checks_of(world, dice, welcome)]
    if known:
        facts = material["known"]
        projects += [a_project(world, known, said, said.get("years"), said["days"]) for said in facts["projects"]]
        checks += [a_check(world, known, topic, said["days"], said.get("note", "")) for topic, said in facts["checks"].items()]
        reviewed = {"reviewed_on": days_ago(world, facts["page_days"]), "reviewed_by": known.lead}
        Village.objects.filter(pk=known.village.pk).update(**reviewed)
    TerritoryProject.objects.bulk_create(projects)
    FactCheck.objects.bulk_create(checks)


def projects_of(world: World, dice: Dice, welcome: Welcome) -> Iterator[TerritoryProject]:
    """One to three, none of them said of too small a village; a few villages tell of none."""
    material = world.material.committees
    if dice.likely(material["share_without_projects"]):
        return
    fitting = [project for project in material["projects"] if welcome.population >= project.get("least", 0)]
    for said in dice.some(fitting, 1, 3):
        yield a_project(world, welcome, said, dice.randint(*said["years"]), some_days(dice, PROJECT_DAYS))


def checks_of(world: World, dice: Dice, welcome: Welcome) -> Iterator[FactCheck]:
    material = world.material.committees
    for topic in FactTopic:
        if dice.likely(material["share_never_checked"]):
            continue
        note = dice.choice(material["notes"][topic]) if dice.likely(material["share_of_notes"]) else ""
        yield a_check(world, welcome, topic, some_days(dice, CHECKED_DAYS), note)


def a_project(world: World, welcome: Welcome, said: Mapping[str, Any], years: int | None, days: int) -> TerritoryProject:
    return TerritoryProject(
        village=welcome.village,
        title=said["title"],
        text=said["text"],
        stage=said["stage"],
        year=None if years is None else world.today.year + years,
        confirmed_on=days_ago(world, days),
        confirmed_by=welcome.lead,
    )


def a_check(world: World, welcome: Welcome, topic: str, days: int, note: str) -> FactCheck:
    return FactCheck(village=welcome.village, topic=topic, checked_on=days_ago(world, days), checked_by=welcome.lead, note=note)


def some_days(dice: Dice, spans: Sequence[tuple[float, int, int]]) -> int:
    first, last = dice.by_share({(first, last): share for share, first, last in spans})
    return dice.randint(first, last)


def days_ago(world: World, days: int) -> dt.date:
    return world.today - dt.timedelta(days=days)
