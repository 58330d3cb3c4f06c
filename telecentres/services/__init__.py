"""What happens in télécentres: opened, closed, booked, called off, reminded. Each function is one transaction."""

from telecentres.services.alternatives import Alternative, find_alternatives
from telecentres.services.booking import book_any_desk, book_desk, book_many
from telecentres.services.cancelling import cancel_booking
from telecentres.services.clockwork import complete_past, remind_upcoming
from telecentres.services.places import ClosureRefused, close_days, make_known, open_telecentre, refuse_over_bookings
from telecentres.services.refusals import BookingRefused, BookingRequest, CancellationRefused

__all__ = [
    "Alternative",
    "BookingRefused",
    "BookingRequest",
    "CancellationRefused",
    "ClosureRefused",
    "book_any_desk",
    "book_desk",
    "book_many",
    "cancel_booking",
    "close_days",
    "complete_past",
    "find_alternatives",
    "make_known",
    "open_telecentre",
    "refuse_over_bookings",
    "remind_upcoming",
]
