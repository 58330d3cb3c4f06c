"""The letters about bookings: which, to whom, once. Each is written in the transaction of the fact it announces."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core import signing

from common.rate_limits import may_be_written_to
from members.models import Member
from outbox import services as outbox
from outbox.keys import LetterRule
from outbox.models import Letter
from telecentres.models import Booking, BookingSeries, Closure, Pass

CONFIRMED = LetterRule("telecentres.booking_confirmed", booking=int)
CANCELLED = LetterRule("telecentres.booking_cancelled", booking=int)
CLOSED_OUT = LetterRule("telecentres.booking_closed_out", booking=int)
HELD_CLOSED = LetterRule("telecentres.held_place_closed", booking=int)
HELD = LetterRule("telecentres.place_held", booking=int)
REMINDER = LetterRule("telecentres.booking_reminder", booking=int, sequence=int)
MOVED = LetterRule("telecentres.booking_moved", booking=int, sequence=int)
RESEATED = LetterRule("telecentres.booking_reseated", booking=int, sequence=int)
INTRODUCED = LetterRule("telecentres.newcomer_introduced", booking=int)
NEWCOMER_COMES = LetterRule("telecentres.newcomer_comes", booking=int, member=int)
TRIAL_GRANTED = LetterRule("telecentres.trial_granted", trial=int)
SERIES_BOOKED = LetterRule("telecentres.series_booked", series=int)
SERIES_REFUSED = LetterRule("telecentres.series_days_refused", series=int, last_day=dt.date)
SERIES_CALLED_OFF = LetterRule("telecentres.series_called_off", series=int, booking=int, sequence=int)
SERIES_MOVED = LetterRule("telecentres.series_moved", series=int, booking=int, sequence=int)
HELD_LINKS = signing.Signer(salt="telecentres.place_held")


def booking_confirmed(booking: Booking, *, event: outbox.Attachment, at: dt.datetime) -> Letter | None:
    """`event` is the booking as the calendar of whoever reads the letter takes it."""
    return post_about_booking(CONFIRMED, booking, at, attachments=[event])


def booking_cancelled(booking: Booking, *, at: dt.datetime) -> Letter | None:
    return post_about_booking(CANCELLED, booking, at)


def booking_reminder(booking: Booking, *, at: dt.datetime) -> Letter | None:
    """The only letter that says how to get in: it leaves the day before, not earlier."""
    return post_about_booking(REMINDER, booking, at)


def booking_moved(booking: Booking, *, event: outbox.Attachment, at: dt.datetime) -> Letter | None:
    """By its member, or by the host. `event` as above, which takes the place of the one before in their calendar."""
    return post_about_booking(MOVED, booking, at, attachments=[event])


def booking_reseated(booking: Booking, *, closure: Closure, at: dt.datetime) -> Letter | None:
    """Its desk is closed then: it stands at another one."""
    return post_about_booking(RESEATED, booking, at, closure=closure)


def booking_closed_out(booking: Booking, *, closure: Closure, alternatives: Iterable, at: dt.datetime) -> Letter | None:
    """The place is closed then and nothing like it was free: it is called off, with the nearest ways out."""
    return post_about_booking(CLOSED_OUT, booking, at, closure=closure, alternatives=list(alternatives))


def held_place_closed(booking: Booking, *, closure: Closure, at: dt.datetime) -> Letter | None:
    """What was kept for them is closed before they answered: they wait again."""
    return post_about_booking(HELD_CLOSED, booking, at, closure=closure)


def place_held(booking: Booking, *, at: dt.datetime) -> Letter | None:
    """What they waited for is theirs until `held_until`: the link shows it, and a press there accepts it."""
    return post_about_booking(HELD, booking, at, useless_after=booking.held_until, token=HELD_LINKS.sign(booking.pk))


def newcomer_introduced(booking: Booking, members: list[Member], *, at: dt.datetime) -> None:
    """One letter to the newcomer with the names of those members, one to each of them with the newcomer's."""
    post_about_booking(INTRODUCED, booking, at, people=members)
    for member in members:
        outbox.post_rendered(
            key=NEWCOMER_COMES.key(booking=booking.pk, member=member.pk),
            to=member.user.email,
            template="telecentres/email/newcomer_comes",
            send_after=at,
            useless_after=booking.ends_at,
            context={
                "booking": booking,
                "telecentre": booking.desk.telecentre,
                "newcomer": booking.member,
                "first_name": member.user.get_short_name(),
            },
        )


