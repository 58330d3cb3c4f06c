"""What advisers correct of a household. Empty is unknown, and stays so."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.household.arrival import LONGEST_WORDS, WishField
from projects.household.wishes import Wish
from projects.models import Household
from villages.enums import Level
from villages.matching.budget import fault_of_budget
from villages.matching.forms import MOST_CHILDREN
from villages.models import Village

LEVEL_FIELDS = {level: f"level_{level.value}" for level in Level}


class HouseholdForm(forms.ModelForm):
    level_creche, level_maternelle, level_elementaire, level_college, level_lycee = (
        forms.IntegerField(label=level.label, min_value=0, max_value=MOST_CHILDREN, required=False) for level in Level
    )
    wish = WishField(
        label=gettext_lazy("Wishes to arrive"),
        max_length=LONGEST_WORDS,
        required=False,
        help_text=gettext_lazy("A day or a month, as exact as they said it; else their words."),
    )

    class Meta:
        model = Household
        fields = [
            "adults",
            "may_be_more",
            "children",
            *LEVEL_FIELDS.values(),
            "partner_job",
            "wish",
            "wished_village",
            "seeks",
            "housing_budget",
            "rooms",
        ]

    def __init__(self, *args, instance: Household | None = None, **kwargs) -> None:
        said = instance.school_levels if instance else []
        initial = {field: said.count(level.value) or None for level, field in LEVEL_FIELDS.items()}
        if instance:
            initial["wish"] = str(Wish.of(instance))
        super().__init__(*args, instance=instance, initial=initial | (kwargs.pop("initial", None) or {}), **kwargs)
        self.fields["wished_village"].queryset = Village.objects.with_commune().in_french_order()

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        self.levels = [level.value for level, field in LEVEL_FIELDS.items() for _child in range(said.get(field) or 0)]
        if self.levels and "children" in said:
            if said["children"] is None:
                said["children"] = len(self.levels)
            elif said["children"] < len(self.levels):
                self.add_error("children", _("There are fewer children here than at the levels below."))
        if said.get("may_be_more") and said.get("adults") is None and "adults" in said:
            self.add_error("adults", _("“Or more” needs a number of adults."))
        if said.get("housing_budget") and {"housing_budget", "seeks"} & set(self.changed_data) and not said.get("seeks", "-"):
            self.add_error("seeks", _("Say what the budget is for: a month's rent and a price in all are not the same."))
        if fault := fault_of_budget(said.get("housing_budget"), said.get("seeks")):
            self.add_error("housing_budget", fault)
        return said

    def save(self, commit: bool = True) -> Household:
        self.instance.school_levels = self.levels
        if "wish" in self.changed_data:
            for name, value in self.cleaned_data["wish"].fields().items():
                setattr(self.instance, name, value)
        return super().save(commit)
