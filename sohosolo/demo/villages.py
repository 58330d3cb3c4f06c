"""The communes, the partner villages and those who welcome there."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from members.accounts.services import make_account
from sohosolo.demo.chance import Dice
from sohosolo.demo.days import DAY
from sohosolo.demo.people import Person
from sohosolo.demo.world import World, kilometres
from villages.committee import partnerships
from villages.distances import journeys
from villages.enums import CommitteeRole
from villages.models import Commune, Village
from villages.opendata import communes

NEWCOMER_ON_COMMITTEE = 0.3  # how often somebody with a name from here did arrive, too
NEVER_REVIEWED = 0.06  # pages that no committee has looked at yet


@dataclass(frozen=True)
class Welcome:
    """A village as the stories of the files speak of it."""

    village: Village
    at: str  # « à Villeneuve »
    of: str  # « de Villeneuve »
    of_telecentre: str  # the commune of the nearest one, said that way
    lead: str  # who leads the committee

    @property
    def name(self) -> str:
        return self.village.commune.name.replace("'", "’")

    @property
    def population(self) -> int:
        return self.village.commune.population


def open_villages(world: World) -> dict[str, Welcome]:
    """By INSEE code."""
    communes.import_communes(path=settings.TERRITORY.communes_file)
    journeys.register_territory_places()
    world.communes = Commune.objects.in_bulk(field_name="insee_code")
    telecentres = [world.communes[code] for code in world.material.telecentres]
    dice, welcomes = world.dice("villages"), {}
    for number, (code, facts) in enumerate(world.material.villages.items()):
        world.tell("villages", number / len(world.material.villages))
        committee = committee_of(world, dice, code, facts)
        reviewed = None if dice.likely(NEVER_REVIEWED) else world.today - dt.timedelta(days=dice.randint(3, 110))
        village = partnerships.open_village(
            commune=world.communes[code],
            tagline=facts["tagline"],
            description=facts["welcome"],
            partner_since=dt.date(facts["since"], dice.randint(1, 12), 1),
            monthly_capacity=facts["capacity"],
            committee=committee,
            reviewed_on=reviewed,
            reviewed_by=committee[0].name if reviewed else "",
        )
        telecentre = min(telecentres, key=lambda commune: kilometres(village.commune, commune))
        welcomes[code] = Welcome(
            village,
            at=phrase(world, code, "at"),
            of=phrase(world, code, "of"),
            of_telecentre=phrase(world, telecentre.insee_code, "of"),
            lead=committee[0].name,
        )
    return welcomes


def phrase(world: World, code: str, preposition: str) -> str:
    """`at` and `of` a commune as its language says them: « à Villeneuve », « au Bourg », « d’Arles »."""
    facts = world.material.villages.get(code) or world.material.telecentres[code]
    said = facts.get(preposition) or world.material.network[preposition].format(name=world.communes[code].name)
    return said.replace("'", "’")


def committee_of(world: World, dice: Dice, code: str, facts: Mapping[str, Any]) -> list[partnerships.NewSeat]:
    """The lead first, then a deputy, then volunteers."""
    known = world.material.team["committee"]
    if code == known["insee_code"]:
        people = [(somebody["name"], somebody["about"]) for somebody in known["people"]]
    else:
        drawn = [world.people.draw() for _ in range(facts.get("committee", dice.randint(2, 3)))]
        people = list(zip([person.name for person in drawn], in_a_few_words(world, dice, drawn), strict=True))
    seats = []
    for (name, about), role in zip(people, roles(len(people)), strict=True):
        called = {"phone": world.phone(), "phone_agreed_on": world.today - 90 * DAY} if role == CommitteeRole.LEAD else {}
        seats.append(partnerships.NewSeat(name=name, role=role, about=about, email=world.people.address(name), **called))
    if code == known["insee_code"]:
        first, _, last = seats[0].name.partition(" ")
        lead = make_account(email=known["email"], first_name=first, last_name=last)
        seats[0] = replace(seats[0], email=lead.email, user_id=lead.pk)
    return seats


def roles(seats: int) -> list[CommitteeRole]:
    return [CommitteeRole.LEAD, CommitteeRole.DEPUTY, *[CommitteeRole.VOLUNTEER] * (seats - 2)][:seats]


def in_a_few_words(world: World, dice: Dice, committee: Sequence[Person]) -> Iterator[str]:
    """What each says of themselves; no two of a committee say the same."""
    texts = {name: list(world.material.people[f"committee_{name}"]) for name in ("local", "newcomer")}
    for person in committee:
        says = texts["newcomer" if not person.local or dice.likely(NEWCOMER_ON_COMMITTEE) else "local"]
        text = says.pop(dice.randrange(len(says)))
        town = dice.by_weight(world.material.projects["towns"])["name"]
        yield person.agree(text, town=town, year=world.today.year - dice.randint(2, 14))
