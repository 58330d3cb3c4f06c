"""The funding plan as advisers type it: needs, and lines."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import DayField
from projects.activity.forms import DayInput
from projects.funding.services import date_of_state
from projects.models import FundingLine, Need, ProjectFile, Scheme

TO_COME, PAST = ["deadline", "committee_on"], ["lodged_on", "decided_on", "paid_on"]
DATES = [*TO_COME, *PAST]


class NeedForm(forms.ModelForm):
    class Meta:
        model = Need
        fields = ["label", "amount"]


NeedFormSet = forms.inlineformset_factory(ProjectFile, Need, form=NeedForm, extra=2)


class LineForm(forms.ModelForm):
    """Choosing a scheme fills in its funder."""

    class Meta:
        model = FundingLine
        fields = ["scheme", "funder", "label", "requested", "state", "granted", "paid", *DATES]
        widgets = dict.fromkeys(DATES, DayInput)
        field_classes = dict.fromkeys(DATES, DayField)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["funder"].required = False
        schemes = Scheme.objects.filter(is_active=True)
        if self.instance.scheme_id:
            schemes = schemes | Scheme.objects.filter(pk=self.instance.scheme_id)
        self.fields["scheme"].queryset = schemes

    def clean(self) -> dict:
        facts = super().clean()
        if not facts.get("funder"):
            if facts.get("scheme"):
                facts["funder"] = facts["scheme"].funder
                self.instance.funder = facts["funder"]
            else:
                self.add_error("funder", self.fields["funder"].error_messages["required"])
        today = timezone.localdate()
        if date := date_of_state(facts.get("state")):
            facts[date] = facts.get(date) or today
        for name in PAST:
            if (day := facts.get(name)) and day > today:
                self.add_error(name, _("This day is to come: choose today or a day that has passed."))
        return facts

    def refuse(self, refusal) -> None:
        self.add_error(None, str(refusal))


class SchemeForm(forms.ModelForm):
    website = forms.URLField(label=_("Web site"), max_length=200, required=False, assume_scheme="https")

    class Meta:
        model = Scheme
        fields = ["name", "funder", "kind", "most", "about", "website", "checked_on", "is_active"]
        widgets = {"checked_on": DayInput}
        field_classes = {"checked_on": DayField}
