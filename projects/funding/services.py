"""The funding plan of a file: needs, sources, and the tasks counted back from a committee's date."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_noop

from common.working_days import working_days_before
from members.models import User
from projects.activity.ball import pass_ball, pass_ball_and_show_note
from projects.activity.kept_words import in_first_language
from projects.activity.refusals import FundingRefused
from projects.enums import Ball, FundingState
from projects.models import FundingLine, Gap, Need, ProjectFile, Task
from projects.models.file import locked
from projects.models.funding import NOTHING


def gap_of(file: ProjectFile) -> Gap:
    """Two queries."""
    needs = Need.objects.filter(file=file).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    return FundingLine.objects.filter(file=file).gap(needs)


@transaction.atomic
def save_line(*, line: FundingLine, by: User, now: dt.datetime | None = None) -> FundingLine:
    """Keep a new or changed line, and put its tasks where its dates say.

    A state that has its date sets it where it was left empty: lodged, decided, paid today. The constraints hold the rest; what
    they refuse is a FundingRefused.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    file = locked(line.file)
    before = FundingLine.objects.filter(pk=line.pk).values_list("state", flat=True).first()
    if before not in (None, line.state):
        FundingState(before).lead_to(line.state)
    fill_date_of_state(line, today)
    if faults := faults_of(line):
        raise FundingRefused(faults)
    line.save()
    plan_backwards(line, by=by, now=now)
    if line.state != before:
        pass_ball_for_line(file, line, now=now)
    return line


def date_of_state(state: str | None) -> str:
    """The date that a state brings with it, where it was left empty."""
    if state == FundingState.LODGED:
        return "lodged_on"
    return "decided_on" if state in FundingState.decided() else ""


def fill_date_of_state(line: FundingLine, today: dt.date) -> None:
    if date := date_of_state(line.state):
        setattr(line, date, getattr(line, date) or today)
    if line.state == FundingState.PAID:
        line.paid_on = line.paid_on or today
        line.paid = line.granted if line.paid is None else line.paid


def faults_of(line: FundingLine) -> str:
    """The sentences of the constraints that the line breaks."""
    try:
        line.validate_constraints()
    except ValidationError as faults:
        return " ".join(faults.messages)
    return ""


def plan_backwards(line: FundingLine, *, by: User, now: dt.datetime) -> None:
    """A task for each step before the committee, and one for the day by which the request is lodged.

    Tasks still to be done move with the dates; what was done stays done; a line that is over ends them all.
    """
    steps = steps_of(line)
    to_do = {task.title: task for task in line.tasks.to_do().order_by("pk").select_for_update(of=("self",), no_key=True)}
    done = set(line.tasks.filter(done_at__isnull=False).values_list("title", flat=True))
    for title, day in steps.items():
        if task := to_do.pop(title, None):
            if task.due_on != day:
                task.due_on, task.due_set_at = day, now
                task.save(update_fields=["due_on", "due_set_at"])
        elif title not in done:
            Task.objects.create(
                file=line.file,
                funding_line=line,
                title=title,
                due_on=day,
                due_set_at=now,
                assignee=line.file.adviser or by,
                created_by=by,
                created_at=now,
            )
    Task.objects.filter(pk__in=[task.pk for task in to_do.values()]).update(done_at=now, done_by=by)


def steps_of(line: FundingLine) -> dict[str, dt.date]:
    """By title, the day of each step that is still of use."""
    if line.state not in FundingState.hoped_for():
        return {}
    steps = {}
    if line.committee_on and line.scheme:
        for step in line.scheme.steps.all():
            title = in_first_language(gettext_noop("%(step)s, %(funder)s"), step=step.title, funder=line.funder)
            steps[title[:160]] = working_days_before(line.committee_on, step.working_days_before)
    if line.deadline and line.state in FundingState.to_lodge():
        steps[in_first_language(gettext_noop("Lodge the request with %(funder)s"), funder=line.funder)[:160]] = line.deadline
    return steps


def pass_ball_for_line(file: ProjectFile, line: FundingLine, *, now: dt.datetime) -> None:
    if line.state == FundingState.LODGED:
        pass_ball_and_show_note(
            file=file, to=Ball.FUNDER, note=in_first_language(gettext_noop("%(funder)s decides"), funder=line.funder), now=now
        )
    elif line.state in FundingState.decisions():
        label = FundingState(line.state).label
        note = in_first_language(gettext_noop("%(funder)s has decided: %(state)s"), funder=line.funder, state=label)
        pass_ball(file=file, to=Ball.ADVISER, note=note, now=now)
