"""Many members, one desk, one instant. First the rig shows that it sees the fault when nothing guards."""

import datetime as dt
import sys
import threading
from collections import Counter
from functools import partial

import pytest
from django.db import connection, transaction

from outbox.models import Letter
from telecentres.booking import cancelling
from telecentres.booking.locking import lock_desks
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_any_desk, book_desk
from telecentres.enums import BookingStatus, RefusalReason, Stretch
from telecentres.half_days import public_holiday
from telecentres.hosting.closing import ClosureRefused, close_days
from telecentres.models import Booking, Closure, Desk, Telecentre
from tests.factories.members import MemberFactory
from tests.factories.telecentres import DeskFactory, TelecentreFactory, half_day, next_working_day
from tests.factories.villages import CommuneFactory
from tests.telecentres.racing import deadlocks, in_rounds, overlapping_pairs, p95, race, take_no_lock, without_constraints

pytestmark = pytest.mark.django_db(transaction=True)

RACERS, SEEN_RACERS, SEEN_ROUNDS = 40, 12, 2


@pytest.fixture
def place() -> Telecentre:
    return TelecentreFactory(every_day=True)


@pytest.fixture
def members():
    return MemberFactory.create_batch(RACERS, commune=CommuneFactory())


@pytest.fixture
def member():
    return MemberFactory()


def days(count: int) -> list[dt.date]:
    """The next ones that are no public holiday: these tests run by the real clock."""
    day, found = next_working_day(), []
    while len(found) < count:
        if not public_holiday(day):
            found.append(day)
        day += dt.timedelta(days=1)
    return found


def booking(desk: Desk, member, day: dt.date, stretch=Stretch.MORNING, key=None):
    period = half_day(desk.telecentre, day, stretch)
    return partial(book_desk, desk=desk, member=member, period=period, key=key or f"{member.pk} {day} {stretch}")


def reasons(outcomes) -> Counter:
    """How often each refusal was given; anything else that was raised is counted by its own name."""
    errors = [outcome.error for outcome in outcomes if outcome.error]
    return Counter(error.reason if isinstance(error, BookingRefused) else repr(error) for error in errors)


def test_the_rig_sees_a_desk_given_twice_when_nothing_guards(place, monkeypatch):
    desk, members = DeskFactory(telecentre=place), MemberFactory.create_batch(SEEN_RACERS)
    take_no_lock(monkeypatch)
    with without_constraints():
        for day in days(SEEN_ROUNDS):
            race([booking(desk, member, day) for member in members])
        assert Booking.objects.count() > SEEN_ROUNDS
        assert overlapping_pairs(desk) > 1


@in_rounds(1, 3)
def test_forty_on_one_desk_give_one_booking_and_thirty_nine_refusals(place, members, capsys, rounds):
    desk = DeskFactory(telecentre=place)
    DeskFactory(telecentre=place)
    before, times = deadlocks(), []
    for day in days(rounds):
        outcomes = race([booking(desk, member, day) for member in members])
        assert reasons(outcomes) == {RefusalReason.TAKEN: RACERS - 1}
        assert Booking.objects.filter(desk=desk, period=half_day(place, day)).count() == 1
        times += outcomes
    assert deadlocks() == before
    assert Letter.objects.count() == rounds
    with capsys.disabled():
        sys.stdout.write(f"\n{RACERS} on one desk, {rounds} rounds: p95 {p95(times) * 1000:.0f} ms\n")


def test_without_the_locks_the_constraint_still_gives_one_booking(place, members, monkeypatch):
    """Slower and with deadlocks broken by PostgreSQL, but never twice, and never an error that is no refusal."""
    desk = DeskFactory(telecentre=place)
    take_no_lock(monkeypatch)
    (day,) = days(1)
    outcomes = race([booking(desk, member, day) for member in members])
    assert set(reasons(outcomes)) <= {RefusalReason.TAKEN, RefusalReason.BUSY}
    assert Booking.objects.count() <= 1
    assert overlapping_pairs(desk) == 0


@in_rounds(1, 3)
def test_half_days_against_the_whole_day_leave_no_overlap(place, members, rounds):
    desk = DeskFactory(telecentre=place)
    for day in days(rounds):
        outcomes = race([booking(desk, member, day, list(Stretch)[number % 3]) for number, member in enumerate(members)])
        assert set(reasons(outcomes)) == {RefusalReason.TAKEN}
        booked = sorted(Booking.objects.filter(desk=desk).values_list("stretch", flat=True))
        assert booked in (["day"], ["afternoon", "morning"])
        Booking.objects.all().delete()


