"""What a host fills in: who calls, what closes, what is sold, how the plan is drawn."""

import datetime as dt
from collections.abc import Iterable

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from common.email_addresses import NameOrAddressField
from members.enums import MeansOfPayment
from telecentres.availability.board import ANY
from telecentres.availability.forms import NO_SUCH_DESK, PARTS_OF_THE_DAY, STALE_PAGE, day_field
from telecentres.enums import Stretch
from telecentres.half_days import Opening, days_between, instant
from telecentres.models import Desk, OpeningHours, PassOffer, PlanArea, Telecentre

NOON = dt.time(12)


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
        whole, noon = days_between(first, last), instant(first, NOON)
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
    means = forms.ChoiceField(
        label=_("Paid"), choices=[("", _("choose")), *MeansOfPayment.choices], error_messages={"required": _("Say how it is paid.")}
    )
    key = forms.CharField(
        max_length=64, widget=forms.HiddenInput, error_messages={"required": STALE_PAGE, "max_length": STALE_PAGE}
    )


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
