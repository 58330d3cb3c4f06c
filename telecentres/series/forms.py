"""The same place every week: asked for, and what becomes of its days."""

import datetime as dt
from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import Member, User
from telecentres.availability.board import ANY
from telecentres.availability.forms import NO_SUCH_DESK, PARTS_OF_THE_DAY, STALE_PAGE, day_field
from telecentres.enums import DeskKind, Weekday
from telecentres.half_days import Opening
from telecentres.models import BookingSeries, Desk, OpeningHours, Telecentre


class SeriesForm(forms.Form):
    """The same place every week."""

    desk = forms.ChoiceField(label=_("Desk"), error_messages=NO_SUCH_DESK)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one day."), "invalid_choice": _("This place is closed on that day.")},
    )
    stretch = forms.ChoiceField(label=_("Part of the day"), choices=PARTS_OF_THE_DAY)
    first = day_field(_("First day"))
    last = day_field(_("Last day"))
    other_desk = forms.BooleanField(label=_("If it is taken: another desk"), required=False)
    wait = forms.BooleanField(label=_("Take days back that are taken now, once they are free"), required=False)
    key = forms.CharField(
        max_length=64, widget=forms.HiddenInput, error_messages={"required": STALE_PAGE, "max_length": STALE_PAGE}
    )

    def __init__(self, data, *, telecentre: Telecentre, today: dt.date, initial: dict) -> None:
        first = today + dt.timedelta(days=1)
        usual = {"first": first, "last": first + dt.timedelta(weeks=8), "other_desk": True, "wait": True}
        super().__init__(data, initial=usual | initial)
        self.telecentre, self.today = telecentre, today
        opening = Opening(OpeningHours.objects.filter(telecentre=telecentre))
        desks = Desk.objects.filter(telecentre=telecentre, is_active=True).in_order()
        self.desks = {str(desk.pk): desk for desk in desks}
        self.fields["desk"].choices = [(ANY, _("Any desk")), *((pk, desk.name) for pk, desk in self.desks.items())]
        self.fields["weekdays"].choices = [(weekday, Weekday(weekday).label) for weekday in opening.weekdays]

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end comes after the start."))
        elif last and last < self.today:
            self.add_error("last", _("These days are over."))

    def series(self, member: Member, booked_by: User) -> BookingSeries:
        """Unsaved."""
        facts = self.cleaned_data
        desk = self.desks.get(facts["desk"])
        return BookingSeries(
            member=member,
            telecentre=self.telecentre,
            kind=desk.kind if desk else DeskKind.DESK,
            desk=desk,
            weekdays=sorted(facts["weekdays"]),
            stretch=facts["stretch"],
            first=facts["first"],
            last=facts["last"],
            other_desk_if_taken=facts["other_desk"],
            key=facts["key"],
            booked_by=booked_by,
        )


class SeriesDaysForm(forms.Form):
    """Some days of a series, or the rest of it: called off, or moved to another desk."""

    first = day_field(_("From"))
    last = day_field(_("Until, that day included"), required=False, help_text=_("Leave it empty for all that follow."))
    desk = forms.ChoiceField(
        label=_("What becomes of these days"),
        required=False,
        error_messages=NO_SUCH_DESK,
    )

    def __init__(self, data, *, series: BookingSeries, desks: Iterable[Desk], initial: dict) -> None:
        super().__init__(data, initial=initial)
        self.desks = {str(desk.pk): desk for desk in desks if desk.pk != series.desk_id}
        moves = [(pk, _("they move to %(desk)s") % {"desk": desk.name}) for pk, desk in self.desks.items()]
        self.fields["desk"].choices = [("", _("they are called off")), *moves]

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end comes after the start."))

    @property
    def chosen_desk(self) -> Desk | None:
        """None when they are called off."""
        return self.desks.get(self.cleaned_data["desk"])
