"""What somebody who lays down a project is asked: little, and nothing twice."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from projects import consents
from projects.enums import ConsentPurpose
from projects.intake.wishes import Wish
from villages.models import Village
from villages.search import words_of

LONGEST_ANSWERS = 2000
TOO_OLD = _("This page is too old: open it again.")
AS_DIGITS = re.compile(r"(?:(?P<year>\d{4})[-/. ](?P<month>\d{1,2})|(?P<month2>\d{1,2})[-/. ](?P<year2>\d{4}))")
AS_WORDS = re.compile(r"(?P<word>\D+?)\s*(?P<year>\d{4})")


class MonthField(forms.CharField):
    """A month as one writes it: « mars 2027 », « 03/2027 », « 2027-03 ». Its value is the first day of it."""

    def clean(self, value: Any) -> dt.date | None:
        text = super().clean(value)
        if not text:
            return None
        year, month = self.read(text)
        if month is None:
            raise forms.ValidationError(
                gettext("Write a month and a year, for instance %(example)s.") % {"example": self.said(self.soon())}
            )
        today = timezone.localdate()
        if (year, month) < (today.year, today.month):
            nearest = dt.date(today.year + (month < today.month), month, 1)
            raise forms.ValidationError(
                gettext("%(month)s has passed. Did you think of %(other)s?")
                % {"month": self.said(dt.date(year, month, 1)).capitalize(), "other": self.said(nearest)}
            )
        if year > today.year + 10:
            raise forms.ValidationError(gettext("This is more than ten years away: is the year right?"))
        return dt.date(year, month, 1)

    def read(self, text: str) -> tuple[int, int | None]:
        if found := AS_DIGITS.fullmatch(text):
            year, month = int(found["year"] or found["year2"]), int(found["month"] or found["month2"])
            return (year, month) if 1 <= month <= 12 and year >= 1900 else (year, None)
        if found := AS_WORDS.fullmatch(text):
            asked = "".join(words_of(found["word"]))
            for number, name in MONTHS.items():
                if len(asked) >= 3 and "".join(words_of(str(name))).startswith(asked):
                    return max(1900, int(found["year"])), number
        return 0, None

    @staticmethod
    def soon() -> dt.date:
        today = timezone.localdate()
        return dt.date(today.year + 1, today.month, 1)

    @staticmethod
    def said(month: dt.date) -> str:
        return f"{MONTHS[month.month]} {month.year}".lower()


class IntakeForm(forms.Form):
    """`partial` reads a draft, of which nothing is required yet."""

    first_name = forms.CharField(label=_("First name"), max_length=80, widget=forms.TextInput({"autocomplete": "given-name"}))
    last_name = forms.CharField(label=_("Last name"), max_length=80, widget=forms.TextInput({"autocomplete": "family-name"}))
    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"}))
    phone = PhoneNumberField(label=_("Telephone"), required=False, widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}))
    title = forms.CharField(label=_("What you do"), max_length=160)
    summary = forms.CharField(
        label=_("What you imagine"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("The family, the home, a wish, a worry."),
    )
    wished_on = MonthField(label=_("Month and year you wish for"), max_length=30, required=False)
    village = forms.ModelChoiceField(
        label=_("A village in mind"), queryset=Village.objects.none(), required=False, empty_label="–", to_field_name="slug"
    )
    consent = forms.BooleanField(
        help_text=consents.FILE_HINT,
        error_messages={"required": _("Without this agreement we may keep nothing of what you wrote.")},
    )
    answers = forms.CharField(max_length=LONGEST_ANSWERS, required=False, widget=forms.HiddenInput)
    key = forms.RegexField(
        r"^[\w-]{16,64}$",
        max_length=64,
        widget=forms.HiddenInput,
        error_messages={"required": TOO_OLD, "invalid": TOO_OLD, "max_length": TOO_OLD},
    )
    # Nobody sees it: whoever fills it in is a machine.
    website = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    PARTS = {
        _("You"): ["first_name", "last_name", "email", "phone"],
        _("Your project"): ["title", "summary", "wished_on", "village"],
        _("Your agreement"): ["consent"],
    }
    KEPT = ["first_name", "last_name", "email", "phone", "title", "summary", "wished_on", "village", "answers"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = Village.objects.public().with_commune().in_french_order()
        self.fields["consent"].label = consents.said_of(ConsentPurpose.FILE)

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.PARTS.items()]

    def facts(self) -> dict[str, Any]:
        """The arguments of `lay_down` that were typed."""
        facts = self.cleaned_data
        names = ("key", "first_name", "last_name", "email", "phone", "title", "summary", "answers")
        told = {name: facts[name] for name in names}
        if facts["wished_on"] or facts["village"]:
            wish = Wish.in_month(facts["wished_on"]) if facts["wished_on"] else Wish()
            told["household"] = {**wish.fields(), "wished_village": facts["village"]}
        return told

    @classmethod
    def draft_of(cls, data) -> dict[str, str]:
        """What has been typed so far, as it was typed."""
        longest = {"summary": 4000, "answers": LONGEST_ANSWERS}
        return {name: data[name][: longest.get(name, 200)] for name in cls.KEPT if data.get(name)}
