"""What a family is asked some months after it settled."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.enums import StillHere
from projects.models import FollowUp


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
