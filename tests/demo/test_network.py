"""The whole demonstration, loaded once for this module and rolled back after it. Every test's own transaction lies within."""

import datetime as dt
from collections import Counter
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Max, Min, Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.enums import MeansOfPayment, Visibility
from members.models import Member, User
from outbox.enums import LetterState
from outbox.models import Letter
from projects.enums import ClosingReason, Stage
from projects.models import Event, Holder, Household, ProjectFile, Task
from projects.reminders import planner
from sohosolo.demo.load import NotEmpty, load_network
from telecentres.availability.network import with_free_desks
from telecentres.booking import clockwork
from telecentres.enums import BookingStatus, DeskKind, PassKind, Stretch
from telecentres.models import Booking, Desk, Pass, Telecentre, WaitingEntry
from villages.alerts import services
from villages.committee.desk import committee_desk
from villages.enums import CommitteeRole, HousingAudience, HousingKind, ProjectStage
from villages.facts.freshness import Age, FactKind, Freshness
from villages.housing.reminders import remind_committees
from villages.models import (
    CommitteeMember,
    Commune,
    FactCheck,
    Housing,
    Journey,
    SavedSearch,
    TerritoryProject,
    Village,
    welcomes,
)

NOW = dt.datetime(2026, 11, 24, 9, 40, tzinfo=ZoneInfo("Europe/Paris"))  # a Tuesday, after the digests' hour
TODAY = NOW.date()
JUST_NOW = {"telecentres.booking_confirmed": 4, "telecentres.booking_cancelled": 2, "telecentres.place_held": 1}  # letters
PASSWORD = "sohosolo-demo-2026"
MOST_STATEMENTS = 17_100  # introductions, money and papers of sixty files among them, and what thirty passes were paid with


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """How many statements the load took."""
    statements = 0

    def count(execute, *args):
        nonlocal statements
        statements += 1
        return execute(*args)

    whole = transaction.atomic()
    with django_db_blocker.unblock():
        whole.__enter__()
        with time_machine.travel(NOW, tick=False), connection.execute_wrapper(count):
            load_network(now=timezone.now())
    yield statements
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def now(loaded, db):
    with time_machine.travel(NOW, tick=False):
        yield timezone.now()


# ---- How much there is -----------------------------------------------------------------------------------------------


def test_it_loads_in_so_many_statements(loaded):
    """How long they take: ./run bench demonstration."""
    assert loaded < MOST_STATEMENTS


def test_the_network_has_its_published_size():
    assert Village.objects.public().count() == 52
    assert Village.objects.filter(welcomes(TODAY)).count() == 45  # seven welcome nobody at present
    assert Telecentre.objects.open().count() == 8
    assert Member.objects.active().count() == 260
    assert Commune.objects.count() == 458


def test_somebody_waits_for_news_and_hears_of_the_latest_villages_the_next_morning():
    assert SavedSearch.objects.exclude(confirmed_at=None).count() == SavedSearch.objects.count() == 2
    assert services.find_news(now=NOW) == 0
    assert services.find_news(now=NOW + dt.timedelta(days=1)) == 1
    letter = Letter.objects.get(key__startswith="villages.search_news:")
    assert letter.to.endswith("@demo.example.org")
    assert letter.subject == "2 nouveaux villages pour votre recherche"


def test_there_are_ninety_desks_offices_and_rooms():
    kinds = Counter(Desk.objects.bookable().values_list("kind", flat=True))
    assert kinds == {DeskKind.DESK: 67, DeskKind.OFFICE: 13, DeskKind.ROOM: 10}


def test_there_are_three_hundred_files_at_every_stage():
    stages = Counter(ProjectFile.objects.values_list("stage", flat=True))
    assert sum(stages.values()) == 300
    assert set(stages) == set(Stage)
    assert min(stages.values()) >= 8


def test_five_advisers_and_a_lead_share_the_files(now):
    advisers = list(User.objects.advisers())
    assert [user.email for user in advisers if user.is_lead] == ["responsable@demo.example.org"]
    portfolios = {user.email: ProjectFile.objects.followed_by(user).count() for user in advisers}
    assert len(portfolios) == 6
    assert portfolios["conseil@demo.example.org"] == 50
    assert min(portfolios.values()) >= 5
    assert ProjectFile.objects.without_adviser().count() == 7


def test_a_second_load_is_refused(now):
    with pytest.raises(NotEmpty):
        load_network(now=now)


