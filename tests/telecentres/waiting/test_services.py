"""The waiting list: fair, held, accepted, let go, taken back."""

import datetime as dt

import pytest

from members.enums import MemberStatus
from outbox.models import Letter
from telecentres.booking import cancelling
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_any_desk, book_desk
from telecentres.enums import BookingStatus, DeskKind, RefusalReason, Stretch, WaitingStatus
from telecentres.hosting import closing
from telecentres.models import Booking, WaitingEntry
from telecentres.waiting.services import WaitingRefused, accept_place, decline_place, expire_holds, join_line, offer_free_places
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
    whole_day,
)

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 30)
NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def place():
    return TelecentreFactory()


@pytest.fixture
def full(place):
    """The one desk of the place, taken on Monday morning."""
    return BookingFactory(desk=DeskFactory(telecentre=place), day=MONDAY)


def wait(place, member=None, *, stretch=Stretch.MORNING, now=NOW, kind=DeskKind.DESK):
    member = member or MemberFactory()
    return join_line(telecentre=place, kind=kind, member=member, period=half_day(place, MONDAY, stretch), now=now)


def free(booking, now=NOW) -> int:
    cancelling.cancel_booking(booking=booking, by=UserFactory(is_staff=True), now=now, announce=False)
    return offer_free_places(now=now)


def status_of(*entries) -> list[str]:
    return [WaitingEntry.objects.get(pk=entry.pk).status for entry in entries]


def test_one_waits_for_what_is_full(place, full):
    entry = wait(place)
    assert (entry.status, entry.period, entry.stretch) == (WaitingStatus.WAITING, full.period, Stretch.MORNING)


def test_joining_twice_is_joining_once(place, full):
    member = MemberFactory()
    assert wait(place, member) == wait(place, member)


def test_nobody_waits_for_what_is_free(place, full):
    DeskFactory(telecentre=place)
    with pytest.raises(WaitingRefused, match="libre") as refused:
        wait(place)
    assert refused.value.is_free


def test_nobody_waits_for_what_cannot_be_booked(place, full):
    ClosureFactory(telecentre=place, day=MONDAY, reason="congés")
    with pytest.raises(WaitingRefused, match="congés"):
        wait(place)


def test_nobody_waits_who_sits_elsewhere_then(place, full):
    with pytest.raises(WaitingRefused, match="déjà une place"):
        wait(place, BookingFactory(day=MONDAY).member)


def test_the_order_of_the_line_is_told(place, full):
    entries = [wait(place, now=NOW + number * MINUTE) for number in range(3)]
    positions = WaitingEntry.objects.with_position().in_line().values_list("pk", "position")
    assert list(positions) == [(entry.pk, number) for number, entry in enumerate(entries, start=1)]


def test_what_becomes_free_is_held_for_the_first_and_told(place, full):
    first, second = wait(place), wait(place, now=NOW + MINUTE)
    assert free(full) == 1
    assert status_of(first, second) == [WaitingStatus.OFFERED, WaitingStatus.WAITING]
    held = Booking.objects.get(status=BookingStatus.HELD)
    assert (held.member, held.held_until) == (first.member, NOW + 12 * HOUR)
    letter = Letter.objects.get()
    assert (letter.to, letter.key) == (first.member.user.email, f"telecentres.place_held:{held.pk}")
    assert "/places-gardees/" in letter.text


@pytest.mark.parametrize(
    ("before", "held_for"),
    [(dt.timedelta(days=4), 12 * HOUR), (8 * HOUR, 2 * HOUR), (20 * MINUTE, 15 * MINUTE)],
)
def test_it_is_held_for_less_time_the_nearer_it_is(place, full, before, held_for):
    wait(place)
    now = full.starts_at - before
    free(full, now)
    assert Booking.objects.get(status=BookingStatus.HELD).held_until == now + held_for


def test_a_stranger_does_not_go_before_the_line(place, full):
    """Also in the moment before anything is held."""
    wait(place)
    Booking.objects.filter(pk=full.pk).update(status=BookingStatus.CANCELLED)
    with pytest.raises(BookingRefused) as refused:
        book_desk(desk=full.desk, member=MemberFactory(), period=full.period, key="a", now=NOW)
    assert refused.value.reason == RefusalReason.PROMISED
    with pytest.raises(BookingRefused):
        book_any_desk(telecentre=place, member=MemberFactory(), period=full.period, key="a", now=NOW)


def test_whoever_waits_may_take_what_the_others_before_them_leave(place, full):
    entry = wait(place)
    Booking.objects.filter(pk=full.pk).update(status=BookingStatus.CANCELLED)
    book_desk(desk=full.desk, member=entry.member, period=full.period, key="a", now=NOW)
    assert status_of(entry) == [WaitingStatus.SEATED]


def test_a_stranger_takes_what_the_line_leaves_free(place, full):
    wait(place)
    other = DeskFactory(telecentre=place)
    Booking.objects.filter(pk=full.pk).update(status=BookingStatus.CANCELLED)
    booked = book_desk(desk=other, member=MemberFactory(), period=full.period, key="a", now=NOW)
    assert booked.desk == other
    with pytest.raises(BookingRefused):
        book_desk(desk=full.desk, member=MemberFactory(), period=full.period, key="a", now=NOW)


