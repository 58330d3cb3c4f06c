"""All that may happen in some télécentres, act by act, and what has to hold after each: a state machine for Hypothesis."""

import datetime as dt
import itertools
from collections import Counter
from unittest import mock

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from members.enums import MeansOfPayment
from members.models import User
from telecentres.availability import rules
from telecentres.availability.board import Board, DeskState
from telecentres.availability.reasons import Refusal
from telecentres.availability.request import BookingRequest
from telecentres.availability.snapshot import read_snapshots
from telecentres.booking import arriving, cancelling, clockwork, moving
from telecentres.booking.refusals import BookingRefused, CancellationRefused
from telecentres.booking.services import book_any_desk, book_desk
from telecentres.booking.waiting_list import place_freed
from telecentres.enums import BookingStatus, DeskKind, RateUnit, Stretch, WaitingStatus
from telecentres.half_days import Opening, midnight
from telecentres.hosting import closing
from telecentres.models import Booking, BookingSeries, Closure, Desk, OpeningHours, PassOffer, WaitingEntry
from telecentres.passes import ledger
from telecentres.series.services import SeriesRefused, book_series, call_series_off, extend_series, move_series, plan_series
from telecentres.waiting.services import WaitingRefused, accept_place, expire_holds, join_line, leave_line, offer_free_places
from tests.factories.members import MemberFactory
from tests.factories.telecentres import DeskFactory, RateFactory, TelecentreFactory
from tests.factories.villages import CommuneFactory

STEPS = 50  # of each run
STARTS = dt.datetime(2026, 11, 28, 9, 10, tzinfo=dt.UTC)  # a Saturday
DAYS = [dt.date(2026, 11, 30) + dt.timedelta(days=n) for n in range(2)]
REFUSALS = (
    BookingRefused,
    CancellationRefused,
    arriving.CheckInRefused,
    closing.ClosureRefused,
    SeriesRefused,
    WaitingRefused,
)
# What is broken: one row, a count for each promise.
BROKEN = """
    WITH live AS (SELECT * FROM telecentres_booking WHERE status IN ('held', 'confirmed', 'checked_in', 'completed')),
    sums AS (SELECT pass_of_id, sum(units) AS total FROM telecentres_passentry GROUP BY pass_of_id),
    spent AS (SELECT booking_id, -sum(units) AS units FROM telecentres_passentry WHERE booking_id IS NOT NULL GROUP BY booking_id)
    SELECT
        (SELECT count(*) FROM live a JOIN live b ON a.desk_id = b.desk_id AND a.id < b.id AND a.period && b.period) AS desks_shared,
        (SELECT count(*) FROM live a JOIN live b ON a.member_id = b.member_id AND a.id < b.id AND a.period && b.period
            AND a.takes_seat AND b.takes_seat) AS members_sit_twice,
        (SELECT count(*) FROM telecentres_pass p LEFT JOIN sums ON sums.pass_of_id = p.id
            WHERE p.balance IS DISTINCT FROM coalesce(total, 0)) AS balances_off,
        (SELECT count(*) FROM telecentres_pass WHERE balance < 0) AS balances_below_zero,
        (SELECT count(*) FROM telecentres_booking b LEFT JOIN spent ON spent.booking_id = b.id
            WHERE coalesce(spent.units, 0) <> CASE WHEN b.status = 'cancelled' THEN 0 ELSE b.units END) AS bookings_off_the_ledger,
        (SELECT count(*) FROM telecentres_booking b JOIN telecentres_desk d ON d.id = b.desk_id
            JOIN telecentres_closure c ON c.telecentre_id = d.telecentre_id AND (c.desk_id IS NULL OR c.desk_id = d.id)
            WHERE b.status IN ('held', 'confirmed') AND b.period && c.period AND upper(b.period) > %(now)s) AS live_in_closed_time,
        (SELECT count(*) FROM (SELECT * FROM telecentres_waitingentry WHERE status = 'offered') w
            FULL JOIN (SELECT * FROM telecentres_booking WHERE status = 'held') b ON b.id = w.booking_id
            WHERE w.id IS NULL OR b.id IS NULL) AS offers_without_a_hold,
        (SELECT count(*) FROM telecentres_waitingentry w JOIN live b ON b.member_id = w.member_id AND b.period && w.period
            WHERE w.status = 'waiting' AND b.takes_seat AND b.status <> 'held' AND w.kind <> 'room') AS waiting_though_seated
"""

