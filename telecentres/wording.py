"""How times are said in sentences, letters and labels."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from sohosolo.templatetags.typography import clock, day
from telecentres.enums import Stretch
from telecentres.models import Booking

__all__ = ["booked_time", "clock", "day", "day_part", "moment"]


def day_part(date: dt.date, stretch: Stretch) -> str:
    """« jeudi 26 novembre au matin »."""
    sentence = {
        Stretch.MORNING: _("%(day)s in the morning"),
        Stretch.AFTERNOON: _("%(day)s in the afternoon"),
        Stretch.DAY: _("%(day)s, the whole day"),
    }[stretch]
    return sentence % {"day": day(date)}


def booked_time(booking: Booking) -> str:
    return day_part(local(booking.starts_at).date(), Stretch(booking.stretch))


def moment(at: dt.datetime) -> str:
    """« lundi 23 novembre à 18 h 30 »."""
    at = local(at)
    return _("%(day)s at %(time)s") % {"day": day(at), "time": clock(at)}


def local(at: dt.datetime) -> dt.datetime:
    return timezone.localtime(at, timezone.get_default_timezone())
