"""The dwellings that the villages offer. What is due for a word of its committee is asked about by the clock's first tick."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sohosolo.demo.chance import Dice
from sohosolo.demo.villages import Welcome
from sohosolo.demo.world import World
from villages.enums import HousingAudience, HousingKind
from villages.models import ASKED_AFTER_DAYS, BELIEVED_DAYS, Housing

FURNISHED, WORKROOM, HAS_A_DATE = 0.12, 0.35, 0.3
MONTHS = (3, 6, 6, 9)  # of a trial


def offer_housing(world: World, welcomes: Mapping[str, Welcome]) -> None:
    """Written at once: that many calls of `add_housing` would be waited for. Nobody is announced anything by either."""
    known = world.material.team["committee"]["insee_code"]
    dice = world.dice("housing")
    dwellings = (
        [known_dwelling(world, welcomes[known], facts) for facts in world.material.housing["known"]] if known in welcomes else []
    )
    others = [welcome for code, welcome in welcomes.items() if code != known]
    if others:
        dwellings += random_dwellings(world, dice, others)
    Housing.objects.bulk_create(dwellings)


def known_dwelling(world: World, welcome: Welcome, facts: Mapping[str, Any]) -> Housing:
    return Housing(
        village=welcome.village,
        kind=facts["kind"],
        title=facts["title"],
        description=world.material.housing["invented"],
        price=facts["price"],
        surface_m2=facts["surface"],
        rooms=facts["rooms"],
        bedrooms=max(1, facts["rooms"] - 2),
        has_workroom=facts.get("workroom", False),
        is_furnished=facts.get("furnished", False),
        connection=facts["connection"],
        energy_rating=facts["rating"],
        most_months=facts.get("months"),
        audience=HousingAudience.QUALIFIED if facts.get("lead") else HousingAudience.PUBLIC,
        owner_contact=facts.get("owner", ""),
        added_on=world.today - dt.timedelta(days=facts["days"] + 30),
        confirmed_on=world.today - dt.timedelta(days=facts["days"]),
        confirmed_by=welcome.lead,
    )


def random_dwellings(world: World, dice: Dice, welcomes: list[Welcome]) -> Iterator[Housing]:
    """As many as the material says for a whole network, one village after the other, some more than once."""
    material = world.material.housing
    number = round(material["how_many"] * len(welcomes) / len(world.material.villages))
    villages = dice.sample(welcomes, len(welcomes))
    villages += dice.choices(welcomes, [welcome.population**0.5 for welcome in welcomes], k=max(0, number - len(villages)))
    said: set[tuple[int, str]] = set()
    for welcome in villages[:number]:
        housing = random_dwelling(world, dice, welcome)
        if (housing.village.pk, housing.title) not in said:  # no village says the same of two
            said.add((housing.village.pk, housing.title))
            yield housing


def random_dwelling(world: World, dice: Dice, welcome: Welcome) -> Housing:
    material = world.material.housing
    kind = HousingKind(dice.by_share(material["shares"]))
    what = dice.choice([dwelling for dwelling in material["dwellings"] if kind in dwelling["kinds"]])
    surface = dice.randint(*what["surface"])
    rooms = dice.randint(*what["rooms"])
    step = 1000 if kind == HousingKind.SALE else 10
    days = days_since(material, dice)
    return Housing(
        village=welcome.village,
        kind=kind,
        title=f"{what['title']}, {dice.choice(what['details'])}",
        description=material["invented"],
        price=round(surface * dice.uniform(*what[kind]) / step) * step,
        surface_m2=surface,
        rooms=rooms,
        bedrooms=max(1, rooms - 2) if rooms > 1 else None,
        has_workroom=rooms > 2 and dice.likely(WORKROOM),
        is_furnished=kind == HousingKind.TRIAL or (kind == HousingKind.RENT and dice.likely(FURNISHED)),
        connection=dice.by_share(material["connections"]),
        energy_rating=dice.by_share(material["ratings"]),
        most_months=dice.choice(MONTHS) if kind == HousingKind.TRIAL else None,
        free_from=world.today + dt.timedelta(days=dice.randint(5, 80)) if dice.likely(HAS_A_DATE) else None,
        audience=HousingAudience.QUALIFIED if dice.likely(material["leads"]) else HousingAudience.PUBLIC,
        added_on=world.today - dt.timedelta(days=days + dice.choice((0, 0, 35, 80, 140))),
        confirmed_on=world.today - dt.timedelta(days=days),
        confirmed_by=welcome.lead,
        withdrawn_on=world.today - dt.timedelta(days=min(days, 4)) if dice.likely(material["withdrawn"]) else None,
    )


def days_since(material: Mapping[str, Any], dice: Dice) -> int:
    """Days since it was confirmed: few are late, few have lapsed."""
    throw = dice.random()
    if throw < material["late"]:
        return dice.randint(ASKED_AFTER_DAYS, BELIEVED_DAYS - 1)
    if throw < material["late"] + material["lapsed"]:
        return dice.randint(BELIEVED_DAYS + 1, BELIEVED_DAYS + 25)
    return dice.randint(0, ASKED_AFTER_DAYS - 4)
