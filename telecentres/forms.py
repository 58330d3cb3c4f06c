"""A wish for a desk, as it comes from a page."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Self

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from common.days import DayField
from common.email_addresses import NameOrAddressField
from members.models import Member, User
from telecentres.availability.board import ANY
from telecentres.enums import DeskKind, RefusalReason, Stretch, Weekday
from telecentres.half_days import Opening, at, days_between
from telecentres.models import BookingSeries, Desk, OpeningHours, PassOffer, PlanArea, Telecentre
from telecentres.services import BookingRefused
from telecentres.wording import local

NOON = dt.time(12)
A_YEAR = dt.timedelta(days=366)
LONGEST_ANSWER = 100  # of what comes back to the page: enough to see what was typed
YEARS = range(2000, 2200)
PRESS = re.compile(r"(?P<desk>\w+) (?P<day>\d{4}-\d{2}-\d{2}) (?P<stretch>morning|afternoon|day)", re.ASCII)
NO_SUCH_DESK = {"invalid_choice": _("This place has no such desk. Choose one of the list.")}
PARTS_OF_THE_DAY = [(stretch, stretch.label) for stretch in Stretch.of_opening_hours()]
FIELD_OF = {  # what is wrong with the wish itself; everything else is a refusal with a page of its own
    RefusalReason.PAST: "start",
    RefusalReason.NOTICE: "start",
    RefusalReason.HORIZON: "start",
    RefusalReason.NOT_A_HALF_DAY: "start",
    RefusalReason.NOT_THESE_HOURS: "start",
    RefusalReason.KEY_REUSED: "key",
}
MOMENT_ERRORS = {
    "required": _("Say when, for instance 2026-11-25T08:30."),
    "invalid": _("No such day or hour. Write it like 2026-11-25T08:30."),
}
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


class BookingForm(Moments):
    desk = forms.ChoiceField(
        label=_("Desk"),
        error_messages={
            "required": _("Choose a desk, or any desk."),
            "invalid_choice": _("This place has no such desk. Choose one of the list."),
        },
    )
    field_order = ("desk", "start", "end", "key")
    key = forms.CharField(
        max_length=64, widget=forms.HiddenInput, error_messages={"required": STALE_PAGE, "max_length": STALE_PAGE}
    )

    def __init__(self, data: Mapping[str, str], *, desks: Iterable[Desk]) -> None:
        super().__init__(data)
        self.desks = {str(desk.pk): desk for desk in desks}
        self.fields["desk"].choices = [(ANY, _("Any desk")), *((pk, desk.name) for pk, desk in self.desks.items())]

    @classmethod
    def read(cls, data: Mapping[str, str], *, telecentre: Telecentre) -> Self:
        """From `desk`, `start`, `end` and `key`, or from the one field `slot` that a press in the week sends with `key`."""
        answers = {name: data.get(name, "")[: LONGEST_ANSWER + 1] for name in ("desk", "start", "end", "key")}
        if pressed := PRESS.fullmatch(data.get("slot", "")[:LONGEST_ANSWER]):
            opening = Opening(OpeningHours.objects.filter(telecentre=telecentre))
            answers |= moments_of(pressed, opening) | {"desk": pressed["desk"]}
        return cls(answers, desks=Desk.objects.filter(telecentre=telecentre, is_active=True).in_order())

    @property
    def chosen_desk(self) -> Desk | None:
        """None for any desk."""
        return self.desks.get(self.cleaned_data["desk"])

    @property
    def request_key(self) -> str:
        """One page may book several things: its key and what was pressed name the request together."""
        facts = [self.cleaned_data[name] for name in ("key", "desk", "start", "end")]
        return hashlib.sha256(repr(facts).encode()).hexdigest()

    def take_back(self, refusal: BookingRefused) -> bool:
        """Say the refusal beside the field it speaks of; False when it is not about what was typed."""
        if field := FIELD_OF.get(refusal.reason):
            self.add_error(field, str(refusal))
        return field is not None


def moments_of(pressed: re.Match, opening: Opening) -> dict[str, str]:
    """Start and end of what was pressed; the day alone where the place does not open then, for the service to refuse."""
    try:
        slot = opening.slot(dt.date.fromisoformat(pressed["day"]), Stretch(pressed["stretch"]))
    except ValueError:  # 31 February
        slot = None
    if slot is None:
        return {"start": f"{pressed['day']}T00:00", "end": f"{pressed['day']}T23:59"}
    return {name: local(at).isoformat(timespec="minutes") for name, at in (("start", slot.starts_at), ("end", slot.ends_at))}


def on_the_calendar(moment: dt.datetime) -> dt.datetime:
    """In UTC, so that the same moment is always the same value. Far years overflow when moved between time zones."""
    if moment.year not in YEARS:
        raise forms.ValidationError(MOMENT_ERRORS["invalid"], code="invalid")
    return moment.astimezone(dt.UTC)


class WaitingForm(Moments):
    """What somebody waits for, as the page that says no sends it."""

    kind = forms.ChoiceField(choices=DeskKind)

    @property
    def kind_of_desk(self) -> DeskKind:
        return DeskKind(self.cleaned_data["kind"])


DAY_ERRORS = {"required": _("Say which day."), "invalid": _("No such day. Write it like 2026-11-25.")}


def day_field(label: str, **options) -> DayField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, widget=widget, error_messages=DAY_ERRORS, **options)


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


class CallerForm(forms.Form):
    """Somebody on the telephone, or who stands there: a member by their name or address, or a passer-by."""

    who = NameOrAddressField(label=_("Name or e-mail"), max_length=120, error_messages={"required": _("Say who it is.")})
    desk = forms.ChoiceField(label=_("Desk"), error_messages=NO_SUCH_DESK)
    day = day_field(_("Day"))
    stretch = forms.ChoiceField(label=_("When"), choices=PARTS_OF_THE_DAY)
    note = forms.CharField(label=_("Note for the host"), max_length=200, required=False)
    key = forms.CharField(
        max_length=64, widget=forms.HiddenInput, error_messages={"required": STALE_PAGE, "max_length": STALE_PAGE}
    )

    def __init__(self, data, *, desks: Iterable[Desk], initial: dict) -> None:
        super().__init__(data, initial=initial)
        self.desks = {str(desk.pk): desk for desk in desks}
        self.fields["desk"].choices = [(ANY, _("Any desk")), *((pk, desk.name) for pk, desk in self.desks.items())]
        self.fields["note"].help_text = _("Read on this page alone.")

    @property
    def chosen_desk(self) -> Desk | None:
        return self.desks.get(self.cleaned_data["desk"])


class ClosingForm(forms.Form):
    """Some time at which a place, or a desk of it, is closed."""

    first = day_field(_("Day"))
    last = day_field(_("Until, that day included"), required=False, help_text=_("Leave it empty for one day."))
    stretch = forms.ChoiceField(label=_("When"), choices=PARTS_OF_THE_DAY)
    desk = forms.ChoiceField(label=_("What closes"), required=False)
    reason = forms.CharField(
        label=_("Reason, read by the members"), max_length=120, error_messages={"required": _("Say why: the members read it.")}
    )

    def __init__(self, data, *, telecentre: Telecentre, desks: Iterable[Desk], initial: dict) -> None:
        super().__init__(data, initial=initial)
        self.telecentre = telecentre
        self.desks = {str(desk.pk): desk for desk in desks}
        self.fields["stretch"].choices = [(stretch, stretch.label) for stretch in (Stretch.DAY, Stretch.MORNING, Stretch.AFTERNOON)]
        self.fields["desk"].choices = [("", _("the whole place")), *((pk, desk.name) for pk, desk in self.desks.items())]

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end comes after the start."))
        elif first and last and last > first and self.cleaned_data.get("stretch") != Stretch.DAY:
            self.add_error("stretch", _("Several days are closed whole: close half-days one by one."))

    @property
    def chosen_desk(self) -> Desk | None:
        """None for the whole place."""
        return self.desks.get(self.cleaned_data["desk"])

    @property
    def period(self) -> DateTimeTZRange:
        """Whole days, or up to noon and from noon on: also where the place opens at other hours then."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"] or self.cleaned_data["first"]
        whole, noon = days_between(first, last), at(first, NOON)
        if self.cleaned_data["stretch"] == Stretch.MORNING:
            return DateTimeTZRange(whole.lower, noon_of(self.telecentre, first) or noon)
        if self.cleaned_data["stretch"] == Stretch.AFTERNOON:
            return DateTimeTZRange(noon_of(self.telecentre, first) or noon, whole.upper)
        return whole