members = st.integers(0, 3)
places = st.integers(0, 1)
days = st.sampled_from(DAYS)
stretches = st.sampled_from(Stretch.of_opening_hours())
numbers = st.integers(0, 3)


class World:
    """Two places, four members. Made once: every run takes it as it was."""

    def __init__(self) -> None:
        commune = CommuneFactory()
        self.members = MemberFactory.create_batch(4, commune=commune)
        self.places = TelecentreFactory.create_batch(2, commune=commune, release_after_minutes=60, horizon_days=4)
        self.desks: list[list[Desk]] = []
        for place, count in zip(self.places, (2, 1), strict=True):
            desks = [DeskFactory(telecentre=place) for _ in range(count)]
            self.desks.append([*desks, DeskFactory(telecentre=place, room=True)])
            RateFactory(telecentre=place, unit=RateUnit.HALF_DAY, price=6)
            RateFactory(telecentre=place, unit=RateUnit.DAY, price=10)
            RateFactory(telecentre=place, kind=DeskKind.ROOM, unit=RateUnit.HOUR, price=4)
        self.openings = [Opening(OpeningHours.objects.filter(telecentre=place)) for place in self.places]
        self.offer = PassOffer.objects.create(half_days=3, price=12)
        self.host = User.objects.create_user("host@example.org", is_staff=True)


