"""The pages: who may, what they cost, what they say, and what a press does."""

import datetime as dt
import html
import json
import re
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from members.enums import MemberStatus
from members.models import Member
from outbox.models import Letter
from telecentres.enums import BookingStatus, Stretch
from telecentres.half_days import at
from telecentres.models import Booking, Desk, Telecentre
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    PassFactory,
    RateFactory,
    TelecentreFactory,
    half_day,
)
from tests.factories.villages import CommuneFactory

TUESDAY, WEDNESDAY = dt.date(2026, 11, 24), dt.date(2026, 11, 25)
NOW = at(TUESDAY, dt.time(9))
MY_BOOKINGS = reverse("telecentres:my-bookings")
MORNING, AFTERNOON, DAY = Stretch.of_opening_hours()


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place() -> Telecentre:
    return TelecentreFactory(
        name="Télécentre de Fleurance",
        slug="fleurance",
        commune__name="Fleurance",
        phone="+33536490132",
        on_the_spot="Fibre\n\nImprimante",
        access_notes="Code de la porte : 7316",
    )


@pytest.fixture
def desk(place) -> Desk:
    return DeskFactory(telecentre=place, name="Poste 1", note="fenêtre sur la halle")


@pytest.fixture
def member(client) -> Member:
    member = MemberFactory(user__first_name="Inès", user__last_name="Daubas")
    client.force_login(member.user)
    return member


def week_of(place: Telecentre, day: dt.date | None = None) -> str:
    return reverse("telecentres:week", args=[place.slug]) + (f"?jour={day}" if day else "")


def wish(desk: Desk, day=WEDNESDAY, stretch=MORNING, **other) -> dict:
    period = half_day(desk.telecentre, day, stretch)
    return {
        "desk": desk.pk,
        "start": period.lower.isoformat(),
        "end": period.upper.isoformat(),
        "key": "from one page",
    } | other


