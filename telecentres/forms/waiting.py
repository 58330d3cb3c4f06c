"""What somebody waits for."""

from django import forms

from telecentres.enums import DeskKind
from telecentres.forms.availability import Moments


class WaitingForm(Moments):
    """What somebody waits for, as the page that says no sends it."""

    kind = forms.ChoiceField(choices=DeskKind)

    @property
    def kind_of_desk(self) -> DeskKind:
        return DeskKind(self.cleaned_data["kind"])
