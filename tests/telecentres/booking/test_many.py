"""Many bookings at once, and the constraints when nothing else stands."""

import datetime as dt

import pytest
from django.db import IntegrityError

from members.enums import MemberStatus
from outbox.models import Letter
from telecentres.availability.request import BookingRequest
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_many
from telecentres.enums import BookingStatus, RefusalReason, Stretch
from telecentres.half_days import Slot
from telecentres.models import Booking, Desk
from tests.factories.members import MemberFactory
from tests.factories.telecentres import (
    BookingFactory,
    DeskFactory,
    TelecentreFactory,
    half_day,
)
from tests.telecentres.booking.asking import MONDAY, NOW, book, refusal_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return DeskFactory(telecentre=TelecentreFactory(name="Télécentre de Fleurance"), name="Poste 2")


def test_many_are_answered_as_one_after_the_other_would_be(desk):
    place, (one, two, former) = desk.telecentre, MemberFactory.create_batch(3)
    type(former).objects.filter(pk=former.pk).update(status=MemberStatus.FORMER)
    other = DeskFactory(telecentre=place)
    book(desk, two, day=MONDAY + dt.timedelta(days=1), key="before")

    def request(desk, member, key, *, days=0, stretch=Stretch.MORNING, now=NOW):
        period = half_day(place, MONDAY + dt.timedelta(days=days), stretch)
        return BookingRequest.for_desk(desk, member=member, period=period, key=key, now=now)

    requests = [
        request(desk, one, "a"),
        request(desk, one, "a"),  # the same form twice
        request(desk, two, "b"),  # taken a moment ago
        request(other, one, "c", stretch=Stretch.DAY),  # already seated
        request(other, two, "d", stretch=Stretch.AFTERNOON),
        request(desk, two, "before", days=1),  # a replay of what was there
        request(desk, one, "before", days=1),  # another member's key is another key
        request(other, former, "e"),
        request(other, one, "f", days=2, now=NOW + dt.timedelta(days=300)),  # each goes by its own clock
        request(other, one, "g", days=2),
    ]
    answers = book_many(telecentre=place, requests=requests)

    said = [answer.reason if isinstance(answer, BookingRefused) else answer.desk.name for answer in answers]
    assert said == [
        desk.name,
        desk.name,
        RefusalReason.TAKEN,
        RefusalReason.ALREADY_SEATED,
        other.name,
        desk.name,
        RefusalReason.TAKEN,
        RefusalReason.NOT_A_MEMBER,
        RefusalReason.PAST,
        other.name,
    ]
    assert answers[0] is answers[1]
    assert all(answer.pk for answer in answers if isinstance(answer, Booking))
    assert Booking.objects.count() == 4
    assert Letter.objects.count() == 4, "one each, the earlier one included"
    assert answers[2].alternatives, "a refusal knows what it refused"


@pytest.mark.parametrize("count", [1, 50])
def test_many_cost_as_many_queries_as_one(desk, django_assert_num_queries, count):
    requests = [
        BookingRequest.for_desk(
            desk,
            member=MemberFactory(),
            period=half_day(desk.telecentre, MONDAY + dt.timedelta(weeks=week), Stretch.MORNING),
            key="a",
            now=NOW + dt.timedelta(weeks=week),
        )
        for week in range(count)
        if half_day(desk.telecentre, MONDAY + dt.timedelta(weeks=week)).lower.date() != dt.date(2027, 3, 29)  # Easter Monday
    ]
    # savepoint, lock_timeout, place, members, keys, passes, desks, who waits, bookings, what members hold; hours, limits, closures,
    # rates; the new bookings, what they waited for, release
    with django_assert_num_queries(17):
        book_many(telecentre=desk.telecentre, requests=requests, announce=False)


def test_booking_many_without_a_request_answers_nothing(desk, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert book_many(telecentre=desk.telecentre, requests=[]) == []


class TestLastGuard:
    """Somebody who does not take the locks has written between the check and the insert."""

    @pytest.fixture(autouse=True)
    def blind(self, monkeypatch):
        """The checks see no booking at all: only the constraints do."""
        monkeypatch.setattr("telecentres.booking.locked_snapshot.LockedSnapshot.load_booking", lambda facts, booking: None)
        monkeypatch.setattr("telecentres.booking.locked_snapshot.LockedSnapshot.earlier_booking", lambda facts, request: None)

    def test_an_overlap_is_said_as_taken(self, desk):
        BookingFactory(desk=desk, day=MONDAY)
        refusal = refusal_of(desk)
        assert isinstance(refusal.__cause__, IntegrityError)
        assert refusal.reason == RefusalReason.TAKEN

    def test_a_second_seat_is_said_as_such(self, desk):
        other = BookingFactory(day=MONDAY)
        refusal = refusal_of(desk, other.member)
        assert isinstance(refusal.__cause__, IntegrityError)
        assert refusal.reason == RefusalReason.ALREADY_SEATED

    def test_a_key_used_before_is_answered_as_such(self, desk):
        member = MemberFactory()
        BookingFactory(desk=desk, member=member, day=MONDAY, key="a", status=BookingStatus.NO_SHOW)
        refusal = refusal_of(desk, member)
        assert isinstance(refusal.__context__, IntegrityError)
        assert refusal.reason == RefusalReason.CANCELLED_SINCE

    def test_an_unknown_database_error_is_raised_and_no_refusal(self, desk, monkeypatch):
        wrong = Slot(MONDAY, "night", half_day(desk.telecentre, MONDAY))
        monkeypatch.setattr("telecentres.availability.rules.slot_of", lambda request, snapshot: wrong)
        with pytest.raises(IntegrityError, match="booking_stretch_known"):
            book(desk)
