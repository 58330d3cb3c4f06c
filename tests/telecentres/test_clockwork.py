"""What time alone brings."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from outbox import delivery
from outbox.enums import LetterState
from outbox.models import Letter
from telecentres import tasks
from telecentres.booking import cancelling, clockwork
from telecentres.booking.services import book_desk
from telecentres.enums import BookingStatus, Stretch
from telecentres.models import Booking
from tests.factories.telecentres import BookingFactory, DeskFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 23)
STARTS = dt.datetime(2026, 11, 23, 7, 30, tzinfo=dt.UTC)
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


def keys() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("key", flat=True))


def reminder_of(booking: Booking) -> str:
    return f"telecentres.booking_reminder:{booking.pk}.{booking.sequence}"


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (STARTS - DAY - SECOND, False),
        (STARTS - DAY, True),
        (STARTS - SECOND, True),  # the worker was down for a day: it is told all the same
        (STARTS, False),  # it has begun: nobody wants to hear it
    ],
)
def test_a_booking_is_recalled_from_a_day_before_until_it_begins(now, due):
    booking = BookingFactory(day=MONDAY)
    assert clockwork.remind_upcoming(now=now) == int(due)
    assert keys() == ([reminder_of(booking)] if due else [])


def test_a_booking_is_reminded_of_once():
    booking = BookingFactory(day=MONDAY)
    assert [clockwork.remind_upcoming(now=STARTS - hours * DAY / 24) for hours in (24, 23, 2)] == [1, 0, 0]
    booking.refresh_from_db()
    assert booking.reminded_at == STARTS - DAY


def test_a_reminder_whose_mark_is_lost_is_not_written_twice():
    BookingFactory(day=MONDAY)
    clockwork.remind_upcoming(now=STARTS - DAY)
    Booking.objects.update(reminded_at=None)
    clockwork.remind_upcoming(now=STARTS - DAY)
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("status", sorted(set(BookingStatus) - {BookingStatus.CONFIRMED}))
def test_only_confirmed_bookings_are_reminded_of(status):
    BookingFactory(day=MONDAY, status=status, held_until=STARTS)
    assert clockwork.remind_upcoming(now=STARTS - DAY) == 0


def test_each_of_many_is_recalled_in_one_go(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("telecentres.booking.clockwork.AT_ONCE", 3)
    place = DeskFactory().telecentre
    bookings = [BookingFactory(desk=DeskFactory(telecentre=place), day=MONDAY) for _ in range(7)]
    assert clockwork.remind_upcoming(now=STARTS - DAY) == 7
    assert sorted(keys()) == sorted(map(reminder_of, bookings))


def test_the_letter_says_how_to_get_in_and_where_it_is():
    booking = BookingFactory(
        day=MONDAY, desk__telecentre__access_notes="Code de la porte : 7316", desk__telecentre__phone="+33536490132"
    )
    clockwork.remind_upcoming(now=STARTS - DAY)
    letter = Letter.objects.get()
    assert letter.to == booking.member.user.email
    assert "lundi 23 novembre au matin" in letter.subject
    for body in (letter.text, letter.html):
        assert "7316" in body
        assert "9, rue de l’École" in body
    assert "/mes-reservations/" in letter.text


def test_no_other_letter_says_how_to_get_in():
    desk = DeskFactory(telecentre__access_notes="Code de la porte : 7316")
    booking = BookingFactory(desk=desk, day=MONDAY)
    cancelling.cancel_booking(booking=booking, by=booking.member.user, now=STARTS - 9 * DAY)
    book_desk(desk=desk, member=booking.member, period=booking.period, key="again", now=STARTS - 9 * DAY)
    assert keys() == [f"telecentres.booking_{rule}:{pk}" for rule, pk in zip(("cancelled", "confirmed"), pks(), strict=True)]
    for letter in Letter.objects.all():
        assert "7316" not in letter.text + letter.html + letter.subject


def pks() -> list[int]:
    return list(Booking.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("still_on", [True, False])
def test_a_reminder_of_what_was_cancelled_meanwhile_does_not_leave(still_on, mailoutbox):
    """Written, then put off by a fault of the mail server, then the member cancels."""
    booking = BookingFactory(day=MONDAY, desk__telecentre__cancel_before_hours=0)
    with time_machine.travel(STARTS - DAY, tick=False):
        clockwork.remind_upcoming(now=timezone.now())
        if not still_on:
            cancelling.cancel_booking(booking=booking, by=booking.member.user, announce=False)
        delivery.deliver(letter_id=Letter.objects.get().pk, now=timezone.now())
    assert len(mailoutbox) == int(still_on)
    assert (Letter.objects.get().state == LetterState.SENT) is still_on


def test_a_confirmation_of_what_was_cancelled_meanwhile_does_not_leave(mailoutbox):
    desk = DeskFactory()
    member = BookingFactory().member
    with time_machine.travel(STARTS - 9 * DAY, tick=False):
        period = BookingFactory.build(desk=desk, day=MONDAY, member=member).period
        booking = book_desk(desk=desk, member=member, period=period, key="a")
        cancelling.cancel_booking(booking=booking, by=member.user)
        for letter in Letter.objects.order_by("pk"):
            delivery.deliver(letter_id=letter.pk, now=timezone.now())
    assert [message.subject.split()[0] for message in mailoutbox] == ["Annulé"]


@time_machine.travel(STARTS - DAY, tick=False)
def test_the_tasks_go_by_the_clock_and_bear_words_they_do_not_know():
    past = BookingFactory(day=MONDAY - 3 * DAY)
    BookingFactory(day=MONDAY)
    tasks.remind_upcoming.delay(from_a_later_version=True)
    tasks.complete_past.delay(from_a_later_version=True)
    past.refresh_from_db()
    assert (Letter.objects.count(), past.status) == (1, BookingStatus.COMPLETED)


# ---- What is over ------------------------------------------------------------------------------------------------------


def test_what_is_over_is_closed_and_nothing_else():
    now = STARTS + dt.timedelta(hours=4)  # the morning has just ended

    def become(status: BookingStatus, stretch=Stretch.MORNING, **facts) -> str:
        booking = BookingFactory(day=MONDAY, stretch=stretch, status=status, **facts)
        return str(booking.pk)

    expected = {
        become(BookingStatus.CONFIRMED): BookingStatus.COMPLETED,
        become(BookingStatus.CHECKED_IN): BookingStatus.COMPLETED,
        become(BookingStatus.CONFIRMED, Stretch.DAY): BookingStatus.CONFIRMED,
        become(BookingStatus.CANCELLED): BookingStatus.CANCELLED,
        become(BookingStatus.NO_SHOW): BookingStatus.NO_SHOW,
        become(BookingStatus.HELD, held_until=now): BookingStatus.HELD,  # holds have a clock of their own
        become(BookingStatus.HELD, Stretch.AFTERNOON, held_until=now + SECOND): BookingStatus.HELD,
    }
    assert clockwork.complete_past(now=now) == 2
    assert {str(pk): status for pk, status in Booking.objects.values_list("pk", "status")} == expected
    assert clockwork.complete_past(now=now) == 0
