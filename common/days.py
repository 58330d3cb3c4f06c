"""Days and moments that people type: of a century around ours, so that a day before, a week later or another zone is a day too."""

import datetime as dt

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
TOO_FAR = _("Is the year right? Write a day between 1900 and 2199.")


class DayField(forms.DateField):
    default_validators = [MinValueValidator(FIRST_DAY, TOO_FAR), MaxValueValidator(LAST_DAY, TOO_FAR)]


class MomentField(forms.SplitDateTimeField):
    """A day and an hour, in two fields; the day is looked at before it becomes a moment, which overflows at either end of time."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.fields[0].validators += DayField.default_validators


def end_of(day: dt.date) -> dt.datetime:
    """The first moment after that day, on the clock of the wall: rows of that day and before are below it."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
