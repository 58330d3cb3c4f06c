"""The pages of those who have a desk, wait for one, or keep a place: read by axe, at every width; and what one does there."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from telecentres.booking.desk_codes import CODES
from telecentres.enums import BookingStatus, RateUnit, Stretch, WaitingStatus
from telecentres.half_days import public_holiday
from telecentres.models import Booking, PassOffer
from telecentres.notifications import HELD_LINKS
from tests.browser.conftest import NARROWEST
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    DeskFactory,
    PassFactory,
    RateFactory,
    SeriesFactory,
    TelecentreFactory,
    WaitingEntryFactory,
    half_day,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def day() -> dt.date:
    """Some days ahead, on which everything is open and may still be called off."""
    day = timezone.localdate() + dt.timedelta(days=2)
    while public_holiday(day):
        day += dt.timedelta(days=1)
    return day


@pytest.fixture
def place():
    place = TelecentreFactory(every_day=True, slug="fleurance", commune__name="Fleurance", name="Télécentre de Fleurance")
    RateFactory(telecentre=place, price=6)
    RateFactory(telecentre=place, kind="room", unit=RateUnit.HOUR, price=5)
    return place


@pytest.fixture
def member(place, day):
    """With a bit of everything."""
    member = MemberFactory()
    PassFactory(member=member, left=6)
    PassOffer.objects.create(half_days=10, price=48)
    desk = DeskFactory(telecentre=place, name="Poste 1", note="fenêtre sur la halle", plan_x=0, plan_y=0)
    DeskFactory(telecentre=place, name="Salle", room=True)
    BookingFactory(desk=desk, member=member, day=day)
    tomorrow = timezone.now() + dt.timedelta(hours=20)
    held = BookingFactory(desk=desk, member=member, day=day, stretch=Stretch.AFTERNOON, held=True, held_until=tomorrow)
    of_it = {"member": member, "telecentre": place, "day": day, "stretch": Stretch.AFTERNOON}
    WaitingEntryFactory(**of_it, status=WaitingStatus.OFFERED, booking=held)
    WaitingEntryFactory(member=member, telecentre=place, day=day + dt.timedelta(days=1))
    SeriesFactory(member=member, telecentre=place, desk=desk)
    return member


PAGES = ["my-bookings", "my-passes", "my-calendar", "my-statement"]


@pytest.mark.parametrize("name", PAGES)
def test_a_members_pages_are_without_fault(visit, member, name):
    assert visit(member.user).faults(reverse(f"telecentres:{name}")) == []


def test_moving_waiting_and_every_week_are_without_fault(visit, member, place, day):
    browser, booking = visit(member.user), Booking.objects.get(member=member, status=BookingStatus.CONFIRMED)
    assert browser.faults(reverse("telecentres:move", args=[booking.pk])) == []
    assert browser.faults(reverse("telecentres:series", args=[member.series.get().pk])) == []
    browser.open(reverse("telecentres:series-new", args=["fleurance"]))
    for weekday in browser.page.locator("[name=weekdays]").all():
        weekday.check()
    browser.arrive(browser.page.get_by_role("button", name="Voir les jours").click)
    assert browser.faults() == []


def test_a_host_has_a_day_without_fault(visit, member, place, day):
    host = UserFactory(host=True)
    place.hosts.add(host)
    browser = visit(host)
    assert browser.faults(reverse("telecentres:day", args=["fleurance"]) + f"?jour={day}") == []
    browser.open(reverse("telecentres:close", args=["fleurance"]))
    browser.page.fill("[name=first]", day.isoformat())
    browser.page.fill("[name=reason]", "l’électricien change le tableau")
    browser.arrive(browser.page.get_by_role("button", name="Voir qui est concerné").click)
    assert browser.faults() == []
    browser.arrive(browser.page.get_by_role("button", name="Fermer", exact=True).click)
    assert not Booking.objects.live().filter(desk__telecentre=place, status=BookingStatus.CONFIRMED).exists()


@pytest.mark.parametrize("name", ["wall", "codes", "occupancy", "plan"])
def test_what_a_host_hangs_up_and_counts_is_without_fault(visit, member, place, name):
    host = UserFactory(host=True)
    place.hosts.add(host)
    assert visit(host).faults(reverse(f"telecentres:{name}", args=["fleurance"])) == []


def test_what_is_free_anywhere_and_a_scanned_desk_are_without_fault(visit, member, place, day):
    browser = visit(member.user)
    assert browser.faults(reverse("telecentres:telecentres") + f"?jour={day}&moment=afternoon") == []
    assert browser.faults(place.get_absolute_url()) == []
    assert browser.faults(reverse("telecentres:at-desk", args=[CODES.sign(place.desks.first().pk)])) == []


@pytest.mark.journey
def test_the_link_of_a_held_place_is_accepted_on_the_narrowest_phone_without_a_script(visit, member):
    held = Booking.objects.get(status=BookingStatus.HELD)
    browser = visit(viewport=NARROWEST, javascript=False)
    browser.open(reverse("telecentres:held", args=[HELD_LINKS.sign(held.pk)]))
    browser.arrive(browser.page.get_by_role("button", name="L’accepter").click)
    assert browser.page.get_by_role("heading", name="Elle est à vous").is_visible()
    held.refresh_from_db()
    assert held.status == BookingStatus.CONFIRMED


@pytest.mark.journey
def test_a_booking_is_moved_with_the_keyboard_alone(visit, member, day):
    browser, booking = visit(member.user), Booking.objects.get(member=member, status=BookingStatus.CONFIRMED)
    browser.open(reverse("telecentres:move", args=[booking.pk]) + f"?jour={day}")
    free = browser.page.locator("button.slot--free:visible").first
    free.focus()
    browser.page.keyboard.press("Enter")
    browser.page.wait_for_url("**" + reverse("telecentres:my-bookings"))
    booking.refresh_from_db()
    assert booking.sequence == 1
    assert booking.period != half_day(booking.desk.telecentre, day)
