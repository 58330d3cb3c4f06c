"""The waiting list: joined and left; what becomes free is held for the first in line, who accepts it or lets it go."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Member
from telecentres import notifications, wording
from telecentres.availability import reasons
from telecentres.availability.reasons import Refusal
from telecentres.availability.request import BookingRequest
from telecentres.availability.rules import LINE_ENDS_BEFORE, is_line_over, may_be_accepted, may_be_waited_for
from telecentres.booking.locked_snapshot import LockedSnapshot
from telecentres.booking.locking import lock_booking, lock_desks, lock_members, lock_passes, locks_collided, share_place
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import after_booking, booking_for, desks_for, lock_people
from telecentres.booking.waiting_list import end_lapsed_holds, release_hold, tell_once_committed
from telecentres.calendars.icalendar import attachment_of
from telecentres.enums import BookingStatus, DeskKind, RefusalReason, WaitingStatus
from telecentres.models import Booking, Desk, Telecentre, WaitingEntry

SHORTEST_HOLD = dt.timedelta(minutes=15)


class WaitingRefused(Exception):
    """The message is written for the member and may be shown as it stands. `is_free`: nobody need wait, it can be booked."""

    def __init__(self, message: str, *, is_free: bool = False) -> None:
        super().__init__(message)
        self.is_free = is_free


def join_line(
    *, telecentre: Telecentre, kind: DeskKind, member: Member, period: DateTimeTZRange, now: dt.datetime | None = None
) -> WaitingEntry:
    """Wait for any desk of that kind at that time. Raises WaitingRefused when it could not be booked, or need not be waited for.

    Joining twice is joining once.
    """
    now = now or timezone.now()
    request = BookingRequest(
        telecentre=telecentre, kind=kind, desk=None, member=member, period=period, key="", now=now, on_the_spot=True
    )
    try:
        with transaction.atomic():
            snapshot = LockedSnapshot(share_place(telecentre.pk), [request])
            active = lock_members({member.pk})
            snapshot.load_passes(lock_passes({member.pk}))
            if earlier := WaitingEntry.objects.live().filter(member=member, kind=kind, period=period).first():
                return in_the_same_line(earlier, telecentre)
            snapshot.read_bookings(lock_desks(desks_for(request)))
            slot = reasons.not_a_member() if member.pk not in active else may_be_waited_for(request, snapshot)
            if isinstance(slot, Refusal):
                raise WaitingRefused(str(slot), is_free=slot.reason == RefusalReason.STILL_FREE)
            return WaitingEntry.objects.create(
                member=member, telecentre=telecentre, kind=kind, period=slot.period, stretch=slot.stretch, joined_at=now
            )
    except OperationalError as error:
        if not locks_collided(error):
            raise
        raise WaitingRefused(_("The place is busy at this very moment. Press again.")) from error


def in_the_same_line(earlier: WaitingEntry, telecentre: Telecentre) -> WaitingEntry:
    if earlier.telecentre_id == telecentre.pk:
        return earlier
    raise WaitingRefused(
        _("You wait in another place for that time already: %(place)s. Leave that line first.") % {"place": earlier.telecentre}
    )


def leave_line(*, entry: WaitingEntry, now: dt.datetime | None = None) -> WaitingEntry:
    """Take an entry off the list. A place that is held for it, even since this moment, is offered to the next in line."""
    left = WaitingEntry.objects.waiting().filter(pk=entry.pk).move(WaitingStatus.LEFT)
    entry.refresh_from_db()
    if not left and entry.status == WaitingStatus.OFFERED:
        decline_place(booking=entry.booking, now=now)
        entry.refresh_from_db()
    return entry


# ---- What becomes free ---------------------------------------------------------------------------------------------------


def offer_what_was_freed(*, telecentre_id: int, now: dt.datetime | None = None, **told) -> None:
    """The receiver of `place_freed`, which booking/waiting_list.py sends."""
    offer_free_places(telecentre_id=telecentre_id, now=now)


def offer_free_places(*, telecentre_id: int | None = None, now: dt.datetime | None = None) -> int:
    """Hold a desk for everybody who waits and can have one, in the order of the line. Returns how many were offered."""
    now = now or timezone.now()
    servable = WaitingEntry.objects.servable(now)
    if telecentre_id is not None:
        servable = servable.filter(telecentre=telecentre_id)
    return sum(offer_place(entry, now) for entry in list(servable.select_related("telecentre", "member", "series").in_line()))


def offer_place(entry: WaitingEntry, now: dt.datetime) -> bool:
    """Offer a free desk to this entry, in a transaction of its own: a day of a series is booked at once, anything else is held.

    Returns whether there was one to offer.
    """
    if is_line_over(entry.period, now):
        return False
    # A key of its own each time: what was held for the same entry before, and closed, is another booking.
    request = BookingRequest.of_entry(entry, entry.telecentre, key=f"waiting-{entry.pk}-{secrets.token_hex(8)}", now=now)
    try:
        with transaction.atomic():
            snapshot = LockedSnapshot(share_place(entry.telecentre_id), [request])
            active = lock_people(snapshot)
            snapshot.read_bookings(lock_desks(desks_for(request)))
            # Whoever leaves the line at this moment has left before, or finds the place held and lets it go.
            if WaitingEntry.objects.waiting().select_for_update(no_key=True).filter(pk=entry.pk).first() is None:
                return False
            try:
                booking = booking_for(request, snapshot, active)
            except BookingRefused:
                return False
            if entry.series is None:
                hold_place(booking, entry, now)
            else:
                book_series_day(booking, entry)
        return True
    except (IntegrityError, OperationalError) as error:
        if isinstance(error, OperationalError) and not locks_collided(error):
            raise
        return False


def hold_place(booking: Booking, entry: WaitingEntry, now: dt.datetime) -> None:
    """Hold the desk for this entry and write to its member. Nothing is charged before they accept."""
    booking.begin(BookingStatus.HELD)
    booking.held_until = held_until(entry, now)
    booking.price, booking.paid_with, booking.units = None, None, 0
    booking.save(force_insert=True)
    entry.move(WaitingStatus.OFFERED, booking=booking)
    notifications.place_held(booking, at=now)


def book_series_day(booking: Booking, entry: WaitingEntry) -> None:
    booking.save(force_insert=True)
    entry.move(WaitingStatus.SEATED, booking=booking)
    after_booking([booking], announce=True)


def held_until(entry: WaitingEntry, now: dt.datetime) -> dt.datetime:
    """Until when a place is held: as long as the place says, at most a share of the time left, so that the next may come."""
    left = entry.period.lower - now
    longest = min(dt.timedelta(hours=entry.telecentre.hold_hours), left * settings.WAITING_HOLD_SHARE)
    return min(now + max(longest, SHORTEST_HOLD), entry.period.upper)


# ---- What is held --------------------------------------------------------------------------------------------------------


def accept_place(*, booking: Booking, now: dt.datetime | None = None) -> Booking:
    """The member takes what is held. Raises BookingRefused when it is too late, or no longer theirs to have. Twice is once."""
    now = now or timezone.now()
    try:
        with transaction.atomic():
            place = share_place(booking.desk.telecentre_id)
            active = lock_members({booking.member_id})
            passes = lock_passes({booking.member_id})
            desks = lock_desks(Desk.objects.filter(pk=booking.desk_id))
            booking = lock_booking(booking.pk)
            if booking.status in BookingStatus.standing():
                return booking
            if booking.status != BookingStatus.HELD or booking.held_until <= now:
                raise no_longer_held(booking)
            request = BookingRequest.for_desk(booking.desk, member=booking.member, period=booking.period, key=booking.key, now=now)
            snapshot = LockedSnapshot(place, [request])
            snapshot.load_desks(desks)
            snapshot.load_passes(passes)
            quote = may_be_accepted(request, snapshot) if booking.member_id in active else reasons.not_a_member()
            if isinstance(quote, Refusal):
                raise BookingRefused.because(quote)
            paid = {"price": quote.price, "paid_with": quote.paid_with, "units": quote.units}
            booking.move(BookingStatus.CONFIRMED, held_until=None, changed_at=now, **paid)
            WaitingEntry.objects.filter(booking=booking).move(WaitingStatus.SEATED)
            after_booking([booking], announce=False)
            notifications.booking_confirmed(booking, event=attachment_of(booking), at=now)
            return booking
    except OperationalError as error:
        if not locks_collided(error):
            raise
        raise BookingRefused(_("The place is busy at this very moment. Press again."), reason=RefusalReason.BUSY) from error


def no_longer_held(booking: Booking) -> BookingRefused:
    if booking.held_until and booking.status in BookingStatus.not_accepted():
        sentence = _("It was kept for you until %(moment)s, and this moment has passed.")
        return BookingRefused(sentence % {"moment": wording.moment(booking.held_until)}, reason=RefusalReason.TAKEN)
    return BookingRefused(_("This place is no longer kept for you."), reason=RefusalReason.CANCELLED_SINCE)


def decline_place(*, booking: Booking, now: dt.datetime | None = None) -> Booking:
    """Let a held place go to the next in line. Once it is accepted or gone, nothing changes."""
    now = now or timezone.now()
    with transaction.atomic():
        share_place(booking.desk.telecentre_id)
        lock_members({booking.member_id})
        lock_desks(Desk.objects.filter(pk=booking.desk_id))
        booking = lock_booking(booking.pk)
        if booking.status == BookingStatus.HELD:
            release_hold(booking, now)
    return booking


def expire_holds(*, now: dt.datetime) -> int:
    """Holds that nobody accepted in time, and lines before a time so nearly over that nothing is offered any more.

    What is free again is offered on. Returns how many holds ended.
    """
    WaitingEntry.objects.waiting().filter(period__endswith__lt=now + LINE_ENDS_BEFORE).move(WaitingStatus.LAPSED)
    lapsed = Booking.objects.lapsed(now).values_list("desk__telecentre", flat=True)
    expired = 0
    for place in sorted(set(lapsed)):
        with transaction.atomic():
            holds = Booking.objects.lapsed(now).filter(desk__telecentre=place).select_for_update(of=("self",), no_key=True)
            expired += end_lapsed_holds([hold_place.pk for hold_place in holds.order_by("pk")], now)
            tell_once_committed(place)
    return expired
