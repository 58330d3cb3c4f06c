from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import MemberQuerySet


class DirectoryForm(forms.Form):
    """What somebody looks for in the directory. Every question may be left empty."""

    q = forms.CharField(label=_("A name, a trade, a word"), max_length=100, required=False)
    activity = forms.CharField(label=_("Activity"), max_length=100, required=False)
    commune = forms.CharField(label=_("Commune"), max_length=100, required=False)
    skill = forms.CharField(label=_("Skill"), max_length=40, required=False)

    resembling = False  # whether those found only come near what was typed

    def narrow(self, shown: MemberQuerySet) -> MemberQuerySet:
        """`shown` comes from `shown_to`. A question that was not understood (too long) narrows nothing."""
        return self._narrowed(shown).in_french_order()

    def come_near(self, shown: MemberQuerySet) -> MemberQuerySet:
        """Where `narrow` found nobody: whoever comes near to what was typed, the nearest first, as in the list of villages."""
        typed = " ".join(words for words in self.cleaned_data.values() if words)
        self.resembling = bool(typed)
        return self._narrowed(shown, nearly=True).nearest_first(typed) if typed else shown.none()

    def _narrowed(self, shown: MemberQuerySet, **how: bool) -> MemberQuerySet:
        asked = self.cleaned_data
        if words := asked.get("q"):
            shown = shown.saying(words, **how)
        if activity := asked.get("activity"):
            shown = shown.working_as(activity, **how)
        if commune := asked.get("commune"):
            shown = shown.living_in(commune, **how)
        if skill := asked.get("skill"):
            shown = shown.skilled_in(skill, **how)
        return shown

    @property
    def asks_precisely(self) -> bool:
        """Whether one of the questions beside the first was answered."""
        return any(self.data.get(name) for name in ("activity", "commune", "skill"))
