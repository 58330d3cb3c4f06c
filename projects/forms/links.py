"""What people answer behind the link of a letter."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.forms.fields import DayInput


class ConsentForm(forms.Form):
    answer = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    villages = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args, villages: Sequence[int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list(villages)
        self.fields["villages"].choices = [(pk, pk) for pk in villages]

    def clean(self) -> dict:
        facts = super().clean()
        if facts.get("answer") == "yes" and not facts.get("villages"):
            self.add_error("villages", _("Tick at least one village, or say no."))
        return facts

    @property
    def agreed_to(self) -> list[int]:
        return self.cleaned_data["villages"] if self.cleaned_data["answer"] == "yes" else []

    @property
    def ticked(self) -> list[int]:
        return self.cleaned_data.get("villages", []) if self.is_bound else self.asked


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", pgettext_lazy("a village answers", "Yes, gladly")),
            ("later", pgettext_lazy("a village answers", "Not now")),
            ("no", pgettext_lazy("a village answers", "No")),
            ("known", pgettext_lazy("a village answers", "We are in touch already")),
        ],
    )
    later_on = forms.DateField(
        label=_("From when on"), required=False, widget=DayInput, help_text=_("If it is not now: the day from which you could.")
    )
    words = forms.CharField(
        label=_("A word for them"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("With a yes: when you could meet. With a no: why, in a few words."),
    )
