"""What the pages that join apps ask for."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_HALF_DAYS = 20


class TrialForm(forms.Form):
    half_days = forms.IntegerField(label=_("Half-days"), min_value=1, max_value=MOST_HALF_DAYS, initial=4)
