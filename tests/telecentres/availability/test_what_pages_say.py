"""What pages say of each desk and half-day, held against what a press on the real form then does, in random states of a place.

Each share takes one state, and more until each page has called something free and something not; with `AGREEMENT_RUNS=50` it takes
at least fifty.
"""

import datetime as dt
import html
import itertools
import os
import random
import re
from collections import Counter
from collections.abc import Callable

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from members.enums import MemberStatus
from telecentres.booking.desk_codes import CODES
from telecentres.enums import BookingStatus, DeskKind, PassKind, Stretch
from telecentres.half_days import instant, local_day
from telecentres.models import Booking, BookingLimits, Desk, Telecentre
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    PassFactory,
    RateFactory,
    SeriesFactory,
    TelecentreFactory,
    WaitingEntryFactory,
    half_day,
)

SHARES, RUNS = 4, int(os.environ.get("AGREEMENT_RUNS", 1))
PAGES = ("grid", "page", "host", "list")
MOST_RUNS = max(RUNS, 12)  # until every page has called some place free and some place not
pytestmark = pytest.mark.django_db

DAYS = [dt.date(2026, 11, 24), dt.date(2026, 11, 25)]  # a Tuesday, a Wednesday
NEXT_WEEK = [day + dt.timedelta(days=7) for day in DAYS]
MONDAY = dt.date(2026, 11, 23)
HALVES = [Stretch.MORNING, Stretch.AFTERNOON]
STRETCHES = Stretch.of_opening_hours()
CLOCKS = [
    (7, 50),
    (8, 5),
    (8, 30),
    (8, 35),
    (11, 55),
    (12, 0),
    (12, 1),
    (12, 5),
    (12, 29),
    (12, 30),
    (13, 0),
    (13, 30),
    (18, 5),
    (18, 31),
]
BUTTON = re.compile(r'<button class="slot slot--([a-z_]+)[^"]*"(?: name="slot" value="([^"]+)")?[^>]* aria-label="([^"]+)"')
FREE_NOW = re.compile(r"<b>(\d+) postes?</b> libres? en ce moment")
keys = itertools.count()


