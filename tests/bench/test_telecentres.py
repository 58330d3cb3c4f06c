"""What a week costs to look at and a desk to book, with few and with very many bookings in the past. `./run bench telecentres`.

BENCH_PAST=1000,1000000,10000000 is the long form.
"""

import datetime as dt
import os
import time
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import Member
from telecentres.booking.services import book_desk
from telecentres.enums import RateUnit, Stretch
from telecentres.half_days import local_day, public_holiday
from telecentres.models import Booking, Desk, Telecentre
from tests.bench.cost import OURSELVES, Cost, Portal, served
from tests.factories.members import MemberFactory
from tests.factories.telecentres import DeskFactory, PassFactory, RateFactory, TelecentreFactory, half_day
from tests.factories.villages import CommuneFactory

pytestmark = pytest.mark.django_db(transaction=True)

DESKS, USUAL = 20, 100_000
PAST = [int(number) for number in os.environ.get("BENCH_PAST", "1000,1000000").split(",")]
PEOPLE = 500
VISITS, BOOKED = 40, 40
MOST_QUERIES, MOST_BYTES, SAME = 7, 60 * 1024, 1.4  # the session's query among them
MOST_OF_A_PAGE, MOST_OF_A_BOOKING = 40, 40  # times /livez

# One booking a desk and half-day, back from yesterday: the same people again and again, never two seats at once.
LIVE_IN_THE_PAST = """
    INSERT INTO telecentres_booking (desk_id, member_id, guest, guest_email, period, stretch, status, takes_seat, key, units, note,
                                     created_at, changed_at, sequence)
    SELECT desks.ids[1 + n %% %(desks)s], members.ids[1 + n %% %(people)s], '', '',
           tstzrange(noon - n / %(desks)s * interval '12 hours', noon - n / %(desks)s * interval '12 hours' + interval '4 hours'),
           'morning', 'completed', true, 'past-' || n, 0, '', noon - n / %(desks)s * interval '12 hours', now(), 0
    FROM generate_series(%(first)s, %(last)s) AS n,
         (SELECT array_agg(id ORDER BY id) AS ids FROM telecentres_desk) AS desks,
         (SELECT array_agg(id ORDER BY id) AS ids FROM members_member) AS members,
         (SELECT date_trunc('day', now()) - interval '12 hours' AS noon) AS yesterday
"""


@pytest.fixture
def place() -> Telecentre:
    place = TelecentreFactory(slug="fleurance", horizon_days=365)
    for _ in range(DESKS):
        DeskFactory(telecentre=place)
    RateFactory(telecentre=place, price=6)
    RateFactory(telecentre=place, price=10, unit=RateUnit.DAY)
    MemberFactory.create_batch(PEOPLE, commune=CommuneFactory())
    return place


def live(*, first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LIVE_IN_THE_PAST, {"first": first, "last": last - 1, "desks": DESKS, "people": PEOPLE})
        cursor.execute("ANALYZE telecentres_booking")


def working_days(number: int) -> list[dt.date]:
    """Whole weeks from next Monday on, without holidays."""
    day, found = local_day(timezone.now()), []
    while len(found) < number:
        day += dt.timedelta(days=1)
        if day.weekday() < 5 and not public_holiday(day):
            found.append(day)
    return found


def fill(place: Telecentre, day: dt.date) -> None:
    """The coming week, half full."""
    members = list(Member.objects.order_by("pk"))
    desks, monday = list(Desk.objects.in_order()), day - dt.timedelta(days=day.weekday())
    Booking.objects.bulk_create(
        Booking(
            desk=desk, member=members[position], period=half_day(place, monday + dt.timedelta(days=n), Stretch.MORNING),
            stretch=Stretch.MORNING, key=f"week-{n}-{position}",
        )
        for n in range(5)
        for position, desk in enumerate(desks)
        if (n + position) % 2
    )  # fmt: skip


def measure(place: Telecentre, portal: Portal, client: Client, numbers: count) -> tuple[Cost, Cost]:
    """The page of the coming week, and a booking in the weeks after."""
    days = working_days(60)
    week = reverse("telecentres:week", args=["fleurance"]) + f"?jour={days[0] + dt.timedelta(days=7)}"
    with CaptureQueriesContext(connection) as queries:
        page = client.get(week)
    print(f"  week page: {len(queries)} queries, {len(page.content)} bytes")  # noqa: T201
    assert page.status_code == 200
    assert len(queries) <= MOST_QUERIES
    assert len(page.content) <= MOST_BYTES
    desks, members = list(Desk.objects.select_related("telecentre").in_order()), list(Member.objects.order_by("pk"))

    def book() -> None:
        number = next(numbers)
        desk, day = desks[number % DESKS], days[15 + number // DESKS]
        period = half_day(place, day, Stretch.AFTERNOON)
        book_desk(desk=desk, member=members[number % PEOPLE], period=period, key=f"bench-{number}")

    return portal.cost(week, VISITS), portal.cost_of(book, BOOKED, OURSELVES)


def test_a_week_and_a_booking_cost_the_same_whatever_lies_in_the_past(place, monkeypatch):
    monkeypatch.setattr("outbox.tasks.wake", lambda **letter: None)
    client, numbers = Client(), count()
    member = Member.objects.order_by("pk").last()
    PassFactory(member=member, left=6)
    client.force_login(member.user)
    fill(place, working_days(1)[0] + dt.timedelta(days=7))
    costs, there = {}, 0
    with served(member.user) as portal:
        for past in sorted({*PAST, USUAL}):
            started = time.perf_counter()
            live(first=there, last=past)
            there = past
            print(f"\n{past} past bookings, made in {time.perf_counter() - started:.0f} s")  # noqa: T201
            week, booking = costs[past] = measure(place, portal, client, numbers)
            for name, cost in (("week page", week), ("booking", booking)):
                print(f"  {name:<10} {cost}")  # noqa: T201
    week, booking = costs[USUAL]
    assert week.times <= MOST_OF_A_PAGE
    assert booking.times <= MOST_OF_A_BOOKING
    for past in PAST:
        other_week, other_booking = costs[past]
        assert other_week.times <= week.times * SAME
        assert other_booking.times <= booking.times * SAME