# ---- Villages and members --------------------------------------------------------------------------------------------


def test_every_village_has_its_words_its_committee_and_its_journeys():
    for village in Village.objects.annotate(
        leads=Count("committee", filter=Q(committee__role=CommitteeRole.LEAD), distinct=True), ways=Count("journeys", distinct=True)
    ):
        assert village.tagline
        assert village.description
        assert village.leads == 1
        assert village.ways == 16  # 3 cities, 1 airport, 4 stations, 8 télécentres
        assert village.telecentre_km is not None


def test_most_villages_tell_of_one_to_three_projects():
    told = Counter(TerritoryProject.objects.values_list("village", flat=True))
    assert 40 <= len(told) <= 52
    assert set(told.values()) == {1, 2, 3}
    assert not TerritoryProject.objects.filter(confirmed_on__gt=TODAY).exists()
    assert not TerritoryProject.objects.filter(stage=ProjectStage.DONE, year__gt=TODAY.year).exists()


def test_facts_have_been_checked_at_various_times_and_a_few_have_a_note():
    states = Counter(Age.of(FactKind.CHECK, day, on=TODAY).state for day in FactCheck.objects.values_list("checked_on", flat=True))
    assert min(states[state] for state in Freshness) > 10
    assert states[Freshness.FRESH] == max(states.values())
    assert 10 < FactCheck.objects.exclude(note="").count() < FactCheck.objects.count() / 3


def test_the_committee_that_one_plays_finds_something_of_everything():
    seat = CommitteeMember.objects.select_related("village__commune").get(user__email="comite@demo.example.org")
    desk = committee_desk(seat, on=TODAY)
    assert {line.age.state for line in desk.waiting} == {Freshness.STALE, Freshness.AGEING}
    assert {line.key.split("-")[0] for line in desk.waiting} == {"shops", "children", "health", "project"}
    assert {line.key for line in desk.in_order} == {"words", "connection", "welcome"}
    assert len(desk.projects) == 3


def test_nobody_has_the_name_of_somebody_else():
    names = [f"{first} {last}" for first, last in User.objects.exclude(is_superuser=True).values_list("first_name", "last_name")]
    names += CommitteeMember.objects.filter(user=None).values_list("name", flat=True)
    names += [str(holder) for holder in Holder.objects.filter(user=None).exclude(first_name="")]
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_every_address_is_of_the_demonstration():
    addresses = [*User.objects.values_list("email", flat=True), *CommitteeMember.objects.values_list("email", flat=True)]
    addresses += Holder.objects.exclude(email="").values_list("email", flat=True)
    assert len(addresses) > 600
    assert [address for address in addresses if not address.endswith("@demo.example.org")] == []


def test_members_show_of_themselves_what_they_agreed_to():
    shown = Counter(Member.objects.values_list("name_visibility", flat=True))
    assert shown[Visibility.PUBLIC] > 150
    assert shown[Visibility.MEMBERS] > 15
    assert shown[Visibility.NOBODY] > 2
    assert not Member.objects.filter(Q(visibility_agreed_at=None) | Q(joined_on__gt=TODAY)).exists()
    assert Member.objects.values("activity").distinct().count() > 50


# ---- Bookings --------------------------------------------------------------------------------------------------------


def test_bookings_reach_eight_weeks_back_and_two_ahead():
    span = Booking.objects.aggregate(first=Min("period__startswith"), last=Max("period__startswith"))
    assert timezone.localdate(span["first"]) == TODAY - dt.timedelta(weeks=8)
    assert TODAY + dt.timedelta(days=12) < timezone.localdate(span["last"]) <= TODAY + dt.timedelta(weeks=2)
    assert 2400 < Booking.objects.count() < 3200


def test_no_two_bookings_share_a_desk_and_nobody_sits_twice():
    """The database promises it; here it is read again, row by row."""
    live = list(Booking.objects.live(timezone.now()).values_list("desk", "member", "takes_seat", "period"))
    for of, rows in (("desk", live), ("member", [row for row in live if row[2]])):
        rows = sorted(rows, key=lambda row: (row[0 if of == "desk" else 1], row[3].lower))
        for row, next_row in pairwise(rows):
            same = row[0] == next_row[0] if of == "desk" else row[1] == next_row[1]
            assert not same or row[3].upper <= next_row[3].lower


