"""When a letter about a booking must not leave any more."""

from members.models import Member
from outbox import stops
from telecentres import notifications
from telecentres.enums import BookingStatus
from telecentres.models import Booking


@stops.stop_when(notifications.NEWCOMER_COMES)
def they_do_not_meet_any_more(booking: int, member: int) -> bool:
    """The newcomer comes no more, or one of the two has withdrawn their consent."""
    agreed = Member.objects.introduced().values("pk")
    comes = Booking.objects.filter(pk=booking, status__in=BookingStatus.standing(), member__in=agreed)
    return not (comes.exists() and agreed.filter(pk=member).exists())


@stops.stop_when(notifications.INTRODUCED)
@stops.stop_when(notifications.CONFIRMED)
def booking_is_off(booking: int) -> bool:
    """Cancelled, or given up for another reason."""
    return not Booking.objects.filter(pk=booking, status__in=BookingStatus.standing()).exists()


@stops.stop_when(notifications.REMINDER)
@stops.stop_when(notifications.MOVED)
@stops.stop_when(notifications.RESEATED)
def booking_is_off_or_elsewhere(booking: int, sequence: int) -> bool:
    """As above, or moved since to where a later letter says."""
    return not Booking.objects.filter(pk=booking, sequence=sequence, status__in=BookingStatus.standing()).exists()


@stops.stop_when(notifications.HELD)
def place_is_held_no_more(booking: int) -> bool:
    """Accepted already, or gone."""
    return not Booking.objects.filter(pk=booking, status=BookingStatus.HELD).exists()
