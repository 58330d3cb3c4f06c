"""Who is told of whom: members there on the same day, and newcomers on trial introduced to their trade."""

import datetime as dt

import pytest
from django.urls import reverse

from members.enums import MemberStatus, Visibility
from members.models import Member
from members.profiles.services import agree_encounters
from outbox.models import Letter
from outbox.stops import reason_has_gone
from telecentres.booking.coming import coming_bookings
from telecentres.encounters.reads import same_trade
from telecentres.encounters.services import introduce_newcomers
from telecentres.enums import BookingStatus, Stretch
from telecentres.models import Booking
from tests.factories.members import MemberFactory
from tests.factories.telecentres import BookingFactory, DeskFactory, TelecentreFactory
from tests.factories.villages import CommuneFactory

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2026, 12, 1)
NOW = dt.datetime(2026, 11, 30, 16, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def place():
    place = TelecentreFactory()
    DeskFactory.create_batch(5, telecentre=place)
    return place


def person(**facts):
    return MemberFactory(commune=CommuneFactory(), **{"level": Visibility.MEMBERS, "activity": "traductrice"} | facts)


def comes(place, member, *, day=TUESDAY, stretch=Stretch.MORNING, desk=0, **facts):
    desk = place.desks.order_by("pk")[desk]
    return BookingFactory(desk=desk, member=member, day=day, stretch=stretch, **facts)


@pytest.fixture
def newcomer(place):
    newcomer = person(status=MemberStatus.TRIAL, meets_newcomers_since=LONG_AGO)
    comes(place, newcomer)
    return newcomer


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("traductrice", "Traducteur juridique", True),
        ("graphiste", "illustratrice et graphisme d’édition", True),
        ("développeuse web", "Conception de sites web", True),
        ("libraire", "Une librairie à Lectoure", True),
        ("expert-comptable", "libraire", False),
        ("conseil aux entreprises", "graphiste pour les entreprises", False),
        ("graphiste pour les autres", "conseil pour les mairies", False),
        ("illustratrice indépendante", "comptable indépendante", False),
        ("", "", False),
    ],
)
def test_a_trade_is_a_word_of_the_activity_in_common(one, other, same):
    assert same_trade(Member(activity=one), Member(activity=other)) is same


def test_a_skill_in_common_is_a_trade_in_common_too():
    assert same_trade(Member(activity="a", skills=["WordPress"]), Member(activity="b", skills=["wordpress"]))


def test_a_newcomer_and_the_members_of_the_trade_are_told_of_each_other_once(place, newcomer):
    met = [person(meets_newcomers_since=LONG_AGO, activity="Traducteur") for _ in range(2)]
    for number, member in enumerate(met, start=1):
        comes(place, member, desk=number, stretch=Stretch.AFTERNOON)
    for _tick in range(2):
        introduce_newcomers(now=NOW)
    letters = Letter.objects.all()
    assert {letter.to for letter in letters} == {newcomer.user.email, *(member.user.email for member in met)}
    assert letters.count() == 3
    told = letters.get(to=newcomer.user.email)
    assert all(str(member) in told.text and str(member) in told.html for member in met)
    assert str(newcomer) in letters.get(to=met[0].user.email).text
    assert all(member.user.email not in told.text for member in met), "a name and an activity, nothing else"


@pytest.mark.parametrize(
    "facts",
    [
        {"meets_newcomers_since": None},
        {"activity": "comptable"},
        {"status": MemberStatus.FORMER},
        {"user__is_active": False},
    ],
    ids=["has not agreed", "another trade", "no member any more", "account closed"],
)
def test_members_who_did_not_agree_are_not_named_to_a_newcomer(place, newcomer, facts):
    comes(place, person(**{"meets_newcomers_since": LONG_AGO} | facts), desk=1)
    assert introduce_newcomers(now=NOW) == 0
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "booking",
    [{"day": TUESDAY + dt.timedelta(days=1)}, {"status": BookingStatus.CANCELLED, "cancelled_at": LONG_AGO}, {"elsewhere": True}],
    ids=["another day", "called off", "another place"],
)
def test_members_who_are_not_there_that_day_are_not_named(place, newcomer, booking):
    where = place
    if booking.pop("elsewhere", False):
        where = TelecentreFactory()
        DeskFactory.create_batch(2, telecentre=where)
    comes(where, person(meets_newcomers_since=LONG_AGO), desk=1, **booking)
    assert introduce_newcomers(now=NOW) == 0


@pytest.mark.parametrize(
    "facts", [{"status": MemberStatus.ACTIVE}, {"meets_newcomers_since": None}], ids=["no trial", "does not wish it"]
)
def test_only_newcomers_who_wish_it_are_introduced(place, facts):
    comes(place, person(**{"status": MemberStatus.TRIAL, "meets_newcomers_since": LONG_AGO} | facts))
    comes(place, person(meets_newcomers_since=LONG_AGO), desk=1)
    assert introduce_newcomers(now=NOW) == 0


def test_not_before_the_day_before_and_not_once_it_has_begun(place, newcomer):
    comes(place, person(meets_newcomers_since=LONG_AGO), desk=1)
    assert introduce_newcomers(now=NOW - dt.timedelta(days=1)) == 0
    assert introduce_newcomers(now=NOW + dt.timedelta(days=1)) == 0
    assert introduce_newcomers(now=NOW) == 1


