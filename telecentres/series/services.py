"""The same place every week: planned, booked, carried on as the horizon moves, called off or moved for a while or for good."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import IntegrityError, OperationalError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from telecentres import notifications
from telecentres.availability import reasons
from telecentres.availability.request import BookingRequest
from telecentres.booking.cancelling import cancel_booking
from telecentres.booking.locked_snapshot import LockedSnapshot
from telecentres.booking.locking import lock_desks, lock_members, lock_passes, locks_collided, share_place
from telecentres.booking.moving import move_booking
from telecentres.booking.refusals import BookingRefused, CancellationRefused
from telecentres.booking.services import after_booking, booking_for, lock_people
from telecentres.enums import DeskKind, Stretch, WaitingStatus
from telecentres.half_days import Slot, local_day, midnight
from telecentres.models import Booking, BookingQuerySet, BookingSeries, Desk, Pass, Telecentre, WaitingEntry

LONGEST_DAYS = 366


class SeriesRefused(Exception):
    """The message is written for the member and may be shown as it stands."""


@dataclass(frozen=True)
class Occurrence:
    """One day of a series: the booking it brings or would bring, or why it brings none."""

    day: dt.date
    slot: Slot | None
    booking: Booking | None
    refusal: BookingRefused | None
    desk_taken: bool = False  # the usual desk is taken: it is another one

    @property
    def can_be_waited_for(self) -> bool:
        return self.refusal is not None and self.refusal.is_worth_waiting


@dataclass
class Outcome:
    """What became of the days of a series."""

    done: list[Booking] = field(default_factory=list)
    left: list[tuple[Booking, Exception]] = field(default_factory=list)  # as they stood, and why


def plan_series(series: BookingSeries, *, now: dt.datetime | None = None) -> list[Occurrence]:
    """What booking this unsaved series would bring, day by day as far as the horizon. Nothing is written, nothing promised."""
    now = now or timezone.now()
    days = days_within_reach(series, now)
    if not days:
        return []
    requests = requests_of(series, days, now)
    snapshot = LockedSnapshot(series.telecentre, requests)
    snapshot.read_requests()
    snapshot.load_passes(Pass.objects.filter(member=series.member).with_something_left())
    snapshot.read_bookings(list(desks_of(series)))
    return try_days(series, days, snapshot, {series.member.pk}, now)


def book_series(
    *, series: BookingSeries, skip: Iterable[dt.date] = (), wait: bool = True, now: dt.datetime | None = None
) -> tuple[BookingSeries, list[Occurrence]]:
    """Book an unsaved series as far as the horizon reaches, but for the days to `skip`, and tell its member once.

    With `wait`, days that others have are taken back as soon as they are free. Raises SeriesRefused, and then nothing has
    changed, when no day at all can be booked. The same `key` of the same member is the same series.
    """
    now = now or timezone.now()
    check_series(series, now)
    try:
        with transaction.atomic():
            place = share_place(series.telecentre_id)
            lock_members({series.member_id})
            if earlier := BookingSeries.objects.filter(member=series.member, key=series.key).first():
                return earlier, []
            days = [day for day in days_within_reach(series, now) if day not in set(skip)]
            occurrences = book_days(series, days, place, now, wait=wait, save=series.save)
            if not any(occurrence.booking for occurrence in occurrences):
                raise SeriesRefused(_("None of these days can be booked: nothing was booked."))
            notifications.series_booked(series, occurrences, at=now)
            return series, occurrences
    except (IntegrityError, OperationalError) as error:
        if isinstance(error, OperationalError) and not locks_collided(error):
            raise
        raise SeriesRefused(_("Somebody is booking here at this very moment. Nothing was booked: press again.")) from error


def extend_series(*, now: dt.datetime) -> int:
    """Book the days of running series that have come within the horizon. Returns how many bookings that made."""
    made = 0
    for series in BookingSeries.objects.running().select_related("telecentre", "member__user", "desk").order_by("pk"):
        if not days_within_reach(series, now, after=series.handled_until):
            continue
        try:
            with transaction.atomic():
                place = share_place(series.telecentre_id)
                lock_members({series.member_id})
                series.refresh_from_db(fields=["handled_until", "ended_at", "last"])
                if series.ended_at is None and (days := days_within_reach(series, now, after=series.handled_until)):
                    occurrences = book_days(series, days, place, now, wait=True, save=partial(series.save, force_update=True))
                    made += sum(occurrence.booking is not None for occurrence in occurrences)
                    if refused := [occurrence for occurrence in occurrences if occurrence.refusal]:
                        notifications.series_days_refused(series, refused, at=now)
        except OperationalError as error:
            if not locks_collided(error):
                raise
    return made


def book_days(
    series: BookingSeries,
    days: Sequence[dt.date],
    place: Telecentre,
    now: dt.datetime,
    *,
    wait: bool,
    save: Callable[[], None],
) -> list[Occurrence]:
    """Book these days of a series, in the transaction that has locked the place and the member."""
    series.handled_until = last_day_within_reach(series, now)
    save()
    if not days:
        return []
    snapshot = LockedSnapshot(place, requests_of(series, days, now))
    active = lock_people(snapshot)
    snapshot.read_bookings(lock_desks(desks_of(series)))
    occurrences = try_days(series, days, snapshot, active, now)
    bookings = [occurrence.booking for occurrence in occurrences if occurrence.booking]
    Booking.objects.bulk_create(bookings)
    after_booking(bookings, announce=False)
    if wait:
        wait_for_days(series, [occurrence.slot for occurrence in occurrences if occurrence.can_be_waited_for], now)
    return occurrences


def wait_for_days(series: BookingSeries, slots: Iterable[Slot], now: dt.datetime) -> None:
    """Put the member on the waiting list for days that others have; an entry they have for that time already is kept."""
    WaitingEntry.objects.bulk_create(
        [
            WaitingEntry(
                member=series.member,
                telecentre=series.telecentre,
                kind=series.kind,
                period=slot.period,
                stretch=slot.stretch,
                series=series,
                joined_at=now,
            )
            for slot in slots
        ],
        ignore_conflicts=True,
    )


def check_series(series: BookingSeries, now: dt.datetime) -> None:
    if series.last < series.first:
        raise SeriesRefused(_("It would end before it begins."))
    if series.last < local_day(now):
        raise SeriesRefused(_("These days are over."))
    if (series.last - series.first).days > LONGEST_DAYS:
        raise SeriesRefused(_("A series runs for a year at most: it can be booked again then."))


def last_day_within_reach(series: BookingSeries, now: dt.datetime) -> dt.date:
    """The last day of the series that may be booked today: its end, or the horizon of the place."""
    return min(series.last, local_day(now) + dt.timedelta(days=series.telecentre.horizon_days))


def days_within_reach(series: BookingSeries, now: dt.datetime, *, after: dt.date | None = None) -> list[dt.date]:
    first = max(local_day(now), after + dt.timedelta(days=1) if after else series.first)
    return series.days(first, last_day_within_reach(series, now))


def desks_of(series: BookingSeries):
    return Desk.objects.filter(telecentre=series.telecentre, kind=series.kind, is_active=True)


def request_of(series: BookingSeries, day: dt.date, period, now: dt.datetime, *, desk: Desk | None) -> BookingRequest:
    return BookingRequest(
        telecentre=series.telecentre,
        kind=DeskKind(series.kind),
        desk=desk,
        member=series.member,
        period=period,
        key=f"series-{series.key[:40]}-{day.isoformat()}",
        now=now,
        booked_by=series.booked_by,
        series=series,
    )


def requests_of(series: BookingSeries, days: Sequence[dt.date], now: dt.datetime) -> list[BookingRequest]:
    """A request a day for the snapshot, each over the whole of these days, so that it reads all that stands in them."""
    span = DateTimeTZRange(midnight(days[0]), midnight(days[-1]) + dt.timedelta(hours=12))
    return [request_of(series, day, span, now, desk=series.desk) for day in days]


def try_days(
    series: BookingSeries, days: Sequence[dt.date], snapshot: LockedSnapshot, active: set[int], now: dt.datetime
) -> list[Occurrence]:
    return [try_day(series, day, snapshot, active, now) for day in days]


def try_day(series: BookingSeries, day: dt.date, snapshot: LockedSnapshot, active: set[int], now: dt.datetime) -> Occurrence:
    slot = snapshot.opening.slot(day, Stretch(series.stretch))
    if slot is None:
        return Occurrence(day, None, None, BookingRefused.because(reasons.not_a_half_day()))
    usual = request_of(series, day, slot.period, now, desk=series.desk)
    try:
        booking, desk_taken = booking_for(usual, snapshot, active), False
    except BookingRefused as refusal:
        refusal.request = usual
        if series.desk is None or not series.other_desk_if_taken or not refusal.is_worth_waiting:
            return Occurrence(day, slot, None, refusal)
        try:
            booking = booking_for(request_of(series, day, slot.period, now, desk=None), snapshot, active)
        except BookingRefused:
            return Occurrence(day, slot, None, refusal)
        desk_taken = True
    snapshot.add(booking)
    return Occurrence(day, slot, booking, None, desk_taken)


# ---- The rest, or some weeks of it ----------------------------------------------------------------------------------------


def call_series_off(
    *, series: BookingSeries, by: User, first: dt.date, last: dt.date | None = None, now: dt.datetime | None = None
) -> Outcome:
    """Call off its days from `first` to `last`, both included, or for good. What is too late to call off stands, with why."""
    now = now or timezone.now()
    with transaction.atomic():
        bookings = lock_days(series, first, last, now)
        outcome = Outcome()
        for booking in bookings:
            try:
                outcome.done.append(cancel_booking(booking=booking, by=by, now=now, announce=False))
            except CancellationRefused as refusal:
                outcome.left.append((booking, refusal))
        entries = WaitingEntry.objects.waiting().filter(series=series, period__startswith__gte=midnight(first))
        if last:
            entries = entries.filter(period__startswith__lt=midnight(last + dt.timedelta(days=1)))
        else:
            BookingSeries.objects.filter(pk=series.pk).update(ended_at=now)
        entries.move(WaitingStatus.LEFT)
        notifications.series_called_off(series, outcome.done, at=now)
    return outcome


def move_series(
    *,
    series: BookingSeries,
    by: User,
    desk: Desk,
    first: dt.date,
    last: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Outcome:
    """Move its days from `first` on to another desk of the same place. Days on which it is taken stand where they stood."""
    now = now or timezone.now()
    with transaction.atomic():
        outcome = Outcome()
        for booking in lock_days(series, first, last, now, also=desk):
            if booking.desk_id == desk.pk:
                continue
            try:
                moved = move_booking(booking=booking, period=booking.period, desk=desk, by=by, now=now, announce=False)
                outcome.done.append(moved)
            except BookingRefused as refusal:
                outcome.left.append((booking, refusal))
        if last is None:
            BookingSeries.objects.filter(pk=series.pk).update(desk=desk)
        notifications.series_moved(series, outcome.done, at=now)
    return outcome


def lock_days(
    series: BookingSeries, first: dt.date, last: dt.date | None, now: dt.datetime, *, also: Desk | None = None
) -> list[Booking]:
    """The coming bookings of these days, once all that they touch is locked in the one order."""
    bookings = coming_bookings(series, first, last, now)
    places = set(bookings.values_list("desk__telecentre", flat=True)) | {series.telecentre_id}
    for place in sorted(places):
        share_place(place)
    lock_members({series.member_id})
    lock_passes({series.member_id}, empty_too=True)
    desks = set(bookings.values_list("desk", flat=True)) | ({also.pk} if also else set())
    lock_desks(Desk.objects.filter(pk__in=desks))
    return list(bookings)


def coming_bookings(series: BookingSeries, first: dt.date, last: dt.date | None, now: dt.datetime) -> BookingQuerySet:
    bookings = Booking.objects.upcoming(now).with_place().filter(series=series, period__startswith__gte=midnight(first))
    return bookings.filter(period__startswith__lt=midnight(last + dt.timedelta(days=1))) if last else bookings
