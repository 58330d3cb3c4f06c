"""Any desk of a place, the same request once more, and what is held."""

import datetime as dt

import pytest

from outbox.models import Letter
from telecentres.booking import cancelling
from telecentres.booking.refusals import BookingRefused
from telecentres.enums import BookingStatus, DeskKind, RefusalReason, Stretch
from telecentres.models import Booking, Desk
from tests.factories.members import MemberFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    TelecentreFactory,
)
from tests.telecentres.booking.asking import MONDAY, MORNING_STARTS, NOW, book, book_any, refusal_of, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return DeskFactory(telecentre=TelecentreFactory(name="Télécentre de Fleurance"), name="Poste 2")


def test_any_desk_is_the_first_one_free_in_the_order_of_the_place():
    place = TelecentreFactory()
    last, first, second = (DeskFactory(telecentre=place, position=position) for position in (9, 1, 2))
    DeskFactory(telecentre=place, position=0, office=True)
    DeskFactory(telecentre=place, position=0, is_active=False)
    ClosureFactory(telecentre=place, desk=first, day=MONDAY)
    assert [book_any(place).desk for _ in range(2)] == [second, last]
    with pytest.raises(BookingRefused) as caught:
        book_any(place)
    assert caught.value.reason == RefusalReason.FULL
    assert said(caught.value) == f"Tout est pris : {place}, lundi 23 novembre au matin."


def test_any_room_and_any_office_are_found_too():
    place = TelecentreFactory()
    DeskFactory(telecentre=place)
    room, office = DeskFactory(telecentre=place, room=True), DeskFactory(telecentre=place, office=True)
    assert book_any(place, kind=DeskKind.ROOM).desk == room
    assert book_any(place, kind=DeskKind.OFFICE).desk == office


def test_any_desk_of_a_place_that_has_none_is_refused():
    with pytest.raises(BookingRefused) as caught:
        book_any(DeskFactory(room=True).telecentre)
    assert caught.value.reason == RefusalReason.DESK_OUT


def test_the_same_key_is_the_same_booking_and_one_letter(desk):
    member = MemberFactory()
    first = book(desk, member)
    again = book(desk, member)
    assert again == first
    assert (Booking.objects.count(), Letter.objects.count()) == (1, 1)


def test_the_same_key_for_any_desk_is_the_same_booking():
    place = TelecentreFactory()
    DeskFactory.create_batch(2, telecentre=place)
    member = MemberFactory()
    assert book_any(place, member) == book_any(place, member)


def test_a_replay_is_answered_after_its_time_has_begun_and_the_place_has_closed(desk):
    member = MemberFactory()
    first = book(desk, member)
    desk.telecentre.is_open = False
    desk.telecentre.save()
    assert book(desk, member, now=MORNING_STARTS + dt.timedelta(hours=1)) == first


@pytest.mark.parametrize("other", [{"stretch": Stretch.AFTERNOON}, {"day": MONDAY + dt.timedelta(days=1)}], ids=["half-day", "day"])
def test_one_key_does_not_name_two_things(desk, other):
    member = MemberFactory()
    book(desk, member)
    assert refusal_of(desk, member, **other).reason == RefusalReason.KEY_REUSED


def test_one_key_does_not_name_two_desks(desk):
    member = MemberFactory()
    book(DeskFactory(telecentre=desk.telecentre, room=True), member)
    assert refusal_of(desk, member).reason == RefusalReason.KEY_REUSED


def test_what_was_called_off_is_not_booked_again_by_a_replay(desk):
    member = MemberFactory()
    cancelling.cancel_booking(booking=book(desk, member), by=member.user, now=NOW, announce=False)
    refusal = refusal_of(desk, member)
    assert refusal.reason == RefusalReason.CANCELLED_SINCE
    assert refusal.alternatives[0].desk == desk, "it may be booked again, knowingly"
    assert book(desk, member, key="b").desk == desk


def test_a_hold_keeps_the_desk_until_its_end(desk):
    held = BookingFactory(desk=desk, day=MONDAY, held=True, held_until=NOW + dt.timedelta(seconds=1))
    assert refusal_of(desk).reason == RefusalReason.TAKEN
    held.refresh_from_db()
    assert held.status == BookingStatus.HELD


def test_an_expired_hold_is_released_by_whoever_meets_it(desk):
    held = BookingFactory(desk=desk, day=MONDAY, held=True, held_until=NOW)
    booking = book(desk)
    held.refresh_from_db()
    assert (held.status, booking.status) == (BookingStatus.EXPIRED, BookingStatus.CONFIRMED)


def test_one_s_own_expired_hold_elsewhere_is_released_too(desk):
    member = MemberFactory()
    held = BookingFactory(member=member, day=MONDAY, held=True, held_until=NOW)
    assert book(desk, member)
    held.refresh_from_db()
    assert held.status == BookingStatus.EXPIRED
