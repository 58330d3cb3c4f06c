"""What advisers choose and note about introductions."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from common.days import MomentField
from projects.enums import IntroductionState
from projects.forms.desk import ActForm
from projects.forms.links import AnswerForm
from projects.models import Introduction
from villages.models import Village


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

    OUTCOMES = [IntroductionState.VISITED, IntroductionState.CHOSEN, IntroductionState.NOT_CHOSEN, IntroductionState.WITHDRAWN]

    def __init__(self, *args, state: IntroductionState, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(to.value, to.label) for to in self.OUTCOMES if to in state.next_states]
