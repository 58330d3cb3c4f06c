"""The same place every week, on its pages."""

import datetime as dt

import pytest
from django.urls import reverse

from telecentres.enums import BookingStatus
from telecentres.models import Booking, BookingSeries
from tests.factories.telecentres import (
    BookingFactory,
    SeriesFactory,
)
from tests.telecentres.pages import plain, press, said

pytestmark = pytest.mark.usefixtures("clock")

NONSENSE = [
    {"weekdays": []},
    {"weekdays": ["6"]},
    {"first": "31/02/2026"},
    {"last": "2026-11-01"},
    {"desk": "99999"},
    {"stretch": "hours"},
]


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
