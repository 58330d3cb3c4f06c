"""Who carries a project: the person, what they do, who comes along, and what they look for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from members.accounts import services
from projects.enums import Grain
from projects.models import Holder
from sohosolo.demo.chance import Dice
from sohosolo.demo.members import Solo
from sohosolo.demo.people import Person
from sohosolo.demo.world import World
from villages.enums import Level, Seeks

JOINED_AFTER = (120, 500)  # days between asking and joining the network, for those who did both


@dataclass(frozen=True)
class Carrier:
    person: Person
    holder: Holder
    town: Mapping[str, Any]
    trade: Mapping[str, Any]
    lives_in_village: str = ""  # INSEE code, of those who already live in one


class Carriers:
    """Draws the holders. Who settled and joined is one person: the holder of a settled file is a member, where the days agree."""

    def __init__(self, world: World, dice: Dice, solos: Sequence[Solo]) -> None:
        self.world, self.dice, self.towns = world, dice, world.material.projects["towns"]
        self.solos = list(solos[1:])  # the known member came another way

    def known(self, facts: Mapping[str, Any], now: dt.datetime) -> Carrier:
        """The holder of team.toml, who has an account."""
        user = services.make_account(email=facts["email"], first_name=facts["first_name"], last_name=facts["last_name"])
        return self.carrier(
            Person(facts["first_name"], facts["last_name"], facts["feminine"]),
            town=next(town for town in self.towns if town["name"] == facts["town"]),
            trade=next(trade for trade in self.world.material.trades if facts["trade"] in (trade["f"], trade["m"])),
            now=now,
            user=user,
            email=user.email,
        )

    def settled(self, now: dt.datetime) -> Carrier:
        """Somebody who joined since, if there is one left; else somebody who settled and did not join."""
        first, last = (now.date() + dt.timedelta(days=days) for days in JOINED_AFTER)
        solo = next((solo for solo in self.solos if first <= solo.member.joined_on <= last), None)
        if solo is None:
            return self.stranger(now)
        self.solos.remove(solo)
        user, code = solo.member.user, solo.member.commune.insee_code
        return self.carrier(
            solo.person,
            town=self.dice.by_weight(self.towns),
            trade=solo.trade,
            now=now,
            lives_in_village=code if code in self.world.material.villages else "",
            user=user,
            email=user.email,
            phone=solo.member.phone,
            lives_in=solo.member.commune.name,
        )

    def stranger(self, now: dt.datetime) -> Carrier:
        person, town = self.world.people.draw(), self.dice.by_weight(self.towns)
        return self.carrier(
            person,
            town=town,
            trade=self.dice.by_weight(self.world.material.trades),
            now=now,
            email=self.world.people.address(person.name),
            phone=self.world.phone(town["phones"]) if "phones" in town else "",
        )

    def forgotten(self, now: dt.datetime) -> Carrier:
        """Whoever it was, nothing is left of them."""
        nobody = Person("", self.world.material.projects["anonymised"]["name"], feminine=True)
        town, trade = self.dice.by_weight(self.towns), self.dice.by_weight(self.world.material.trades)
        return self.carrier(nobody, town=town, trade=trade, now=now, lives_in="")

    def carrier(
        self,
        person: Person,
        *,
        town: Mapping[str, Any],
        trade: Mapping[str, Any],
        now: dt.datetime,
        lives_in_village: str = "",
        **facts: Any,
    ) -> Carrier:
        facts = {"lives_in": town["name"]} | facts
        names = {"first_name": person.first_name, "last_name": person.last_name}
        holder = Holder.objects.create(created_at=now, confirmed_email=facts.get("email", ""), **names, **facts)
        return Carrier(person, holder, town, trade, lives_in_village)


def household_of(world: World, dice: Dice, known: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of a Household."""
    if known:
        return known["household"] | month_after(world.today, known["wishes_in_days"])
    adults = 2 if dice.likely(0.68) else 1
    children = dice.by_share({0: 44, 1: 22, 2: 26, 3: 8})
    ages = sorted(dice.randint(0, 17) for _ in range(children))
    return {
        "adults": adults,
        "children": children,
        "school_levels": [school_level(age) for age in ages],
        "partner_job": dice.choice(world.material.projects["partner_jobs"]) if adults == 2 and dice.likely(0.6) else "",
        **month_after(world.today, 30 * dice.randint(1, 14)),
        "seeks": Seeks.RENT,
        "housing_budget": Decimal(50 * dice.randint(9 + 2 * children, 16 + 2 * children)) if dice.likely(0.8) else None,
    }


def month_after(today: dt.date, days: int) -> dict[str, Any]:
    """When a household wishes to arrive: in the month that so many days lead to."""
    return {"wished_on": (today + dt.timedelta(days=days)).replace(day=1), "wished_grain": Grain.MONTH}


SCHOOL_UNTIL_AGE = {
    3: Level.CRECHE,
    6: Level.NURSERY,
    11: Level.PRIMARY,
    15: Level.MIDDLE,
    18: Level.HIGH,
}


def school_level(age: int) -> Level:
    return next(level for until, level in SCHOOL_UNTIL_AGE.items() if age < until)
