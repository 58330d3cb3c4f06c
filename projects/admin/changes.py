"""What a form changed, read from the form itself: what stood in each field, and what stands there now."""

from collections.abc import Iterable

from django.forms import ModelForm

from members.models import User
from projects.activity.changes import FieldChange, note_changes
from projects.models import ProjectFile


def note_form(form: ModelForm, *, files: Iterable[ProjectFile], by: User) -> None:
    """Call it when the form is saved. A new row is a change from nothing."""
    changes = [
        FieldChange(
            str(form.fields[name].label or name),
            value_shown(form, name, form.initial.get(name)),
            value_shown(form, name, form.cleaned_data[name]),
        )
        for name in form.changed_data
        if name in form.fields and name in form.cleaned_data
    ]
    note_changes(files=files, of=str(form.instance._meta.verbose_name), changes=changes, by=by)


def value_shown(form: ModelForm, name: str, value: object) -> object:
    """The words of a choice, the name of what a key points to."""
    field = form.fields[name]
    if hasattr(field, "queryset") and value is not None and not hasattr(value, "pk"):
        return field.queryset.filter(pk=value).first() or value
    choices = dict(getattr(field, "choices", None) or []) if not hasattr(field, "queryset") else {}
    return choices.get(value, value) if isinstance(value, str | int) else value
