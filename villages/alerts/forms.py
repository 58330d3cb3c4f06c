"""What is asked of somebody who wants to hear of news."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.email_addresses import AddressField
from villages.enums import AlertRhythm


def rhythms() -> list[tuple[str, str]]:
    return [(value, capfirst(label)) for value, label in AlertRhythm.choices]


class RhythmForm(forms.Form):
    rhythm = forms.ChoiceField(label=_("How often"), choices=rhythms, widget=forms.RadioSelect, initial=AlertRhythm.WEEKLY)


class AlertForm(RhythmForm):
    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("For this alert and nothing else. Every letter ends it in one press, and your address is erased with it."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    field_order = ["email", "rhythm"]
