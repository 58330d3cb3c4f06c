import datetime as dt
from collections.abc import Iterable

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from factory.django import DjangoModelFactory

from telecentres.enums import BookingStatus, DeskKind, EntryReason, HalfDay, RateUnit, Stretch
from telecentres.half_days import Opening, instant
from telecentres.models import (
    Booking,
    BookingSeries,
    Closure,
    Desk,
    OpeningHours,
    Pass,
    PassEntry,
    Rate,
    Telecentre,
    WaitingEntry,
)

MORNING = (dt.time(8, 30), dt.time(12, 30))
AFTERNOON = (dt.time(13, 30), dt.time(18, 30))


class TelecentreFactory(DjangoModelFactory):
    """A place open on weekdays, 8:30 to 12:30 and 13:30 to 18:30, without any desk; `every_day` opens the week-end too."""

    class Meta:
        model = Telecentre
        skip_postgeneration_save = True

    class Params:
        every_day = factory.Trait(weekdays=range(7))

    commune = factory.SubFactory("tests.factories.villages.CommuneFactory")
    name = factory.LazyAttribute(lambda place: f"Télécentre de {place.commune.name}")
    slug = factory.Sequence(lambda n: f"telecentre-{n}")
    address = "9, rue de l’École"
    postal_code = "32500"
    weekdays = range(5)

    @classmethod
    def _create(cls, model_class: type[Telecentre], *args, weekdays: Iterable[int], **facts) -> Telecentre:
        place = super()._create(model_class, *args, **facts)
        OpeningHours.objects.bulk_create(
            OpeningHours(telecentre=place, weekday=weekday, half=half, opens_at=opens_at, closes_at=closes_at)
            for weekday in weekdays
            for half, (opens_at, closes_at) in ((HalfDay.MORNING, MORNING), (HalfDay.AFTERNOON, AFTERNOON))
        )
        return place


class DeskFactory(DjangoModelFactory):
    """A shared desk; `office` and `room` are the other kinds."""

    class Meta:
        model = Desk

    class Params:
        office = factory.Trait(kind=DeskKind.OFFICE)
        room = factory.Trait(kind=DeskKind.ROOM, seats=8)

    telecentre = factory.SubFactory(TelecentreFactory)
    name = factory.Sequence(lambda n: f"Table {n}")
    position = factory.Sequence(lambda n: n)


class RateFactory(DjangoModelFactory):
    class Meta:
        model = Rate

    telecentre = factory.SubFactory(TelecentreFactory)
    kind = DeskKind.DESK
    unit = RateUnit.HALF_DAY
    price = 6


class ClosureFactory(DjangoModelFactory):
    """The whole place, the whole of `day`; with `desk`, that desk alone."""

    class Meta:
        model = Closure

    class Params:
        day = factory.LazyFunction(lambda: next_working_day())

    telecentre = factory.SubFactory(TelecentreFactory)
    period = factory.LazyAttribute(lambda closure: whole_day(closure.day))
    reason = "travaux"


class BookingFactory(DjangoModelFactory):
    """Of the morning of the next working day, written past the services; `day` and `stretch` say when."""

    class Meta:
        model = Booking

    class Params:
        day = factory.LazyFunction(lambda: next_working_day())
        cancelled = factory.Trait(status=BookingStatus.CANCELLED, cancelled_at=factory.LazyFunction(timezone.now))
        held = factory.Trait(status=BookingStatus.HELD, held_until=factory.LazyFunction(lambda: hour_ahead()))

    desk = factory.SubFactory(DeskFactory)
    member = factory.SubFactory("tests.factories.members.MemberFactory")
    stretch = Stretch.MORNING
    period = factory.LazyAttribute(lambda booking: half_day(booking.desk.telecentre, booking.day, booking.stretch))
    takes_seat = factory.LazyAttribute(lambda booking: DeskKind(booking.desk.kind).is_seat)
    key = factory.Sequence(lambda n: f"request-{n}")


class SeriesFactory(DjangoModelFactory):
    """Every Monday morning of eight weeks at any desk, nothing of it booked yet."""

    class Meta:
        model = BookingSeries

    member = factory.SubFactory("tests.factories.members.MemberFactory")
    telecentre = factory.SubFactory(TelecentreFactory)
    weekdays = [0]
    stretch = Stretch.MORNING
    first = factory.LazyFunction(lambda: next_working_day())
    last = factory.LazyAttribute(lambda series: series.first + dt.timedelta(weeks=8))
    handled_until = factory.LazyAttribute(lambda series: series.first)
    key = factory.Sequence(lambda n: f"series-{n}")


class WaitingEntryFactory(DjangoModelFactory):
    """For any shared desk, the morning of the next working day."""

    class Meta:
        model = WaitingEntry

    class Params:
        day = factory.LazyFunction(lambda: next_working_day())

    member = factory.SubFactory("tests.factories.members.MemberFactory")
    telecentre = factory.SubFactory(TelecentreFactory)
    kind = DeskKind.DESK
    stretch = Stretch.MORNING
    period = factory.LazyAttribute(lambda entry: half_day(entry.telecentre, entry.day, entry.stretch))


class PassFactory(DjangoModelFactory):
    """Ten half-days bought today for 48 euros; `left` says how many remain."""

    class Meta:
        model = Pass

    member = factory.SubFactory("tests.factories.members.MemberFactory")
    half_days = 10
    price = 48
    valid_from = factory.LazyFunction(timezone.localdate)
    valid_until = factory.LazyAttribute(lambda pass_: pass_.valid_from + dt.timedelta(days=365))
    key = factory.Sequence(lambda n: f"pass-{n}")

    @classmethod
    def _create(cls, model_class: type[Pass], *args, left: int | None = None, **facts) -> Pass:
        booking = super()._create(model_class, *args, **facts)
        PassEntry.objects.create(pass_of=booking, units=booking.half_days, reason=EntryReason.SOLD)
        if left is not None and left != booking.half_days:
            PassEntry.objects.create(pass_of=booking, units=left - booking.half_days, reason=EntryReason.CORRECTED)
        booking.refresh_from_db()
        return booking


def half_day(place: Telecentre, day: dt.date, stretch: Stretch = Stretch.MORNING) -> DateTimeTZRange:
    """What that stretch of that day is in this place."""
    return Opening(place.opening_hours.all()).slot(day, stretch).period


def whole_day(day: dt.date) -> DateTimeTZRange:
    return DateTimeTZRange(instant(day, dt.time.min), instant(day + dt.timedelta(days=1), dt.time.min))


def next_working_day() -> dt.date:
    """After today, Monday to Friday; holidays are the test's to avoid."""
    day = timezone.localdate() + dt.timedelta(days=1)
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    return day


def hour_ahead() -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=1)
