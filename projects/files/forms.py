"""What advisers type to open, move and entrust files. What the facts allow is the services' to say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.days import DayField
from members.access import Act
from members.models import User
from projects.activity.forms import ActForm, DayInput, team_and_concerned
from projects.enums import ClosingReason, Origin, Stage
from projects.models import ProjectFile


class MoveForm(ActForm):
    to = forms.ChoiceField(label=_("New stage"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Asked for when a file pauses or reopens; kept with the move."),
    )
    settled_on = DayField(
        label=_("Settled on"),
        required=False,
        widget=DayInput,
        help_text=_("For a settling: the day they arrived. Empty, it is today."),
    )
    paused_until = DayField(label=_("Paused until"), required=False, widget=DayInput, help_text=_("For a pause: the day it ends."))
    closing_reason = forms.ChoiceField(
        label=_("Closing reason"),
        required=False,
        choices=[("", "—"), *ClosingReason.choices],
        help_text=_("For a closing: how it ended. It counts in the figures."),
    )

    def __init__(self, *args, file: ProjectFile, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        after = Stage(file.stage).next_by_hand
        self.fields["to"].choices = [(stage.value, stage.label) for stage in Stage if stage in after]
        if file.stage == Stage.SETTLED:
            self.fields["to"].choices = [(Stage.SETTLED.value, _("settled, on another day")), *self.fields["to"].choices[1:]]
            self.fields["settled_on"].help_text = _("The day they arrived, put right.")
        if file.stage == Stage.CLOSED and by.may(Act.LEAD_FILES):
            erase = (Stage.ANONYMISED.value, _("erased for good, as the holder asks"))
            self.fields["to"].choices = [*self.fields["to"].choices, erase]
        if Stage.SETTLED not in after:
            del self.fields["settled_on"]
        if file.stage != Stage.SETTLED:  # nobody was followed to the end who never settled
            reasons = self.fields["closing_reason"]
            reasons.choices = [choice for choice in reasons.choices if choice[0] != ClosingReason.DONE]


class AssignForm(ActForm):
    adviser = forms.ModelChoiceField(label=_("Adviser"), queryset=User.objects.none())
    deputy = forms.ModelChoiceField(
        label=_("Deputy"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Is told instead of the adviser while the adviser is away."),
    )

    def __init__(self, *args, file: ProjectFile, by: User, **kwargs) -> None:
        facts = {"adviser": file.adviser_id or by.pk, "deputy": file.deputy_id}
        super().__init__(*args, initial=facts, **kwargs)
        team = team_and_concerned(by.pk, file.adviser_id, file.deputy_id)
        self.fields["adviser"].queryset = team if by.may(Act.LEAD_FILES) else User.objects.filter(pk=by.pk)
        self.fields["deputy"].queryset = team


class CloseForm(ActForm):
    """Closing several files as « no news »: the reason is asked for once."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For instance: three calls and two mails since September, no answer.")
    )


class OpenFileForm(forms.ModelForm):
    origin = forms.ChoiceField(label=_("origin"), choices=[("", "—"), *Origin.choices])  # asked, never taken for the web site
    mine = forms.BooleanField(label=_("I follow this file"), required=False, initial=True)

    class Meta:
        model = ProjectFile
        fields = ["holder", "title", "summary", "origin", "convention"]


class HandOverForm(ActForm):
    to = forms.ModelChoiceField(label=_("To whom"), queryset=User.objects.none())
    files = forms.ModelMultipleChoiceField(
        label=_("Which files"),
        queryset=ProjectFile.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one file.")},
    )

    def __init__(self, *args, leaving: User, **kwargs) -> None:
        files = ProjectFile.objects.followed_by(leaving).select_related("holder", "adviser", "deputy").order_by("reference")
        super().__init__(*args, initial={"files": [file.pk for file in files]}, **kwargs)
        self.fields["to"].queryset = User.objects.advisers().exclude(pk=leaving.pk).order_by("sort_name", "pk")
        self.fields["files"].queryset = files
        self.fields["files"].label_from_instance = lambda file: f"{file.reference} {file.holder}, {file.title}"