def trial_granted(trial: Pass, *, at: dt.datetime) -> Letter:
    user = trial.member.user
    return outbox.post_rendered(
        key=TRIAL_GRANTED.key(trial=trial.pk),
        to=user.email,
        template="telecentres/email/trial_granted",
        context={"trial": trial, "first_name": user.get_short_name()},
        send_after=at,
    )


def series_booked(series: BookingSeries, occurrences: Iterable, *, at: dt.datetime) -> Letter:
    """All its days in one letter: those booked, those that others have, and how many more will follow."""
    return post_about_series(SERIES_BOOKED, series, at, {}, occurrences=list(occurrences))


def series_days_refused(series: BookingSeries, occurrences: Iterable, *, at: dt.datetime) -> Letter:
    """Some of the days that have come within reach could not be booked."""
    occurrences = list(occurrences)
    return post_about_series(SERIES_REFUSED, series, at, {"last_day": occurrences[-1].day}, occurrences=occurrences)


def series_called_off(series: BookingSeries, bookings: Iterable[Booking], *, at: dt.datetime) -> Letter | None:
    return post_about_days(SERIES_CALLED_OFF, series, list(bookings), at)


def series_moved(series: BookingSeries, bookings: Iterable[Booking], *, at: dt.datetime) -> Letter | None:
    return post_about_days(SERIES_MOVED, series, list(bookings), at)


def post_about_days(rule: LetterRule, series: BookingSeries, bookings: list[Booking], at: dt.datetime) -> Letter | None:
    """One letter for them all, known by the first of them; none about none."""
    if not bookings:
        return None
    first = {"booking": bookings[0].pk, "sequence": bookings[0].sequence}
    return post_about_series(rule, series, at, first, bookings=bookings)


def post_about_series(rule: LetterRule, series: BookingSeries, at: dt.datetime, known_by: Mapping[str, Any], **facts) -> Letter:
    """`known_by`: what its key says beside the series."""
    return outbox.post_rendered(
        key=rule.key(series=series.pk, **known_by),
        to=series.member.user.email,
        template=template_of(rule),
        send_after=at,
        context={
            "series": series,
            "telecentre": series.telecentre,
            "first_name": series.member.user.get_short_name(),
            **facts,
        },
    )


def post_about_booking(rule: LetterRule, booking: Booking, at: dt.datetime, **facts) -> Letter | None:
    """None of them is of use once the booked time is over. A passer-by without an address gets none.

    Theirs was typed by a host: it is written to within a day's budget, and nothing that was typed stands in the letter.
    """
    if not booking.email or not (booking.member or may_be_written_to(booking.email)):
        return None
    telecentre = booking.desk.telecentre
    host = telecentre.hosts.order_by("pk").first()
    return outbox.post_rendered(
        key=rule.key(**{part: {"booking": booking.pk, "sequence": booking.sequence}[part] for part in rule.parts}),
        to=booking.email,
        template=template_of(rule),
        send_after=at,
        useless_after=facts.pop("useless_after", booking.ends_at),
        attachments=facts.pop("attachments", ()),
        context={
            "booking": booking,
            "telecentre": telecentre,
            "first_name": booking.member.user.get_short_name() if booking.member else "",
            "may_call_off": booking.member is not None and at < booking.cancel_until,
            **facts,
        },
        signed_by=outbox.Signature(host.get_full_name()) if host else None,  # their address is told to nobody
    )


def template_of(rule: LetterRule) -> str:
    return f"telecentres/email/{rule.name.removeprefix('telecentres.')}"
