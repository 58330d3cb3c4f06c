"""What advisers choose and note about introductions; what holders and villages answer behind the link of a letter."""

from collections.abc import Iterable, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.days import DayField, MomentField
from projects.activity.forms import ActForm, DayInput
from projects.enums import IntroductionState
from projects.models import Introduction
from villages.models import Village


class ConsentForm(forms.Form):
    answer = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    villages = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args, villages: Sequence[int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list(villages)
        self.fields["villages"].choices = [(pk, pk) for pk in villages]

    def clean(self) -> dict:
        facts = super().clean()
        if facts.get("answer") == "yes" and not facts.get("villages"):
            self.add_error("villages", _("Tick at least one village, or say no."))
        return facts

    @property
    def agreed_to(self) -> list[int]:
        return self.cleaned_data["villages"] if self.cleaned_data["answer"] == "yes" else []

    @property
    def ticked(self) -> list[int]:
        return self.cleaned_data.get("villages", []) if self.is_bound else self.asked


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", pgettext_lazy("a village answers", "Yes, gladly")),
            ("later", pgettext_lazy("a village answers", "Not now")),
            ("no", pgettext_lazy("a village answers", "No")),
            ("known", pgettext_lazy("a village answers", "We are in touch already")),
        ],
    )
    later_on = DayField(
        label=_("From when on"), required=False, widget=DayInput, help_text=_("If it is not now: the day from which you could.")
    )
    words = forms.CharField(
        label=_("A word for them"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("With a yes: when you could meet. With a no: why, in a few words."),
    )


class ChooseForm(ActForm):
    villages = forms.ModelMultipleChoiceField(
        queryset=Village.objects.none(), error_messages={"required": _("Choose at least one village.")}
    )
    beyond = forms.CharField(
        label=_("Why all the same"),
        max_length=Introduction._meta.get_field("beyond_capacity").max_length,
        required=False,
        help_text=_("For a village that has all the families it can welcome this month. Kept with the introduction, for the team."),
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args, villages: Iterable[Village], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["villages"].queryset = Village.objects.filter(pk__in=[village.pk for village in villages]).with_commune()


class OralConsentForm(ActForm):
    villages = forms.ModelMultipleChoiceField(
        label=_("The villages agreed to"),
        queryset=Village.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those the holder agreed to, by word of mouth. None: it is a no."),
    )

    def __init__(self, *args, villages: Iterable[Village], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["villages"].queryset = Village.objects.filter(pk__in=[village.pk for village in villages]).with_commune()


class OralAnswerForm(ActForm, AnswerForm):
    by_name = forms.CharField(label=_("Who said so"), max_length=120)
    field_order = ["by_name", "answer", "later_on", "words"]


class VisitForm(ActForm):
    at = MomentField(
        label=_("Day and hour of the visit"),
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": _("Day")},
            time_attrs={"type": "time", "aria-label": _("Hour")},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
    )


class OutcomeForm(ActForm):
    to = forms.ChoiceField(label=_("What became of it"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("In a few words"), max_length=500, required=False)

    def __init__(self, *args, state: IntroductionState, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(to.value, to.label) for to in IntroductionState.outcomes() if to in state.next_states]
