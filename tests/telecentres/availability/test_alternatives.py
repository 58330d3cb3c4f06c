"""The nearest ways out."""

import datetime as dt

import pytest

from telecentres.availability.alternatives import find_alternatives
from telecentres.enums import AlternativeKind, DeskKind, Stretch
from telecentres.models import Desk, Telecentre
from tests.factories.members import MemberFactory
from tests.factories.telecentres import BookingFactory, ClosureFactory, DeskFactory, TelecentreFactory, half_day
from tests.factories.villages import CommuneFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)  # a Friday
MONDAY, TUESDAY, WEDNESDAY = (dt.date(2026, 11, day) for day in (23, 24, 25))
HERE, THERE, ELSEWHERE = AlternativeKind.OTHER_DESK, AlternativeKind.OTHER_TIME, AlternativeKind.OTHER_PLACE
MORNING, AFTERNOON, DAY = Stretch.of_opening_hours()


@pytest.fixture
def desk() -> Desk:
    desk = DeskFactory()
    BookingFactory(desk=desk, day=TUESDAY)
    return desk


def look(desk: Desk, *, day=TUESDAY, stretch=MORNING, member=None, now=NOW, **facts):
    return find_alternatives(
        telecentre=desk.telecentre,
        kind=DeskKind(desk.kind),
        desk=desk,
        period=half_day(desk.telecentre, day, stretch),
        member=member or MemberFactory(),
        now=now,
        **facts,
    )


def brief(found) -> list[tuple]:
    return [(way.kind, way.desk, way.slot.day, way.slot.stretch, way.free) for way in found]


def far(kilometres_north: float) -> Telecentre:
    """About so far north of the factories' communes."""
    return TelecentreFactory(commune=CommuneFactory(latitude=43.7 + kilometres_north / 111.2))


def test_another_desk_two_other_times_and_the_nearest_place(desk):
    beside = DeskFactory(telecentre=desk.telecentre)
    BookingFactory(desk=DeskFactory(telecentre=desk.telecentre), day=TUESDAY)
    near = DeskFactory(telecentre=far(10))
    DeskFactory(telecentre=near.telecentre)
    DeskFactory(telecentre=far(30))
    found = look(desk)
    assert brief(found) == [
        (HERE, beside, TUESDAY, MORNING, 1),
        (THERE, desk, TUESDAY, AFTERNOON, 3),
        (THERE, desk, MONDAY, AFTERNOON, 3),
        (ELSEWHERE, near, TUESDAY, MORNING, 2),
    ]
    assert [way.kilometres for way in found[:3]] == [None] * 3
    assert found[3].kilometres == pytest.approx(12.5, abs=0.1), "by road: a quarter more than as the crow flies"


def test_the_same_kind_of_desk_only(desk):
    DeskFactory(telecentre=desk.telecentre, office=True)
    DeskFactory(telecentre=far(5), room=True)
    office = DeskFactory(telecentre=desk.telecentre, office=True, is_active=False)
    assert [way.kind for way in look(desk)] == [THERE, THERE]
    assert brief(look(office)) != []
    assert all(way.desk.kind == "office" for way in look(office))


def test_at_other_times_another_desk_when_one_s_own_is_taken(desk):
    beside = DeskFactory(telecentre=desk.telecentre)
    BookingFactory(desk=desk, day=TUESDAY, stretch=AFTERNOON)
    BookingFactory(desk=beside, day=TUESDAY)
    assert brief(look(desk))[0] == (THERE, beside, TUESDAY, AFTERNOON, 1)


def test_nothing_is_offered_while_one_sits_elsewhere(desk):
    member = MemberFactory()
    DeskFactory(telecentre=desk.telecentre)
    DeskFactory(telecentre=far(5))
    BookingFactory(member=member, day=TUESDAY, stretch=DAY)
    assert {way.kind for way in look(desk, member=member)} == {THERE}
    assert {way.slot.day for way in look(desk, member=member)} == {MONDAY, WEDNESDAY}


def test_a_room_is_offered_beside_one_s_seat():
    room, other = DeskFactory.create_batch(2, telecentre=TelecentreFactory(), room=True)
    BookingFactory(desk=room, day=TUESDAY)
    seated = BookingFactory(day=TUESDAY)
    assert look(room, member=seated.member)[0].desk == other


