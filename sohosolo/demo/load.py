"""The whole demonstration, into an empty database: an interrupted load leaves nothing behind, or what the next one erases.

The past is lived without letters, since nobody waits for them any more: services are told not to announce it. The outbox then
holds a few letters about what happens at the moment of the load, and the clock goes on from there like in any network: one
digest per adviser and working day, one reminder per booking on the day before. A demonstration that slept for weeks wakes up
the same way.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction

from members.models import User
from projects.models import ProjectFile
from sohosolo.demo.alerts import wait_for_news
from sohosolo.demo.bookings import live_bookings
from sohosolo.demo.committees import keep_up_villages
from sohosolo.demo.equipment import tell_equipment
from sohosolo.demo.housing import offer_housing
from sohosolo.demo.material import Material, read_material
from sohosolo.demo.members import make_members
from sohosolo.demo.passes import check_in_today, sell_passes, wait_for_places
from sohosolo.demo.prices import tell_connection_and_prices
from sohosolo.demo.stories import live_files
from sohosolo.demo.support import help_along, open_directory, plan_stage_tasks
from sohosolo.demo.team import give_the_password, make_team, sign_in_addresses
from sohosolo.demo.telecentres import open_telecentres
from sohosolo.demo.villages import open_villages
from sohosolo.demo.wipe import wipe_network
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


def is_half_loaded() -> bool:
    """Whether a load ended between its halves: accounts of the demonstration are there, and nobody can sign in yet."""
    if is_empty() or User.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists():
        return False
    return User.objects.filter(email__in=sign_in_addresses(read_material(settings.TERRITORY.demo_folder))).exists()


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
    network = Network(now=now, material=material, tell=tell)
    network.open()
    network.live()


def load_network_and_open(*, now: dt.datetime, opened: Callable[[], None], tell: Tell | None = None) -> None:
    """The same network for a portal that is waited for: `opened` is called once its villages, places and members are there to
    be visited, then what they lived follows. Must not run inside a transaction.

    Only the whole has passwords, so that a load which was interrupted in between is known by it: it is erased, and begun anew.
    """
    with one_load_at_a_time():
        if is_half_loaded():
            wipe_network()
        if not is_empty():
            raise NotEmpty
        network = Network(now=now, material=None, tell=tell)
        with transaction.atomic(durable=True):
            network.open()
        opened()
        with transaction.atomic(durable=True):
            network.live()


class Network:
    """The demonstration in its two halves, each to be built in a transaction."""

    def __init__(self, *, now: dt.datetime, material: Material | None, tell: Tell | None) -> None:
        material = material or read_material(settings.TERRITORY.demo_folder)
        self.world = World(material=material, now=now, tell=tell or in_silence)

    def open(self) -> None:
        """Who and what there is: the figures of the home page."""
        with without_savepoints():
            self.team = make_team(self.world.material, today=self.world.today)
            self.welcomes = open_villages(self.world)
            self.solos = make_members(self.world)
            self.sites = open_telecentres(self.world)

    def live(self) -> None:
        """What is known of the villages, and what people did: bookings, project files; then they may sign in."""
        with without_savepoints():
            offer_housing(self.world, self.welcomes)
            keep_up_villages(self.world, self.welcomes)
            tell_equipment(self.world)
            tell_connection_and_prices(self.world, self.welcomes)
            sell_passes(self.world, self.sites, self.solos)
            live_bookings(self.world, self.sites, self.solos)
            check_in_today(self.world, self.sites)
            wait_for_places(self.world, self.sites, self.solos)
            open_directory(self.world)
            live_files(self.world, self.team, self.welcomes, self.solos)
            help_along(self.world)
            plan_stage_tasks(self.world)
            wait_for_news(self.world)
            give_the_password(self.world.material)


@contextmanager
def one_load_at_a_time() -> Iterator[None]:
    """Held by the session, over several transactions; the lock of a load that was killed goes with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_LOAD_AT_A_TIME])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_LOAD_AT_A_TIME])


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
