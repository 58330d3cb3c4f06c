"""What a holder sends."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PaperForm(forms.Form):
    document = forms.IntegerField(required=False, max_value=2**63 - 1, widget=forms.HiddenInput)  # one that was asked for
    label = forms.CharField(label=_("What it is"), max_length=120, required=False)
    upload = forms.FileField(
        label=_("The paper"),
        max_length=200,
        help_text=_("PDF, photo (JPEG, PNG), text or sheet (ODT, DOCX, XLSX): 10 MB at most."),
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png,.odt,.ods,.docx,.xlsx"}),
    )
