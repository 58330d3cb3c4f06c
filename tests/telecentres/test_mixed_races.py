"""Everything at once: hours, half-days and days, series and singles, passes, lines, moves."""

import datetime as dt
import sys
from functools import partial

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Sum

from telecentres.booking import cancelling, moving
from telecentres.booking.services import book_desk
from telecentres.enums import BookingStatus, DeskKind, RateUnit, RefusalReason, Stretch, WaitingStatus
from telecentres.half_days import instant
from telecentres.models import Booking, BookingSeries, Pass, PassEntry, WaitingEntry
from telecentres.series.services import book_series
from telecentres.waiting.services import accept_place, decline_place, expire_holds, join_line, offer_free_places
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import DeskFactory, PassFactory, RateFactory, TelecentreFactory, half_day
from tests.factories.villages import CommuneFactory
from tests.telecentres.booking.test_races import booking, days, reasons
from tests.telecentres.racing import deadlocks, in_rounds, let_anybody_hold_any_number, overlapping_pairs, p95, race

pytestmark = pytest.mark.django_db(transaction=True)

RACERS = 40
HOURS = [("09:00", "10:00"), ("09:30", "11:30"), ("14:00", "15:00"), ("15:00", "18:30")]


@pytest.fixture
def place():
    return TelecentreFactory(every_day=True, horizon_days=365)


@pytest.fixture
def members():
    return MemberFactory.create_batch(RACERS, commune=CommuneFactory())


@pytest.fixture(autouse=True)
def no_limits(transactional_db):
    let_anybody_hold_any_number()


@pytest.fixture(autouse=True)
def no_deadlock():
    before = deadlocks()
    yield
    assert deadlocks() == before


def span(day: dt.date, start: str, end: str) -> DateTimeTZRange:
    return DateTimeTZRange(*(instant(day, dt.time.fromisoformat(text)) for text in (start, end)))


@in_rounds(1, 2)
def test_hours_half_days_and_days_of_one_room_never_overlap(place, members, capsys, rounds):
    room, times = DeskFactory(telecentre=place, room=True), []
    for day in days(rounds):
        periods = [
            span(day, "09:00", "10:00"),
            span(day, "09:30", "11:30"),
            span(day, "14:00", "15:00"),
            span(day, "15:00", "18:30"),
        ]
        periods += [half_day(place, day, stretch) for stretch in Stretch.of_opening_hours()]
        wishes = [periods[number % len(periods)] for number in range(RACERS)]
        acts = [
            partial(book_desk, desk=room, member=member, period=period, key=f"{member.pk} {day} {number}")
            for number, (member, period) in enumerate(zip(members, wishes, strict=True))
        ]
        outcomes = race(acts)
        times += outcomes
        assert set(reasons(outcomes)) == {RefusalReason.TAKEN}
        assert overlapping_pairs(room) == 0
        booked = [
            booking.period for booking in Booking.objects.filter(desk=room, period__overlap=half_day(place, day, Stretch.DAY))
        ]
        for outcome, wish in zip(outcomes, wishes, strict=True):  # whoever was refused was refused for a reason that stands
            assert outcome.error is None or any(period.lower < wish.upper and wish.lower < period.upper for period in booked)
    with capsys.disabled():
        sys.stdout.write(f"\n{RACERS} on one room, hours, half-days and days, {rounds} rounds: p95 {p95(times) * 1000:.0f} ms\n")


@in_rounds(1, 2)
def test_a_series_against_singles_gives_each_day_once_and_waits_for_the_others(place, members, rounds):
    desk = DeskFactory(telecentre=place)
    for number in range(rounds):
        weeks = [day for day in days(40) if day.weekday() == 1][:4]
        series = BookingSeries(
            member=members[0], telecentre=place, desk=desk, weekdays=[1], stretch=Stretch.MORNING, first=weeks[0], last=weeks[-1],
            other_desk_if_taken=False, key=f"round {number}",
        )  # fmt: skip
        singles = [booking(desk, member, weeks[place_ % 4]) for place_, member in enumerate(members[1:])]
        outcomes = race([partial(book_series, series=series), *singles])
        for day in weeks:
            assert Booking.objects.filter(desk=desk, period=half_day(place, day)).live().count() == 1
        mine = Booking.objects.filter(member=members[0]).count()
        assert outcomes[0].error is None or mine == 0
        waits = WaitingEntry.objects.waiting().filter(member=members[0]).count()
        assert mine + waits == (4 if outcomes[0].error is None else 0)
        WaitingEntry.objects.all().delete()
        Booking.objects.all().delete()
        BookingSeries.objects.all().delete()