def text_of(response) -> str:
    """What a reader sees: no tags, plain spaces."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(body).split())


def unchanged(desk: Desk) -> bool:
    return not Booking.objects.exists() and not Letter.objects.exists()


# ---- Who may -----------------------------------------------------------------------------------------------------------

LOGIN = reverse("account_login")
PEOPLE = ["visitor", "member", "other member", "former member", "no member", "host", "adviser"]


def become(client: Client, who: str, booking: Booking) -> None:
    place = booking.desk.telecentre
    if who == "visitor":
        return
    if who == "member":
        user = booking.member.user
    elif who == "other member":
        user = MemberFactory().user
    elif who == "former member":
        user = MemberFactory(status=MemberStatus.FORMER).user
    elif who == "host":
        user = UserFactory(host=True)
        place.hosts.add(user)
    else:
        user = UserFactory(adviser=who == "adviser")
    client.force_login(user)


WHO_MAY = {  # address and method → what each gets: visitor, member, other member, former, no member, host, adviser
    ("list", "get"): [200] * 7,
    ("place", "get"): [200] * 7,
    ("week", "get"): [200] * 7,
    ("geojson", "get"): [200] * 7,
    ("week", "post"): [302, 303, 303, 403, 403, 403, 403],
    ("my-bookings", "get"): [302, 200, 200, 200, 200, 200, 200],
    ("cancel", "get"): [302, 200, 404, 404, 404, 404, 404],
    ("cancel", "post"): [302, 303, 404, 404, 404, 404, 404],
    ("list", "post"): [405] * 7,
    ("place", "post"): [405] * 7,
    ("geojson", "post"): [405] * 7,
    ("my-bookings", "post"): [302, 405, 405, 405, 405, 405, 405],
    ("week", "delete"): [405] * 7,
    ("cancel", "put"): [302, 405, 405, 405, 405, 405, 405],
}


@pytest.mark.parametrize(("name", "method"), WHO_MAY)
def test_who_may(client, place, name, method):
    for who, expected in zip(PEOPLE, WHO_MAY[name, method], strict=True):
        booking = BookingFactory(day=dt.date(2026, 12, 1), desk=DeskFactory(telecentre=place))
        addresses = {
            "list": reverse("telecentres:telecentres"),
            "place": place.get_absolute_url(),
            "week": week_of(place),
            "geojson": "/telecentres.geojson",
            "my-bookings": MY_BOOKINGS,
            "cancel": reverse("telecentres:cancel", args=[booking.pk]),
        }
        client.logout()
        become(client, who, booking)
        answers = wish(DeskFactory(telecentre=place)) if (name, method) == ("week", "post") else {}
        response = getattr(client, method)(addresses[name], answers)
        assert response.status_code == expected, who
        if expected == 302:
            assert response["Location"].startswith(LOGIN), who


@pytest.mark.parametrize(
    "unknown", ["/telecentres/nulle-part/", "/telecentres/nulle-part/reserver/", "/mes-reservations/9/annuler/"]
)
def test_what_does_not_exist_is_not_found(client, member, unknown):
    assert client.get(unknown).status_code == 404
    assert client.post(unknown).status_code in (404, 405)


def test_a_place_that_is_no_longer_open_has_no_page(client, member, place, desk):
    Telecentre.objects.update(is_open=False)
    assert client.get(place.get_absolute_url()).status_code == 404
    assert client.post(week_of(place), wish(desk)).status_code == 404
    assert "Fleurance" not in text_of(client.get(reverse("telecentres:telecentres")))


@pytest.mark.parametrize("page", ["list", "place", "week", "geojson"])
def test_a_visitor_gets_no_cookie_and_an_etag(client, place, desk, page):
    RateFactory(telecentre=place)
    address = {
        "list": reverse("telecentres:telecentres"),
        "place": place.get_absolute_url(),
        "week": week_of(place),
        "geojson": "/telecentres.geojson",
    }[page]
    response = client.get(address)
    assert not response.cookies
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("page", ["list", "place", "week", "geojson"])
def test_nobody_is_named_to_a_visitor(client, place, desk, page):
    host = UserFactory(host=True, first_name="Jeanne", last_name="Mauroux")
    place.hosts.add(host)
    BookingFactory(desk=desk, day=WEDNESDAY, member__user__first_name="Zoé", member__user__last_name="Quincampoix")
    address = {
        "list": reverse("telecentres:telecentres"),
        "place": place.get_absolute_url(),
        "week": week_of(place, WEDNESDAY),
        "geojson": "/telecentres.geojson",
    }[page]
    body = client.get(address).content.decode()
    for name in ("Jeanne", "Mauroux", "Zoé", "Quincampoix", "7316"):
        assert name not in body


# ---- The list, the place -----------------------------------------------------------------------------------------------


def test_the_list_says_what_is_free_tomorrow_morning(client, desk):
    full, shut = DeskFactory(), DeskFactory()
    BookingFactory(desk=full, day=WEDNESDAY)
    ClosureFactory(telecentre=shut.telecentre, day=WEDNESDAY)
    said = text_of(client.get(reverse("telecentres:telecentres")))
    assert "Postes libres, mercredi 25 novembre au matin" in said
    assert f"Télécentre de Fleurance {desk.telecentre.address}" in said
    assert [said.count(f"{words} Voir la semaine") for words in ("1 poste libre", "complet", "fermé")] == [1, 1, 1]


def test_without_a_place_the_list_says_so(client):
    assert "Aucun télécentre n’est encore ouvert." in text_of(client.get(reverse("telecentres:telecentres")))


@pytest.mark.parametrize("count", [2, 200])
def test_the_list_costs_the_same_for_two_and_for_two_hundred(client, django_assert_num_queries, count):
    commune = CommuneFactory()
    for _ in range(count):
        DeskFactory(telecentre=TelecentreFactory(commune=commune))
    client.get(reverse("telecentres:telecentres"))  # draws the ground of the map, which is kept
    # the next morning, the places; hours, desks, closures, who waits, bookings of all; whether the ground has changed
    with django_assert_num_queries(8):
        client.get(reverse("telecentres:telecentres"))


def test_open_data_say_the_same(client, place, desk):
    BookingFactory(desk=DeskFactory(telecentre=place), day=WEDNESDAY)
    response = client.get("/telecentres.geojson")
    assert response["Content-Type"] == "application/geo+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    (feature,) = json.loads(response.content)["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [0.5, 43.7]}
    assert feature["properties"] == {
        "name": "Télécentre de Fleurance",
        "commune": "Fleurance",
        "insee_code": place.commune.insee_code,
        "address": "9, rue de l’École",
        "postal_code": "32500",
        "url": "http://testserver/telecentres/fleurance/",
        "free_desks": 1,
        "free_desks_on": "2026-11-25/morning",
    }


def test_the_page_of_a_place_says_all_of_it(client, place, desk):
    BookingFactory(desk=DeskFactory(telecentre=place, name="Poste 2"), day=TUESDAY)
    RateFactory(telecentre=place, price=6)
    RateFactory(telecentre=place, price=10, unit="day")
    ClosureFactory(telecentre=place, desk=desk, day=dt.date(2026, 12, 1), reason="peinture")
    ClosureFactory(telecentre=place, day=dt.date(2026, 12, 28), reason="congés")
    ClosureFactory(telecentre=place, day=dt.date(2026, 11, 20), reason="déjà passée")
    said = text_of(client.get(place.get_absolute_url()))
    for words in (
        "Ouvert jusqu’à 12 h 30",
        "1 poste libre en ce moment",
        "2 postes libres cet après-midi",
        "Poste 1 fenêtre sur la halle libre",
        "Poste 2 pris",
        "Fibre Imprimante",
        "Poste partagé 6 € 10 €",
        "Lundi à vendredi 8 h 30 – 12 h 30 13 h 30 – 18 h 30",
        "Samedi et dimanche fermé",
        "mardi 1er décembre, Poste 1 : peinture vendredi 25 décembre : Noël lundi 28 décembre : congés",
        "Par téléphone : 05 36 49 01 32",
        "Annulation libre jusqu’à 14 heures avant.",
    ):
        assert words in said, words
    assert "déjà passée" not in said


def test_hosts_are_named_to_those_who_signed_in(client, member, place):
    place.hosts.add(UserFactory(first_name="Jeanne", last_name="Mauroux"))
    assert "Jeanne Mauroux" in text_of(client.get(place.get_absolute_url()))


@pytest.mark.parametrize("count", [2, 200])
def test_a_place_costs_the_same_for_two_and_for_two_hundred_desks(client, place, django_assert_num_queries, count):
    for one in DeskFactory.create_batch(count, telecentre=place):
        BookingFactory(desk=one, day=TUESDAY)
        ClosureFactory(telecentre=place, desk=one, day=dt.date(2026, 12, 1))
    with django_assert_num_queries(8):  # the place, its board's five, rates, closures to come
        client.get(place.get_absolute_url())


# ---- The week ----------------------------------------------------------------------------------------------------------


def presses(response) -> list[str]:
    return re.findall(r'<button class="slot[^"]*" name="slot" value="([^"]+)"', response.content.decode())


def test_a_member_may_press_whatever_is_free(client, member, place, desk):
    BookingFactory(desk=desk, day=dt.date(2026, 11, 26), stretch=DAY)
    response = client.get(week_of(place))
    assert presses(response) == [
        f"{desk.pk} 2026-11-24 afternoon",
        f"{desk.pk} 2026-11-25 morning",
        f"{desk.pk} 2026-11-25 afternoon",
        f"{desk.pk} 2026-11-25 day",
        f"{desk.pk} 2026-11-27 morning",
        f"{desk.pk} 2026-11-27 afternoon",
        f"{desk.pk} 2026-11-27 day",
    ]
    assert 'aria-label="Libre\u202f: Poste 1, mercredi 25, matin"' in response.content.decode()


def test_a_visitor_s_press_leads_to_the_sign_in_and_back_to_the_week(client, place, desk):
    body = client.get(week_of(place, WEDNESDAY)).content.decode()
    assert presses(client.get(week_of(place))) == []
    assert f'<form action="{LOGIN}"' in body
    assert f'name="next" value="{week_of(place, WEDNESDAY)}"' in body
    assert '<button class="slot slot--free"' in body


def test_somebody_who_is_no_member_reads_why_they_may_not_press(client, place, desk):
    client.force_login(UserFactory())
    response = client.get(week_of(place))
    assert "La réservation est ouverte aux membres du réseau SOHO SOLO." in text_of(response)
    assert '<button class="slot' not in response.content.decode()


def test_one_s_own_half_day_says_so_and_leads_to_one_s_bookings(client, member, place, desk):
    BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    body = client.get(week_of(place)).content.decode()
    assert body.count('<a class="slot slot--mine" href="/mes-reservations/"') == 1


@pytest.mark.parametrize(
    ("asked", "monday"),
    [
        ("2026-11-25", "23 novembre 2026"),
        ("2026-12-06", "30 novembre 2026"),
        ("2025-11-30", "24 novembre 2025"),
        ("", "23 novembre 2026"),
    ],
)
def test_the_week_of_the_day_asked_for(client, place, desk, asked, monday):
    response = client.get(week_of(place), {"jour": asked})
    assert response.status_code == 200
    assert f"Semaine du {monday}" in text_of(response)


@pytest.mark.parametrize("asked", ["2026-02-31", "demain", "2026-11", "9999-12-31", "0001-01-01", "2026-11-25T08:30", "'"])
def test_a_day_that_is_none_shows_this_week_and_says_so(client, place, desk, asked):
    response = client.get(week_of(place), {"jour": asked})
    assert response.status_code == 400
    assert "Ce jour-là n’existe pas ou ne se montre pas. Voici cette semaine." in text_of(response)
    assert "Semaine du 23 novembre 2026" in text_of(response)


def test_each_page_has_a_key_of_its_own(client, member, place, desk):
    keys = [re.search(r'name="key" value="([^"]{20,})"', client.get(week_of(place)).content.decode())[1] for _ in range(2)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("count", [2, 200])
def test_the_week_costs_the_same(client, member, place, django_assert_num_queries, count):
    for number, one in enumerate(DeskFactory.create_batch(count, telecentre=place)):
        BookingFactory(desk=one, day=WEDNESDAY, stretch=list(Stretch)[number % 3])
        RateFactory(telecentre=place, kind="desk", price=number, unit="hour") if number == 0 else None
        ClosureFactory(telecentre=place, desk=one, day=dt.date(2026, 11, 27))
    # session, person; the place with its hours and rates; the member and what is left on their passes; desks, closures, who waits,
    # bookings, what a member may hold, what this one holds, their passes
    with django_assert_num_queries(11):
        client.get(week_of(place))


# ---- A room by the hour ------------------------------------------------------------------------------------------------


@pytest.fixture
def room(place) -> Desk:
    RateFactory(telecentre=place, kind="room", unit="half_day", price=20)
    RateFactory(telecentre=place, kind="room", unit="day", price=36)
    return DeskFactory(telecentre=place, room=True, name="Salle Arrats")


def confirmed(client, response) -> dict[str, str]:
    """What the press under the price sends."""
    (form,) = re.findall(r'<form method="post"[^>]*aria-labelledby="salle">(.*?)</form>', response.content.decode(), re.DOTALL)
    return {name: html.unescape(re.search(f'name="{name}" value="([^"]*)"', form)[1]) for name in ("desk", "start", "end", "key")}


def asked(room, start="09:00", end="11:00", day="2026-11-25") -> dict:
    return {"salle": room.pk, "jour": day, "de": start, "a": end}


def test_two_hours_of_a_room_cost_no_more_than_its_morning_and_the_price_is_read_first(client, member, place, room):
    page = client.get(week_of(place), asked(room))
    assert "Réserver la salle : 20 €" in text_of(page)
    assert "autant d’heures ne coûtent pas plus qu’une demi-journée" in text_of(page)
    assert not Booking.objects.exists()
    assert client.post(week_of(place), confirmed(client, page)).status_code == 303
    booking = Booking.objects.get()
    assert (booking.desk, booking.stretch, booking.price) == (room, Stretch.HOURS, 20)
    assert booking.starts_at == at(WEDNESDAY, dt.time(9))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"de": "25:00"}, "Cette heure n’existe pas. Écrivez par exemple 10:30."),
        ({"a": ""}, "Dites à quelle heure."),
        ({"a": "08:00"}, "La fin vient après le début."),
        ({"salle": "99999"}, "Ce télécentre n’a pas cette salle. Choisissez-en une dans la liste."),
    ],
)
def test_what_is_not_understood_of_a_room_is_kept_with_a_sentence_beside_it(client, member, place, room, wrong, sentence):
    page = client.get(week_of(place), asked(room) | wrong)
    assert sentence in text_of(page)
    assert 'value="09:00"' in page.content.decode() or "de" in wrong
    assert "Réserver la salle" not in text_of(page)


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (("12:00", "14:00"), "tant que le lieu reste ouvert sans pause"),
        (("09:10", "11:00"), "d’une demi-heure à une autre"),
    ],
)
def test_a_room_that_cannot_be_had_is_refused_before_the_press(client, member, place, room, hours, sentence):
    page = client.get(week_of(place), asked(room, *hours))
    assert sentence in text_of(page)
    assert "Réserver la salle" not in text_of(page)


def test_a_room_that_others_have_is_refused_before_the_press(client, member, place, room):
    BookingFactory(desk=room, day=WEDNESDAY)
    page = client.get(week_of(place), asked(room))
    assert "Quelqu’un a réservé avant vous" in text_of(page)


def test_each_line_of_the_week_says_what_a_press_costs(client, member, place, desk):
    RateFactory(telecentre=place, price=6)
    RateFactory(telecentre=place, unit="day", price=10)
    assert "demi-journée : 6 €, jour : 10 €" in text_of(client.get(week_of(place)))
    PassFactory(member=member)
    assert "demi-journée : 1 du carnet, jour : 2 du carnet" in text_of(client.get(week_of(place)))


# ---- A press -----------------------------------------------------------------------------------------------------------


def test_a_press_books_and_says_so_in_words(client, member, place, desk):
    response = client.post(week_of(place), {"slot": f"{desk.pk} 2026-11-25 day", "key": "k"})
    assert (response.status_code, response["Location"]) == (303, MY_BOOKINGS)
    booking = Booking.objects.get()
    assert (booking.desk, booking.member, booking.booked_by) == (desk, member, member.user)
    assert (booking.period, booking.stretch) == (half_day(place, WEDNESDAY, DAY), DAY)
    said = text_of(client.get(MY_BOOKINGS))
    assert "C’est réservé : Poste 1, Télécentre de Fleurance, mercredi 25 novembre toute la journée." in said


@pytest.mark.parametrize("offset", ["+00:00", "+01:00", "-05:00", None])
def test_the_four_fields_book_the_same_in_any_time_zone(client, member, place, desk, offset):
    period = half_day(place, WEDNESDAY, AFTERNOON)
    zone = dt.datetime.fromisoformat(f"2026-01-01T00:00{offset or '+01:00'}").tzinfo
    start, end = (moment.astimezone(zone).isoformat()[: None if offset else 16] for moment in (period.lower, period.upper))
    response = client.post(week_of(place), {"desk": desk.pk, "start": start, "end": end, "key": "k"})
    assert response.status_code == 303
    assert Booking.objects.get().period == period


def test_any_desk_books_the_first_one(client, member, place):
    second, first = (DeskFactory(telecentre=place, position=position) for position in (2, 1))
    client.post(week_of(place), wish(first) | {"desk": "any"})
    assert Booking.objects.get().desk == first
    assert second.bookings.count() == 0


def test_a_double_press_is_one_booking(client, member, place, desk):
    answers = [client.post(week_of(place), wish(desk)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (Booking.objects.count(), Letter.objects.count()) == (1, 1)


def test_after_going_back_the_same_page_books_something_else(client, member, place, desk):
    """A browser brings the page back with its old key."""
    client.post(week_of(place), wish(desk))
    client.post(week_of(place), wish(desk, stretch=AFTERNOON))
    client.post(week_of(place), wish(DeskFactory(telecentre=place, room=True)))
    assert Booking.objects.count() == 3


def test_a_page_that_comes_back_after_cancelling_books_nothing_by_itself(client, member, place, desk):
    client.post(week_of(place), wish(desk))
    client.post(reverse("telecentres:cancel", args=[Booking.objects.get().pk]))
    response = client.post(week_of(place), wish(desk))
    assert response.status_code == 409
    assert "Vous aviez réservé, puis annulé. Rien n’a été réservé de nouveau." in text_of(response)
    assert Booking.objects.get().status == BookingStatus.CANCELLED


def test_a_visitor_is_sent_to_sign_in_and_comes_back_to_the_week(client, place, desk):
    response = client.post(week_of(place, WEDNESDAY), wish(desk))
    assert response["Location"] == f"{LOGIN}?next={quote(week_of(place, WEDNESDAY))}"
    assert unchanged(desk)


def test_who_is_no_member_reads_why(client, place, desk):
    client.force_login(UserFactory())
    response = client.post(week_of(place), wish(desk))
    assert response.status_code == 403
    assert "Votre compte n’est pas celui d’un membre : rien n’a été réservé." in text_of(response)
    assert unchanged(desk)


# ---- A refusal ---------------------------------------------------------------------------------------------------------


def ways_of(response) -> list[dict]:
    """The forms of the ways out: where they post, and what."""
    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', response.content.decode(), re.DOTALL)
    return [{"action": action} | dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside)) for action, inside in forms]


@pytest.fixture
def refused(client, member, place, desk):
    """Somebody was faster; three ways out: another desk, other times, another place."""
    DeskFactory(telecentre=place, name="Poste 2")
    DeskFactory(telecentre=TelecentreFactory(slug="auch", commune__name="Auch", commune__latitude=43.8))
    BookingFactory(desk=desk, day=WEDNESDAY)
    return client.post(week_of(place), wish(desk))


def test_a_refusal_is_polite_and_keeps_everything(refused, member, place):
    assert refused.status_code == 409
    said = text_of(refused)
    for words in (
        "La place vient d’être prise",
        "Quelqu’un a réservé avant vous : Poste 1, Télécentre de Fleurance, mercredi 25 novembre au matin.",
        "Rien n’a été réservé et rien n’a été décompté.",
        "D’autres possibilités, libres à l’instant",
        "Poste 2, à la même heure",
        "Mercredi 25 novembre après-midi Poste 1, de 13 h 30 à 18 h 30.",
        "Auch, à 14 km Mercredi 25 novembre au matin. 1 place libre.",
    ):
        assert words in said, words
    assert f'href="{week_of(place, WEDNESDAY)}"' in refused.content.decode()
    assert not Booking.objects.filter(member=member).exists()


@pytest.mark.parametrize("number", range(4))
def test_each_way_out_is_one_press(refused, client, member, number):
    ways = ways_of(refused)
    assert len(ways) == 4
    way = ways[number]
    response = client.post(way.pop("action"), way)
    assert (response.status_code, response["Location"]) == (303, MY_BOOKINGS)
    assert Booking.objects.filter(member=member).count() == 1


def test_when_nothing_else_is_free_it_says_so(client, member, place, desk):
    ClosureFactory(telecentre=place, period=half_day(place, WEDNESDAY), day=None)
    Telecentre.objects.update(horizon_days=1)
    BookingFactory(desk=desk, day=WEDNESDAY, stretch=AFTERNOON)
    BookingFactory(desk=desk, day=TUESDAY, stretch=AFTERNOON)
    response = client.post(week_of(place), wish(desk))
    assert response.status_code == 409
    assert "C’est fermé à ce moment-là Fermé à ce moment-là : travaux." in text_of(response)
    assert "Rien d’autre n’est libre autour de ce moment-là." in text_of(response)


def test_who_already_sits_is_shown_the_way_to_their_bookings(client, member, place, desk):
    BookingFactory(member=member, day=WEDNESDAY)
    response = client.post(week_of(place), wish(desk))
    assert response.status_code == 409
    assert f'href="{MY_BOOKINGS}"' in response.content.decode()
    assert all(way["start"] != wish(desk)["start"] for way in ways_of(response))


def test_a_full_half_day_leads_to_other_ways_in_one_press(client, member, place):
    for one in DeskFactory.create_batch(2, telecentre=place):
        BookingFactory(desk=one, day=WEDNESDAY)
    assert "any 2026-11-25 morning" in presses(client.get(week_of(place)))
    response = client.post(week_of(place), {"slot": "any 2026-11-25 morning", "key": "k"})
    assert response.status_code == 409
    assert "Tout est pris : Télécentre de Fleurance, mercredi 25 novembre au matin." in text_of(response)
    assert len(ways_of(response)) == 2


@pytest.mark.parametrize("count", [2, 60])
def test_a_refusal_costs_the_same_however_many_there_are(client, member, place, desk, django_assert_num_queries, count):
    BookingFactory(desk=desk, day=WEDNESDAY)
    for number in range(count):
        DeskFactory(telecentre=place)
        DeskFactory(telecentre=TelecentreFactory(commune__latitude=43.8 + number / 100))
    answers = wish(desk)
    # session, person, place, member, desks; savepoint, lock_timeout, place, hours, closures, member, passes, key, desk, who
    # waits, bookings, what a member may hold and holds, rollback and release; then hours, desks, closures, line, bookings, what a
    # member may hold and holds; the other places, the same of them; who waits
    with django_assert_num_queries(35):
        response = client.post(week_of(place), answers)
    assert response.status_code == 409


# ---- Bad input ---------------------------------------------------------------------------------------------------------

NO_SUCH_DAY = "Ce jour ou cette heure n’existe pas. Écrivez par exemple 2026-11-25T08:30."
OTHER_HOURS = "Ce télécentre a d’autres horaires : on réserve son matin, son après-midi, ou les deux."
NO_SUCH_DESK = "Ce télécentre n’a pas ce poste. Choisissez-en un dans la liste."
STALE = "Cette page était incomplète ou trop ancienne. La voici à neuf : rien n’a été réservé, appuyez encore une fois."

BAD_INPUT = {
    "unknown desk": ({"desk": "999999999"}, "desk", NO_SUCH_DESK),
    "a desk beyond any number": ({"desk": "9" * 60}, "desk", NO_SUCH_DESK),
    "a desk that is a word": ({"desk": "<script>"}, "desk", NO_SUCH_DESK),
    "no desk": ({"desk": ""}, "desk", "Choisissez un poste, ou n’importe lequel."),
    "end before start": ({"end": "2026-11-25T07:00"}, "end", "La fin vient après le début."),
    "end at start": ({"end": "2026-11-25T08:30"}, "end", "La fin vient après le début."),
    "outside opening hours": ({"start": "2026-11-25T05:00", "end": "2026-11-25T06:00"}, "start", OTHER_HOURS),
    "a bit of the morning": ({"end": "2026-11-25T10:00"}, "start", OTHER_HOURS),
    "a Sunday": ({"start": "2026-11-29T08:30", "end": "2026-11-29T12:30"}, "start", OTHER_HOURS),
    "a hundred days": ({"end": "2027-03-01T12:30"}, "start", OTHER_HOURS),
    "in the past": (
        {"start": "2026-11-23T08:30", "end": "2026-11-23T12:30"},
        "start",
        "Ce moment est déjà passé ou commencé.",
    ),
    "far ahead": (
        {"start": "2027-11-24T08:30", "end": "2027-11-24T12:30"},
        "start",
        "Ce télécentre se réserve jusqu’à 60 jours à l’avance : revenez un peu plus tard.",
    ),
    "31 February": ({"start": "2026-02-31T08:30"}, "start", NO_SUCH_DAY),
    "hour 25": ({"end": "2026-11-25T25:00"}, "end", NO_SUCH_DAY),
    "words": ({"start": "demain matin"}, "start", NO_SUCH_DAY),
    "year 1": ({"start": "0001-01-01T00:00+14:00"}, "start", NO_SUCH_DAY),
    "year 9999": ({"end": "9999-12-31T23:59-14:00"}, "end", NO_SUCH_DAY),
    "nothing typed": ({"start": ""}, "start", "Dites quand, par exemple 2026-11-25T08:30."),
    "two megabytes": ({"start": "9" * 2_000_000}, "start", NO_SUCH_DAY),
    "no key": ({"key": ""}, "key", STALE),
    "a key that is none of ours": ({"key": "k" * 65}, "key", STALE),
}


@pytest.mark.parametrize(("wrong", "field", "sentence"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_gets_a_sentence_beside_its_field(client, member, place, desk, wrong, field, sentence):
    answers = wish(desk) | {"start": "2026-11-25T08:30", "end": "2026-11-25T12:30"} | wrong
    response = client.post(week_of(place), answers)
    assert response.status_code == 422
    form = response.context["form"]
    assert [" ".join(error.split()) for error in form.errors[field]] == [sentence]
    assert sentence in text_of(response)
    assert len(response.content) < 60_000, "what was typed comes back, not all of it"
    assert unchanged(desk), "nothing changed"
    body = response.content.decode()
    for name in ("start", "end"):
        kept = html.escape(answers[name][:100])
        assert name == field or f'value="{kept}"' in body, "nothing lost"
    if field != "key":
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="id_{field}_error"', body)
    assert 'name="key" value="' in body


@pytest.mark.parametrize(
    ("pressed", "field", "sentence"),
    [
        ("{desk} 2026-02-31 morning", "start", NO_SUCH_DAY),
        ("{desk} 2026-11-29 morning", "start", OTHER_HOURS),
        ("999 2026-11-25 morning", "desk", NO_SUCH_DESK),
        ("{desk} 2026-11-23 morning", "start", "Ce moment est déjà passé ou commencé."),
        ("{desk} 2026-11-25 night", "start", "Dites quand, par exemple 2026-11-25T08:30."),
        ("rien de tel", "desk", "Choisissez un poste, ou n’importe lequel."),
    ],
)
def test_a_press_that_cannot_be_is_answered_the_same_way(client, member, place, desk, pressed, field, sentence):
    response = client.post(week_of(place), {"slot": pressed.format(desk=desk.pk), "key": "k"})
    assert response.status_code == 422
    assert " ".join(response.context["form"].errors[field][0].split()) == sentence
    assert unchanged(desk)


def test_the_corrected_form_books(client, member, place, desk):
    response = client.post(week_of(place), wish(desk, start="2026-02-31T08:30"))
    key = re.search(r'name="key" value="([^"]+)"', response.content.decode())[1]
    assert client.post(week_of(place), wish(desk, key=key)).status_code == 303


def test_ten_megabytes_are_refused_with_a_sentence(client, member, place, desk):
    response = client.post(week_of(place), wish(desk, start="9" * 10_000_000))
    assert response.status_code == 400
    assert unchanged(desk)
    assert re.search(r"<h1>[^<]+</h1>", response.content.decode())


def test_a_wrong_token_is_refused_with_a_sentence(member, place, desk):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member.user)
    response = strict.post(week_of(place), wish(desk, csrfmiddlewaretoken="faux"))
    assert response.status_code == 403
    assert unchanged(desk)
    assert re.search(r"<h1>[^<]+</h1>", response.content.decode())


# ---- My bookings -------------------------------------------------------------------------------------------------------


def test_my_bookings_are_mine_the_next_one_first(client, member, place, desk):
    BookingFactory(desk=desk, day=dt.date(2026, 12, 1), member=member)
    BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    BookingFactory(desk=DeskFactory(telecentre=place, name="d’une autre"), day=WEDNESDAY)
    BookingFactory(desk=desk, day=dt.date(2026, 11, 20), member=member, status=BookingStatus.COMPLETED)
    said = text_of(client.get(MY_BOOKINGS))
    assert said.index("demain 25 novembre Fleurance, Poste 1, matin") < said.index("mardi 1 er décembre Fleurance, Poste 1, matin")
    assert "De 8 h 30 à 12 h 30." in said
    assert "possible jusqu’au mardi 24 novembre à 18 h 30" in said
    assert "Vendredi 20 novembre 2026, matin Télécentre de Fleurance Poste 1 honorée" in said
    assert "d’une autre" not in said


def test_how_to_get_in_is_shown_on_the_day_only(client, member, desk, clock):
    BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    assert "7316" not in text_of(client.get(MY_BOOKINGS))
    clock.move_to(at(WEDNESDAY, dt.time(0, 1)))
    assert "Comment entrer : Code de la porte : 7316" in text_of(client.get(MY_BOOKINGS))


def test_too_late_to_cancel_one_is_told_whom_to_call(client, member, desk, clock):
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    clock.move_to(at(TUESDAY, dt.time(18, 31)))
    response = client.get(MY_BOOKINGS)
    assert reverse("telecentres:cancel", args=[booking.pk]) not in response.content.decode()
    assert "Prévenez le télécentre : 05 36 49 01 32" in text_of(response)


@pytest.mark.parametrize("who", ["member", "no member"])
def test_without_any_booking_the_way_on_is_shown(client, who):
    client.force_login(MemberFactory().user if who == "member" else UserFactory())
    assert "Rien n’est réservé." in text_of(client.get(MY_BOOKINGS))


def test_the_past_comes_in_pages(client, member, desk):
    for week in range(25):
        BookingFactory(desk=desk, day=WEDNESDAY - dt.timedelta(weeks=week + 1), member=member)
    assert text_of(client.get(MY_BOOKINGS)).count("Télécentre de Fleurance") == 20
    assert text_of(client.get(MY_BOOKINGS, {"page": 2})).count("Télécentre de Fleurance") == 5
    assert client.get(MY_BOOKINGS, {"page": "la dernière"}).status_code == 200


@pytest.mark.parametrize("count", [2, 60])
def test_my_bookings_cost_the_same_for_two_and_for_sixty(client, member, django_assert_num_queries, count):
    for day in range(count):
        BookingFactory(member=member, period=half_day(TelecentreFactory(every_day=True), WEDNESDAY + dt.timedelta(days=day)))
        BookingFactory(member=member, period=half_day(TelecentreFactory(every_day=True), TUESDAY - dt.timedelta(days=day + 1)))
    # person, coming ones, the past counted and read, who waits, series, passes, member
    with django_assert_num_queries(11):
        client.get(MY_BOOKINGS)


def test_cancelling_asks_first_and_then_does(client, member, desk):
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    address = reverse("telecentres:cancel", args=[booking.pk])
    asked = client.get(address)
    assert "Annuler cette réservation ? Poste 1, Télécentre de Fleurance, mercredi 25 novembre au matin" in text_of(asked)
    assert Booking.objects.get().status == BookingStatus.CONFIRMED, "looking changes nothing"
    response = client.post(address)
    assert (response.status_code, response["Location"]) == (303, MY_BOOKINGS)
    assert Booking.objects.get().status == BookingStatus.CANCELLED
    said = text_of(client.get(MY_BOOKINGS))
    assert "C’est annulé : Poste 1, Télécentre de Fleurance, mercredi 25 novembre au matin." in said
    assert "annulée" in said


def test_too_late_to_cancel_is_said_on_the_spot(client, member, desk, clock):
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    clock.move_to(at(TUESDAY, dt.time(18, 31)))
    response = client.post(reverse("telecentres:cancel", args=[booking.pk]))
    assert response.status_code == 409
    assert "On pouvait l’annuler jusqu’au mardi 24 novembre à 18 h 30." in text_of(response)
    assert Booking.objects.get().status == BookingStatus.CONFIRMED


def test_too_late_to_cancel_is_said_before_the_press(client, member, desk, clock):
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    clock.move_to(at(TUESDAY, dt.time(18, 31)))
    page = client.get(reverse("telecentres:cancel", args=[booking.pk]))
    assert page.status_code == 200
    assert "On pouvait l’annuler jusqu’au mardi 24 novembre à 18 h 30." in text_of(page)
    assert "button--danger" not in page.content.decode()


def test_too_late_to_move_elsewhere_is_said_before_the_press(client, member, desk, clock):
    DeskFactory(telecentre=desk.telecentre, name="Poste 2")
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member=member)
    clock.move_to(at(TUESDAY, dt.time(18, 31)))
    page = client.get(reverse("telecentres:move", args=[booking.pk]))
    assert "Elle pouvait être déplacée jusqu’au mardi 24 novembre à 18 h 30" in text_of(page)
    free = re.findall(r'slot--free[^"]*" name="slot" value="([^"]+)"', page.content.decode())
    assert {press.split(" ", 1)[1] for press in free} == {"2026-11-25 morning"}, "another desk at the same time"


def test_the_home_page_does_not_call_full_what_cannot_be_booked_yet(client, place, desk, clock):
    Telecentre.objects.filter(pk=place.pk).update(horizon_days=1)
    clock.move_to(at(dt.date(2026, 11, 27), dt.time(9)))  # a Friday: the next morning is three days away
    page = client.get("/").content.decode()
    assert "pas encore à réserver" in page
    assert ">complet<" not in page
