"""Nobody who was told « réservé » loses their desk, whatever happens to the database meanwhile. `./run chaos telecentres`."""

import os
import random
import signal
import statistics
import threading
import time
from dataclasses import dataclass, field

import psycopg
import pytest
from django.db import Error, connection, connections

from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_desk
from telecentres.models import Booking
from tests.factories.members import MemberFactory
from tests.factories.telecentres import DeskFactory, TelecentreFactory, half_day
from tests.factories.villages import CommuneFactory
from tests.telecentres.booking.test_races import days
from tests.telecentres.racing import overlapping_pairs

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, SECONDS = 20, 20
BROKEN = (Error, psycopg.Error)  # what a connection says whose other end has gone


@dataclass
class Heard:
    """What the members were told."""

    booked: list[int] = field(default_factory=list)
    refused: int = 0
    failed: int = 0
    seconds: list[float] = field(default_factory=list)


def press(member, desks, periods, until: float, heard: Heard, dice: random.Random) -> None:
    number = 0
    while time.monotonic() < until:
        number += 1
        started = time.perf_counter()
        try:
            booking = book_desk(
                desk=dice.choice(desks), member=member, period=dice.choice(periods), key=f"{member.pk} {number}", announce=False
            )
        except BookingRefused:
            heard.refused += 1
        except BROKEN:
            heard.failed += 1
            connection.close()
            time.sleep(0.05)
            continue
        else:
            heard.booked.append(booking.pk)
        heard.seconds.append(time.perf_counter() - started)
    connections.close_all()


def backends() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def cut_connections(dice: random.Random) -> int:
    """A few at a time, as a network or an administrator would."""
    victims = dice.sample(found := backends(), min(3, len(found)))
    with connection.cursor() as cursor:
        for pid in victims:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    return len(victims)


def crash(dice: random.Random) -> int:
    """One process of the server dies by -9: PostgreSQL throws everybody out and recovers from its log."""
    os.kill(dice.choice(backends()), signal.SIGKILL)
    time.sleep(0.2)
    for _ in range(300):
        try:
            connection.close()
            backends()
        except BROKEN:
            connection.close()
            time.sleep(0.1)
        else:
            return 1
    pytest.fail("PostgreSQL did not come back")


def commit_as_the_portal_does() -> None:
    """The database of the tests is told to answer before its log is written; the portal's own is not."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} SET synchronous_commit = on")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


@pytest.mark.parametrize("blow", [cut_connections, crash])
def test_no_acknowledged_booking_is_lost(blow):
    place = TelecentreFactory(every_day=True, horizon_days=365)
    desks = DeskFactory.create_batch(4, telecentre=place)
    members = MemberFactory.create_batch(PEOPLE, commune=CommuneFactory())
    periods = [half_day(place, day) for day in days(300)]
    commit_as_the_portal_does()
    heard, until, dice = [Heard() for _ in members], time.monotonic() + SECONDS, random.Random(7)
    threads = [
        threading.Thread(target=press, args=(member, desks, periods, until, heard[number], random.Random(number)))
        for number, member in enumerate(members)
    ]
    for thread in threads:
        thread.start()
    blows, pause = 0, 0.3 if blow is cut_connections else 5
    while time.monotonic() + pause < until - 1:
        time.sleep(pause)
        blows += blow(dice)
    for thread in threads:
        thread.join()
    told = [pk for presser in heard for pk in presser.booked]
    p95 = statistics.quantiles([seconds for presser in heard for seconds in presser.seconds], n=20)[-1]
    print(  # noqa: T201
        f"\n{blow.__name__}: {blows} blows, {len(told)} told they booked, {sum(presser.refused for presser in heard)} refused,"
        f" {sum(presser.failed for presser in heard)} told it failed, p95 of the answered {p95 * 1000:.0f} ms"
    )
    assert blows
    assert sum(presser.failed for presser in heard), "nobody was hit: nothing is shown"
    assert set(told) <= set(Booking.objects.live().values_list("pk", flat=True))
    assert sum(overlapping_pairs(desk) for desk in desks) == 0
