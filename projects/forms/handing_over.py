"""Whose files go to whom; and which record of a person is kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import User
from projects.forms.desk import ActForm
from projects.models import ProjectFile


class HandOverForm(ActForm):
    to = forms.ModelChoiceField(label=_("To whom"), queryset=User.objects.none())
    files = forms.ModelMultipleChoiceField(
        label=_("Which files"),
        queryset=ProjectFile.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one file.")},
    )

    def __init__(self, *args, leaving: User, **kwargs) -> None:
        files = ProjectFile.objects.followed_by(leaving).select_related("holder", "adviser", "deputy").order_by("reference")
        super().__init__(*args, initial={"files": [file.pk for file in files]}, **kwargs)
        self.fields["to"].queryset = User.objects.advisers().exclude(pk=leaving.pk).order_by("sort_name", "pk")
        self.fields["files"].queryset = files
        self.fields["files"].label_from_instance = lambda file: f"{file.reference} {file.holder}, {file.title}"


class MergeForm(ActForm):
    """One press: the record of the page is kept, the other becomes part of it."""
