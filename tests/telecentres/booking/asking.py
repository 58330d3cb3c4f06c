"""How tests of booking ask for a desk, and read a refusal."""

import datetime as dt

import pytest

from outbox.models import Letter
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_any_desk, book_desk
from telecentres.enums import DeskKind, Stretch
from telecentres.models import Booking, Desk
from tests.factories.members import MemberFactory
from tests.factories.telecentres import (
    half_day,
)

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)  # a Friday
MONDAY = dt.date(2026, 11, 23)
MORNING_STARTS = dt.datetime(2026, 11, 23, 7, 30, tzinfo=dt.UTC)


def book(desk: Desk, member=None, *, day=MONDAY, stretch=Stretch.MORNING, key="a", now=NOW, **facts) -> Booking:
    period = facts.pop("period", None) or half_day(desk.telecentre, day, stretch)
    return book_desk(desk=desk, member=member or MemberFactory(), period=period, key=key, now=now, **facts)


def refusal_of(*args, **facts) -> BookingRefused:
    before = Booking.objects.count(), Letter.objects.count()
    with pytest.raises(BookingRefused) as caught:
        book(*args, **facts)
    assert (Booking.objects.count(), Letter.objects.count()) == before, "a refusal changes nothing"
    return caught.value


def said(refusal: BookingRefused) -> str:
    """The sentence, its narrow no-break spaces written as plain ones."""
    return str(refusal).replace("\u202f", " ")


def book_any(place, member=None, *, kind=DeskKind.DESK, stretch=Stretch.MORNING, key="a") -> Booking:
    return book_any_desk(
        telecentre=place,
        kind=kind,
        member=member or MemberFactory(),
        period=half_day(place, MONDAY, stretch),
        key=key,
        now=NOW,
    )
