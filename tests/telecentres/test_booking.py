"""Booking a desk: what is granted, and each way to be refused."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from members.enums import MemberStatus
from outbox.models import Letter
from telecentres import services
from telecentres.enums import BookingStatus, DeskKind, Public, RateUnit, RefusalReason, Stretch
from telecentres.half_days import Slot
from telecentres.models import Booking, Desk
from telecentres.services import BookingRefused, BookingRequest
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    RateFactory,
    TelecentreFactory,
    half_day,
)

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)  # a Friday
MONDAY = dt.date(2026, 11, 23)
MORNING_STARTS = dt.datetime(2026, 11, 23, 7, 30, tzinfo=dt.UTC)


@pytest.fixture
def desk() -> Desk:
    return DeskFactory(telecentre=TelecentreFactory(name="Télécentre de Fleurance"), name="Poste 2")


def book(desk: Desk, member=None, *, day=MONDAY, stretch=Stretch.MORNING, key="a", now=NOW, **facts) -> Booking:
    period = facts.pop("period", None) or half_day(desk.telecentre, day, stretch)
    return services.book_desk(desk=desk, member=member or MemberFactory(), period=period, key=key, now=now, **facts)


def refusal_of(*args, **facts) -> BookingRefused:
    before = Booking.objects.count(), Letter.objects.count()
    with pytest.raises(BookingRefused) as caught:
        book(*args, **facts)
    assert (Booking.objects.count(), Letter.objects.count()) == before, "a refusal changes nothing"
    return caught.value


def said(refusal: BookingRefused) -> str:
    """The sentence, its narrow no-break spaces written as plain ones."""
    return str(refusal).replace("\u202f", " ")


# ---- Granted -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stretch", "unit", "hours"),
    [(Stretch.MORNING, "half_day", 4), (Stretch.AFTERNOON, "half_day", 5), (Stretch.DAY, "day", 10)],
)
def test_a_half_day_or_a_day_is_booked_at_its_price(desk, stretch, unit, hours):
    RateFactory(telecentre=desk.telecentre, unit=RateUnit.HALF_DAY, price=6)
    RateFactory(telecentre=desk.telecentre, unit=RateUnit.DAY, price=10)
    RateFactory(telecentre=desk.telecentre, unit=unit, price=99, public=Public.VISITOR)
    RateFactory(telecentre=desk.telecentre, unit=unit, price=99, kind=DeskKind.ROOM)
    member, presser = MemberFactory(), UserFactory()
    booking = book(desk, member, stretch=stretch, booked_by=presser)
    booking.refresh_from_db()
    assert (booking.desk, booking.member, booking.booked_by) == (desk, member, presser)
    assert (booking.status, booking.stretch, booking.takes_seat) == (BookingStatus.CONFIRMED, stretch, True)
    assert booking.ends_at - booking.starts_at == dt.timedelta(hours=hours)
    assert booking.price == {"half_day": 6, "day": 10}[unit]
    assert booking.created_at == NOW


def test_without_a_rate_there_is_no_price(desk):
    assert book(desk).price is None


def test_a_room_takes_no_seat():
    member = MemberFactory()
    room, desk = DeskFactory(room=True), DeskFactory()
    assert book(desk, member).takes_seat
    assert not book(room, member, key="b").takes_seat


def test_the_two_halves_of_a_day_are_two_bookings_or_one(desk):
    member = MemberFactory()
    book(desk, member, stretch=Stretch.MORNING, key="a")
    book(desk, member, stretch=Stretch.AFTERNOON, key="b")
    assert refusal_of(desk, stretch=Stretch.DAY).reason == RefusalReason.TAKEN


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_the_days_on_which_clocks_change_are_booked_like_others(day):
    desk = DeskFactory(telecentre=TelecentreFactory(every_day=True))
    now = dt.datetime.combine(day - dt.timedelta(days=2), dt.time(9), dt.UTC)
    stretches = {stretch: book(desk, day=day, stretch=stretch, key=stretch, now=now) for stretch in list(Stretch)[:2]}
    opens = {dt.date(2026, 3, 29): 6, dt.date(2026, 10, 25): 7}[day]
    assert stretches[Stretch.MORNING].starts_at == dt.datetime.combine(day, dt.time(opens, 30), dt.UTC)
    assert stretches[Stretch.AFTERNOON].ends_at == dt.datetime.combine(day, dt.time(opens + 10, 30), dt.UTC)
    assert refusal_of(desk, day=day, stretch=Stretch.DAY, now=now).reason == RefusalReason.TAKEN


def test_one_may_book_at_the_very_moment_it_begins(desk):
    assert book(desk, now=MORNING_STARTS).starts_at == MORNING_STARTS


def test_a_confirmation_is_written_in_the_same_transaction(desk):
    booking = book(desk)
    assert list(Letter.objects.values_list("key", "to")) == [
        (f"telecentres.booking_confirmed:{booking.pk}", booking.member.user.email)
    ]


def test_nothing_is_written_to_anybody_when_it_is_not_announced(desk):
    book(desk, announce=False)
    assert not Letter.objects.exists()


def test_a_booking_costs_a_fixed_and_small_number_of_queries(desk, django_assert_num_queries):
    member, period = MemberFactory(), half_day(desk.telecentre, MONDAY)
    # savepoint, lock_timeout, place, member, passes, desk, hours, closures, rates, the request's key, who waits, bookings, insert,
    # what a member may hold and holds; whether the member waits, release
    with django_assert_num_queries(17):
        services.book_desk(desk=desk, member=member, period=period, key="a", now=NOW, announce=False)


# ---- Refused -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.COMPLETED])
def test_a_taken_desk_is_refused_by_name_and_time(desk, status):
    BookingFactory(desk=desk, day=MONDAY, status=status)
    refusal = refusal_of(desk)
    assert refusal.reason == RefusalReason.TAKEN
    assert said(refusal) == "Quelqu’un a réservé avant vous : Poste 2, Télécentre de Fleurance, lundi 23 novembre au matin."


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW])
def test_a_booking_that_is_off_stands_in_nobody_s_way(desk, status):
    BookingFactory(desk=desk, day=MONDAY, status=status)
    assert book(desk).status == BookingStatus.CONFIRMED


def test_one_seat_at_a_time_wherever_it_is(desk):
    member = MemberFactory()
    elsewhere = BookingFactory(member=member, day=MONDAY, desk__office=True, desk__name="Bureau")
    refusal = refusal_of(desk, member, stretch=Stretch.DAY)
    assert refusal.reason == RefusalReason.ALREADY_SEATED
    assert said(refusal) == (
        f"Vous avez déjà une place : Bureau, {elsewhere.desk.telecentre}, lundi 23 novembre au matin. "
        "On n’occupe qu’une place à la fois : annulez d’abord l’autre."
    )
    assert book(desk, member, stretch=Stretch.AFTERNOON).takes_seat


@pytest.mark.parametrize(
    ("now", "reason", "sentence"),
    [
        (MORNING_STARTS + dt.timedelta(seconds=1), RefusalReason.PAST, "Ce moment est déjà passé ou commencé."),
        (MORNING_STARTS + dt.timedelta(days=300), RefusalReason.PAST, "Ce moment est déjà passé ou commencé."),
        (
            MORNING_STARTS - dt.timedelta(minutes=59),
            RefusalReason.NOTICE,
            "Ce télécentre veut être prévenu 60 minutes avant : c’est trop tard pour ce moment-là.",
        ),
        (MORNING_STARTS - dt.timedelta(minutes=60), None, None),
        (dt.datetime(2026, 11, 15, 23, tzinfo=dt.UTC), None, None),  # Monday 16, 0:00 there: seven days ahead
        (
            dt.datetime(2026, 11, 15, 22, 59, tzinfo=dt.UTC),
            RefusalReason.HORIZON,
            "Ce télécentre se réserve jusqu’à 7 jours à l’avance : revenez un peu plus tard.",
        ),
    ],
)
def test_neither_too_late_nor_too_early(now, reason, sentence):
    desk = DeskFactory(telecentre__notice_minutes=60, telecentre__horizon_days=7)
    if reason is None:
        assert book(desk, now=now)
    else:
        refusal = refusal_of(desk, now=now)
        assert (refusal.reason, said(refusal)) == (reason, sentence)


def other_periods() -> dict[str, DateTimeTZRange]:
    start, hour = MORNING_STARTS, dt.timedelta(hours=1)
    return {
        "an hour of the morning": DateTimeTZRange(start, start + hour),
        "longer than the morning": DateTimeTZRange(start, start + 5 * hour),
        "into the lunch break": DateTimeTZRange(start + 4 * hour, start + 5 * hour),
        "at night": DateTimeTZRange(start - 6 * hour, start - 2 * hour),
        "two days": DateTimeTZRange(start, start + 34 * hour),
        "a Sunday": DateTimeTZRange(start - 24 * hour, start - 20 * hour),
    }


@pytest.mark.parametrize("period", other_periods().values(), ids=other_periods())
def test_only_the_place_s_own_half_days_are_booked(desk, period):
    refusal = refusal_of(desk, period=period)
    assert refusal.reason == RefusalReason.NOT_A_HALF_DAY
    assert said(refusal) == "Ce télécentre a d’autres horaires : on réserve son matin, son après-midi, ou les deux."


def test_a_public_holiday_is_refused_by_its_name(desk):
    refusal = refusal_of(desk, day=dt.date(2026, 12, 25))
    assert refusal.reason == RefusalReason.HOLIDAY
    assert said(refusal) == "Fermé le vendredi 25 décembre : jour férié, Noël."


@pytest.mark.parametrize("of_the_desk", [False, True], ids=["of the place", "of the desk"])
def test_a_closure_is_refused_with_its_reason(desk, of_the_desk):
    ClosureFactory(telecentre=desk.telecentre, desk=desk if of_the_desk else None, day=MONDAY, reason="peinture")
    refusal = refusal_of(desk)
    assert (refusal.reason, said(refusal)) == (RefusalReason.CLOSED, "Fermé à ce moment-là : peinture.")


def test_a_closure_of_another_desk_place_or_day_is_in_nobody_s_way(desk):
    ClosureFactory(telecentre=desk.telecentre, desk=DeskFactory(telecentre=desk.telecentre), day=MONDAY)
    ClosureFactory(day=MONDAY)
    ClosureFactory(telecentre=desk.telecentre, day=MONDAY + dt.timedelta(days=1))
    assert book(desk)


def test_a_closure_of_one_hour_closes_the_half_day_it_touches(desk):
    hour = DateTimeTZRange(MORNING_STARTS + dt.timedelta(hours=3), MORNING_STARTS + dt.timedelta(hours=4))
    ClosureFactory(telecentre=desk.telecentre, period=hour)
    assert refusal_of(desk).reason == RefusalReason.CLOSED
    assert book(desk, stretch=Stretch.AFTERNOON)


def test_a_desk_out_of_use_is_refused(desk):
    Desk.objects.update(is_active=False)
    assert refusal_of(desk).reason == RefusalReason.DESK_OUT


def test_a_place_that_takes_no_bookings_refuses(desk):
    desk.telecentre.is_open = False
    desk.telecentre.save()
    assert refusal_of(desk).reason == RefusalReason.PLACE_CLOSED


def test_the_rules_of_the_place_are_read_under_the_lock(desk):
    """The caller's copy of the place may be old."""
    type(desk.telecentre).objects.update(is_open=False)
    assert desk.telecentre.is_open
    assert refusal_of(desk).reason == RefusalReason.PLACE_CLOSED


