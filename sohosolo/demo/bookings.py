"""Who sits where and when: the weeks behind us and the days ahead.

The whole is planned first: every place fills up to a share of its own, more on some weekdays, less far ahead. Then each
place is lived through the same services as the site, every booking with the clock of its own hour. No letter is
written about the past: `announce` is off, and whoever would have been reminded by now counts as reminded. What happens at
the very moment of the load is announced like anything else, so that the mailbox opens on a few fresh letters, and on nothing old.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp

from django.conf import settings
from django.db.models import DateTimeField, ExpressionWrapper, F, Func, Value
from django.db.models.functions import Greatest

from members.models import Member
from sohosolo.demo.days import DAY
from sohosolo.demo.members import Solo
from sohosolo.demo.telecentres import Site
from sohosolo.demo.world import World, kilometres
from telecentres.availability.request import BookingRequest
from telecentres.booking import cancelling, clockwork
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_many
from telecentres.enums import DeskKind, HalfDay, Stretch, Weekday
from telecentres.half_days import Slot
from telecentres.models import Booking, BookingLimits, Desk

NEVER_COMES = 0.3  # members who work at home only
FAR = 9  # kilometres over which the wish to come falls to a third
STRETCHES = {Stretch.DAY: 60, Stretch.MORNING: 24, Stretch.AFTERNOON: 16}
ROOMS = 0.4  # how full rooms are beside desks
PLANNED_AHEAD = 0.06  # how much emptier every coming day is: not everybody has booked yet
FAVOURITE_DAYS = (0, 1, 1, 1, 2, 3, 3, 3, 4)
DAYS_AHEAD = {(0, 0): 8, (1, 1): 18, (2, 2): 16, (3, 7): 40, (8, 21): 18}  # weights: when people book
NOT_WORTH_THE_DRIVE = 0.02
JUST_BOOKED = 3  # by others than the known member
AHEAD_AT_MOST = BookingLimits().bookings_ahead - 2  # clocks that lie an hour apart count as one
CALLED_OFF = 0.035  # of the seats of a day: booked besides, and cancelled in time


@dataclass(frozen=True)
class Intention:
    desk: Desk
    member: Member
    day: dt.date
    stretch: Stretch
    booked_at: dt.datetime
    cancelled_at: dt.datetime | None = None


@dataclass
class Habit:
    """How a member uses the télécentres."""

    member: Member
    eagerness: float
    weekdays: frozenset[int]


@dataclass
class Diary:
    """What is taken already, by half-day: desks, and who sits; by week, who has had a room: a member may for six hours."""

    desks: set[tuple[int, dt.date, HalfDay]] = field(default_factory=set)
    seated: set[tuple[int, dt.date, HalfDay]] = field(default_factory=set)
    rooms: set[tuple[int, int, int]] = field(default_factory=set)
    held: dict[int, list[tuple[dt.datetime, dt.datetime]]] = field(default_factory=lambda: defaultdict(list))  # booked, over

    def has_had_a_room(self, member: Member, day: dt.date) -> bool:
        return (member.pk, *day.isocalendar()[:2]) in self.rooms

    def is_free(self, desk: Desk, day: dt.date, stretch: Stretch) -> bool:
        return not any((desk.pk, day, half) in self.desks for half in stretch.halves)

    def sits(self, member: Member, day: dt.date, stretch: Stretch) -> bool:
        return any((member.pk, day, half) in self.seated for half in stretch.halves)

    def may_hold(self, member: Member, slot: Slot, at: dt.datetime) -> bool:
        """No more than the network lets one member hold; notes it where it is so."""
        if sum(booked < slot.ends_at and at < over for booked, over in self.held[member.pk]) >= AHEAD_AT_MOST:
            return False
        self.held[member.pk].append((at, slot.ends_at))
        return True

    def note(self, desk: Desk, member: Member, day: dt.date, stretch: Stretch) -> None:
        for half in stretch.halves:
            self.desks.add((desk.pk, day, half))
            if DeskKind(desk.kind).is_seat:
                self.seated.add((member.pk, day, half))
            else:
                self.rooms.add((member.pk, *day.isocalendar()[:2]))


def live_bookings(world: World, sites: Sequence[Site], solos: Sequence[Solo]) -> None:
    intentions = sorted(Planner(world, sites, solos).plan(), key=lambda intention: intention.booked_at)
    keys = {intention: f"demo-{number}" for number, intention in enumerate(intentions)}
    for number, site in enumerate(sites):
        world.tell("bookings", number / len(sites))
        here = [intention for intention in intentions if intention.desk.telecentre == site.telecentre]
        for just_now in (False, True):
            book(site, [it for it in here if (it.booked_at == world.now) == just_now], keys, announce=just_now)
        for intention in here:
            if intention.cancelled_at:
                cancel(intention, keys[intention], announce=intention.cancelled_at == world.now)
    clockwork.complete_past(now=world.now)
    count_as_reminded(world.now)


def book(site: Site, intentions: Sequence[Intention], keys: Mapping[Intention, str], *, announce: bool) -> None:
    """Raises BookingRefused where the plan was wrong: what the site would refuse is not in its demonstration."""
    requests = [
        BookingRequest.for_desk(
            intention.desk,
            member=intention.member,
            period=site.opening.slot(intention.day, intention.stretch).period,
            key=keys[intention],
            booked_by=intention.member.user,
            now=intention.booked_at,
        )
        for intention in intentions
    ]
    for answer in book_many(telecentre=site.telecentre, requests=requests, announce=announce):
        if isinstance(answer, BookingRefused):
            raise answer


def cancel(intention: Intention, key: str, *, announce: bool) -> None:
    booking = Booking.objects.with_place().get(member=intention.member, key=key)
    cancelling.cancel_booking(booking=booking, by=intention.member.user, now=intention.cancelled_at, announce=announce)


def count_as_reminded(now: dt.datetime) -> None:
    """Those who were to be reminded before now were, on their hour; what was booked just now still is to be."""
    on_its_hour = ExpressionWrapper(
        Func(F("period"), function="lower") - Value(dt.timedelta(hours=settings.BOOKING_REMINDER_BEFORE_HOURS)),
        output_field=DateTimeField(),
    )
    bookings = Booking.objects.filter(created_at__lt=now).annotate(to_remind_at=Greatest(on_its_hour, F("created_at")))
    bookings.filter(to_remind_at__lte=now).update(reminded_at=F("to_remind_at"))


class Planner:
    def __init__(self, world: World, sites: Sequence[Site], solos: Sequence[Solo]) -> None:
        self.world, self.sites, self.dice, self.diary = world, sites, world.dice("bookings"), Diary()
        self.known, self.habits = solos[0], [self.habit(solo) for solo in solos[1:]]
        self.busy_days = {Weekday[name.upper()]: share for name, share in world.material.network["weekdays"].items()}
        self.intentions: list[Intention] = []

    def habit(self, solo: Solo) -> Habit:
        eagerness = 0 if self.dice.likely(NEVER_COMES) else self.dice.lognormvariate(0, 0.7)
        return Habit(solo.member, eagerness, frozenset(self.dice.sample(FAVOURITE_DAYS, 3)))

    def plan(self) -> list[Intention]:
        weeks = self.world.material.network
        first, last = self.world.today - 7 * weeks["weeks_before"] * DAY, self.world.today + 7 * weeks["weeks_after"] * DAY
        days = [first + number * DAY for number in range((last - first).days + 1)]
        self.plan_known_member(days)
        wishes_of = [[habit.eagerness * closeness(site, habit.member) for habit in self.habits] for site in self.sites]
        for site, wishes in zip(self.sites, wishes_of, strict=True):
            if site.facts.get("full_next_morning"):
                self.fill_next_morning(site, days, wishes)
        for site, wishes in zip(self.sites, wishes_of, strict=True):
            for day in days:
                if halves := list(site.half_days(day)):
                    self.fill(site, day, halves, wishes)
        self.let_it_happen_now()
        return self.intentions

    def let_it_happen_now(self) -> None:
        """Some of what is to come was booked, or called off, this very minute."""
        soon = [
            number
            for number, it in enumerate(self.intentions)
            if it.day > self.world.today + 2 * DAY and not it.cancelled_at and it.member != self.known.member
        ]
        first, *others = self.dice.sample(soon, min(len(soon), 1 + JUST_BOOKED))
        self.intentions[first] = replace(self.intentions[first], cancelled_at=self.world.now)
        for number in others:
            self.intentions[number] = replace(self.intentions[number], booked_at=self.world.now)

    # ---- One place, one day

    def fill(self, site: Site, day: dt.date, halves: list[HalfDay], wishes: Sequence[float]) -> None:
        """Members come, the nearest and keenest rather first, until the place is as full as that day makes it."""
        share = site.facts["busy"] * self.busy_days[day.weekday()] * self.dice.uniform(0.85, 1.15)
        share *= max(0.3, 1 - PLANNED_AHEAD * max(0, (day - self.world.today).days))
        seats, queue = site.spots(seats=True), self.queue(day, wishes)
        missing = min(share, 0.97) * len(seats) * len(halves)
        missing -= sum((desk.pk, day, half) in self.diary.desks for desk in seats for half in halves)
        for number, member in queue:
            if missing < 1:
                break
            stretch = self.stretch(halves)
            if not self.diary.sits(member, day, stretch) and (desk := self.free_desk(site, seats, day, stretch, number)):
                missing -= len(stretch.halves) if self.book(site, desk, member, day, stretch) else 0
        for room in site.spots(seats=False):
            if self.dice.likely(share * ROOMS):
                stretch, (_number, member) = Stretch(self.dice.choice(halves)), self.dice.choice(queue[:30])
                if self.is_free(site, room, day, stretch) and not self.diary.has_had_a_room(member, day):
                    self.book(site, room, member, day, stretch)
        if self.dice.likely(share * len(seats) * CALLED_OFF):
            self.call_one_off(site, seats, day, self.stretch(halves), self.dice.choice(queue[:30])[1])

    def fill_next_morning(self, site: Site, days: Sequence[dt.date], wishes: Sequence[float]) -> None:
        """The first morning to come on which the place opens: nothing is left."""
        day = next(day for day in days if day > self.world.today and HalfDay.MORNING in site.half_days(day))
        queue = [member for _number, member in self.queue(day, wishes)]
        for desk in site.desks:
            if self.is_free(site, desk, day, Stretch.MORNING):
                able = (member for member in queue if not self.diary.sits(member, day, Stretch.MORNING))
                any(self.book(site, desk, member, day, Stretch.MORNING) for member in able)

    def queue(self, day: dt.date, wishes: Sequence[float]) -> list[tuple[int, Member]]:
        """Who would come that day, in the order they make up their minds, each with a number of their own."""
        keen = [
            (wish * (1 if day.weekday() in habit.weekdays else 0.25), number, habit.member)
            for number, (habit, wish) in enumerate(zip(self.habits, wishes, strict=True))
            if wish > NOT_WORTH_THE_DRIVE
        ]
        return [(number, member) for _wish, number, member in self.dice.at_once(keen, [wish for wish, _number, _member in keen])]

    def stretch(self, halves: list[HalfDay]) -> Stretch:
        return self.dice.by_share(STRETCHES) if len(halves) == 2 else Stretch(halves[0])

    def is_free(self, site: Site, desk: Desk, day: dt.date, stretch: Stretch) -> bool:
        slot = site.opening.slot(day, stretch)
        return self.diary.is_free(desk, day, stretch) and not site.is_closed(slot.period, desk)

    def free_desk(self, site: Site, seats: list[Desk], day: dt.date, stretch: Stretch, number: int) -> Desk | None:
        """The desk this member always takes, or another."""
        usual = seats[number % len(seats)]
        if self.is_free(site, usual, day, stretch):
            return usual
        free = [desk for desk in seats if self.is_free(site, desk, day, stretch)]
        return self.dice.choice(free) if free else None

    def book(self, site: Site, desk: Desk, member: Member, day: dt.date, stretch: Stretch, at: dt.datetime | None = None) -> bool:
        """False when the member had not joined yet, or holds as much as they may."""
        slot = site.opening.slot(day, stretch)
        at = at or self.booking_hour(slot)
        if at.date() < member.joined_on or not self.diary.may_hold(member, slot, at):
            return False
        self.intentions.append(Intention(desk, member, day, stretch, at))
        self.diary.note(desk, member, day, stretch)
        return True

    def booking_hour(self, slot: Slot) -> dt.datetime:
        """Most book in the days before; never in the future, nor once the time has begun."""
        latest = min(slot.starts_at.astimezone(self.world.zone), self.world.now) - dt.timedelta(minutes=10)
        at = self.dice.hour(slot.day - self.dice.randint(*self.dice.by_share(DAYS_AHEAD)) * DAY, self.world.zone, 7, 22)
        return at if at <= latest else self.dice.hour(latest.date() - self.dice.randint(1, 9) * DAY, self.world.zone, 7, 22)

    def call_one_off(self, site: Site, seats: list[Desk], day: dt.date, stretch: Stretch, member: Member) -> None:
        """Somebody books what stays free, and cancels it as long as the place allows."""
        slot, free = site.opening.slot(day, stretch), [desk for desk in seats if self.is_free(site, desk, day, stretch)]
        booked_at = self.booking_hour(slot)
        latest = slot.starts_at - dt.timedelta(hours=site.telecentre.cancel_before_hours + 1)
        latest = min(latest.astimezone(self.world.zone), self.world.now - dt.timedelta(minutes=5))
        if free and booked_at < latest and booked_at.date() >= member.joined_on and not self.diary.sits(member, day, stretch):
            desk, cancelled_at = self.dice.choice(free), booked_at + (latest - booked_at) * self.dice.uniform(0.2, 0.95)
            if not self.diary.may_hold(member, slot, booked_at):
                return
            self.intentions.append(Intention(desk, member, day, stretch, booked_at, cancelled_at))
            self.diary.note(desk, member, day, stretch)

    # ---- The member one signs in as

    def plan_known_member(self, days: Sequence[dt.date]) -> None:
        """The same desk every week on the usual day, now and then on the other; the next other day was booked this minute."""
        facts, member = self.world.material.team["member"], self.known.member
        site = next(site for site in self.sites if site.telecentre.commune.insee_code == facts["telecentre"])
        desk = next(desk for desk in site.desks if desk.name == facts["spot"])
        usual, other = Weekday[facts["usual_day"].upper()], Weekday[facts["other_day"].upper()]
        open_days = [day for day in days if site.half_days(day) and self.is_free(site, desk, day, self.longest(site, day))]
        coming = [day for day in open_days if day > self.world.today]
        regular = [day for day in open_days if day.weekday() == usual and (day in coming[:1] or self.dice.likely(0.9))]
        if not set(regular) & set(coming):
            regular.append(coming[0])
        still_free = [day for day in coming if day not in regular]
        fresh = next((day for day in still_free if day.weekday() == other), still_free[-1])
        for day in regular:
            self.book(site, desk, member, day, self.longest(site, day))
        self.book(site, desk, member, fresh, Stretch(next(iter(site.half_days(fresh)))), at=self.world.now)
        for day in open_days:
            if day.weekday() == other and day < self.world.today:
                if self.dice.likely(0.4):
                    self.book(site, desk, member, day, Stretch(next(iter(site.half_days(day)))))
                elif self.dice.likely(0.3):
                    self.call_one_off(site, [desk], day, self.longest(site, day), member)

    def longest(self, site: Site, day: dt.date) -> Stretch:
        halves = list(site.half_days(day))
        return Stretch.DAY if len(halves) == 2 else Stretch(halves[0])


def closeness(site: Site, member: Member) -> float:
    """From 1 next door down to nearly nothing an hour away."""
    return exp(-kilometres(site.telecentre.commune, member.commune) / FAR)
