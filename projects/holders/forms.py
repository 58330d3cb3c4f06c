"""What advisers type of a holder."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Holder


class HolderForm(forms.ModelForm):
    class Meta:
        model = Holder
        fields = ["first_name", "last_name", "email", "phone", "lives_in"]

    def clean(self) -> dict:
        facts = super().clean()
        if not self.errors and not facts["email"] and not facts["phone"]:
            self.add_error("email", _("An e-mail address or a telephone number is needed: how else would we answer?"))
        return facts
