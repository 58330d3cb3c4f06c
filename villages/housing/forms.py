"""What a committee types about its dwellings."""

from dataclasses import fields
from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from common import pictures
from common.days import DayField
from villages.housing.services import HousingFacts
from villages.models import Housing

HIGHEST_PRICE, LARGEST_SURFACE, MOST_ROOMS, MOST_MONTHS = 10_000_000, 5_000, 50, 36


class HousingForm(forms.ModelForm):
    """A new dwelling of a village, or one to change."""

    class Meta:
        model = Housing
        fields = [fact.name for fact in fields(HousingFacts)]
        localized_fields = ["price"]
        field_classes = {"free_from": DayField}
        labels = {
            "kind": _("What is offered"),
            "price": _("Price in euros"),
            "surface_m2": _("Surface in m²"),
            "audience": _("Who may see it"),
            "most_months": _("To try: for how many months at most"),
        }
        help_texts = {
            "title": _("What one says of it in the street: “Town house with a closed garden”."),
            "price": _("A month for a rent, charges included; the whole for a sale."),
            "has_workroom": _("A room with a door, where one can make a call."),
            "description": _("What one cannot guess from the figures: the heating, the works, the neighbours. No address."),
            "audience": _("A lead that should not be read by everybody is shown to candidates whom an adviser knows."),
            "owner_contact": _("Never shown on the site: for the committee and the advisers."),
        }
        widgets = {
            "kind": forms.RadioSelect,
            "audience": forms.RadioSelect,
            "description": forms.Textarea({"rows": 5}),
            "free_from": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "price": forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "audience", "connection"):
            choices = Housing._meta.get_field(name).choices
            self.fields[name].choices = [(value, label.capitalize()) for value, label in choices]
        self.fields["energy_rating"].choices = [("", _("Not known")), *Housing._meta.get_field("energy_rating").choices]
        if self.instance.pk and self.instance.price == int(self.instance.price):
            self.initial["price"] = int(self.instance.price)  # 620, not 620,00
        for name, most in {
            "price": HIGHEST_PRICE,
            "surface_m2": LARGEST_SURFACE,
            "rooms": MOST_ROOMS,
            "bedrooms": MOST_ROOMS,
            "most_months": MOST_MONTHS,
        }.items():
            self.fields[name].validators.append(MaxValueValidator(most))

    @property
    def facts(self) -> HousingFacts:
        """Once it is valid."""
        return HousingFacts(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") != "trial" and cleaned.get("most_months"):
            self.add_error("most_months", _("Only a place to try has a number of months: leave it empty."))
        return cleaned


class HousingPhotoForm(forms.Form):
    """One photo, and what one sees on it."""

    photo = forms.FileField(
        label=_("A photo"),
        help_text=_("JPEG, PNG, WebP or HEIC, 20 MB at most. Neither its date nor its place is kept."),
        widget=forms.FileInput({"accept": pictures.ACCEPTED}),
    )
    alt = forms.CharField(
        label=_("What one sees on it"),
        help_text=_("For those who do not see it: “The kitchen, its stove and the door to the garden”."),
        max_length=200,
    )

    def __init__(self, *args: Any, by: AbstractBaseUser | None = None, **kwargs: Any) -> None:
        """`by` sends it; needed where something is sent."""
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_photo(self) -> pictures.Picture:
        sent = self.cleaned_data["photo"]
        try:
            pictures.count_upload(str(self.by.pk))
            return pictures.Picture.redrawn(sent, sent.size)
        except pictures.PictureRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