def test_two_passes_of_five_pay_ten_of_forty_and_never_go_below_zero(place):
    member, desk = MemberFactory(), DeskFactory(telecentre=place)
    RateFactory(telecentre=place, price=6)
    RateFactory(telecentre=place, price=12, unit=RateUnit.DAY)
    halves = [(day, stretch) for day in days(20) for stretch in (Stretch.MORNING, Stretch.AFTERNOON)]
    passes = [PassFactory(member=member, half_days=5, price=25) for _ in range(2)]
    outcomes = race([booking(desk, member, day, stretch) for day, stretch in halves])
    assert not reasons(outcomes)
    assert sorted(outcome.value.price for outcome in outcomes) == [0] * 10 + [6] * 30
    assert sum(outcome.value.units for outcome in outcomes) == 10
    assert [pass_.balance for pass_ in Pass.objects.filter(pk__in=[pass_.pk for pass_ in passes])] == [0, 0]
    assert PassEntry.objects.aggregate(left=Sum("units"))["left"] == 0


@in_rounds(1, 2)
def test_what_becomes_free_is_for_the_first_in_line_whoever_presses(place, members, rounds):
    host = UserFactory(is_staff=True)
    desk = DeskFactory(telecentre=place)
    for day in days(rounds):
        taken = booking(desk, members[0], day)()
        now = taken.created_at
        for number, member in enumerate(members[1:6]):
            join_line(
                telecentre=place, kind=DeskKind.DESK, member=member, period=taken.period, now=now + dt.timedelta(seconds=number)
            )
        cancel = partial(cancelling.cancel_booking, booking=taken, by=host)
        strangers = [booking(desk, member, day) for member in members[6:]]
        outcomes = race([cancel, offer_free_places, *strangers, offer_free_places])
        assert set(reasons(outcomes)) <= {RefusalReason.TAKEN, RefusalReason.PROMISED}
        offer_free_places()
        standing = Booking.objects.live().get(desk=desk, period=taken.period)
        assert (standing.status, standing.member) == (BookingStatus.HELD, members[1])


@in_rounds(2, 5)
def test_accepting_letting_go_and_running_out_at_once_leave_one_answer(place, rounds):
    desk, members = DeskFactory(telecentre=place), MemberFactory.create_batch(2)
    for day in days(rounds):
        taken = booking(desk, members[0], day)()
        entry = join_line(telecentre=place, kind=DeskKind.DESK, member=members[1], period=taken.period)
        cancelling.cancel_booking(booking=taken, by=UserFactory(is_staff=True))
        held = Booking.objects.get(desk=desk, status=BookingStatus.HELD)
        race(
            [
                partial(accept_place, booking=held),
                partial(decline_place, booking=held),
                partial(expire_holds, now=held.held_until),
                partial(accept_place, booking=held),
            ]
        )
        held.refresh_from_db()
        entry.refresh_from_db()
        assert (held.status, entry.status) in {
            (BookingStatus.CONFIRMED, WaitingStatus.SEATED),
            (BookingStatus.CANCELLED, WaitingStatus.LEFT),
            (BookingStatus.EXPIRED, WaitingStatus.LAPSED),
        }


@in_rounds(1, 2)
def test_of_twenty_who_move_to_one_desk_one_does_and_the_others_stand_where_they_stood(place, rounds):
    members = MemberFactory.create_batch(20, commune=CommuneFactory())
    desk, others = DeskFactory(telecentre=place), DeskFactory.create_batch(20, telecentre=place)
    for day in days(rounds):
        bookings = [booking(other, member, day)() for other, member in zip(others, members, strict=True)]
        outcomes = race(
            [
                partial(
                    moving.move_booking, booking=each_booking, desk=desk, period=each_booking.period, by=each_booking.member.user
                )
                for each_booking in bookings
            ]
        )
        assert reasons(outcomes) == {RefusalReason.TAKEN: 19}
        period = half_day(place, day)
        assert Booking.objects.filter(period=period, status=BookingStatus.CONFIRMED).count() == 20
        assert Booking.objects.filter(desk=desk, period=period).count() == 1