def test_what_is_over_is_over():
    over = Counter(Booking.objects.filter(period__endswith__lte=NOW).values_list("status", flat=True))
    assert set(over) == {BookingStatus.COMPLETED, BookingStatus.CANCELLED}
    to_come = Counter(Booking.objects.filter(period__endswith__gt=NOW).values_list("status", flat=True))
    there_or_held = {BookingStatus.CHECKED_IN, BookingStatus.HELD}
    assert set(to_come) == {BookingStatus.CONFIRMED, BookingStatus.CANCELLED} | there_or_held
    assert over[BookingStatus.CANCELLED] > 15


def occupancy(**only) -> float:
    """The share of half-days at seats that were taken on working days of the last eight weeks."""
    seats = Desk.objects.exclude(kind=DeskKind.ROOM).filter(**{f"telecentre__{key}": value for key, value in only.items()})
    bookings = Booking.objects.filter(desk__in=seats, status=BookingStatus.COMPLETED)
    halves = sum(2 if stretch == "day" else 1 for stretch in bookings.values_list("stretch", flat=True))
    return halves / (seats.count() * 2 * 5 * 8)


def test_the_big_places_are_the_busy_ones():
    share = {telecentre.slug: occupancy(pk=telecentre.pk) for telecentre in Telecentre.objects.all()}
    assert sorted(share, key=share.get)[-2:] in (["auch", "l-isle-jourdain"], ["l-isle-jourdain", "auch"])
    assert 0.5 < share["auch"] < 0.8
    assert min(share.values()) > 0.1


def test_tuesdays_and_thursdays_are_fuller():
    days = Counter()
    for booking in Booking.objects.filter(status=BookingStatus.COMPLETED):
        days[timezone.localtime(booking.starts_at).weekday()] += 1
    assert min(days[1], days[3]) > 1.2 * max(days[0], days[2], days[4])


def test_one_place_is_full_tomorrow_morning():
    tomorrow = TODAY + dt.timedelta(days=1)
    places = with_free_desks(list(Telecentre.objects.all()), tomorrow, Stretch.MORNING, now=NOW)
    assert [place.slug for place in places if not place.free and place.slug != "simorre"] == ["sarrant"]  # closed on Wednesdays


def test_prices_are_those_of_the_place():
    auch = Booking.objects.filter(desk__telecentre__slug="auch", desk__kind=DeskKind.ROOM)
    assert set(auch.values_list("stretch", "price").distinct()) <= {("morning", 20), ("afternoon", 20), ("day", 36)}
    assert set(Booking.objects.filter(price=None).values_list("status", flat=True)) == {BookingStatus.HELD}  # not paid before


def test_the_known_member_was_there_and_comes_again():
    bookings = Booking.objects.filter(member__user__email="membre@demo.example.org")
    assert bookings.upcoming(NOW).count() >= 3
    assert bookings.filter(status=BookingStatus.COMPLETED).count() >= 6
    own = bookings.exclude(status=BookingStatus.HELD)
    assert set(own.values_list("desk__telecentre__slug", "desk__name")) == {("fleurance", "Poste 2")}


def test_a_place_that_was_full_is_kept_for_the_known_member_and_others_wait_behind():
    held = Booking.objects.get(status=BookingStatus.HELD)
    assert (held.member.user.email, held.desk.telecentre.slug) == ("membre@demo.example.org", "sarrant")
    assert held.held_until > NOW
    assert WaitingEntry.objects.waiting().filter(telecentre__slug="sarrant", period=held.period).count() == 2


def test_the_known_member_has_half_days_left_and_their_ledger_says_how():
    bought = Pass.objects.get(member__user__email="membre@demo.example.org")
    assert 0 < bought.balance < bought.half_days
    assert bought.entries.count() > 2


def test_every_pass_that_was_sold_was_paid_there_by_one_means_or_another():
    sold = Pass.objects.filter(kind=PassKind.BOUGHT)
    assert sold.count() > 10
    assert not sold.exclude(payment__status="settled", payment__amount=F("price"), payment__payer=F("member__user")).exists()
    assert set(sold.values_list("payment__means", flat=True)) == set(MeansOfPayment)


def test_most_of_those_of_this_morning_are_there():
    today = Booking.objects.filter(period__startswith__date=TODAY, period__startswith__lte=NOW, period__endswith__gt=NOW)
    there = today.filter(status=BookingStatus.CHECKED_IN).count()
    assert there >= 0.7 * (there + today.filter(status=BookingStatus.CONFIRMED).count()) > 0


