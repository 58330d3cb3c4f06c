"""What somebody waits for."""

from django import forms

from telecentres.availability.forms import Moments
from telecentres.enums import DeskKind


class WaitingForm(Moments):
    """What somebody waits for, as the page that says no sends it."""

    kind = forms.ChoiceField(choices=DeskKind)

    @property
    def kind_of_desk(self) -> DeskKind:
        return DeskKind(self.cleaned_data["kind"])