class RandomPlace:
    """A place, its desks, who waits and who sits, and the clock; all by chance."""

    def __init__(self, seed: int) -> None:
        self.dice = dice = random.Random(seed)
        self.now = instant(dice.choice([MONDAY, *DAYS, *DAYS]), dt.time(*dice.choice(CLOCKS)))
        self.traveller = time_machine.travel(self.now, tick=False)
        self.traveller.start()
        self.place = TelecentreFactory(
            slug=f"lieu-{seed}",
            weekdays=[1, 2],
            notice_minutes=dice.choice([0, 0, 0, 45, 120]),
            horizon_days=dice.choice([1, 2, 60, 60]),
            release_after_minutes=dice.choice([None, 60]),
        )
        if dice.random() < 0.3:  # it does not close at noon
            self.place.opening_hours.filter(half="morning").update(closes_at=dt.time(13, 30))
        kinds = [DeskKind.DESK] * dice.choice([1, 2, 2]) + [DeskKind.OFFICE, DeskKind.ROOM]
        where = {"telecentre": self.place, "plan_x": 10, "plan_y": 10}
        self.desks = [DeskFactory(name=f"Poste {n}", kind=kind, position=n, **where) for n, kind in enumerate(kinds)]
        RateFactory(telecentre=self.place, price=6)
        BookingLimits.objects.update_or_create(pk=1, defaults={"bookings_ahead": dice.choice([1, 2, 20, 20])})
        self.viewer = self.somebody()
        self.host = UserFactory(host=True)
        self.place.hosts.add(self.host)
        self.fill()

    def somebody(self):
        """A member, or somebody on trial with a few half-days or none."""
        if self.dice.random() < 0.75:
            return MemberFactory()
        newcomer = MemberFactory(status=MemberStatus.TRIAL)
        if left := self.dice.choice([0, 1, 2]):
            start = {"valid_from": MONDAY, "created_at": self.now - dt.timedelta(days=1)}
            PassFactory(member=newcomer, kind=PassKind.TRIAL, price=0, half_days=2, left=left, **start)
        return newcomer

    def fill(self) -> None:
        dice = self.dice
        for desk, day, stretch in itertools.product(self.desks, DAYS, HALVES):
            if dice.random() < 0.45:
                self.sit(desk, day, stretch)
        for _closure in range(dice.choice([0, 0, 1, 2])):
            period = half_day(self.place, dice.choice(DAYS), dice.choice(STRETCHES))
            ClosureFactory(telecentre=self.place, desk=dice.choice([None, *self.desks]), period=period)
        if dice.random() < 0.4:
            self.sit(
                DeskFactory(telecentre=TelecentreFactory(weekdays=[1, 2])), dice.choice(DAYS), dice.choice(STRETCHES), self.viewer
            )
        for _entry in range(dice.choice([0, 1, 2, 3])):
            self.wait(self.viewer if dice.random() < 0.2 else self.somebody())
        if dice.random() < 0.2:  # since they joined, the place opens later
            self.place.opening_hours.filter(half="morning").update(opens_at=dt.time(9))
            self.place = Telecentre.objects.get(pk=self.place.pk)

    def sit(self, desk: Desk, day: dt.date, stretch: Stretch, member=None) -> None:
        status, until = self.dice.choice(
            [
                *[(BookingStatus.CONFIRMED, None)] * 4,
                (BookingStatus.CHECKED_IN, None),
                (BookingStatus.NO_SHOW, None),
                (BookingStatus.HELD, self.now + dt.timedelta(minutes=30)),
                (BookingStatus.HELD, self.now - dt.timedelta(minutes=1)),
                (BookingStatus.CANCELLED, None),
            ]
        )
        who = member or (self.viewer if self.dice.random() < 0.15 else MemberFactory())
        seated = Booking.objects.live(self.now).filter(member=who, takes_seat=True)
        if not seated.overlapping(half_day(desk.telecentre, day, stretch)).exists():
            made = self.now - dt.timedelta(days=1)
            BookingFactory(desk=desk, day=day, stretch=stretch, member=who, status=status, held_until=until, created_at=made)

    def wait(self, member) -> None:
        day, stretch, kind = self.dice.choice(DAYS), self.dice.choice(STRETCHES), self.dice.choice([DeskKind.DESK, *DeskKind])
        series = SeriesFactory(member=member, telecentre=self.place, kind=kind, first=MONDAY) if self.dice.random() < 0.2 else None
        joined = self.now - dt.timedelta(minutes=self.dice.randint(1, 500))
        period = half_day(self.place, day, stretch)
        if not member.waiting_entries.filter(kind=kind, period=period).exists():
            WaitingEntryFactory(
                member=member, telecentre=self.place, kind=kind, period=period, stretch=stretch, series=series, joined_at=joined
            )

    # ---- Presses on the real forms, of which nothing stays

    def pressed(self, user, address: str, **fields) -> bool:
        """Whether it booked."""
        client = Client()
        client.force_login(user)
        with transaction.atomic():
            before = set(Booking.objects.filter(status__in=BookingStatus.live()).values_list("pk", flat=True))
            answer = client.post(address, {"key": f"key-{next(keys)}", **fields})
            made = Booking.objects.filter(status__in=BookingStatus.live()).exclude(pk__in=before).count()
            transaction.set_rollback(True)
        assert made <= (answer.status_code == 303), answer.status_code  # none: at one's own desk a press says that one is there
        return made == 1

    def books(self, member, desk: Desk | None, day: dt.date, stretch: Stretch) -> bool:
        press = f"{desk.pk if desk else 'any'} {day.isoformat()} {stretch.value}"
        return self.pressed(member.user, reverse("telecentres:week", args=[self.place.slug]), slot=press)

    def sits_down(self, member, desk: Desk) -> bool:
        return self.pressed(member.user, reverse("telecentres:at-desk", args=[CODES.sign(desk.pk)]))

    def host_books(self, desk: Desk | None, day: dt.date, stretch: Stretch) -> bool:
        fields = {
            "who": "Une dame de passage",
            "desk": desk.pk if desk else "any",
            "day": day.isoformat(),
            "stretch": stretch.value,
        }
        return self.pressed(self.host, reverse("telecentres:book-for", args=[self.place.slug]), **fields)

    def page(self, name: str, user=None, *, args=None, **query) -> str:
        client = Client()
        if user:
            client.force_login(user)
        answer = client.get(reverse(name, args=[self.place.slug] if args is None else args), query)
        assert answer.status_code == 200
        return re.sub(r"[ \n]+", " ", html.unescape(answer.content.decode())).replace("> <", "><")


def free_presses(page: str) -> set[str]:
    return {value for state, value, _label in BUTTON.findall(page) if state == "free"}


