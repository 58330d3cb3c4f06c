"""The whole demonstration, into an empty database, in one transaction: an interrupted load leaves nothing behind.

The past is lived without letters, since nobody waits for them any more: services are told not to announce it. The outbox then
holds a few letters about what happens at the moment of the load, and the clock goes on from there like in any network: one
digest per adviser and working day, one reminder per booking on the day before. A demonstration that slept for weeks wakes up
the same way.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from members.models import User
from projects.models import ProjectFile
from sohosolo.demo.bookings import live_bookings
from sohosolo.demo.material import Material, read_material
from sohosolo.demo.members import make_members
from sohosolo.demo.stories import live_files
from sohosolo.demo.team import give_the_password, make_team
from sohosolo.demo.telecentres import open_telecentres
from sohosolo.demo.villages import open_villages
from sohosolo.demo.world import Tell, World
from telecentres.models import Telecentre
from villages.models import Village

HOLD_WHAT_MATTERS = (Village, Telecentre, ProjectFile, User)
ONE_LOAD_AT_A_TIME = 0x50501010  # an advisory lock of ours


class NotEmpty(Exception):
    """The database holds something already, so nothing was loaded."""


def is_empty() -> bool:
    """Communes and places of reference are facts: they do not make a database anybody's."""
    return not any(model.objects.exists() for model in HOLD_WHAT_MATTERS)


@transaction.atomic
def load_network(*, now: dt.datetime, material: Material | None = None, tell: Tell | None = None) -> None:
    """Build the demonstration as it would be at `now`. Raises NotEmpty; two loads at once take turns.

    The same material at the same moment gives the same network, whatever the machine. `tell` hears what is being built, and
    which share of it is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_LOAD_AT_A_TIME])
    if not is_empty():
        raise NotEmpty
    world = World(material=material or read_material(settings.TERRITORY.demo_folder), now=now, tell=tell or in_silence)
    with without_savepoints():
        team = make_team(world.material, today=world.today)
        welcomes = open_villages(world)
        solos = make_members(world)
        live_bookings(world, open_telecentres(world), solos)
        live_files(world, team, welcomes, solos)
        give_the_password(world.material)


def in_silence(what: str, done: float) -> None:
    pass


@contextmanager
def without_savepoints() -> Iterator[None]:
    """The services' own transactions become part of the one around: whatever fails undoes the whole load, so nothing is lost."""
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        connection.features.uses_savepoints = True