# ---- Files -----------------------------------------------------------------------------------------------------------


def test_references_follow_the_days_the_files_were_opened():
    files = ProjectFile.objects.order_by("opened_at", "pk").values_list("reference", "opened_on")
    assert [reference for reference, _day in files] == sorted(reference for reference, _day in files)
    assert all(reference.startswith(f"{day.year}-") for reference, day in files)


def test_every_file_tells_a_story_in_order():
    for file in ProjectFile.objects.prefetch_related("transitions"):
        moves = sorted(file.transitions.all(), key=lambda move: (move.at, move.pk))
        assert [move.from_stage for move in moves] == [Stage.NEW, *[move.to_stage for move in moves]][: len(moves)]
        assert file.stage == (moves[-1].to_stage if moves else Stage.NEW)
        assert file.stage_since == (moves[-1].at if moves else file.opened_at)
    assert not Event.objects.filter(Q(at__lt=F("file__opened_at")) | Q(text="") | Q(text__contains="{")).exists()


def test_some_tasks_are_late_some_are_for_today_tomorrow_and_next_week():
    days = Counter((task.due_on - TODAY).days for task in Task.objects.live())
    assert 15 < sum(times for day, times in days.items() if day < 0) < 50
    assert days[0] >= 5
    assert days[1] >= 5
    assert sum(times for day, times in days.items() if 2 <= day <= 7) >= 30
    assert Task.objects.live().filter(postponed__gte=3).exists()
    assert Task.objects.filter(done_at__isnull=False).count() > 150


def test_the_full_portfolio_has_something_for_every_morning():
    tasks = Task.objects.live().filter(assignee__email="conseil@demo.example.org")
    assert tasks.late(TODAY).count() >= 3
    assert tasks.filter(due_on=TODAY).exists()
    assert tasks.filter(due_on=TODAY + dt.timedelta(days=1)).exists()


def test_whoever_settled_may_have_become_a_member():
    settled = Q(stage=Stage.SETTLED) | Q(closing_reason=ClosingReason.DONE)
    members = ProjectFile.objects.filter(holder__user__member__isnull=False)
    assert members.count() > 30
    assert not members.exclude(settled).exists()
    assert not members.filter(holder__user__member__joined_on__lt=F("opened_on")).exists()


def test_nothing_is_left_of_whom_an_anonymised_file_was_about():
    for file in ProjectFile.objects.filter(stage=Stage.ANONYMISED).select_related("holder"):
        assert (file.holder.first_name, file.holder.email, str(file.holder.phone), file.summary) == ("", "", "", "")
        assert file.events.count() == file.tasks.count() == 0
    assert Household.objects.filter(file__stage=Stage.ANONYMISED).count() == 0


# ---- Signing in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["responsable", "conseil", "animation", "comite", "membre", "porteur", "admin"])
def test_the_accounts_of_the_readme_can_sign_in(who):
    client = Client()
    client.post(reverse("account_login"), {"login": f"{who}@demo.example.org", "password": PASSWORD})
    assert client.session.get("_auth_user_id") == str(User.objects.get(email=f"{who}@demo.example.org").pk)


def test_each_account_is_what_the_readme_says():
    def user(who):
        return User.objects.get(email=f"{who}@demo.example.org")

    assert user("admin").is_superuser
    assert user("responsable").is_lead
    assert user("responsable").is_staff
    assert user("conseil").is_adviser
    assert not user("conseil").is_lead
    assert user("conseil").is_staff
    assert user("animation").hosted_telecentres.get().slug == "fleurance"
    assert user("comite").committee_seats.get().role == CommitteeRole.LEAD
    assert user("comite").committee_seats.get().village.slug == "saint-clar"
    assert str(user("membre")) == "Camille Roux"
    assert user("membre").member.commune.name == "Saint-Clar"
    assert user("porteur").holder.files.get().stage == Stage.SUPPORTED
    assert not User.objects.filter(is_staff=True).exclude(groups__isnull=False).exclude(is_superuser=True).exists()


def test_nobody_else_has_a_password():
    assert sum(user.has_usable_password() for user in User.objects.all()) == 7


# ---- Housing ---------------------------------------------------------------------------------------------------------


