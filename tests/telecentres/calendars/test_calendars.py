"""Calendars, read by a library that is not the one that wrote them."""

import datetime as dt

import pytest
import time_machine
import vobject
from django.urls import reverse

from telecentres.booking import cancelling, moving
from telecentres.calendars import feeds
from telecentres.enums import BookingStatus, Stretch
from telecentres.half_days import instant
from telecentres.models import Booking, CalendarFeed
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import BookingFactory, DeskFactory, TelecentreFactory

NOW = instant(dt.date(2026, 10, 20), dt.time(9))


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def member():
    return MemberFactory()


@pytest.fixture
def address(member):
    return reverse("telecentres-data:feed", args=[feeds.make_feed(by=member.user, member=member)])


def events_of(body: bytes) -> list:
    return vobject.readOne(body.decode()).contents.get("vevent", [])


def test_a_booking_is_an_event_in_the_time_of_the_territory(client, member, address):
    booking = BookingFactory(member=member, day=dt.date(2026, 10, 22), desk__telecentre__name="Télécentre de Lombez, l’été")
    answer = client.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events_of(answer.content)
    assert event.uid.value.startswith(f"booking-{booking.pk}@")
    assert b"DTSTART;TZID=Europe/Paris:20261022T083000\r\nDTEND;TZID=Europe/Paris:20261022T123000\r\n" in answer.content
    assert [at_.astimezone(dt.UTC) for at_ in (event.dtstart.value, event.dtend.value)] == [booking.starts_at, booking.ends_at]
    assert (event.status.value, event.sequence.value) == ("CONFIRMED", "0")
    assert event.summary.value == f"{booking.desk.name}, Télécentre de Lombez, l’été"


@pytest.mark.parametrize("day", [dt.date(2026, month, day + n) for month, day in ((3, 29), (10, 25)) for n in (-1, 0, 1)])
def test_the_time_zone_in_the_file_says_the_instant_that_was_booked(client, member, address, day, clock):
    """As the VTIMEZONE of the file has it, on both sides of both changes of the clocks."""
    clock.move_to(instant(day - dt.timedelta(days=3), dt.time(9)))
    place = TelecentreFactory(every_day=True)
    booking = BookingFactory(member=member, desk=DeskFactory(telecentre=place), day=day, stretch=Stretch.DAY)
    calendar = vobject.readOne(client.get(address).content.decode())
    (event,) = calendar.contents["vevent"]
    assert calendar.vtimezone.tzid.value == event.dtstart.params["X-VOBJ-ORIGINAL-TZID"][0] == "Europe/Paris"
    in_file = calendar.vtimezone.tzinfo
    shown = event.dtstart.value.replace(tzinfo=None)
    assert shown - in_file.utcoffset(shown) == booking.starts_at.replace(tzinfo=None)


def test_a_booking_that_moves_keeps_its_uid_and_counts_up(client, member, address):
    booking = BookingFactory(member=member, day=dt.date(2026, 10, 22))
    (before,) = events_of(client.get(address).content)
    other = DeskFactory(telecentre=booking.desk.telecentre)
    moving.move_booking(booking=booking, desk=other, period=booking.period, by=member.user)
    (after,) = events_of(client.get(address).content)
    assert after.uid.value == before.uid.value
    assert (before.sequence.value, after.sequence.value) == ("0", "1")


def test_what_is_called_off_is_said_to_be(client, member, address):
    booking = BookingFactory(member=member, day=dt.date(2026, 10, 22))
    cancelling.cancel_booking(booking=booking, by=member.user)
    (event,) = events_of(client.get(address).content)
    assert (event.status.value, event.sequence.value) == ("CANCELLED", "1")


def test_what_has_not_changed_is_not_sent_again(client, member, address, clock):
    booking = BookingFactory(member=member, day=dt.date(2026, 10, 22))
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    clock.shift(60)
    cancelling.cancel_booking(booking=booking, by=member.user)
    assert client.get(address, headers={"if-none-match": tag}).status_code == 200


def test_a_feed_holds_nothing_of_anybody_else_and_nothing_old(client, member, address):
    BookingFactory(day=dt.date(2026, 10, 22))
    BookingFactory(member=member, day=dt.date(2026, 8, 3))
    own = BookingFactory(member=member, day=dt.date(2026, 10, 22))
    (event,) = events_of(client.get(address).content)
    assert event.uid.value.startswith(f"booking-{own.pk}@")


def test_a_new_address_kills_the_old_one_and_a_revoked_one_is_dead(client, member, address):
    client.force_login(member.user)
    page = client.post(reverse("telecentres:my-calendar"))
    new = page.context["address"].partition("/calendrier/")[2]
    assert client.get(address).status_code == 404
    assert client.get(f"/calendrier/{new}").status_code == 200
    client.post(reverse("telecentres:my-calendar"), {"revoke": "1"})
    assert client.get(f"/calendrier/{new}").status_code == 404


def test_only_the_hash_of_a_feeds_address_is_kept(member):
    token = feeds.make_feed(by=member.user, member=member)
    assert token not in str(CalendarFeed.objects.values_list())
    assert feeds.feed_of(token) == CalendarFeed.objects.get()


def test_a_place_has_one_for_its_host_with_names_until_they_keep_it_no_longer(client):
    booking, host = BookingFactory(day=dt.date(2026, 10, 22), member__user__last_name="Daubas"), UserFactory(host=True)
    place = booking.desk.telecentre
    place.hosts.add(host)
    address = reverse("telecentres-data:feed", args=[feeds.make_feed(by=host, telecentre=place)])
    assert "Daubas" in events_of(client.get(address).content)[0].summary.value
    place.hosts.remove(host)
    assert client.get(address).status_code == 404


def test_a_host_makes_it_from_their_day(client):
    booking, host = BookingFactory(day=dt.date(2026, 10, 22)), UserFactory(host=True)
    place = booking.desk.telecentre
    place.hosts.add(host)
    client.force_login(host)
    page = client.post(reverse("telecentres:place-calendar", args=[place.slug]))
    address = page.context["address"].partition("/calendrier/")[2]
    assert len(events_of(client.get(f"/calendrier/{address}").content)) == 1


def test_a_single_booking_is_downloaded_as_a_calendar_file(client, member):
    booking = BookingFactory(member=member, day=dt.date(2026, 10, 22))
    client.force_login(member.user)
    (event,) = events_of(client.get(reverse("telecentres-data:booking-ics", args=[booking.pk])).content)
    assert event.uid.value.startswith(f"booking-{booking.pk}@")


@pytest.mark.parametrize("count", [2, 100])
def test_a_feed_costs_the_same(client, member, address, django_assert_num_queries, count):
    for number in range(count):
        BookingFactory(member=member, day=dt.date(2026, 10, 21) + dt.timedelta(days=number), desk__telecentre__every_day=True)
    with django_assert_num_queries(4):  # its address twice, what changed last, the bookings
        client.get(address)


def test_a_held_booking_is_a_tentative_event(client, member, address):
    BookingFactory(member=member, day=dt.date(2026, 10, 22), held=True)
    (event,) = events_of(client.get(address).content)
    assert event.status.value == "TENTATIVE"
    assert Booking.objects.get().status == BookingStatus.HELD