def test_who_waits_for_the_whole_day_keeps_nobody_from_a_half_that_cannot_serve_them(place, full):
    BookingFactory(desk=full.desk, day=MONDAY, stretch=Stretch.AFTERNOON)
    wait(place, stretch=Stretch.DAY)
    Booking.objects.filter(pk=full.pk).update(status=BookingStatus.CANCELLED)
    assert book_desk(desk=full.desk, member=MemberFactory(), period=full.period, key="a", now=NOW)


def test_accepting_makes_it_a_booking_paid_in_the_cheapest_way(place, full):
    RateFactory(telecentre=place, price=6)
    bought = PassFactory(valid_from=NOW.date(), created_at=NOW)
    wait(place, bought.member)
    free(full)
    held = Booking.objects.get(status=BookingStatus.HELD)
    bought.refresh_from_db()
    assert (bought.balance, held.price) == (10, None)
    for _press in range(2):
        accepted = accept_place(booking=held, now=NOW + HOUR)
    bought.refresh_from_db()
    assert (accepted.status, accepted.units, bought.balance) == (BookingStatus.CONFIRMED, 1, 9)
    assert Letter.objects.filter(key=f"telecentres.booking_confirmed:{held.pk}").count() == 1


def test_what_nobody_accepts_in_time_goes_to_the_next(place, full):
    first, second = wait(place), wait(place, now=NOW + MINUTE)
    free(full)
    held = Booking.objects.get(status=BookingStatus.HELD)
    late = held.held_until
    with pytest.raises(BookingRefused, match="gardée"):
        accept_place(booking=held, now=late)
    assert expire_holds(now=late) == 1
    assert offer_free_places(now=late) == 1
    assert status_of(first, second) == [WaitingStatus.LAPSED, WaitingStatus.OFFERED]


def test_what_is_let_go_goes_to_the_next(place, full):
    first, second = wait(place), wait(place, now=NOW + MINUTE)
    free(full)
    decline_place(booking=Booking.objects.get(status=BookingStatus.HELD), now=NOW + HOUR)
    offer_free_places(now=NOW + HOUR)
    assert status_of(first, second) == [WaitingStatus.LEFT, WaitingStatus.OFFERED]


def test_an_entry_whose_member_has_a_seat_meanwhile_is_passed_over(place, full):
    first, second = wait(place), wait(place, now=NOW + MINUTE)
    BookingFactory(member=first.member, day=MONDAY)
    free(full)
    assert status_of(first, second) == [WaitingStatus.WAITING, WaitingStatus.OFFERED]


def test_a_day_of_a_series_is_taken_back_without_asking(place, full):
    series = SeriesFactory(telecentre=place, first=MONDAY)
    entry = WaitingEntryFactory(member=series.member, telecentre=place, series=series, day=MONDAY)
    free(full)
    booking = Booking.objects.get(member=series.member)
    assert (booking.status, booking.series, status_of(entry)) == (BookingStatus.CONFIRMED, series, [WaitingStatus.SEATED])


def test_nothing_is_offered_that_is_nearly_over(place, full):
    entry = wait(place)
    Booking.objects.filter(pk=full.pk).update(status=BookingStatus.NO_SHOW)
    assert offer_free_places(now=full.ends_at - 20 * MINUTE) == 0
    assert status_of(entry) == [WaitingStatus.WAITING]
    assert offer_free_places(now=full.ends_at - 40 * MINUTE) == 1


def test_a_line_before_a_time_that_is_over_is_no_line(place, full):
    entry = wait(place)
    expire_holds(now=full.ends_at)
    assert status_of(entry) == [WaitingStatus.LAPSED]


def test_what_was_held_closed_and_opened_again_is_held_again(place, full):
    """The closure takes the held place back, and its member stands in the line again."""
    entry = wait(place)
    free(full)
    closure = closing.close_days(telecentre=place, period=whole_day(MONDAY), reason="travaux", now=NOW)
    assert status_of(entry) == [WaitingStatus.WAITING]
    closing.reopen(closure=closure)
    assert offer_free_places(now=NOW + MINUTE) == 1
    assert status_of(entry) == [WaitingStatus.OFFERED]


@pytest.fixture
def cannot_be_offered(place, full):
    """Stands in the line, and will never be offered what becomes free."""

    def somebody(why: str) -> WaitingEntry:
        entry = wait(place)
        if why == "trial without half-days":
            type(entry.member).objects.filter(pk=entry.member_id).update(status=MemberStatus.TRIAL)
        elif why == "other hours since":
            place.opening_hours.filter(half="morning").update(opens_at=dt.time(9))
        return entry

    return somebody


@pytest.mark.parametrize("why", ["trial without half-days", "other hours since"])
def test_whoever_cannot_be_offered_it_keeps_nobody_from_it(place, full, cannot_be_offered, why):
    cannot_be_offered(why)
    assert free(full) == 0
    stranger, period = MemberFactory(), half_day(place, MONDAY)
    assert book_desk(desk=full.desk, member=stranger, period=period, key="a", now=NOW).status == BookingStatus.CONFIRMED


def test_nobody_waits_on_a_trial_that_has_nothing_left_for_it(place, full):
    with pytest.raises(WaitingRefused, match="essai"):
        wait(place, MemberFactory(status=MemberStatus.TRIAL))


@pytest.mark.parametrize("count", [2, 20])
def test_offering_costs_one_query_where_nothing_is_free(place, full, django_assert_num_queries, count):
    for number in range(count):
        WaitingEntryFactory(telecentre=place, day=MONDAY, joined_at=NOW + number * MINUTE)
    with django_assert_num_queries(1):
        assert offer_free_places(now=NOW) == 0