def noon_of(telecentre: Telecentre, day: dt.date) -> dt.datetime | None:
    """When the morning of that day ends there."""
    morning = Opening(OpeningHours.objects.filter(telecentre=telecentre)).slot(day, Stretch.MORNING)
    return morning.ends_at if morning else None


class SaleForm(forms.Form):
    """A pass, sold at a télécentre and paid there."""

    who = NameOrAddressField(label=_("Member"), max_length=120, error_messages={"required": _("Say who it is.")})
    offer = forms.ModelChoiceField(label=_("Pass"), queryset=PassOffer.objects.on_sale(), empty_label=None)
    key = forms.CharField(
        max_length=64, widget=forms.HiddenInput, error_messages={"required": STALE_PAGE, "max_length": STALE_PAGE}
    )


class WhenForm(forms.Form):
    """A half-day, or a day, at which to look what is free. In the address, so in the words of the address."""

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


class PlanForm(forms.ModelForm):
    class Meta:
        model = Desk
        fields = ["plan_x", "plan_y"]
        widgets = dict.fromkeys(fields, forms.NumberInput(attrs={"class": "field", "min": 0, "max": 100}))


PlanFormSet = forms.modelformset_factory(Desk, form=PlanForm, extra=0)


class RoomForm(forms.ModelForm):
    class Meta:
        model = PlanArea
        fields = ["name", "x", "y", "wide", "deep"]
        labels = {"x": _("From the left"), "y": _("From the top"), "wide": _("Width"), "deep": _("Depth")}
        widgets = {"name": forms.TextInput(attrs={"class": "field"})} | dict.fromkeys(
            fields[1:], forms.NumberInput(attrs={"class": "field", "min": 0, "max": 100})
        )


RoomFormSet = forms.inlineformset_factory(Telecentre, PlanArea, form=RoomForm, extra=2)