def test_whoever_books_later_in_the_day_before_is_found_all_the_same(place, newcomer):
    assert introduce_newcomers(now=NOW) == 0
    comes(place, person(meets_newcomers_since=LONG_AGO), desk=1)
    assert introduce_newcomers(now=NOW + dt.timedelta(minutes=1)) == 1


def test_the_letters_do_not_leave_once_a_consent_or_the_booking_is_gone(place, newcomer):
    met, other = (person(meets_newcomers_since=LONG_AGO) for _ in range(2))
    comes(place, met, desk=1)
    comes(place, other, desk=2)
    introduce_newcomers(now=NOW)
    letters = {letter.to: letter for letter in Letter.objects.all()}
    assert not any(reason_has_gone(letter.key) for letter in letters.values())
    agree_encounters(member=met, meets_newcomers=False, at=NOW)
    assert [to for to, letter in letters.items() if reason_has_gone(letter.key)] == [met.user.email]
    Booking.objects.filter(member=newcomer).update(status=BookingStatus.CANCELLED, cancelled_at=NOW)
    assert all(reason_has_gone(letter.key) for letter in letters.values())


def test_a_newcomer_says_on_the_page_of_their_bookings_whether_they_wish_it(client, place):
    newcomer = person(status=MemberStatus.TRIAL)
    client.force_login(newcomer.user)
    page, press = reverse("telecentres:my-bookings"), reverse("telecentres:be-introduced")
    assert press in client.get(page).content.decode()
    client.post(press)
    newcomer.refresh_from_db()
    assert newcomer.meets_newcomers_since
    assert 'name="no"' in client.get(page).content.decode()
    client.post(press, {"no": "1"})
    newcomer.refresh_from_db()
    assert newcomer.meets_newcomers_since is None


def test_members_are_not_asked_on_the_page_of_their_bookings(client, place):
    client.force_login(person().user)
    assert reverse("telecentres:be-introduced") not in client.get(reverse("telecentres:my-bookings")).content.decode()
    assert client.post(reverse("telecentres:be-introduced")).status_code == 404


def others(member, now=NOW):
    return [[str(other) for other in line.others] for line in coming_bookings(member.user, now)]


def test_members_see_who_else_is_there_of_those_who_agreed(place):
    me, agreed, silent = person(), person(seen_there_since=LONG_AGO), person()
    hidden = person(seen_there_since=LONG_AGO, level=Visibility.NOBODY)
    for number, member in enumerate((me, agreed, silent, hidden)):
        comes(place, member, desk=number)
    assert others(me) == [[str(agreed)]]
    assert others(agreed) == [[]], "I have not agreed to be seen"


def test_once_a_day_whoever_books_both_halves_and_nobody_of_another_day_or_place(place):
    me, both, next_day = person(), person(seen_there_since=LONG_AGO), person(seen_there_since=LONG_AGO)
    comes(place, me)
    comes(place, both, desk=1)
    comes(place, both, desk=1, stretch=Stretch.AFTERNOON)
    comes(place, next_day, desk=2, day=TUESDAY + dt.timedelta(days=1))
    assert others(me) == [[str(both)]]


def test_who_else_is_there_is_shown_for_the_coming_week_only(place):
    me, other = person(), person(seen_there_since=LONG_AGO)
    day = TUESDAY + dt.timedelta(days=14)
    comes(place, me, day=day)
    comes(place, other, day=day, desk=1)
    assert others(me) == [[]]


def test_whoever_is_on_trial_reads_no_names(place):
    newcomer, other = person(status=MemberStatus.TRIAL), person(seen_there_since=LONG_AGO)
    comes(place, newcomer)
    comes(place, other, desk=1)
    assert others(newcomer) == [[]]


@pytest.mark.parametrize("days", [1, 5])
def test_who_else_is_there_costs_two_queries_for_any_number_of_bookings(place, django_assert_num_queries, days):
    me, other = person(), person(seen_there_since=LONG_AGO)
    for number in range(days):
        day = dt.date(2026, 11, 30) + dt.timedelta(days=number)
        comes(place, me, day=day, stretch=Stretch.AFTERNOON)
        comes(place, other, day=day, desk=1)
    user = type(me.user).objects.select_related("member").get(pk=me.user.pk)
    user.is_member  # noqa: B018 -- read beforehand, as the page does
    now = dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC)
    with django_assert_num_queries(2):  # the bookings, who else is there
        assert len(coming_bookings(user, now)) == days


def test_a_member_agrees_on_the_page_of_what_is_seen_and_withdraws_there(client):
    me = person()
    client.force_login(me.user)
    page = reverse("members:my-visibility")
    answers = dict.fromkeys(("name", "commune", "bio", "website", "email", "phone", "photo"), "members")
    assert client.post(page, answers | {"seen_there": "on", "meets_newcomers": "on"}).status_code == 302
    me.refresh_from_db()
    first = me.seen_there_since
    assert first
    assert me.meets_newcomers_since
    client.post(page, answers | {"seen_there": "on"})
    me.refresh_from_db()
    assert (me.seen_there_since, me.meets_newcomers_since) == (first, None), "a consent that stands keeps its day"
