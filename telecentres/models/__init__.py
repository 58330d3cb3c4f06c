"""Télécentres, their desks and hours, who sits where and when, who waits, and who has paid ahead."""

from telecentres.models.booking import DOORS_OPEN_BEFORE, Booking, BookingQuerySet
from telecentres.models.desk import Desk, DeskQuerySet
from telecentres.models.feed import CalendarFeed
from telecentres.models.limits import BookingLimits
from telecentres.models.opening import Closure, OpeningHours, Rate
from telecentres.models.passes import Pass, PassEntry, PassOffer
from telecentres.models.plan import PlanArea
from telecentres.models.series import BookingSeries
from telecentres.models.telecentre import Telecentre
from telecentres.models.waiting import WaitingEntry

__all__ = [
    "DOORS_OPEN_BEFORE",
    "Booking",
    "BookingLimits",
    "BookingQuerySet",
    "BookingSeries",
    "CalendarFeed",
    "Closure",
    "Desk",
    "DeskQuerySet",
    "OpeningHours",
    "Pass",
    "PassEntry",
    "PassOffer",
    "PlanArea",
    "Rate",
    "Telecentre",
    "WaitingEntry",
]
