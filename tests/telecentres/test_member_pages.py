"""What a member does with what they have: moved, waited for, accepted, booked every week, paid ahead."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from members.models import Member
from telecentres.enums import BookingStatus, DeskKind, Stretch, WaitingStatus
from telecentres.half_days import at
from telecentres.models import Booking, BookingSeries, PassOffer, WaitingEntry
from telecentres.notifications import HELD_LINKS
from tests.factories.members import MemberFactory
from tests.factories.telecentres import (
    BookingFactory,
    DeskFactory,
    PassFactory,
    RateFactory,
    SeriesFactory,
    TelecentreFactory,
    WaitingEntryFactory,
    half_day,
)

TUESDAY, WEDNESDAY = dt.date(2026, 11, 24), dt.date(2026, 11, 25)
NOW = at(TUESDAY, dt.time(9))
MY_BOOKINGS = reverse("telecentres:my-bookings")
NONSENSE = [
    {"weekdays": []},
    {"weekdays": ["6"]},
    {"first": "31/02/2026"},
    {"last": "2026-11-01"},
    {"desk": "99999"},
    {"stretch": "hours"},
]


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place():
    return TelecentreFactory(name="Télécentre de Fleurance", slug="fleurance", commune__name="Fleurance")


@pytest.fixture
def desk(place):
    return DeskFactory(telecentre=place, name="Poste 1")


@pytest.fixture
def member(client) -> Member:
    member = MemberFactory()
    client.force_login(member.user)
    return member


def said(response) -> list[str]:
    """Without the spaces that French typography makes narrow."""
    return [plain(str(message)) for message in response.context["messages"]]


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def press(client, name, *args, **data):
    return client.post(reverse(f"telecentres:{name}", args=args), data, follow=True)


# ---- Waiting -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(desk):
    return BookingFactory(desk=desk, day=WEDNESDAY)


def what(full, **changes) -> dict:
    return {"kind": full.desk.kind, "start": full.starts_at.isoformat(), "end": full.ends_at.isoformat()} | changes


def test_the_page_that_says_no_offers_to_wait_and_says_how_many_do(client, member, full):
    WaitingEntryFactory(telecentre=full.desk.telecentre, day=WEDNESDAY)
    wish = {"desk": full.desk.pk, "start": full.starts_at.isoformat(), "end": full.ends_at.isoformat(), "key": "a"}
    page = client.post(reverse("telecentres:week", args=["fleurance"]), wish)
    assert "1 personne avant vous" in page.content.decode()
    answer = press(client, "wait", "fleurance", **what(full))
    assert said(answer) == ["Vous attendez : Télécentre de Fleurance, mercredi 25 novembre au matin. Vous êtes 2e sur la liste."]
    assert "Vous êtes 2e sur la liste" in answer.content.decode()


def test_nobody_waits_for_what_is_free(client, member, full):
    DeskFactory(telecentre=full.desk.telecentre)
    answer = press(client, "wait", "fleurance", **what(full))
    assert "réservez-le" in said(answer)[0]
    assert not WaitingEntry.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"kind": "sofa"}, {"start": "demain"}, {"end": "2026-11-20T08:00"}, {"start": "9999-12-31T23:59"}]
)
def test_a_wish_that_is_not_understood_waits_for_nothing(client, member, full, wrong):
    answer = press(client, "wait", "fleurance", **what(full, **wrong))
    assert (answer.status_code, len(said(answer))) == (200, 1)
    assert not WaitingEntry.objects.exists()


def test_one_waits_no_more(client, member, full):
    entry = WaitingEntryFactory(member=member, telecentre=full.desk.telecentre, day=WEDNESDAY)
    press(client, "leave-line", entry.pk)
    entry.refresh_from_db()
    assert entry.status == WaitingStatus.LEFT


# ---- A place that is held ----------------------------------------------------------------------------------------------


@pytest.fixture
def held(member, desk):
    booking = BookingFactory(member=member, desk=desk, day=WEDNESDAY, held=True, held_until=NOW + dt.timedelta(hours=6))
    WaitingEntryFactory(member=member, telecentre=desk.telecentre, day=WEDNESDAY, status=WaitingStatus.OFFERED, booking=booking)
    return booking


def test_a_held_place_stands_first_and_is_accepted_in_one_press(client, held):
    page = client.get(MY_BOOKINGS).content.decode()
    assert "Accepter la place" in page
    assert "Gardée pour vous jusqu’au mardi 24 novembre à 15" in page
    press(client, "answer", held.pk)
    held.refresh_from_db()
    assert held.status == BookingStatus.CONFIRMED


def test_a_held_place_is_let_go(client, held):
    press(client, "answer", held.pk, decline="1")
    held.refresh_from_db()
    assert held.status == BookingStatus.CANCELLED


def test_too_late_is_said(client, held, clock):
    clock.move_to(NOW + dt.timedelta(hours=7))
    answer = press(client, "answer", held.pk)
    assert "personne suivante" in said(answer)[0]


def test_the_link_of_the_letter_shows_and_a_press_accepts(client, held):
    client.logout()
    address = reverse("telecentres:held", args=[HELD_LINKS.sign(held.pk)])
    assert "Une place vous est gardée" in client.get(address).content.decode()
    held.refresh_from_db()
    assert held.status == BookingStatus.HELD  # looking accepts nothing
    assert "Elle est à vous" in client.post(address).content.decode()
    assert "Elle est à vous" in client.post(address).content.decode()
    held.refresh_from_db()
    assert held.status == BookingStatus.CONFIRMED


@pytest.mark.parametrize("token", ["1", "1:forged", "x:y:z"])
def test_a_forged_link_is_no_link(client, token):
    assert client.get(reverse("telecentres:held", args=[token])).status_code == 404


def test_a_held_place_is_seen_in_the_week(client, held):
    page = client.get(reverse("telecentres:week", args=["fleurance"])).content.decode()
    assert "slot--held" in page
    assert "Gardé" in page


# ---- Moving ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def booking(member, desk):
    return BookingFactory(member=member, desk=desk, day=WEDNESDAY)


def test_a_press_in_the_week_moves_it(client, booking, desk):
    page = client.get(reverse("telecentres:move", args=[booking.pk]))
    assert "Poste 1" in page.content.decode()
    answer = press(client, "move", booking.pk, slot=f"{desk.pk} 2026-11-26 afternoon", key=booking.key)
    assert said(answer) == ["Déplacé : Poste 1, Télécentre de Fleurance, jeudi 26 novembre après-midi."]
    booking.refresh_from_db()
    assert booking.period == half_day(desk.telecentre, dt.date(2026, 11, 26), Stretch.AFTERNOON)


def test_to_another_place(client, booking):
    other = DeskFactory(telecentre__slug="auch")
    address = reverse("telecentres:move", args=[booking.pk]) + "?lieu=auch&jour=2026-11-25"
    client.post(address, {"slot": f"{other.pk} 2026-11-25 morning", "key": booking.key})
    booking.refresh_from_db()
    assert booking.desk == other


def test_why_it_cannot_move_is_said_above_the_week(client, booking, desk):
    BookingFactory(desk=desk, day=dt.date(2026, 11, 26))
    answer = press(client, "move", booking.pk, slot=f"{desk.pk} 2026-11-26 morning", key=booking.key)
    assert answer.status_code == 409
    assert "Rien n’a été déplacé" in answer.content.decode()


def test_a_press_that_is_not_understood_moves_nothing(client, booking):
    assert press(client, "move", booking.pk, slot="nonsense", key=booking.key).status_code == 422


def test_only_desks_of_its_kind_are_offered(client, booking, place):
    DeskFactory(telecentre=place, room=True, name="Grande salle")
    assert "Grande salle" not in client.get(reverse("telecentres:move", args=[booking.pk])).content.decode()


# ---- Being there -------------------------------------------------------------------------------------------------------


def test_a_member_says_that_they_are_there(client, booking, clock):
    assert "Je suis là" not in client.get(MY_BOOKINGS).content.decode()
    clock.move_to(booking.starts_at)
    assert "Je suis là" in client.get(MY_BOOKINGS).content.decode()
    press(client, "arrive", booking.pk)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CHECKED_IN
    assert "Vous êtes là" in client.get(MY_BOOKINGS).content.decode()


def test_too_early_is_said(client, booking):
    assert "trop tôt" in said(press(client, "arrive", booking.pk))[0]


@pytest.mark.parametrize("name", ["answer", "arrive", "move"])
def test_nobody_touches_what_is_anothers(client, member, name):
    foreign = BookingFactory(day=WEDNESDAY, held=name == "answer")
    assert client.post(reverse(f"telecentres:{name}", args=[foreign.pk])).status_code == 404


# ---- A room by the hour ------------------------------------------------------------------------------------------------


@pytest.fixture
def room(place):
    RateFactory(telecentre=place, kind=DeskKind.ROOM, unit="hour", price=5)
    return DeskFactory(telecentre=place, room=True, name="Salle")


def test_a_room_is_booked_by_the_hour(client, member, room):
    wish = {"desk": room.pk, "start": "2026-11-25T14:00", "end": "2026-11-25T16:30", "key": "a"}
    answer = client.post(reverse("telecentres:week", args=["fleurance"]), wish, follow=True)
    assert said(answer) == [
        "C’est réservé : Salle, Télécentre de Fleurance, mercredi 25 novembre de 14 h à 16 h 30. 15 €, à payer sur place."
    ]
    booking = Booking.objects.get()
    assert (booking.stretch, booking.price) == (Stretch.HOURS, 15)


@pytest.mark.parametrize(
    ("start", "end"), [("14:10", "16:00"), ("11:00", "14:00"), ("07:00", "09:00"), ("16:00", "14:00"), ("xx", "16:00")]
)
def test_hours_at_which_it_cannot_be_had_are_said_beside_the_field(client, member, room, start, end):
    wish = {"desk": room.pk, "start": f"2026-11-25T{start}", "end": f"2026-11-25T{end}", "key": "a"}
    answer = client.post(reverse("telecentres:week", args=["fleurance"]), wish)
    assert answer.status_code == 422
    assert f"2026-11-25T{end}" in answer.content.decode()  # what was typed is kept
    assert not Booking.objects.exists()


def test_a_desk_is_not_booked_by_the_hour(client, member, desk):
    wish = {"desk": desk.pk, "start": "2026-11-25T09:00", "end": "2026-11-25T10:00", "key": "a"}
    assert client.post(reverse("telecentres:week", args=["fleurance"]), wish).status_code == 422


# ---- Every week --------------------------------------------------------------------------------------------------------


def weekly(**changes) -> dict:
    usual = {"desk": "any", "weekdays": ["0", "2"], "stretch": "morning", "first": "2026-11-25", "last": "2026-12-16"}
    return usual | {"other_desk": "on", "wait": "on", "key": "a"} | changes


def test_the_days_are_shown_before_anything_is_booked(client, member, desk):
    BookingFactory(desk=desk, day=dt.date(2026, 12, 2))
    page = client.post(reverse("telecentres:series-new", args=["fleurance"]), weekly()).content.decode()
    page = plain(page)
    assert "Lundi 30 novembre au matin : Poste 1" in page
    assert "Tout est pris" in page
    assert not BookingSeries.objects.exists()


def test_the_days_that_stay_ticked_are_booked(client, member, desk):
    days = ["2026-11-25", "2026-11-30", "2026-12-02"]
    data = weekly(last="2026-12-02", book="1", shown=days, keep=days[:2])
    answer = client.post(reverse("telecentres:series-new", args=["fleurance"]), data, follow=True)
    assert said(answer) == ["2 jours sont réservés."]
    series = BookingSeries.objects.get()
    assert sorted(booking.starts_at.date().isoformat() for booking in series.bookings.all()) == days[:2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": []},
        {"weekdays": ["6"]},
        {"first": "31/02/2026"},
        {"last": "2026-11-01"},
        {"desk": "99999"},
        {"stretch": "hours"},
    ],
)
def test_a_series_that_makes_no_sense_is_said_beside_the_field(client, member, desk, wrong):
    answer = client.post(reverse("telecentres:series-new", args=["fleurance"]), weekly(**wrong, book="1"))
    assert answer.status_code == 422
    assert not BookingSeries.objects.exists()


def test_some_weeks_are_called_off(client, member, desk):
    client.post(reverse("telecentres:series-new", args=["fleurance"]), weekly(book="1"))
    series = BookingSeries.objects.get()
    answer = press(client, "series", series.pk, first="2026-12-01", last="2026-12-10", desk="")
    assert "3 jours sont annulés." in said(answer)
    assert Booking.objects.filter(series=series, status=BookingStatus.CONFIRMED).count() == 4


def test_a_foreign_series_is_not_there(client, member):
    assert client.get(reverse("telecentres:series", args=[SeriesFactory().pk])).status_code == 404


# ---- Passes ------------------------------------------------------------------------------------------------------------


def test_what_is_left_is_said_in_the_week_and_every_movement_on_its_page(client, member, desk):
    PassOffer.objects.create(half_days=10, price=48)
    PassFactory(member=member, left=6)
    week = client.get(reverse("telecentres:week", args=["fleurance"])).content.decode()
    assert "Votre carnet : 6 demi-journées" in plain(week)
    page = client.get(reverse("telecentres:my-passes")).content.decode()
    assert "6 demi-journées sur 10" in page
    assert "−4" in page


@pytest.mark.parametrize("count", [2, 30])
def test_passes_cost_the_same(client, member, desk, django_assert_num_queries, count):
    RateFactory(telecentre=desk.telecentre)
    for _ in range(count):
        PassFactory(member=member, left=1)
    with django_assert_num_queries(5):  # session, person, passes, movements, offers
        client.get(reverse("telecentres:my-passes"))


def test_why_it_costs_what_it_costs_is_said(client, member, desk):
    RateFactory(telecentre=desk.telecentre, price=6)
    RateFactory(telecentre=desk.telecentre, price=10, unit="day")
    wish = {"slot": f"{desk.pk} 2026-11-26 day", "key": "a"}
    answer = client.post(reverse("telecentres:week", args=["fleurance"]), wish, follow=True)
    assert said(answer)[0].endswith("10 € la journée, pas plus cher que deux demi-journées. À payer sur place.")
    PassFactory(member=member)
    wish = {"slot": f"{desk.pk} 2026-11-27 morning", "key": "b"}
    answer = client.post(reverse("telecentres:week", args=["fleurance"]), wish, follow=True)
    assert said(answer)[0].endswith("1 demi-journée de votre carnet, pas plus chère que les 6 € du tarif.")