def test_the_villages_offer_homes_of_every_kind_at_believable_prices():
    offered = Housing.objects.offered(TODAY)
    assert 60 <= offered.count() <= 95
    assert min(offered.filter(kind=kind).count() for kind in HousingKind) >= 5
    assert offered.filter(audience=HousingAudience.QUALIFIED).count() >= 3
    assert not Housing.objects.filter(kind=HousingKind.RENT).exclude(price__range=(250, 1300)).exists()
    assert not Housing.objects.filter(kind=HousingKind.SALE).exclude(price__range=(50_000, 400_000)).exists()
    assert not Housing.objects.exclude(description__contains="exemple").exists()
    assert not Housing.objects.filter(Q(added_on__gt=F("confirmed_on")) | Q(confirmed_on__gt=TODAY)).exists()


def test_a_few_homes_wait_for_a_word_and_a_few_are_off_the_list():
    due, offered = Housing.objects.to_confirm(TODAY), Housing.objects.offered(TODAY)
    assert 2 <= due.filter(pk__in=offered.values("pk")).count() <= 12
    assert 3 <= due.exclude(pk__in=offered.values("pk")).count() <= 15


def test_the_known_committee_is_asked_about_its_homes_by_the_first_tick(now):
    """Its village offers several; its letter holds a link for each that waits."""
    village = Village.objects.get(commune__insee_code="32370")
    assert Housing.objects.offered(TODAY).filter(village=village).count() == 4
    remind_committees(now=now)
    letter = Letter.objects.get(to="comite@demo.example.org")
    assert letter.text.count("/toujours-libre/") == Housing.objects.to_confirm(TODAY).filter(village=village).count() == 2


# ---- Letters ---------------------------------------------------------------------------------------------------------


def tick(now: dt.datetime) -> None:
    clockwork.remind_upcoming(now=now)
    planner.write_due_letters(now=now)


def letters_of(tos) -> Counter:
    return Counter(key.partition(":")[0] for key in tos.values_list("key", flat=True))


def test_nothing_of_the_past_is_left_to_send(now):
    """The mailbox opens on what happened this very minute."""
    assert set(Letter.objects.values_list("state", "send_after")) == {(LetterState.TO_SEND, now)}
    assert letters_of(Letter.objects.all()) == JUST_NOW
    known = Letter.objects.filter(to="membre@demo.example.org").values_list("subject", flat=True)
    assert sorted("Fleurance" in subject for subject in known) == [False, True]  # the other one keeps a place at Sarrant


def test_the_first_tick_writes_one_digest_an_adviser_and_no_old_reminder(now):
    tick(now)
    letters = letters_of(Letter.objects.all())
    absent = User.objects.get(email="thomas.kervella@demo.example.org")
    assert absent.is_absent_on(TODAY)
    assert letters == JUST_NOW | {"digest": 5}  # one adviser of six is away
    tick(now + dt.timedelta(minutes=1))
    assert letters_of(Letter.objects.all()) == letters


@pytest.mark.parametrize("weeks", [1, 3, 10])
def test_a_start_weeks_later_floods_nobody(weeks):
    later = NOW + dt.timedelta(weeks=weeks)
    with time_machine.travel(later, tick=False):
        tick(later)
    letters = Letter.objects.exclude(send_after=NOW)
    digests = letters_of(letters)["digest"]
    assert digests <= 6
    assert letters.count() - digests == Booking.objects.filter(reminded_at=later).count() <= 40
    assert not Booking.objects.filter(reminded_at=later, period__startswith__lte=later).exists()


def test_bookings_of_tomorrow_are_reminded_as_their_hour_comes():
    """One at a time as the day goes by, like in any network: nothing waited for the load."""
    already = Booking.objects.filter(reminded_at__isnull=False)
    assert not already.filter(reminded_at__gt=NOW).exists()
    assert not already.filter(reminded_at__lt=F("created_at")).exists()
    evening = NOW + dt.timedelta(hours=6)
    with time_machine.travel(evening, tick=False):
        clockwork.remind_upcoming(now=evening)
    reminded = Booking.objects.filter(reminded_at=evening)
    assert 0 < reminded.count() < 60
    span = reminded.aggregate(first=Min("period__startswith"), last=Max("period__startswith"))
    before = dt.timedelta(hours=settings.BOOKING_REMINDER_BEFORE_HOURS)
    assert NOW + before <= span["first"] <= span["last"] <= evening + before


def test_journeys_are_measured_between_all_villages_and_places():
    assert Journey.objects.count() == 52 * 16
