"""What is held for somebody: what accepting it costs is read first, and what was not theirs to book they cannot accept."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from members.enums import MemberStatus
from members.models import Member
from outbox.models import Letter
from telecentres.enums import BookingStatus, PassKind, WaitingStatus
from telecentres.half_days import instant
from telecentres.models import Booking, OpeningHours
from telecentres.notifications import HELD_LINKS
from tests.factories.members import MemberFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    PassFactory,
    RateFactory,
    TelecentreFactory,
    WaitingEntryFactory,
)

TUESDAY, WEDNESDAY = dt.date(2026, 11, 24), dt.date(2026, 11, 25)
NOW = instant(TUESDAY, dt.time(9))
SIX_HOURS = dt.timedelta(hours=6)
MY_BOOKINGS = reverse("telecentres:my-bookings")


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place():
    return TelecentreFactory(name="Télécentre de Fleurance", slug="fleurance", access_notes="Code de la porte : 7316")


@pytest.fixture
def member(client, place) -> Member:
    member = MemberFactory()
    client.force_login(member.user)
    RateFactory(telecentre=place, price=6)
    return member


def hold(member: Member, place, day: dt.date = WEDNESDAY) -> Booking:
    booking = BookingFactory(member=member, desk=DeskFactory(telecentre=place), day=day, held=True, held_until=NOW + SIX_HOURS)
    WaitingEntryFactory(member=member, telecentre=place, day=day, status=WaitingStatus.OFFERED, booking=booking)
    return booking


def link_of(booking: Booking) -> str:
    return reverse("telecentres:held", args=[HELD_LINKS.sign(booking.pk)])


def plain(response) -> str:
    """Without the spaces that French typography makes narrow."""
    return response.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def is_no_member(booking: Booking) -> None:
    Member.objects.filter(pk=booking.member_id).update(status=MemberStatus.FORMER)


def is_on_trial_without_half_days(booking: Booking) -> None:
    Member.objects.filter(pk=booking.member_id).update(status=MemberStatus.TRIAL)


def opens_later(booking: Booking) -> None:
    OpeningHours.objects.filter(telecentre=booking.desk.telecentre, half="morning").update(opens_at=dt.time(10))


def is_closed(booking: Booking) -> None:
    ClosureFactory(telecentre=booking.desk.telecentre, day=WEDNESDAY, reason="panne de chauffage")


def is_out_of_use(booking: Booking) -> None:
    type(booking.desk).objects.filter(pk=booking.desk_id).update(is_active=False)


CHANGES = [
    (is_no_member, "membres du réseau"),
    (is_on_trial_without_half_days, "Votre essai ouvre"),
    (opens_later, "d’autres horaires"),
    (is_closed, "panne de chauffage"),
    (is_out_of_use, "ne se réserve plus"),
]


@pytest.mark.parametrize(("since", "sentence"), CHANGES)
def test_what_is_no_longer_theirs_to_book_is_refused_by_the_link(client, member, place, since, sentence):
    booking = hold(member, place)
    since(booking)
    client.logout()
    page = plain(client.get(link_of(booking)))
    assert sentence in page
    assert ("L’accepter" in page, "La laisser" in page) == (False, True)
    answer = client.post(link_of(booking))
    assert (answer.status_code, sentence in plain(answer)) == (409, True)
    booking.refresh_from_db()
    assert (booking.status, booking.price) == (BookingStatus.HELD, None)
    assert not Letter.objects.filter(key__startswith="telecentres.booking_confirmed").exists()


@pytest.mark.parametrize(("since", "sentence"), CHANGES)
def test_a_hold_that_cannot_be_accepted_says_why_on_my_bookings(client, member, place, since, sentence):
    booking = hold(member, place)
    since(booking)
    page = plain(client.get(MY_BOOKINGS))
    assert (sentence in page, "Accepter la place" in page, "La laisser" in page) == (True, False, True)
    answer = client.post(reverse("telecentres:answer", args=[booking.pk]), follow=True)
    assert sentence in plain(answer)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.HELD


def test_a_trial_of_one_half_day_pays_one_of_two_places_held(client, member, place):
    Member.objects.filter(pk=member.pk).update(status=MemberStatus.TRIAL)
    PassFactory(member=member, kind=PassKind.TRIAL, half_days=1, price=0, valid_from=TUESDAY, created_at=NOW)
    first, second = hold(member, place), hold(member, place, WEDNESDAY + dt.timedelta(days=1))
    assert "1 demi-journée de votre essai" in plain(client.get(link_of(first)))
    for booking in (first, second):
        client.post(link_of(booking))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.units) == (BookingStatus.CONFIRMED, 1)
    assert second.status == BookingStatus.HELD
    page = plain(client.get(MY_BOOKINGS))
    assert "1 demi-journée de votre essai." in page
    assert "de votre carnet" not in page


def test_what_it_costs_is_read_before_it_is_accepted(client, member, place):
    booking = hold(member, place)
    for address in (link_of(booking), MY_BOOKINGS):
        assert "6 €, à payer sur place." in plain(client.get(address))
    PassFactory(member=member, half_days=10, price=40, valid_from=TUESDAY, created_at=NOW)
    for address in (link_of(booking), MY_BOOKINGS):
        assert "1 demi-journée de votre carnet, pas plus" in plain(client.get(address))
    client.post(link_of(booking))
    booking.refresh_from_db()
    assert (booking.status, booking.units) == (BookingStatus.CONFIRMED, 1)


def test_how_to_get_in_is_told_once_it_is_accepted(client, member, place, clock):
    booking = hold(member, place)
    clock.move_to(instant(WEDNESDAY, dt.time(7)))
    Booking.objects.filter(pk=booking.pk).update(held_until=instant(WEDNESDAY, dt.time(8)))
    assert "7316" not in plain(client.get(MY_BOOKINGS))
    client.post(link_of(booking))
    assert "7316" in plain(client.get(MY_BOOKINGS))


@pytest.mark.parametrize(("left", "said"), [(1, "1 demi-journée sur 10"), (2, "2 demi-journées sur 10")])
def test_what_is_left_of_a_pass_is_one_or_several(client, member, left, said):
    PassFactory(member=member, half_days=10, valid_from=TUESDAY, created_at=NOW, left=left)
    assert said in plain(client.get(MY_BOOKINGS))
