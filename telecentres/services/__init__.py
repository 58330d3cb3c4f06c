"""What happens in télécentres: opened, closed, booked, waited for, moved, called off, reminded. Each is one transaction."""

from telecentres.availability.alternatives import Alternative, find_alternatives
from telecentres.availability.request import BookingRequest
from telecentres.services.arriving import CheckInRefused, check_in, release_unclaimed
from telecentres.services.booking import book_any_desk, book_desk, book_many
from telecentres.services.cancelling import cancel_booking
from telecentres.services.clockwork import complete_past, remind_upcoming
from telecentres.services.closing import Affected, ClosureRefused, affected_by, close_days, reopen
from telecentres.services.feeds import feed_of, make_feed, revoke_feeds
from telecentres.services.introducing import introduce_newcomers
from telecentres.services.ledger import LedgerRefused, correct_pass, grant_trial, sell_pass
from telecentres.services.moving import move_booking
from telecentres.services.places import make_known, open_telecentre
from telecentres.services.refusals import BookingRefused, CancellationRefused
from telecentres.services.series import (
    Occurrence,
    SeriesRefused,
    book_series,
    call_series_off,
    carry_on,
    move_series,
    plan_series,
)
from telecentres.services.waiting import (
    WaitingRefused,
    accept_place,
    decline_place,
    expire_holds,
    join_line,
    leave_line,
    offer_free_places,
)

__all__ = [
    "Affected",
    "Alternative",
    "BookingRefused",
    "BookingRequest",
    "CancellationRefused",
    "CheckInRefused",
    "ClosureRefused",
    "LedgerRefused",
    "Occurrence",
    "SeriesRefused",
    "WaitingRefused",
    "accept_place",
    "affected_by",
    "book_any_desk",
    "book_desk",
    "book_many",
    "book_series",
    "call_series_off",
    "cancel_booking",
    "carry_on",
    "check_in",
    "close_days",
    "complete_past",
    "correct_pass",
    "decline_place",
    "expire_holds",
    "feed_of",
    "find_alternatives",
    "grant_trial",
    "introduce_newcomers",
    "join_line",
    "leave_line",
    "make_feed",
    "make_known",
    "move_booking",
    "move_series",
    "offer_free_places",
    "open_telecentre",
    "plan_series",
    "release_unclaimed",
    "remind_upcoming",
    "reopen",
    "revoke_feeds",
    "sell_pass",
]
