"""What people answer behind the link of a letter."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.days import DayField
from projects.enums import StillHere
from projects.forms.fields import DayInput
from projects.models import FollowUp


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
    later_on = DayField(
        label=_("From when on"), required=False, widget=DayInput, help_text=_("If it is not now: the day from which you could.")
    )
    words = forms.CharField(
        label=_("A word for them"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("With a yes: when you could meet. With a no: why, in a few words."),
    )


class NewsForm(forms.ModelForm):
    """Half a minute: what a family says of itself some months after it settled. Those who have left are asked why, and no more."""

    PEOPLE = [
        ("", "–"),
        (1, pgettext_lazy("people to count on", "nobody yet")),
        (2, pgettext_lazy("people to count on", "one or two")),
        (3, pgettext_lazy("people to count on", "a few")),
        (4, pgettext_lazy("people to count on", "many")),
    ]
    knows_people = forms.TypedChoiceField(
        label=_("Whom could you call on a Sunday, if something went wrong?"),
        choices=PEOPLE,
        coerce=int,
        empty_value=None,
        required=False,
    )

    class Meta:
        model = FollowUp
        fields = ["still_here", "still_active", "dwelling", "partner", "knows_people", "jobs", "leaving", "comment"]
        labels = {
            "still_here": _("Do you still live here?"),
            "still_active": _("Does your activity go on?"),
            "dwelling": _("Your home"),
            "partner": _("Your partner"),
            "jobs": _("How many people work in it, you among them?"),
            "leaving": _("If you have left: why above all?"),
            "comment": _("Something to tell us?"),
        }
        widgets = {"still_here": forms.RadioSelect, "comment": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["still_here"].required = True
        self.fields["still_here"].choices = StillHere.choices

    def clean(self) -> dict:
        facts = super().clean()
        if facts.get("still_here") == StillHere.LEFT and not facts.get("leaving"):
            self.add_error("leaving", _("Choose what comes closest: it helps those who come after you."))
        if facts.get("still_here") == StillHere.YES:
            facts["leaving"] = ""
        return facts
