"""Those who play in the demonstration by name: the advisers, the administrator, and the addresses one signs in with."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from members.accounts import services
from members.enums import Role
from members.models import User
from sohosolo.demo.material import Material


@dataclass(frozen=True)
class Team:
    lead: User
    by_email: dict[str, User]
    portfolios: dict[User, int]  # how many open files an adviser has, where it is fixed
    shares: dict[User, float]  # of the other files
    deputies: dict[User, User]  # who stands in for an adviser who is away


def known_names(material: Material) -> list[str]:
    """The names that nobody else may be given."""
    team = material.team
    people = [*team["advisers"], team["admin"], team["member"], team["holder"]]
    return [
        *(f"{person['first_name']} {person['last_name']}" for person in people),
        *(person["name"] for person in team["committee"]["people"]),
        *(host for place in material.telecentres.values() for host in place["hosts"]),
    ]


def make_team(material: Material, *, today: dt.date) -> Team:
    admin = material.team["admin"]
    services.make_account(**person_of(admin), is_superuser=True)
    users: dict[str, User] = {}
    for facts in material.team["advisers"]:
        user = services.make_account(**person_of(facts), roles=[Role.LEAD, Role.ADVISER] if facts.get("lead") else [Role.ADVISER])
        if "absent" in facts:
            user.absent_from, user.absent_until = (today + dt.timedelta(days=days) for days in facts["absent"])
            user.save(update_fields=["absent_from", "absent_until"])
        users[facts["email"]] = user
    advisers = [(users[facts["email"]], facts) for facts in material.team["advisers"]]
    return Team(
        lead=next(user for user, facts in advisers if facts.get("lead")),
        by_email=users,
        portfolios={user: facts["portfolio"] for user, facts in advisers if "portfolio" in facts},
        shares={user: facts["share"] for user, facts in advisers},
        deputies={user: users[facts["deputy"]] for user, facts in advisers if "deputy" in facts},
    )


def person_of(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: facts[name] for name in ("email", "first_name", "last_name")}


def sign_in_addresses(material: Material) -> list[str]:
    team = material.team
    roles = [team["admin"], team["host"], team["committee"], team["member"], team["holder"]]
    return [facts["email"] for facts in [*(facts for facts in team["advisers"] if facts.get("sign_in")), *roles]]


def give_the_password(material: Material) -> None:
    """One hash for all who sign in by password: a hash is slow by design. The others have a mailed code."""
    addresses, password = sign_in_addresses(material), make_password(material.network["password"])
    changed = User.objects.filter(email__in=addresses).update(password=password)
    assert changed == len(addresses), "an address of the demonstration belongs to nobody"
