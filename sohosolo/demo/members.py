"""The solos: who they are, where they live, what they do, and what they agreed to show."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from members import membership
from members.accounts.services import make_account
from members.enums import Visibility
from members.models import Member, User
from members.profiles.services import agree_encounters, agree_visibility
from sohosolo.demo.chance import Dice
from sohosolo.demo.people import Person
from sohosolo.demo.world import World
from villages.models import Commune

IN_A_VILLAGE = 0.72  # the others live in any commune of the territory
BORN_HERE = 0.6  # of those whose name is from here
YEARS_BACK = 9
ARRIVED_LATELY = 0.06  # who joined within three months

# What a member lets others see: few hide, few show everything.
LEVELS = {
    "name": {Visibility.PUBLIC: 80, Visibility.MEMBERS: 16, Visibility.NOBODY: 4},
    "commune": {Visibility.PUBLIC: 72, Visibility.MEMBERS: 20, Visibility.NOBODY: 8},
    "bio": {Visibility.PUBLIC: 76, Visibility.MEMBERS: 20, Visibility.NOBODY: 4},
    "website": {Visibility.PUBLIC: 86, Visibility.MEMBERS: 10, Visibility.NOBODY: 4},
    "email": {Visibility.PUBLIC: 12, Visibility.MEMBERS: 66, Visibility.NOBODY: 22},
    "phone": {Visibility.PUBLIC: 4, Visibility.MEMBERS: 46, Visibility.NOBODY: 50},
    "photo": {Visibility.PUBLIC: 50, Visibility.MEMBERS: 40, Visibility.NOBODY: 10},
}
KNOWN_MEMBER_SHOWS = {
    "name": Visibility.PUBLIC,
    "commune": Visibility.PUBLIC,
    "bio": Visibility.PUBLIC,
    "website": Visibility.PUBLIC,
    "email": Visibility.MEMBERS,
    "phone": Visibility.NOBODY,
    "photo": Visibility.MEMBERS,
}


@dataclass(frozen=True)
class Solo:
    """A member, and what the rest of the demonstration needs to tell of them."""

    member: Member
    person: Person
    trade: Mapping[str, Any]


def make_members(world: World) -> list[Solo]:
    """The known member first, then as many as the network has, in the order they joined."""
    dice, homes = world.dice("members"), Homes(world)
    solos = [known_member(world)]
    days = sorted(join_date(world, dice) for _ in range(world.material.network["members"] - 1))
    for number, day in enumerate(days):
        world.tell("members", number / len(days))
        solos.append(new_member(world, dice, homes.draw(dice), day))
    date_the_accounts([solo.member for solo in solos])
    return solos


class Homes:
    """Where people live: mostly in the villages, the bigger the likelier; some anywhere in the territory."""

    def __init__(self, world: World) -> None:
        codes = [*world.material.villages, *world.material.telecentres]
        self.villages = [world.communes[code] for code in dict.fromkeys(codes)]
        self.communes = sorted(world.communes.values(), key=lambda commune: commune.insee_code)

    def draw(self, dice: Dice) -> Commune:
        communes = self.villages if dice.likely(IN_A_VILLAGE) else self.communes
        return dice.choices(communes, [commune.population**0.6 for commune in communes])[0]


def known_member(world: World) -> Solo:
    facts = world.material.team["member"]
    person = Person(facts["first_name"], facts["last_name"], facts["feminine"])
    trade = next(trade for trade in world.material.trades if facts["activity"] in (trade["f"], trade["m"]))
    user = make_account(email=facts["email"], first_name=person.first_name, last_name=person.last_name)
    member = join(
        world,
        user,
        dt.date.fromisoformat(facts["joined"]),
        KNOWN_MEMBER_SHOWS,
        commune=world.communes[facts["insee_code"]],
        **{name: facts[name] for name in ("activity", "skills", "bio", "website", "phone")},
    )
    return Solo(member, person, trade)


def new_member(world: World, dice: Dice, commune: Commune, day: dt.date) -> Solo:
    person, trade = world.people.draw(), dice.by_weight(world.material.trades)
    user = make_account(email=world.people.address(person.name), first_name=person.first_name, last_name=person.last_name)
    member = join(
        world,
        user,
        day,
        {field: dice.by_share(levels) for field, levels in LEVELS.items()},
        commune=commune,
        activity=trade["f" if person.feminine else "m"],
        skills=dice.some(trade["skills"], 2, 4),
        bio=presentation(world, dice, person, trade, day),
        website=f"https://{user.email.partition('@')[0].replace('.', '-')}.example" if dice.likely(0.45) else "",
        phone=world.phone() if dice.likely(0.7) else "",
    )
    return Solo(member, person, trade)


def join(world: World, user: User, day: dt.date, shows: Mapping[str, Visibility], **facts: Any) -> Member:
    at = min(world.at(day, dt.time(10)), world.now)
    member = membership.make_member(user=user, joined_on=day, now=at, **facts)
    agree_visibility(member=member, choices=shows, at=at)
    if shows.get("name", Visibility.NOBODY) != Visibility.NOBODY:
        agree_encounters(member=member, seen_there=True, meets_newcomers=True, at=at)
    return member


def join_date(world: World, dice: Dice) -> dt.date:
    """Mostly in the last years, and some in the last weeks."""
    days = dice.randint(0, 90) if dice.likely(ARRIVED_LATELY) else round(90 + dice.random() ** 1.6 * 365 * YEARS_BACK)
    return world.today - dt.timedelta(days=days)


def presentation(world: World, dice: Dice, person: Person, trade: Mapping[str, Any], joined: dt.date) -> str:
    """One to four sentences: the trade, then perhaps where from, then perhaps a habit."""
    sentences = trade["about"][: dice.randint(1, 2)]
    if dice.likely(0.7):
        texts = world.material.people["arrival_local" if person.local and dice.likely(BORN_HERE) else "arrival"]
        town = dice.by_weight(world.material.projects["towns"])["name"]
        sentences.append(person.agree(dice.choice(texts), town=town, year=joined.year - dice.randint(0, 2)))
    if dice.likely(0.5):
        sentences.append(person.agree(dice.choice(world.material.people["habit"])))
    return " ".join(sentences)


def date_the_accounts(members: list[Member]) -> None:
    """An account is as old as the membership it was made for."""
    for member in members:
        member.user.date_joined = member.changed_at
    User.objects.bulk_update([member.user for member in members], ["date_joined"])
