"""What somebody who lays down a project is asked: little, and nothing twice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.email_addresses import AddressField
from common.phone import PhoneField
from projects.enums import ConsentPurpose
from projects.holders import agreement_to_keep
from projects.household.arrival import LONGEST_WORDS, WishField
from projects.household.wishes import Wish
from villages.models import Village

LONGEST_ANSWERS = 2000
TOO_OLD = _("This page is too old: open it again.")


class IntakeForm(forms.Form):
    """`partial` reads a draft, of which nothing is required yet."""

    first_name = forms.CharField(label=_("First name"), max_length=80, widget=forms.TextInput({"autocomplete": "given-name"}))
    last_name = forms.CharField(label=_("Last name"), max_length=80, widget=forms.TextInput({"autocomplete": "family-name"}))
    email = AddressField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"}))
    phone = PhoneField(label=_("Telephone"), required=False)
    title = forms.CharField(label=_("What you do"), max_length=160)
    summary = forms.CharField(
        label=_("What you imagine"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("The family, the home, a wish, a worry."),
    )
    wished_on = WishField(
        label=_("Month and year you wish for"),
        max_length=LONGEST_WORDS,
        required=False,
        to_come=True,
        help_text=_("As you would say it: “March 2027”, “as soon as possible”."),
    )
    village = forms.ModelChoiceField(
        label=_("A village in mind"), queryset=Village.objects.none(), required=False, empty_label="–", to_field_name="slug"
    )
    consent = forms.BooleanField(
        help_text=agreement_to_keep.FILE_HINT,
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
        self.fields["consent"].label = agreement_to_keep.words_to_show(ConsentPurpose.FILE)

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.PARTS.items()]

    def facts(self) -> dict[str, Any]:
        """The arguments of `lay_down` that were typed."""
        facts = self.cleaned_data
        names = ("key", "first_name", "last_name", "email", "phone", "title", "summary", "answers")
        told = {name: facts[name] for name in names}
        if facts["wished_on"] != Wish() or facts["village"]:
            told["household"] = {**facts["wished_on"].fields(), "wished_village": facts["village"]}
        return told

    @classmethod
    def draft_of(cls, data) -> dict[str, str]:
        """What has been typed so far, as it was typed."""
        longest = {"summary": 4000, "answers": LONGEST_ANSWERS}
        return {name: data[name][: longest.get(name, 200)] for name in cls.KEPT if data.get(name)}