def test_closed_days_and_holidays_are_not_offered():
    desk = DeskFactory()
    ClosureFactory(telecentre=desk.telecentre, day=dt.date(2026, 12, 24))
    ClosureFactory(telecentre=desk.telecentre, desk=desk, day=dt.date(2026, 12, 28))
    DeskFactory(telecentre=far(5))
    now = dt.datetime(2026, 12, 20, 9, tzinfo=dt.UTC)
    found = brief(look(desk, day=dt.date(2026, 12, 25), now=now))
    assert found == [
        (THERE, desk, dt.date(2026, 12, 23), AFTERNOON, 1),
        (THERE, desk, dt.date(2026, 12, 23), MORNING, 1),
    ]


def test_neither_the_past_nor_what_needs_more_notice_nor_beyond_the_horizon():
    desk = DeskFactory(telecentre__notice_minutes=120, telecentre__horizon_days=1)
    now = dt.datetime(2026, 11, 23, 10, 31, tzinfo=dt.UTC)  # Monday, 11:31: two hours would be 13:31
    assert brief(look(desk, day=MONDAY, now=now)) == [
        (THERE, desk, TUESDAY, MORNING, 1),
        (THERE, desk, TUESDAY, AFTERNOON, 1),
    ]


def test_another_place_goes_by_its_own_rules_and_hours(desk):
    short = DeskFactory(telecentre=far(5), telecentre__horizon_days=1)
    Telecentre.objects.filter(pk=short.telecentre_id).update(horizon_days=1)
    hasty = DeskFactory(telecentre=far(6))
    Telecentre.objects.filter(pk=hasty.telecentre_id).update(notice_minutes=60 * 24 * 6)
    shut = DeskFactory(telecentre=far(7))
    Telecentre.objects.filter(pk=shut.telecentre_id).update(is_open=False)
    closed = DeskFactory(telecentre=far(8))
    ClosureFactory(telecentre=closed.telecentre, day=TUESDAY)
    good = DeskFactory(telecentre=far(9))
    good.telecentre.opening_hours.filter(half="morning").update(opens_at=dt.time(7), closes_at=dt.time(11))
    (way,) = [way for way in look(desk) if way.kind == ELSEWHERE]
    assert (way.desk, way.slot.period) == (good, half_day(good.telecentre, TUESDAY))
    assert way.slot.starts_at == dt.datetime(2026, 11, 24, 6, tzinfo=dt.UTC)


def test_the_other_place_s_hours_may_not_cross_one_s_seat(desk):
    member = MemberFactory()
    BookingFactory(desk__telecentre=far(40), member=member, day=TUESDAY, stretch=AFTERNOON)
    late = DeskFactory(telecentre=far(5))
    late.telecentre.opening_hours.filter(half="morning").update(closes_at=dt.time(14))
    DeskFactory(telecentre=far(20))
    (way,) = [way for way in look(desk, member=member) if way.kind == ELSEWHERE]
    assert way.kilometres == pytest.approx(25, abs=0.2)


def test_for_a_whole_day_other_days_or_half_of_that_one(desk):
    beside = DeskFactory(telecentre=far(5))
    BookingFactory(desk=beside, day=TUESDAY)
    assert brief(look(desk, stretch=DAY)) == [
        (THERE, desk, TUESDAY, AFTERNOON, 1),
        (THERE, desk, WEDNESDAY, DAY, 1),
    ]


def test_only_other_times_are_proposed_where_only_they_are_asked_for(desk):
    DeskFactory(telecentre=desk.telecentre)
    DeskFactory(telecentre=far(5))
    assert {way.kind for way in look(desk, elsewhere=False)} == {THERE}


def test_not_everybody_is_sent_to_the_same_desk(desk):
    DeskFactory.create_batch(4, telecentre=desk.telecentre)
    assert len({look(desk, member=member)[0].desk for member in MemberFactory.create_batch(8)}) == 4


def test_in_another_place_any_shared_desk_will_do(desk):
    DeskFactory(telecentre=desk.telecentre)
    DeskFactory(telecentre=far(5))
    asked = [way.asks_for for way in look(desk)]
    assert asked[0].isdigit()
    assert asked[-1] == "any"


@pytest.mark.parametrize("count", [2, 40])
def test_the_number_of_queries_does_not_grow(desk, django_assert_num_queries, count):
    member, period = MemberFactory(), half_day(desk.telecentre, TUESDAY, MORNING)
    for number in range(count):
        BookingFactory(desk=DeskFactory(telecentre=desk.telecentre), day=TUESDAY)
        DeskFactory(telecentre=far(number + 5))
    # hours, desks, closures, who waits, bookings, what a member may hold, what this one holds; the other places, the same of them
    with django_assert_num_queries(15):
        found = find_alternatives(telecentre=desk.telecentre, kind=DeskKind.DESK, desk=desk, period=period, member=member, now=NOW)
        assert all(way.desk.telecentre.commune for way in found)
    assert len(found) == 3
