"""29 March and 25 October 2026: booked, shown, recalled and exported as the clocks of the territory say."""

import datetime as dt

import pytest
import time_machine
import vobject
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from outbox.models import Letter
from telecentres.booking import clockwork
from telecentres.calendars import feeds
from telecentres.enums import Stretch
from telecentres.half_days import days_between
from telecentres.hosting import closing
from telecentres.models import Booking
from tests.factories.members import MemberFactory
from tests.factories.telecentres import DeskFactory, TelecentreFactory

pytestmark = pytest.mark.django_db

SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
CHANGES = [(SPRING, 2), (AUTUMN, 1)]  # the hours between the clocks and UTC by the morning of that day
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def place():
    return TelecentreFactory(every_day=True, name="Télécentre de Fleurance")


def utc(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), dt.UTC)


@pytest.mark.parametrize(("day", "offset"), CHANGES)
def test_a_half_day_and_some_hours_are_booked_shown_recalled_and_exported(client, place, day, offset):
    member = MemberFactory()
    client.force_login(member.user)
    desk, room = DeskFactory(telecentre=place, name="Poste 1"), DeskFactory(telecentre=place, name="Salle", room=True)
    before = utc(day, 12) - dt.timedelta(days=3)
    with time_machine.travel(before, tick=False):
        client.post(reverse("telecentres:week", args=[place.slug]), {"slot": f"{desk.pk} {day} morning", "key": "a"})
        hours = {"desk": room.pk, "start": f"{day}T14:00", "end": f"{day}T16:00", "key": "b"}
        client.post(reverse("telecentres:week", args=[place.slug]), hours)
        page = client.get(reverse("telecentres:my-bookings")).content.decode().replace("\u202f", " ")
    morning, meeting = Booking.objects.order_by("period")
    assert (morning.starts_at, morning.ends_at) == (utc(day, 8 - offset, 30), utc(day, 12 - offset, 30))
    assert (meeting.stretch, meeting.starts_at, meeting.ends_at) == (Stretch.HOURS, utc(day, 14 - offset), utc(day, 16 - offset))
    assert "De 8 h 30 à 12 h 30" in page
    assert "De 14 h à 16 h" in page

    Letter.objects.all().delete()
    due = morning.starts_at - 24 * HOUR  # a day before by the hours that pass, an hour off by the clock on the wall
    assert clockwork.remind_upcoming(now=due - dt.timedelta(seconds=1)) == 0
    assert clockwork.remind_upcoming(now=due) == 1
    assert "de 8 h 30 à 12 h 30" in Letter.objects.get().text.replace("\u202f", " ")

    with time_machine.travel(before, tick=False):
        token = feeds.make_feed(by=member.user, member=member)
        calendar = vobject.readOne(client.get(reverse("telecentres-data:feed", args=[token])).content.decode())
    exported = [event.dtstart.value.astimezone(dt.UTC) for event in calendar.contents["vevent"]]
    assert sorted(exported) == [morning.starts_at, meeting.starts_at]


@pytest.mark.parametrize(("day", "length"), [(SPRING, 23), (AUTUMN, 25)])
def test_the_whole_day_of_a_change_is_closed_from_midnight_to_midnight(place, day, length):
    DeskFactory(telecentre=place)
    period = days_between(day, day)
    assert period.upper - period.lower == length * HOUR
    closure = closing.close_days(telecentre=place, period=period, reason="inventaire", now=utc(day, 12) - dt.timedelta(days=3))
    assert closure.period == DateTimeTZRange(period.lower, period.upper)
