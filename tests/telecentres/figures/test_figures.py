"""How full a place is, what a member used, who hosted whom: on the page and as CSV."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import translation

from telecentres.enums import BookingStatus, DeskKind, HalfDay, Stretch
from telecentres.figures.occupancy import FEWEST_PEOPLE, Month, Occupancy, UsedShare
from telecentres.half_days import instant
from telecentres.models import Booking
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import BookingFactory, ClosureFactory, DeskFactory, PassFactory, TelecentreFactory

NOVEMBER = Month(2026, 11)
MONDAY = dt.date(2026, 11, 23)
NOW = instant(dt.date(2026, 11, 27), dt.time(9))
HALF_DAYS = 40  # of a desk in November 2026: twenty-one weekdays, of which the 11th is a public holiday


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place():
    return TelecentreFactory(slug="fleurance", commune__name="Fleurance", name="Télécentre de Fleurance")


@pytest.fixture
def desk(place):
    return DeskFactory(telecentre=place, name="Poste 1")


@pytest.fixture
def host(client, place):
    host = UserFactory(host=True)
    place.hosts.add(host)
    client.force_login(host)
    return host


def table(response) -> list[list[str]]:
    """As a spreadsheet of the territory opens it by itself."""
    text = b"".join(response).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def occupancy(place) -> Occupancy:
    return Occupancy(place, NOVEMBER, NOVEMBER)


def test_a_month_is_read_from_an_address():
    today = MONDAY
    assert Month.read("", today=today) == Month.read("2026-11", today=today) == NOVEMBER
    assert [Month.read(text, today=today) for text in ("2026-13", "november", "0001-01", "2026-11-05")] == [None] * 4
    assert (str(Month(2026, 12).next), str(Month(2026, 1).previous)) == ("2027-01", "2025-12")


def test_what_could_be_had_leaves_out_holidays_and_closures(place, desk):
    assert occupancy(place).share() == UsedShare(0, HALF_DAYS)
    ClosureFactory(telecentre=place, day=MONDAY)
    ClosureFactory(telecentre=place, desk=DeskFactory(telecentre=place), day=MONDAY + dt.timedelta(days=1))
    assert occupancy(place).share() == UsedShare(0, 2 * (HALF_DAYS - 2) - 2)


def test_what_was_used_is_counted_in_half_days(place, desk):
    BookingFactory(desk=desk, day=MONDAY, stretch=Stretch.DAY, status=BookingStatus.COMPLETED)
    BookingFactory(desk=desk, day=MONDAY + dt.timedelta(days=1))
    BookingFactory(desk=desk, day=MONDAY + dt.timedelta(days=2), cancelled=True)
    BookingFactory(desk=desk, day=MONDAY + dt.timedelta(days=3), status=BookingStatus.NO_SHOW)
    BookingFactory(day=MONDAY)
    found = occupancy(place)
    assert found.share() == UsedShare(3, HALF_DAYS)
    assert found.share(weekday=0, half=HalfDay.AFTERNOON).used == 1
    assert found.share(weekday=1).used == 1


def test_hours_of_a_room_count_for_the_halves_they_touch(place):
    room = DeskFactory(telecentre=place, room=True)
    for number, (start, end) in enumerate([(9, 10), (10, 12), (14, 15)]):
        period = DateTimeTZRange(instant(MONDAY, dt.time(start)), instant(MONDAY, dt.time(end)))
        BookingFactory(desk=room, stretch=Stretch.HOURS, period=period, key=f"{number}")
    share = occupancy(place).share(weekday=0, half=HalfDay.MORNING)
    assert (share.used, share.part) == (2, 0.4)  # of five Monday mornings, on one of which it was taken twice


def test_the_page_says_it_with_a_table_beside_each_drawing(client, host, place, desk):
    BookingFactory(desk=desk, day=MONDAY, stretch=Stretch.DAY)
    page = client.get(reverse("telecentres:occupancy", args=["fleurance"])).content.decode()
    assert "2 / 40" in page
    assert "5\u202f%" in page
    assert page.count('<svg class="bar"') >= 4


@pytest.mark.parametrize("count", [2, 100])
def test_the_page_costs_the_same(client, host, place, django_assert_num_queries, count):
    for _ in range(count):
        BookingFactory(desk=DeskFactory(telecentre=place), day=MONDAY)
    # person, place, whether they keep it; twice hours, desks, closures, bookings
    with django_assert_num_queries(13):
        client.get(reverse("telecentres:occupancy", args=["fleurance"]))


def test_the_csv_of_the_occupancy_says_what_the_page_says(client, host, place, desk):
    BookingFactory(desk=desk, day=MONDAY)
    rows = table(client.get(reverse("telecentres:occupancy-csv", args=["fleurance"]) + "?mois=2026-11"))
    assert rows == [
        ["Lieu", "Mois", "Nature", "Demi-journées utilisées", "Demi-journées possibles", "Part, de 0 à 1"],
        ["Télécentre de Fleurance", "2026-11", "poste partagé", "1", "40", "0,025"],
    ]


@pytest.mark.parametrize(("people", "told"), [(FEWEST_PEOPLE - 1, ""), (FEWEST_PEOPLE, str(FEWEST_PEOPLE))])
def test_funders_get_nothing_about_so_few_that_they_could_be_recognised(client, place, people, told):
    for _ in range(people):
        BookingFactory(desk=DeskFactory(telecentre=place), day=MONDAY)
    client.force_login(UserFactory(adviser=True))
    rows = table(client.get(reverse("telecentres:network-occupancy-csv")))
    assert rows[1][3] == told


def test_a_member_reads_the_statement_of_their_own_month(client, place, desk):
    member = MemberFactory()
    client.force_login(member.user)
    bought = PassFactory(member=member, half_days=10, price=48)
    BookingFactory(desk=desk, member=member, day=MONDAY, price=6)
    BookingFactory(desk=desk, member=member, day=MONDAY + dt.timedelta(days=1), price=0, paid_with=bought, units=1)
    BookingFactory(desk=desk, member=member, day=dt.date(2026, 10, 5), price=6)
    page = client.get(reverse("telecentres:my-statement"))
    statement = page.context["statement"]
    assert (statement.units, statement.euros) == (1, 54)
    rows = table(client.get(reverse("telecentres:my-statement-csv") + "?mois=2026-11"))
    assert rows[0] == ["Jour", "Moment de la journée", "Lieu", "Poste", "Demi-journées du carnet", "Sur place, en euros"]
    assert [[row[1], *row[-2:]] for row in rows[1:]] == [["matin", "", "6,00"], ["matin", "1", "0,00"], ["", "", "48,00"]]
    assert sum(Decimal(row[-1].replace(",", ".")) for row in rows[1:]) == statement.euros, "the file adds up to what the page says"


def test_half_days_are_counted_by_commune_of_member_and_of_place(client, place, desk):
    client.force_login(UserFactory(adviser=True))
    member = MemberFactory(commune__name="Lectoure")
    BookingFactory(desk=desk, member=member, day=MONDAY, stretch=Stretch.DAY, price=10)
    Booking.objects.create(
        desk=desk, guest="=Une dame", period=DateTimeTZRange(instant(MONDAY, dt.time(20)), instant(MONDAY, dt.time(21))), price=8,
        stretch=Stretch.MORNING, key="a",
    )  # fmt: skip
    page = client.get(reverse("telecentres:hosting")).content.decode()
    assert "Lectoure" in page
    assert "de passage" in page
    rows = table(client.get(reverse("telecentres:hosting-csv")))
    assert rows == [
        ["Membres de", "Commune du lieu", "Réservations", "Demi-journées", "dont sur carnets", "Sur place, en euros"],
        ["de passage", "Fleurance", "1", "1", "0", "8,00"],
        ["Lectoure", "Fleurance", "1", "2", "0", "10,00"],
    ]


def test_files_for_people_speak_the_language_of_the_page_they_come_from(client, host, place, desk):
    with translation.override("fr"):  # which the requests leave as they please
        page = client.get("/en/telecentres/fleurance/occupation/").content.decode()
        response = client.get("/en/telecentres/fleurance/occupation.csv")
    assert "/en/telecentres/fleurance/occupation.csv" in page
    rows = table(response)
    assert rows[0][:3] == ["Place", "Month", "Kind"]
    assert rows[1][2] == "shared desk"


@pytest.mark.parametrize("before", ["", " ", "\t", "\n", "\xa0", "\u200b"])
def test_no_name_in_a_file_for_people_is_a_formula(client, host, place, desk, before):
    type(place).objects.update(name=f"{before}=1+1")
    rows = table(client.get(reverse("telecentres:occupancy-csv", args=["fleurance"])))
    assert rows[1][0] == f"'{before}=1+1"


@pytest.mark.parametrize("name", ["telecentres:my-statement", "telecentres:hosting", "telecentres:hosting-csv"])
def test_a_month_that_is_none_is_not_there(client, name):
    user = UserFactory(adviser=True)
    MemberFactory(user=user)
    client.force_login(user)
    assert client.get(reverse(name) + "?mois=2026-99").status_code == 404


def test_kinds_of_which_there_is_none_are_left_out(place, desk):
    assert occupancy(place).kinds == [DeskKind.DESK]