def test_only_members_of_today_may_book(desk):
    member = MemberFactory()
    type(member).objects.update(status=MemberStatus.FORMER)
    refusal = refusal_of(desk, member)
    assert (refusal.reason, said(refusal)) == (
        RefusalReason.NOT_A_MEMBER,
        "La réservation est ouverte aux membres du réseau.",
    )


# ---- Any desk ----------------------------------------------------------------------------------------------------------


def book_any(place, member=None, *, kind=DeskKind.DESK, stretch=Stretch.MORNING, key="a") -> Booking:
    return services.book_any_desk(
        telecentre=place,
        kind=kind,
        member=member or MemberFactory(),
        period=half_day(place, MONDAY, stretch),
        key=key,
        now=NOW,
    )


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


# ---- The same request, again -------------------------------------------------------------------------------------------


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
    services.cancel_booking(booking=book(desk, member), by=member.user, now=NOW, announce=False)
    refusal = refusal_of(desk, member)
    assert refusal.reason == RefusalReason.CANCELLED_SINCE
    assert refusal.alternatives[0].desk == desk, "it may be booked again, knowingly"
    assert book(desk, member, key="b").desk == desk


# ---- Holds -------------------------------------------------------------------------------------------------------------


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


# ---- Many at once ------------------------------------------------------------------------------------------------------


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
    answers = services.book_many(telecentre=place, requests=requests)

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
    with django_assert_num_queries(17):
        services.book_many(telecentre=desk.telecentre, requests=requests, announce=False)


def test_none_are_answered_with_none(desk, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert services.book_many(telecentre=desk.telecentre, requests=[]) == []


# ---- The constraints, when nothing else stands --------------------------------------------------------------------------


class TestLastGuard:
    """Somebody who does not take the locks has written between the check and the insert."""

    @pytest.fixture(autouse=True)
    def blind(self, monkeypatch):
        """The checks see no booking at all: only the constraints do."""
        monkeypatch.setattr("telecentres.services.checking.LockedSnapshot.know_booking", lambda facts, booking: None)
        monkeypatch.setattr("telecentres.services.checking.LockedSnapshot.granted", lambda facts, request: None)

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

    def test_another_fault_is_no_refusal(self, desk, monkeypatch):
        wrong = Slot(MONDAY, "night", half_day(desk.telecentre, MONDAY))
        monkeypatch.setattr("telecentres.availability.rules.slot_of", lambda request, stands: wrong)
        with pytest.raises(IntegrityError, match="booking_stretch_known"):
            book(desk)
