"""Which report is asked for."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import DayField
from projects.activity.forms import DayInput
from projects.enums import Origin
from projects.figures.parts import ReportRequest
from projects.figures.report import conventions

LONGEST = dt.timedelta(days=366 * 12)


class ReportForm(forms.Form):
    du = DayField(label=_("From"), widget=DayInput)
    au = DayField(label=_("To"), widget=DayInput)
    convention = forms.ChoiceField(label=_("Convention"), required=False)
    origine = forms.ChoiceField(label=_("Origin"), required=False, choices=[("", _("all")), *Origin.choices])
    connu = DayField(label=_("As known on"), widget=DayInput)

    def __init__(self, data=None) -> None:
        super().__init__(data)
        self.fields["convention"].choices = [("", _("all")), *((name, name) for name in conventions())]

    @classmethod
    def usual(cls) -> dict[str, str]:
        """From the first of January to today."""
        today = timezone.localdate()
        return {"du": f"{today.year}-01-01", "au": today.isoformat(), "connu": today.isoformat()}

    def clean_connu(self) -> dt.date:
        known = self.cleaned_data["connu"]
        if known > timezone.localdate():
            raise forms.ValidationError(_("This day is to come: choose today or a day that has passed."))
        return known

    def clean(self) -> dict:
        facts = super().clean()
        first, last = facts.get("du"), facts.get("au")
        if first and last and last < first:
            self.add_error("au", _("The end comes after the start."))
        elif first and last and last - first > LONGEST:
            self.add_error("au", _("Twelve years at most."))
        return facts

    @property
    def asked(self) -> ReportRequest:
        facts = self.cleaned_data
        return ReportRequest(facts["du"], facts["au"], facts["connu"], facts["convention"], facts["origine"])
