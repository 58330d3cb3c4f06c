"""What a questionnaire is made of: fields that are one question each, or several, and the parts they stand in."""

import re
from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy


class OneAnswerField(forms.ChoiceField):
    widget = forms.RadioSelect


class SeveralAnswersField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class WholeNumberField(forms.IntegerField):
    """A whole number as people type it, « 1 200 € ». A text field: what cannot be read comes back as it was typed."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, *, most: int, least: int = 0, **kwargs) -> None:
        told = format_lazy(gettext_lazy("Write a whole number, from {least} to {most}."), least=least, most=most)
        messages = {"invalid": told, "min_value": told, "max_value": told}
        super().__init__(required=False, min_value=least, max_value=most, error_messages=messages, **kwargs)

    def to_python(self, value: str) -> int | None:
        return super().to_python(re.sub(r"[\s€]", "", value or ""))


@dataclass(frozen=True)
class AnswerBox:
    """One answer to tick, with a word under it."""

    box: BoundWidget
    hint: str


@dataclass(frozen=True)
class AskedQuestion:
    """One field, or several that are one question (`fields`, under the label of the question)."""

    label: str
    field: BoundField | None = None
    options: list[AnswerBox] | None = None
    fields: list[BoundField] | None = None
    hint: str = ""

    @property
    def is_required(self) -> bool:
        return bool(self.field and self.field.field.required)


@dataclass(frozen=True)
class QuestionnairePart:
    number: int
    title: str
    questions: list[AskedQuestion]
    is_answered: bool