def test_a_member_who_presses_everywhere_at_once_sits_once(place, member):
    (day,) = days(1)
    desks = DeskFactory.create_batch(10, telecentre=place) + [
        DeskFactory(telecentre=TelecentreFactory(every_day=True, commune=place.commune)) for _ in range(10)
    ]
    outcomes = race([booking(desk, member, day, key=str(desk.pk)) for desk in desks])
    assert reasons(outcomes) == {RefusalReason.ALREADY_SEATED: len(desks) - 1}
    assert Booking.objects.count() == 1


@in_rounds(1, 3)
def test_the_same_form_sent_at_the_same_instant_is_one_booking(place, member, rounds):
    desk = DeskFactory(telecentre=place)
    for day in days(rounds):
        outcomes = race([booking(desk, member, day, key=f"same {day}") for _ in range(20)])
        assert len({outcome.value.pk for outcome in outcomes}) == 1
    assert Booking.objects.count() == Letter.objects.count() == rounds


def test_any_desk_gives_every_desk_once_and_not_one_more(place, members):
    DeskFactory.create_batch(12, telecentre=place)
    (day,) = days(1)
    period = half_day(place, day)
    book = partial(book_any_desk, telecentre=place, period=period)
    outcomes = race([partial(book, member=member, key="a") for member in members])
    assert reasons(outcomes) == {RefusalReason.FULL: RACERS - 12}
    assert Booking.objects.values("desk").distinct().count() == Booking.objects.count() == 12


@in_rounds(3, 8)
def test_closing_and_booking_never_cross(place, rounds):
    desk, members = DeskFactory(telecentre=place), MemberFactory.create_batch(10)
    won = Counter()
    for day in days(rounds):
        close = partial(close_days, telecentre=place, period=half_day(place, day), reason="travaux")
        outcomes = race([*(booking(desk, member, day) for member in members), close])
        closing = outcomes[-1].error
        assert closing is None or isinstance(closing, ClosureRefused)
        closed = Closure.objects.filter(period=half_day(place, day)).exists()
        bookings = Booking.objects.filter(period=half_day(place, day))
        assert bookings.live().exists() != closed, "one of the two, never both, never neither"
        assert set(reasons(outcomes[:-1])) <= {RefusalReason.CLOSED, RefusalReason.TAKEN}
        if closed:  # who was quicker than the closure is told that it came after
            told = Letter.objects.filter(key__startswith="telecentres.booking_closed_out").count()
            assert told == bookings.filter(status=BookingStatus.CANCELLED).count()
            Letter.objects.all().delete()
        won["closed" if closed else "booked"] += 1
    assert won.total() == rounds


def test_a_freed_desk_goes_to_one_of_those_who_want_it(place, members):
    desk = DeskFactory(telecentre=place)
    _tomorrow, day = days(2)  # in the evening, tomorrow can no longer be cancelled
    first = booking(desk, members[0], day)()
    cancel = partial(cancelling.cancel_booking, booking=first, by=members[0].user)
    outcomes = race([cancel, *(booking(desk, member, day) for member in members[1:])])
    assert outcomes[0].error is None
    assert overlapping_pairs(desk) == 0
    assert set(reasons(outcomes)) <= {RefusalReason.TAKEN}


def test_who_waits_too_long_is_told_so_with_other_ways(place, member, settings):
    settings.BOOKING_WAIT_SECONDS = 0.1
    desk, other = DeskFactory.create_batch(2, telecentre=place)
    (day,) = days(1)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(Desk.objects.select_for_update().filter(pk=desk.pk))
            held.set()
            done.wait(300)

    def book():
        held.wait(300)
        try:
            return booking(desk, member, day)()
        finally:
            done.set()

    refusal = race([hold, book])[1].error
    assert refusal.reason == RefusalReason.BUSY
    assert refusal.alternatives[0].desk in (desk, other)


def test_a_deadlock_is_broken_and_said_politely(place, monkeypatch):
    """Two who lock in opposite orders, as no service does: PostgreSQL picks one, and that one is told."""
    one, two = DeskFactory.create_batch(2, telecentre=place)
    members = MemberFactory.create_batch(2)
    (day,) = days(1)
    both_hold_one = threading.Barrier(2)

    def lock_then_the_other(desks):
        locked = lock_desks(desks)
        both_hold_one.wait(30)
        lock_desks(Desk.objects.filter(telecentre=place).exclude(pk=locked[0].pk))
        return locked

    monkeypatch.setattr("telecentres.booking.services.lock_desks", lock_then_the_other)
    before = deadlocks()
    outcomes = race([booking(one, members[0], day), booking(two, members[1], day)])
    assert reasons(outcomes) == {RefusalReason.BUSY: 1}
    assert Booking.objects.count() == 1
    assert deadlocks() == before + 1


def test_after_the_control_the_table_has_its_constraints_again():
    """Whatever the control did, the next test stands on a guarded table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'telecentres_booking'::regclass AND contype = 'x'")
        assert {name for (name,) in cursor.fetchall()} == {"booking_desk_never_shared", "booking_member_sits_once"}
