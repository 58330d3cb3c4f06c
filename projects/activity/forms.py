"""What advisers type about what was done and what is to do; and what all of their forms share."""

import datetime as dt

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import DayField, MomentField
from members.models import User
from projects.activity.refusals import Refused
from projects.enums import Ball, Direction, EventKind
from projects.models import ProjectFile, Task


class DayInput(forms.DateInput):
    """The browser's own calendar, which needs no script of ours."""

    input_type = "date"

    def __init__(self, **options) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class ActForm(forms.Form):
    """A form that ends in one service call."""

    def refuse(self, refusal: Refused) -> None:
        """Show why the service refused, beside the field it speaks of."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class EventForm(ActForm):
    """What was said or done, in one go: a kind with its direction, the words, and, if it was not now, when."""

    WHAT = {
        "call-in": (EventKind.CALL, Direction.IN, _("Call received")),
        "call-out": (EventKind.CALL, Direction.OUT, _("Call made")),
        "mail-in": (EventKind.MAIL, Direction.IN, _("Mail received")),
        "mail-out": (EventKind.MAIL, Direction.OUT, _("Mail sent")),
        "meeting": (EventKind.MEETING, Direction.OUT, _("Meeting")),
        "visit": (EventKind.VISIT, Direction.OUT, _("Visit")),
        "note": (EventKind.NOTE, Direction.INTERNAL, _("Note")),
    }

    text = forms.CharField(
        label=_("What was said, what follows"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )
    what = forms.ChoiceField(label=_("What it was"), choices=[(key, label) for key, (_kind, _direction, label) in WHAT.items()])
    ball = forms.ChoiceField(label=_("Who has the ball"), choices=[("", _("ball as it was")), *Ball.choices], required=False)
    word = forms.CharField(
        label=_("A word for the holder"),
        max_length=160,
        required=False,
        strip=True,
        help_text=_("The only line they read on their own page. You see it there before it is written."),
    )
    previewed = forms.CharField(
        max_length=160, required=False, widget=forms.HiddenInput
    )  # the word that was shown as they will see it
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=1440, required=False)
    at = MomentField(
        label=_("When"),
        required=False,
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": _("Day")},
            time_attrs={"type": "time", "aria-label": _("Hour")},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
        help_text=_("Leave it empty for now."),
    )

    def event(self) -> dict:
        """The arguments of `log_event` that were typed."""
        kind, direction, _label = self.WHAT[self.cleaned_data["what"]]
        facts = {name: self.cleaned_data[name] for name in ("text", "minutes", "at", "ball", "word")}
        return {"kind": kind, "direction": direction, **facts}

    def unseen_word(self) -> str:
        """The word for the holder, where whoever typed it has not seen yet how it stands on their page."""
        word = self.cleaned_data["word"]
        return "" if word == self.cleaned_data["previewed"] else word

    def shown(self) -> "EventForm":
        """The same form, beside its word as the holder will see it."""
        data = self.data.copy()
        data["previewed"] = self.cleaned_data["word"]
        return EventForm(data)


class TaskForm(ActForm):
    title = forms.CharField(label=_("What is to be done"), max_length=160)
    due_on = DayField(label=_("For when"), widget=DayInput)
    assignee = forms.ModelChoiceField(label=_("By whom"), queryset=User.objects.none())

    def __init__(self, *args, file: ProjectFile, by: User, **kwargs) -> None:
        super().__init__(*args, initial={"assignee": file.adviser_id or by.pk}, **kwargs)
        self.fields["assignee"].queryset = team_and_concerned(by.pk, file.adviser_id)

    def clean_due_on(self) -> dt.date:
        due_on = self.cleaned_data["due_on"]
        if due_on < timezone.localdate():
            raise forms.ValidationError(_("This day has passed: choose today or a coming day."))
        return due_on


class PostponeForm(ActForm):
    to = DayField(label=_("New day"), widget=DayInput)


class TaskChangeForm(forms.ModelForm):
    class Meta:
        model = Task
        fields = ["title", "assignee"]


def team_and_concerned(*others: int | None) -> QuerySet[User]:
    """The advisers, and those who are concerned already, even if they have left the team."""
    team = User.objects.advisers().values("pk")
    return User.objects.filter(Q(pk__in=team) | Q(pk__in=[pk for pk in others if pk])).order_by("sort_name", "pk")
