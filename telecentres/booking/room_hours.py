"""A room by the hour: asked for in the address of the week, so that what it costs is read before anything is booked."""

from collections.abc import Iterable, Mapping

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from telecentres import wording
from telecentres.availability.board import Board
from telecentres.availability.reasons import Refusal
from telecentres.availability.rules import Allowed
from telecentres.availability.week import Week, WeekDay
from telecentres.half_days import instant
from telecentres.models import Desk

HALF_AN_HOUR = 1800  # seconds
NO_SUCH_ROOM = {"invalid_choice": _("This place has no such room. Choose one of the list.")}
NO_SUCH_DAY = {"invalid_choice": _("No room is booked on that day. Choose one of the list.")}
NO_SUCH_HOUR = {"required": _("Say at what time."), "invalid": _("No such hour. Write it like 10:30.")}


def hour_field(label: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "step": HALF_AN_HOUR, "class": "field"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, error_messages=NO_SUCH_HOUR)


class RoomHoursForm(forms.Form):
    """Which room, on which day of one week, from when to when. It comes in the address: the fields have French names."""

    salle = forms.ChoiceField(label=_("Room"), error_messages=NO_SUCH_ROOM)
    jour = forms.ChoiceField(label=_("Day"), error_messages=NO_SUCH_DAY)
    de = hour_field(pgettext_lazy("hour", "From"))
    a = hour_field(pgettext_lazy("hour", "Until"))

    def __init__(self, data: Mapping[str, str] | None, *, rooms: Iterable[Desk], days: Iterable[WeekDay]) -> None:
        days = list(days)
        chosen = next((day.date.isoformat() for day in days if day.is_chosen), None)
        super().__init__(data, initial={"jour": chosen, "de": "10:00", "a": "12:00"}, auto_id="salle-%s")
        for name in ("salle", "jour"):
            self.fields[name].widget.attrs["class"] = "field"
        self.rooms = {str(desk.pk): desk for desk in rooms}
        self.days = {day.date.isoformat(): day.date for day in days}
        self.fields["salle"].choices = [(pk, desk.name) for pk, desk in self.rooms.items()]
        self.fields["jour"].choices = [(text, wording.weekday(date)) for text, date in self.days.items()]

    @classmethod
    def read(cls, data: Mapping[str, str], week: Week) -> "RoomHoursForm | None":
        """What the address asks for, or what may be asked; None where this week has no room to book."""
        rooms, days = [line.desk for line in week.rooms], week.bookable_days
        return cls(data if "salle" in data else None, rooms=rooms, days=days) if rooms and days else None

    def clean(self) -> None:
        start, end = self.cleaned_data.get("de"), self.cleaned_data.get("a")
        if start and end and end <= start:
            self.add_error("a", _("The end comes after the start."))

    @property
    def desk(self) -> Desk:
        return self.rooms[self.cleaned_data["salle"]]

    @property
    def period(self) -> DateTimeTZRange:
        day = self.days[self.cleaned_data["jour"]]
        return DateTimeTZRange(instant(day, self.cleaned_data["de"]), instant(day, self.cleaned_data["a"]))

    def answer(self, board: Board) -> Allowed | Refusal | None:
        """What a press would bring and cost, or why not; None where what was typed is not understood."""
        if not self.is_valid():
            return None
        return board.answer(self.desk, self.period)
