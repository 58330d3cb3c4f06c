"""When a letter about a booking must not leave any more."""

from outbox import stops
from telecentres import notifications
from telecentres.enums import BookingStatus
from telecentres.models import Booking


@stops.when(notifications.CONFIRMED)
@stops.when(notifications.REMINDER)
def booking_is_off(booking_id: str) -> bool:
    """Cancelled, or given up for another reason."""
    return not Booking.objects.filter(pk=booking_id, status__in=[BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN]).exists()
