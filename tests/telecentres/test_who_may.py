"""Which page is whose, and what a visitor is told of others."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse

from members.enums import MemberStatus
from members.models import User
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


def somebody(who: str, booking: Booking) -> User | None:
    if who == "visitor":
        return None
    if who == "member":
        return booking.member.user
    if who == "other member":
        return MemberFactory().user
    if who == "former member":
        return MemberFactory(status=MemberStatus.FORMER).user
    user = UserFactory(host=who == "host", adviser=who == "adviser")
    if who == "host":
        booking.desk.telecentre.hosts.add(user)
    return user


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


def test_each_visitor_opens_only_the_pages_that_are_theirs(client_of, place):
    addresses = {
        "list": reverse("telecentres:telecentres"),
        "place": place.get_absolute_url(),
        "week": week_of(place),
        "geojson": "/telecentres.geojson",
        "my-bookings": MY_BOOKINGS,
    }
    for number, who in enumerate(PEOPLE):
        booking = BookingFactory(day=dt.date(2026, 12, 1), desk=DeskFactory(telecentre=place))
        user, free_desk = somebody(who, booking), DeskFactory(telecentre=place)
        addresses["cancel"] = reverse("telecentres:cancel", args=[booking.pk])
        for (name, method), expected in WHO_MAY.items():
            with transaction.atomic():
                answers = wish(free_desk) if (name, method) == ("week", "post") else {}
                response = getattr(client_of(user), method)(addresses[name], answers)
                transaction.set_rollback(True)
            assert response.status_code == expected[number], (who, name, method)
            if response.status_code == 302:
                assert response["Location"].startswith(LOGIN), (who, name, method)


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