class Happenings(RuleBasedStateMachine):
    world: World
    happened: Counter[str]
    made = Bundle("made")
    closures = Bundle("closures")
    series = Bundle("series")

    def __init__(self) -> None:
        super().__init__()
        self.now, self.keys, self.letters = STARTS, itertools.count(), []
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.commits = connection.run_on_commit
        connection.run_on_commit = []
        self.post = mock.patch("telecentres.notifications.outbox.post_rendered", side_effect=self.note)
        self.post.start()

    def teardown(self) -> None:
        self.post.stop()
        connection.run_on_commit = self.commits
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        super().teardown()

    def note(self, *, key: str, **letter) -> None:
        self.letters.append(key)

    def do(self, act, **facts):
        """Do it as a page would; once it is done, what waits for the commit happens too. None when it was refused."""
        try:
            done = act(**facts, now=self.now)
        except REFUSALS:
            done = None
        else:
            self.happened[act.__name__] += 1
        while connection.run_on_commit:
            _savepoints, follow_up, _robust = connection.run_on_commit.pop(0)
            if follow_up.func == place_freed.send:
                follow_up(now=self.now)
        return done

    def period(self, place: int, day: dt.date, stretch: Stretch):
        return self.world.openings[place].slot(day, stretch).period

    def key(self) -> str:
        return f"key-{next(self.keys)}"

    # ---- Members

    @rule(target=made, who=members, place=places, number=numbers, day=days, stretch=stretches)
    def book_a_desk(self, who, place, number, day, stretch):
        desks = self.world.desks[place]
        wish = {"desk": desks[number % len(desks)], "period": self.period(place, day, stretch), "key": self.key()}
        return self.asked(self.do(book_desk, member=self.world.members[who], **wish))

    @rule(target=made, who=members, place=places, day=days, stretch=stretches)
    def book_any_desk(self, who, place, day, stretch):
        wish = {"telecentre": self.world.places[place], "period": self.period(place, day, stretch), "key": self.key()}
        return self.asked(self.do(book_any_desk, member=self.world.members[who], **wish))

    @rule(target=made, who=members, place=places, day=days, hour=st.integers(8, 17), halves=st.integers(1, 5))
    def book_a_room_by_the_hour(self, who, place, day, hour, halves):
        starts_at = midnight(day) + dt.timedelta(hours=hour)
        period = (starts_at, starts_at + halves * dt.timedelta(minutes=30))
        wish = {"desk": self.world.desks[place][-1], "period": DateTimeTZRange(*period), "key": self.key()}
        return self.asked(self.do(book_desk, member=self.world.members[who], **wish))

    @rule(target=made, place=places, day=days, stretch=stretches)
    def a_passer_by_is_booked(self, place, day, stretch):
        wish = {"telecentre": self.world.places[place], "period": self.period(place, day, stretch), "key": self.key()}
        guest = {"member": None, "guest": "Une dame de passage", "booked_by": self.world.host, "on_the_spot": True}
        return self.asked(self.do(book_any_desk, **wish, **guest))

    def asked(self, booking: Booking | None):
        return multiple() if booking is None else booking

    @rule(booking=made)
    def press_again(self, booking):
        """The same request once more is the same booking, or is told what became of it."""
        before = Booking.objects.count()
        first = Booking.objects.select_related("desk__telecentre").get(pk=booking.pk)
        again = self.do(book_desk, desk=booking.desk, member=first.member, guest=first.guest, period=booking.period, key=first.key)
        assert Booking.objects.count() == before
        assert again is None or again.pk == booking.pk

    @rule(booking=made, place=places, day=days, stretch=stretches, number=st.none() | numbers)
    def move(self, booking, place, day, stretch, number):
        desks = self.world.desks[place]
        where = {"telecentre": self.world.places[place]} if number is None else {"desk": desks[number % len(desks)]}
        self.move_there(booking.pk, self.period(place, day, stretch), **where)

    @rule(number=numbers, place=places)
    def move_what_stands(self, number, place):
        """Drawn at random, a booking is mostly over and its new place mostly taken: this one may still move, and asks on."""
        standing = list(Booking.objects.filter(status=BookingStatus.CONFIRMED, period__startswith__gt=self.now).order_by("pk"))
        if standing:
            booking = standing[number % len(standing)]
            wishes = ((day, stretch) for day in reversed(DAYS) for stretch in Stretch.of_opening_hours())
            periods = (self.period(place, *wish) for wish in wishes)
            any(self.move_there(booking.pk, period, telecentre=self.world.places[place]) for period in periods)

    def move_there(self, pk, period, **where) -> bool:
        """Whether it moved: to where it stands is no refusal and no move."""
        booking = Booking.objects.with_place().get(pk=pk)
        by = booking.member.user if booking.member else self.world.host
        now_there = self.do(moving.move_booking, booking=booking, period=period, by=by, **where)
        moved = now_there is not None and now_there.sequence > booking.sequence
        self.happened["moved"] += moved
        return moved

    @rule(booking=made, by_host=st.booleans())
    def cancel(self, booking, by_host):
        booking = Booking.objects.with_place().get(pk=booking.pk)
        by = self.world.host if by_host or booking.member is None else booking.member.user
        self.do(cancelling.cancel_booking, booking=booking, by=by)

    @rule(who=members, trial=st.booleans())
    def get_a_pass(self, who, trial):
        member = self.world.members[who]
        if trial:
            self.do(ledger.grant_trial, member=member, half_days=2, valid_days=4, key=self.key())
        else:
            paid = {"means": MeansOfPayment.CASH, "by": self.world.host}
            self.do(ledger.sell_pass, offer=self.world.offer, member=member, key=self.key(), **paid)

    # ---- The line

    @rule(who=members, place=places, day=days, stretch=stretches)
    def wait_where_it_is_full(self, who, place, day, stretch):
        """Passers-by take what is left; then somebody waits, and somebody else."""
        wish = {"telecentre": self.world.places[place], "period": self.period(place, day, stretch)}
        guest = {"member": None, "guest": "Une dame de passage", "booked_by": self.world.host, "on_the_spot": True}
        for _desk in self.world.desks[place]:
            self.do(book_any_desk, key=self.key(), **wish, **guest)
        for member in (self.world.members[who], self.world.members[who - 1]):
            self.do(join_line, member=member, kind=DeskKind.DESK, **wish)

    @rule(number=numbers, answer=st.sampled_from(["accept", "accept", "leave", "nothing"]))
    def what_they_wait_for_becomes_free(self, number, answer):
        entries = list(WaitingEntry.objects.waiting().in_line())
        if not entries:
            return
        entry = entries[number % len(entries)]
        there = Booking.objects.with_place().upcoming(self.now).filter(desk__telecentre=entry.telecentre, takes_seat=True)
        for booking in there.overlapping(entry.period)[:2]:
            self.do(cancelling.cancel_booking, booking=booking, by=self.world.host)
        if answer != "nothing":
            self.answer(answer)

    @rule(answer=st.sampled_from(["accept", "leave"]))
    def answer(self, answer):
        for entry in WaitingEntry.objects.live().filter(status=WaitingStatus.OFFERED).in_line()[:1]:
            if answer == "accept":
                self.do(accept_place, booking=Booking.objects.with_place().get(pk=entry.booking_id))
            else:
                self.do(leave_line, entry=entry)

    @rule(number=numbers)
    def tire_of_waiting(self, number):
        for entry in WaitingEntry.objects.waiting().in_line()[number : number + 1]:
            self.do(leave_line, entry=entry)

    # ---- Every week

    @rule(target=series, who=members, place=places, number=st.none() | numbers, stretch=stretches, other=st.booleans())
    def book_every_day(self, who, place, number, stretch, other):
        seats = self.world.desks[place][:-1]
        wish = BookingSeries(
            member=self.world.members[who],
            telecentre=self.world.places[place],
            desk=None if number is None else seats[number % len(seats)],
            weekdays=[day.weekday() for day in DAYS],
            stretch=stretch,
            first=DAYS[0],
            last=DAYS[-1],
            other_desk_if_taken=other,
            key=self.key(),
        )
        plan_series(wish, now=self.now)
        booked = self.do(book_series, series=wish)
        return multiple() if booked is None else booked[0]

    @rule(booked_series=consumes(series), first=days, last=st.none() | days)
    def call_a_series_off(self, booked_series, first, last):
        self.do(call_series_off, series=booked_series, by=self.world.host, first=first, last=last)

    @rule(booked_series=series, first=days, number=numbers)
    def move_a_series(self, booked_series, first, number):
        seats = Desk.objects.filter(telecentre=booked_series.telecentre, kind=DeskKind.DESK).select_related("telecentre").in_order()
        self.do(move_series, series=booked_series, by=self.world.host, first=first, desk=seats[number % len(seats)])

    # ---- The host

    @rule(target=closures, place=places, number=st.none() | numbers, day=days, stretch=stretches)
    def close(self, place, number, day, stretch):
        desks = self.world.desks[place]
        desk = None if number is None else desks[number % len(desks)]
        period = self.period(place, day, stretch)
        closing.affected_bookings(telecentre=self.world.places[place], desk=desk, period=period, now=self.now)
        closure = self.do(closing.close_days, telecentre=self.world.places[place], desk=desk, period=period, reason="travaux")
        return multiple() if closure is None else closure

    @rule(closure=consumes(closures))
    def open_again(self, closure):
        self.do(open_again, closure=closure)

    @rule(booking=made)
    def check_in(self, booking):
        self.do(arriving.check_in, booking=booking)

    # ---- Time

    @rule(hours=st.sampled_from([0.25, 1, 3, 12]))
    def time_passes(self, hours):
        self.now += dt.timedelta(hours=hours)
        self.tick()

    @rule()
    def a_half_day_begins(self):
        slots = (slot for day in DAYS for slot in self.world.openings[0].half_days(day))
        if begins := next((slot.starts_at for slot in slots if slot.starts_at > self.now), None):
            self.now = begins
            self.tick()
            for booking in Booking.objects.filter(period__startswith=begins, status=BookingStatus.CONFIRMED).order_by("pk")[:2]:
                self.do(arriving.check_in, booking=booking)

    def tick(self) -> None:
        for tick in (clockwork.complete_past, arriving.release_unclaimed, expire_holds, offer_free_places):
            self.do(tick)
        self.do(extend_series)
        self.do(offer_free_places)
        self.nobody_waits_in_vain()

    def nobody_waits_in_vain(self) -> None:
        """Once what is free was offered: whoever waits cannot have it, and nobody is kept from it for their sake."""
        for place, snapshot in zip(self.world.places, read_snapshots(self.world.places, *DAYS, now=self.now).values(), strict=True):
            for entry in snapshot.waiting:
                request = BookingRequest.of_entry(entry, place, key="", now=self.now)
                assert rules.is_line_over(entry.period, self.now) or isinstance(rules.may_be_booked(request, snapshot), Refusal)
            board = Board(snapshot, *DAYS, now=self.now, on_the_spot=True)
            for slot in board.open_half_days():
                assert DeskState.PROMISED not in board.states(slot).values()

    # ---- What is promised

    @invariant()
    def nothing_is_broken(self):
        with connection.cursor() as cursor:
            cursor.execute(BROKEN, {"now": self.now})
            broken = dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))
        assert not {promise: count for promise, count in broken.items() if count}

    @invariant()
    def nobody_is_told_twice(self):
        assert len(self.letters) == len(set(self.letters))


def open_again(*, closure: Closure, now: dt.datetime) -> None:
    closing.reopen(closure=closure)


def run(there: World, *, runs: int, number: int) -> Counter[str]:
    """So many runs; another `number` is other runs. Returns how often each act was not refused."""

    class Telecentres(Happenings):
        world, happened = there, Counter()

    chosen = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(Telecentres), settings=chosen)
    return Telecentres.happened
