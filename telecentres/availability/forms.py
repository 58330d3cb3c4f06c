"""What pages ask about desks: a day, a part of it, from when to when."""

import datetime as dt
from typing import Self

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from common.days import DayField
from telecentres.enums import Stretch

A_YEAR = dt.timedelta(days=366)
YEARS = range(2000, 2200)
NO_SUCH_DESK = {"invalid_choice": _("This place has no such desk. Choose one of the list.")}
PARTS_OF_THE_DAY = [(stretch, stretch.label) for stretch in Stretch.of_opening_hours()]
MOMENT_ERRORS = {
    "required": _("Say when, for instance 2026-11-25T08:30."),
    "invalid": _("No such day or hour. Write it like 2026-11-25T08:30."),
}
DAY_ERRORS = {"required": _("Say which day."), "invalid": _("No such day. Write it like 2026-11-25.")}
STALE_PAGE = _("This page was incomplete or too old. It is fresh again: nothing was booked, press once more.")


class Moments(forms.Form):
    """From when to when, on the calendar and in this order."""

    start = forms.DateTimeField(label=_("From"), widget=forms.TextInput, error_messages=MOMENT_ERRORS)
    end = forms.DateTimeField(label=_("Until"), widget=forms.TextInput, error_messages=MOMENT_ERRORS)

    def clean_start(self) -> dt.datetime:
        return on_the_calendar(self.cleaned_data["start"])

    def clean_end(self) -> dt.datetime:
        return on_the_calendar(self.cleaned_data["end"])

    def clean(self) -> None:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end <= start:
            self.add_error("end", _("The end comes after the start."))

    @property
    def period(self) -> DateTimeTZRange:
        return DateTimeTZRange(self.cleaned_data["start"], self.cleaned_data["end"])


def on_the_calendar(moment: dt.datetime) -> dt.datetime:
    """In UTC, so that the same moment is always the same value. Far years overflow when moved between time zones."""
    if moment.year not in YEARS:
        raise forms.ValidationError(MOMENT_ERRORS["invalid"], code="invalid")
    return moment.astimezone(dt.UTC)


def day_field(label: str, **options) -> DayField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, widget=widget, error_messages=DAY_ERRORS, **options)


class WhenForm(forms.Form):
    """The half-day, or the day, of which to show what is free. It comes in the address: the fields have French names."""

    jour = day_field(_("Day"))
    moment = forms.ChoiceField(label=_("When"), choices=PARTS_OF_THE_DAY, required=False)

    def __init__(self, data, *, today: dt.date, **options) -> None:
        super().__init__(data, **options)
        self.today = today

    @classmethod
    def showing(cls, day: dt.date, stretch: Stretch, *, today: dt.date) -> Self:
        return cls(None, today=today, initial={"jour": day, "moment": stretch})

    def clean_moment(self) -> Stretch:
        return Stretch(self.cleaned_data["moment"] or Stretch.MORNING)

    def clean_jour(self) -> dt.date:
        day = self.cleaned_data["jour"]
        if abs(day - self.today) > A_YEAR:
            raise forms.ValidationError(_("Choose a day of the coming year."))
        return day
