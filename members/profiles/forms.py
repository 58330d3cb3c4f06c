"""What a member says of themselves, and who may see it."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.core.validators import URLValidator
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from common import pictures
from common.phone import PhoneField
from members.enums import Visibility
from members.models import SHOWN_FIELDS, Member, User
from villages.models import Commune
from villages.searching.communes import name_and_postal_code, read_commune, why_not_read

MOST_SKILLS = 12
LONGEST_SKILL = 40


class CommuneField(forms.CharField):
    """A commune as one writes it: its name, and its postal code where two bear the same. Any number of communes will do."""

    def prepare_value(self, value: Any) -> Any:
        return name_and_postal_code(value) if isinstance(value, Commune) else value

    def clean(self, value: Any) -> Commune | None:
        written = super().clean(value)
        if not written:
            return None
        reading = read_commune(written)
        if reading.only is None:
            raise forms.ValidationError(why_not_read(written, reading))
        return Commune.objects.get(pk=reading.only.key)


class SkillsField(forms.CharField):
    """A list written on one line, with commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        skills = [words for words in (" ".join(part.split()) for part in super().clean(value).split(",")) if words]
        if len(skills) > MOST_SKILLS:
            raise forms.ValidationError(
                ngettext("%(most)d skill at most.", "%(most)d skills at most: keep those you wish to be asked about.", MOST_SKILLS)
                % {"most": MOST_SKILLS}
            )
        for skill in skills:
            if len(skill) > LONGEST_SKILL:
                raise forms.ValidationError(
                    gettext('"%(skill)s" is too long for one skill: %(most)d characters at most. Separate them with commas.')
                    % {"skill": f"{skill[:LONGEST_SKILL]}…", "most": LONGEST_SKILL}
                )
        return skills


class NameForm(forms.Form):
    first_name = forms.CharField(label=_("First name"), max_length=80, widget=forms.TextInput({"autocomplete": "given-name"}))
    last_name = forms.CharField(label=_("Last name"), max_length=80, widget=forms.TextInput({"autocomplete": "family-name"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        names = {"first_name": user.first_name, "last_name": user.last_name}
        super().__init__(*args, initial=names | kwargs.pop("initial", {}), **kwargs)


class ProfileForm(NameForm):
    activity = forms.CharField(
        label=_("Activity"),
        max_length=100,
        help_text=_("In a few words: translator, web developer."),
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    commune = CommuneField(
        label=_("Commune"),
        max_length=120,
        help_text=_("Where you live or work. Its name, or its postal code."),
        widget=forms.TextInput({"autocomplete": "address-level2"}),
    )
    skills = SkillsField(
        label=_("Skills"), max_length=600, required=False, help_text=_("With commas between them: proofreading, legal English.")
    )
    bio = forms.CharField(
        label=_("In a few sentences"),
        max_length=1500,
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("What you do, for whom, and what you would gladly share."),
    )
    website = forms.URLField(
        label=_("Web site"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "url", "spellcheck": "false"}),
    )
    phone = PhoneField(label=_("Telephone"), required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        present = {name: getattr(member, name) for name in ("activity", "commune", "skills", "bio", "website", "phone")}
        super().__init__(*args, user=member.user, initial=present, **kwargs)

    def clean_website(self) -> str:
        website = self.cleaned_data["website"]
        if website:
            URLValidator(schemes=["http", "https"])(website)
        return website


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("A new photo"),
        help_text=_(
            "JPEG, PNG, WebP or HEIC, 20 MB at most. We keep a small square of it and nothing else: neither its date nor its place."
        ),
        widget=forms.FileInput({"accept": pictures.ACCEPTED}),
    )

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        """`by` sends it; needed where something is sent."""
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_photo(self) -> ContentFile:
        sent = self.cleaned_data["photo"]
        try:
            pictures.count_upload(str(self.by.pk))
            return pictures.portrait(sent, sent.size)
        except pictures.PictureRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class VisibilityForm(forms.Form):
    """One choice for each of `SHOWN_FIELDS`."""

    LABELS = {
        "name": _("Name and activity"),
        "commune": _("Commune"),
        "bio": _("Presentation and skills"),
        "website": _("Web site"),
        "email": _("E-mail address"),
        "phone": _("Telephone"),
        "photo": _("Photo"),
    }

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, initial={name: getattr(member, f"{name}_visibility") for name in SHOWN_FIELDS}, **kwargs)
        for name in SHOWN_FIELDS:
            self.fields[name] = forms.ChoiceField(
                label=self.LABELS[name], choices=[(level, capfirst(level.label)) for level in Visibility]
            )
        self.fields["name"].help_text = _("Without your name, nothing else of you is shown.")


class EncountersForm(forms.Form):
    """What a member agrees to about the days they work in a télécentre."""

    seen_there = forms.BooleanField(
        label=_("Members who are there the same day see that I come"),
        help_text=_("Only those who may see your name, and only the days both of you have booked."),
        required=False,
    )
    meets_newcomers = forms.BooleanField(
        label=_("I gladly meet newcomers of my trade"),
        help_text=_(
            "Somebody tries a télécentre on a day you are there: each of you is told the other's name and activity, by e-mail."
        ),
        required=False,
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        agreed = {"seen_there": bool(member.seen_there_since), "meets_newcomers": bool(member.meets_newcomers_since)}
        super().__init__(*args, initial=agreed, **kwargs)
