"""What advisers ask for and put into a file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.activity.forms import ActForm


class AskForm(ActForm):
    label = forms.CharField(
        label=_("Which paper"), max_length=120, help_text=_("As the holder would call it: two quotes for the workplace.")
    )


class PutForm(ActForm):
    label = forms.CharField(label=_("What it is"), max_length=120)
    upload = forms.FileField(
        label=_("The paper"), max_length=200, help_text=_("PDF, photo (JPEG, PNG), text or sheet (ODT, DOCX, XLSX): 10 MB at most.")
    )
    for_holder = forms.BooleanField(
        label=_("The holder may read it on their own page"), required=False, help_text=_("Else it stays within the team.")
    )
