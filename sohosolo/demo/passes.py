"""What members paid ahead, who is there today, and who waits for a place that is full."""

import datetime as dt
from collections.abc import Sequence

from members.enums import MeansOfPayment
from members.models import User
from sohosolo.demo.days import DAY
from sohosolo.demo.members import Solo
from sohosolo.demo.telecentres import Site
from sohosolo.demo.world import World
from telecentres.availability.board import Board
from telecentres.booking import arriving, cancelling
from telecentres.enums import BookingStatus, DeskKind, HalfDay
from telecentres.half_days import Slot, days_between
from telecentres.models import Booking, PassOffer
from telecentres.passes import ledger
from telecentres.waiting.services import join_line, offer_free_places

SHARE_WITH_A_PASS = 0.15
SOLD_DAYS_AGO = (5, 45)
KNOWN_MEMBER_BOUGHT_DAYS_AGO = 14
COME_IN_TIME = 0.9
WAITERS = 3


def sell_passes(world: World, sites: Sequence[Site], solos: Sequence[Solo]) -> None:
    """Before anything is booked with them. The member one signs in as has had one for two weeks."""
    dice, offers = world.dice("passes"), [PassOffer(**facts) for facts in world.material.network["passes"]]
    how_they_pay = world.dice("payments")
    PassOffer.objects.bulk_create(offers)
    for number, solo in enumerate(solos):
        days_ago = KNOWN_MEMBER_BOUGHT_DAYS_AGO if number == 0 else dice.randint(*SOLD_DAYS_AGO)
        at = world.at(world.today - days_ago * DAY, dt.time(10))
        if (number == 0 or dice.likely(SHARE_WITH_A_PASS)) and at.date() >= solo.member.joined_on:
            site, offer = dice.choice(sites), offers[-1] if number == 0 else offers[0]
            paid = {"means": how_they_pay.choice(list(MeansOfPayment)), "by": host_of(site)}
            ledger.sell_pass(offer=offer, member=solo.member, key=f"demo-{number}", sold_at=site.telecentre, now=at, **paid)


def host_of(site: Site) -> User:
    return site.telecentre.hosts.order_by("pk").first()


def check_in_today(world: World, sites: Sequence[Site]) -> None:
    """Most of those who were to come today are there."""
    dice = world.dice("arrivals")
    today = days_between(world.today, world.today)
    for site in sites:
        begun = Booking.objects.filter(desk__telecentre=site.telecentre, status=BookingStatus.CONFIRMED).overlapping(today)
        for booking in begun.filter(period__startswith__lte=world.now, period__endswith__gt=world.now).order_by("pk"):
            if dice.likely(COME_IN_TIME):
                arriving.check_in(booking=booking, now=booking.starts_at + dt.timedelta(minutes=dice.randint(-10, 50)))


def wait_for_places(world: World, sites: Sequence[Site], solos: Sequence[Solo]) -> None:
    """Where the next morning is full some wait; one desk becomes free, and is kept for the first of them: the known member."""
    site = next((site for site in sites if site.facts.get("full_next_morning")), None)
    slot = next_morning(world, site) if site else None
    if slot is None or something_is_free(world, site, slot):
        return
    seated = set(Booking.objects.live(world.now).filter(takes_seat=True).overlapping(slot.period).values_list("member", flat=True))
    waiters = [solo.member for solo in solos if solo.member.pk not in seated][:WAITERS]
    for number, member in enumerate(waiters):
        at = world.now - dt.timedelta(minutes=30 - number)
        join_line(telecentre=site.telecentre, kind=DeskKind.DESK, member=member, period=slot.period, now=at)
    there = Booking.objects.with_place().live(world.now).filter(desk__telecentre=site.telecentre, desk__kind=DeskKind.DESK)
    if waiters and (booking := there.filter(period=slot.period).order_by("pk").first()):
        cancelling.cancel_booking(booking=booking, by=host_of(site), now=world.now)
        offer_free_places(telecentre_id=site.telecentre.pk, now=world.now)


def something_is_free(world: World, site: Site, slot: Slot) -> bool:
    """In a small network too few may have come to fill it: then nobody waits."""
    board = Board.read(site.telecentre, slot.day, slot.day, now=world.now)
    return board.count_free(slot) > 0


def next_morning(world: World, site: Site) -> Slot | None:
    days = (world.today + number * DAY for number in range(1, 10))
    return next((slot for day in days if (slot := site.half_days(day).get(HalfDay.MORNING))), None)
