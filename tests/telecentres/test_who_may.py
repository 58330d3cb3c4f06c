"""Which page is whose, and what a visitor is told of others."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from members.enums import MemberStatus
from telecentres.models import Booking, Telecentre
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    DeskFactory,
    RateFactory,
)
from tests.telecentres.pages import LOGIN, MY_BOOKINGS, WEDNESDAY, text_of, week_of, wish

pytestmark = pytest.mark.usefixtures("clock")

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
def test_each_visitor_opens_only_the_pages_that_are_theirs(client, place, name, method):
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
    assert "Fleurance" in body
    for name in ("Jeanne", "Mauroux", "Zoé", "Quincampoix", "7316"):
        assert name not in body