def in_the_grid(state: RandomPlace, seen: Counter) -> None:
    """Of each desk, any desk, each half-day and whole day: a press is offered as free when it books, and only then."""
    said = free_presses(state.page("telecentres:week", state.viewer.user, jour=DAYS[0].isoformat()))
    shared = [desk for desk in state.desks if desk.kind == DeskKind.DESK]
    for desk, day, stretch in itertools.product([*([None] if shared[1:] else []), *state.desks], DAYS, STRETCHES):
        press = f"{desk.pk if desk else 'any'} {day.isoformat()} {stretch.value}"
        assert (press in said) == state.books(state.viewer, desk, day, stretch), press
        seen["grid", press in said] += 1


def to_a_visitor(state: RandomPlace, seen: Counter) -> None:
    """Whoever looks without a name reads what any member may book."""
    anybody = MemberFactory()
    theirs = {
        label
        for kind, _value, label in BUTTON.findall(state.page("telecentres:week", anybody.user, jour=DAYS[0].isoformat()))
        if kind == "free"
    }
    visitors = {
        label for kind, _value, label in BUTTON.findall(state.page("telecentres:week", jour=DAYS[0].isoformat())) if kind == "free"
    }
    assert visitors == theirs
    seen["visitor", bool(theirs)] += 1


def on_its_page(state: RandomPlace, seen: Counter) -> None:
    """Desk by desk, on the drawn plan and in figures: for the half-day under way, or the next one."""
    for member, user in ((state.viewer, state.viewer.user), (MemberFactory(), None)):
        page = state.page("telecentres:telecentre", user)
        slot = shown_slot(state)
        for desk in state.desks:
            (line,) = re.findall(rf'<tr id="poste-{desk.pk}">(.*?)</tr>', page)
            said = "near__here" in line
            (drawn,) = re.findall(rf'<a class="plan__place ([a-z-]+)" href="#poste-{desk.pk}"', page)
            assert (drawn == "is-free") == said
            assert said == (slot is not None and takes(state, member, desk, slot)), (desk.name, slot)
            seen["page", said] += 1
        if told := FREE_NOW.search(page.replace("\u202f", " ").replace("\xa0", " ")):
            assert (int(told[1]) > 0) == any(takes(state, member, desk, slot) for desk in state.desks if desk.kind == DeskKind.DESK)


def shown_slot(state: RandomPlace):
    """The next half-day, or the one under way, at which the place is open."""
    closures = [closure.period for closure in state.place.closures.filter(desk=None)]
    periods = [(half_day(state.place, day, stretch), day, stretch) for day in [*DAYS, *NEXT_WEEK] for stretch in HALVES]
    for period, day, stretch in periods:
        shut = any(period.lower < closed.upper and closed.lower < period.upper for closed in closures)
        if period.upper > state.now and not shut:
            return period, day, stretch
    return None


def takes(state: RandomPlace, member, desk: Desk, slot) -> bool:
    """By the desk's own code once the doors are open, else in the week."""
    period, day, stretch = slot
    if period.lower - dt.timedelta(minutes=30) <= state.now:
        return state.sits_down(member, desk)
    return state.books(member, desk, day, stretch)


def at_the_desk(state: RandomPlace, seen: Counter) -> None:
    """Whoever scans the code of a desk that says that it is free may sit down."""
    for desk in state.desks:
        mine = Booking.objects.live(state.now).filter(desk=desk, member=state.viewer)
        page = state.page("telecentres:at-desk", state.viewer.user, args=[CODES.sign(desk.pk)])
        said = "Le prendre et m’installer" in page
        if not mine.exists():
            assert said == state.sits_down(state.viewer, desk), desk.name
            seen["desk", said] += 1


def to_the_host(state: RandomPlace, seen: Counter) -> None:
    """The day of the place, half by half, and its wall: what is free there, the host may book for a passer-by."""
    for day in DAYS:
        page = state.page("telecentres:day", state.host, jour=day.isoformat())
        for desk in state.desks:
            line = re.search(rf'<tr><th scope="row">{desk.name}</th>(.*?)</tr>', page, re.DOTALL)
            for stretch, cell in zip(HALVES, re.findall(r"<td[^>]*>(.*?)</td>", line[1], re.DOTALL), strict=True):
                said = '<span class="today__free">libre</span>' in cell
                assert said == state.host_books(desk, day, stretch), (desk.name, day, stretch)
                seen["host", said] += 1
        if told := re.search(r"(\d+) postes? reste(?:nt)? libre", page):
            slot = next((half for half in HALVES if half_day(state.place, day, half).upper > state.now), None)
            assert (int(told[1]) > 0) == (slot is not None and state.host_books(None, day, slot))


