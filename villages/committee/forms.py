"""What a committee types about its village, apart from its dwellings."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from common.days import DayField
from common.phone import PhoneField
from villages.committee.upkeep import MOST_FAMILIES
from villages.enums import ProjectStage
from villages.models import FactCheck, SpeedTest, TerritoryProject, Village

FASTEST_MBPS = 20_000
FIRST_YEAR, LAST_YEAR = 1990, 2100  # of a project, as the model has them


def longest(model: type, name: str) -> int:
    return model._meta.get_field(name).max_length


class Paragraphs(forms.CharField):
    """Several lines. A browser ends each with two signs; one is kept, so that the same words are the same text."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class Day(DayField):
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class PageForm(forms.Form):
    tagline = forms.CharField(
        label=_("The village in one sentence"),
        max_length=longest(Village, "tagline"),
        required=False,
        help_text=_("It stands under the name, in the lists too. Say what one would not guess from the map."),
        widget=forms.Textarea({"rows": 3}),
    )
    description = Paragraphs(
        label=_("The village in a few words"),
        max_length=longest(Village, "description"),
        required=False,
        help_text=_("How one is welcomed, who lives here, what is missing. An empty line starts a paragraph."),
        widget=forms.Textarea({"rows": 9}),
    )

    def clean_tagline(self) -> str:
        return " ".join(self.cleaned_data["tagline"].split())


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("A word to add"),
        max_length=longest(FactCheck, "note"),
        required=False,
        help_text=_("What the figures do not say: “The baker comes on Tuesdays and Fridays.” Empty, nothing is added."),
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_note(self) -> str:
        return " ".join(self.cleaned_data["note"].split())


class ProjectForm(forms.Form):
    title = forms.CharField(
        label=_("What it is"),
        max_length=longest(TerritoryProject, "title"),
        help_text=_("In a few words: “A crèche for twelve children”."),
    )
    stage = forms.ChoiceField(label=_("How far it is"), widget=forms.RadioSelect)
    year = forms.IntegerField(
        label=_("Year"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        required=False,
        help_text=_("When it was finished, or should be."),
    )
    text = Paragraphs(
        label=_("What it changes"),
        max_length=longest(TerritoryProject, "text"),
        required=False,
        help_text=_("For somebody who would live here: where, for whom, from when."),
        widget=forms.Textarea({"rows": 4}),
    )
    link = forms.URLField(
        label=_("To know more"),
        max_length=longest(TerritoryProject, "link"),
        required=False,
        assume_scheme="https",
        help_text=_("The address of a page that tells of it."),
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [(stage.value, stage.label.capitalize()) for stage in ProjectStage]

    @classmethod
    def present(cls, project: TerritoryProject) -> dict[str, Any]:
        return {name: getattr(project, name) for name in cls.base_fields}

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        if link:
            URLValidator(schemes=["http", "https"])(link)
        return link


class SpeedForm(forms.Form):
    where = forms.CharField(
        label=_("Where"),
        max_length=longest(SpeedTest, "where"),
        help_text=_("A place that people know: “The library”, “The square, at number 4”."),
    )
    measured_on = Day(label=_("Which day"))
    down_mbps = forms.DecimalField(
        label=_("Received, Mb/s"),
        min_value=Decimal("0.1"),
        max_value=FASTEST_MBPS,
        max_digits=7,
        decimal_places=1,
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    up_mbps = forms.DecimalField(
        label=_("Sent, Mb/s"),
        min_value=0,
        max_value=FASTEST_MBPS,
        max_digits=7,
        decimal_places=1,
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"measured_on": on}, **kwargs)
        self.on = on

    def clean_where(self) -> str:
        return " ".join(self.cleaned_data["where"].split())

    def clean_measured_on(self) -> dt.date:
        measured_on = self.cleaned_data["measured_on"]
        if measured_on > self.on:
            raise forms.ValidationError(_("This day is still to come: say when it was measured."), code="future")
        return measured_on


class AbsenceForm(forms.Form):
    first = Day(label=_("First day away"))
    last = Day(label=_("Last day away"))

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean_last(self) -> dt.date:
        last = self.cleaned_data["last"]
        if last < self.on:
            raise forms.ValidationError(_("This day is over. Choose today or a day to come."), code="past")
        return last

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day comes after the first."))


class TelephoneForm(forms.Form):
    """One's own number, and that one agrees to be called there; emptied, nobody calls any more."""

    phone = PhoneField(label=_("Your telephone"), required=False)
    agreed = forms.BooleanField(
        label=_("The network’s advisers may call me at this number about families, and nobody else sees it."), required=False
    )

    def clean(self) -> None:
        if self.cleaned_data.get("phone") and not self.cleaned_data["agreed"] and not self.errors:
            self.add_error("agreed", _("Tick this for the number to be kept, or leave the number empty."))


class CapacityForm(forms.Form):
    families = forms.IntegerField(
        label=_("Families you can welcome a month"),
        min_value=0,
        max_value=MOST_FAMILIES,
        help_text=_("0: no room for now."),
    )


class PauseForm(forms.Form):
    until = Day(
        label=_("Pause until the end of"),
        required=False,
        help_text=_("Without a day, until you say so."),
    )

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean_until(self) -> dt.date | None:
        until = self.cleaned_data["until"]
        if until and until < self.on:
            raise forms.ValidationError(_("This day is over. Choose today or a day to come."), code="past")
        return until
