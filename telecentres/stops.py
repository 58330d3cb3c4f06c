"""When a letter about a booking must not leave any more."""

from members.models import Member
from outbox import stops
from telecentres import notifications
from telecentres.enums import BookingStatus
from telecentres.models import Booking

STANDING = [BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN]


@stops.when(notifications.NEWCOMER_COMES)
def they_do_not_meet_any_more(fact: str) -> bool:
    """The newcomer comes no more, or one of the two has withdrawn their consent."""
    booking_id, _dot, member_id = fact.partition(".")
    agreed = Member.objects.introduced().values("pk")
    comes = Booking.objects.filter(pk=booking_id, status__in=STANDING, member__in=agreed)
    return not (comes.exists() and agreed.filter(pk=member_id).exists())


@stops.when(notifications.INTRODUCED)
@stops.when(notifications.CONFIRMED)
def booking_is_off(booking_id: str) -> bool:
    """Cancelled, or given up for another reason."""
    return not Booking.objects.filter(pk=booking_id, status__in=STANDING).exists()


@stops.when(notifications.REMINDER)
@stops.when(notifications.MOVED)
@stops.when(notifications.RESEATED)
def booking_is_off_or_elsewhere(fact: str) -> bool:
    """As above, or moved since to where a later letter says."""
    booking_id, _dot, sequence = fact.partition(".")
    return not Booking.objects.filter(pk=booking_id, sequence=sequence or 0, status__in=STANDING).exists()


@stops.when(notifications.HELD)
def place_is_held_no_more(booking_id: str) -> bool:
    """Accepted already, or gone."""
    return not Booking.objects.filter(pk=booking_id, status=BookingStatus.HELD).exists()