def on_the_wall(state: RandomPlace, seen: Counter) -> None:
    page, day = state.page("telecentres:wall", state.host), local_day(state.now)
    slot = next((half for half in HALVES if day in DAYS and half_day(state.place, day, half).upper > state.now), None)
    for desk in state.desks:
        line = re.search(rf"<b>{desk.name}</b><span>(.*?)</span>", page, re.DOTALL)
        said = line is not None and line[1].strip() == "libre"
        assert said == (slot is not None and state.host_books(desk, day, slot)), desk.name
        seen["wall", said] += 1


def in_the_list(state: RandomPlace, seen: Counter) -> None:
    """What the list of places says of a half-day, any member may book."""
    anybody = MemberFactory()
    for day, stretch in itertools.product(DAYS, STRETCHES):
        page = state.page("telecentres:telecentres", args=[], jour=day.isoformat(), moment=stretch.value)
        entry = re.search(rf'<a href="/telecentres/{state.place.slug}/">.*?</article>', page, re.DOTALL)[0]
        assert ("status--yes" in entry) == state.books(anybody, None, day, stretch), (day, stretch)
        seen["list", "status--yes" in entry] += 1


def instead(state: RandomPlace, seen: Counter) -> None:
    """Each other way that a refusal offers, is one press away."""
    client, address = Client(), reverse("telecentres:week", args=[state.place.slug])
    client.force_login(state.viewer.user)
    for desk, day in itertools.product(state.desks, DAYS):
        with transaction.atomic():
            answer = client.post(address, {"key": f"key-{next(keys)}", "slot": f"{desk.pk} {day.isoformat()} morning"})
            transaction.set_rollback(True)
        ways = re.findall(r'<li class="way">.*?</li>', answer.content.decode(), re.DOTALL) if answer.status_code == 409 else []
        for way in ways:
            fields = {name: html.unescape(re.search(f'name="{name}" value="([^"]*)"', way)[1]) for name in ("desk", "start", "end")}
            assert state.pressed(state.viewer.user, re.search(r'action="([^"]+)"', way)[1], **fields), fields
            seen["instead", True] += 1


def to_move_to(state: RandomPlace, seen: Counter) -> None:
    """Of a booking that may still move: a press that is offered as free moves it there, and no other does."""
    standing = Booking.objects.filter(member=state.viewer, status=BookingStatus.CONFIRMED, desk__telecentre=state.place)
    booking = standing.filter(period__startswith__gt=state.now).select_related("desk").order_by("period", "pk").first()
    if booking is None:
        return
    address = reverse("telecentres:move", args=[booking.pk])
    said = free_presses(state.page("telecentres:move", state.viewer.user, args=[booking.pk], jour=DAYS[0].isoformat()))
    desks = [desk for desk in state.desks if desk.kind == booking.desk.kind]
    for desk, day, stretch in itertools.product(desks, DAYS, STRETCHES):
        if desk == booking.desk and half_day(state.place, day, stretch) == booking.period:
            continue
        client = Client()
        client.force_login(state.viewer.user)
        press = f"{desk.pk} {day.isoformat()} {stretch.value}"
        with transaction.atomic():
            answer = client.post(address, {"slot": press, "key": booking.key})
            transaction.set_rollback(True)
        assert (answer.status_code == 303) == (press in said), press
        seen["move", press in said] += 1


SAID: list[Callable[[RandomPlace, Counter], None]] = [
    in_the_grid,
    to_a_visitor,
    on_its_page,
    at_the_desk,
    to_the_host,
    on_the_wall,
    in_the_list,
    instead,
    to_move_to,
]


@pytest.mark.parametrize("share", [0, *(pytest.param(share, marks=pytest.mark.thorough) for share in range(1, SHARES))])
def test_what_pages_say_is_free_is_what_a_press_can_book(share):
    seen: Counter = Counter()
    for number in itertools.count():
        if number >= RUNS and all(seen[page, free] for page in PAGES for free in (True, False)):
            break
        assert number < MOST_RUNS, f"a page said the same of every place: nothing is shown of it ({seen})"
        seed = share + SHARES * number
        with transaction.atomic():
            state = RandomPlace(seed)
            try:
                for look in SAID:
                    try:
                        look(state, seen)
                    except AssertionError as error:
                        raise AssertionError(f"state {seed}, {state.now:%A %H:%M}, {look.__name__}") from error
            finally:
                state.traveller.stop()
            transaction.set_rollback(True)
