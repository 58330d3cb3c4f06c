from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import MemberQuerySet


class DirectoryForm(forms.Form):
    """What somebody looks for in the directory. Every question may be left empty."""

    q = forms.CharField(label=_("A name, a trade, a word"), max_length=100, required=False)
    activity = forms.CharField(label=_("Activity"), max_length=100, required=False)
    commune = forms.CharField(label=_("Commune"), max_length=100, required=False)
    skill = forms.CharField(label=_("Skill"), max_length=40, required=False)

    def narrow(self, shown: MemberQuerySet) -> MemberQuerySet:
        """`shown` comes from `shown_to`. A question that was not understood (too long) narrows nothing."""
        asked = self.cleaned_data
        if words := asked.get("q"):
            shown = shown.saying(words)
        if activity := asked.get("activity"):
            shown = shown.working_as(activity)
        if commune := asked.get("commune"):
            shown = shown.living_in(commune)
        if skill := asked.get("skill"):
            shown = shown.skilled_in(skill)
        return shown

    @property
    def asks_precisely(self) -> bool:
        """Whether one of the questions beside the first was answered."""
        return any(self.data.get(name) for name in ("activity", "commune", "skill"))
