"""Project files opened, moved from stage to stage, entrusted."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.typography import dated
from members.access import Act
from members.models import User
from projects.activity.ball import pass_ball, pass_ball_and_show_note
from projects.activity.kept_words import in_first_language
from projects.activity.refusals import AssignmentRefused, StageRefused
from projects.activity.to_do import add_tasks_of_stage
from projects.enums import Ball, BusinessTrack, ClosingReason, IntroductionState, Origin, SettlingTrack, Stage
from projects.follow_up.services import schedule_follow_ups
from projects.introductions.services import withdraw_all
from projects.models import Holder, Household, ProjectFile, Transition
from projects.models.file import locked
from villages.models import Village

SETTLED_BEFORE_AT_MOST = dt.timedelta(days=366)  # the file was opened


@transaction.atomic
def open_file(
    *,
    holder: Holder,
    title: str,
    summary: str = "",
    origin: Origin = Origin.WEB,
    convention: str = "",
    business_track: BusinessTrack = BusinessTrack.IDEA,
    settling_track: SettlingTrack = SettlingTrack.SEARCHING,
    household: dict[str, Any] | None = None,
    adviser: User | None = None,
    deputy: User | None = None,
    answers: str = "",
    key: str = "",
    now: dt.datetime | None = None,
) -> ProjectFile:
    """Open a file under the next reference of its year, `2026-0042`. `household` holds the fields of a Household."""
    now = now or timezone.now()
    opened_on = timezone.localdate(now)
    file = ProjectFile.objects.create(
        reference=next_reference(opened_on.year),
        holder=holder,
        title=title,
        summary=summary,
        origin=origin,
        convention=convention,
        business_track=business_track,
        settling_track=settling_track,
        adviser=adviser,
        adviser_since=now if adviser else None,
        deputy=deputy,
        answers=answers,
        key=key,
        ball_since=now,
        opened_on=opened_on,
        opened_at=now,
        active_at=now,
        stage_since=now,
    )
    if household is not None:
        Household.objects.create(file=file, **household)
    return file


def next_reference(year: int) -> str:
    """The next number of the year. Its row stays locked until the transaction ends, so an undone opening leaves no gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO projects_referencecounter AS counter (year, last) VALUES (%s, 1)"
            " ON CONFLICT (year) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [year],
        )
        (number,) = cursor.fetchone()
    return f"{year}-{number:04d}"


@transaction.atomic
def move_file(
    *,
    file: ProjectFile,
    to: Stage,
    by: User | None,
    reason: str = "",
    paused_until: dt.date | None = None,
    closing_reason: ClosingReason | str = "",
    settled_in: Village | None = None,
    settled_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> ProjectFile:
    """Move a file to another stage and keep the trace. Returns the file as it now is; raises StageRefused.

    The tasks of the new stage come with it; a closed file takes its introductions back; a settled one will be asked for news.
    They settled on the day `settled_on`, today where none is told; a settled file moved to settled has its day put right.

    A pause needs a coming day and a reason, a closing its closing reason, a reopening a reason. `by` is the person; None is
    the portal itself, which alone anonymises.
    """
    now, to = now or timezone.now(), Stage(to)
    file = locked(file)
    since = Stage(file.stage)
    if to == since == Stage.SETTLED:
        return date_settling(file, settled_on, by=by, reason=reason, now=now)
    if to == since:
        raise StageRefused(_("File %(reference)s is at this stage already.") % {"reference": file.reference}, "to")
    if to not in (since.next_states if by is None else since.next_by_hand):
        raise StageRefused(
            _("File %(reference)s cannot go from “%(since)s” to “%(to)s”.")
            % {"reference": file.reference, "since": since.label, "to": to.label},
            "to",
        )
    if to == Stage.PAUSED and (paused_until is None or paused_until <= timezone.localdate(now)):
        raise StageRefused(_("A pause needs the day it ends, and that day is to come."), "paused_until")
    if to == Stage.PAUSED and not reason.strip():
        raise StageRefused(_("A pause needs a reason."), "reason")
    if to == Stage.CLOSED and not closing_reason:
        raise StageRefused(_("Closing a file needs a closing reason."), "closing_reason")
    if to == Stage.CLOSED and closing_reason == ClosingReason.DONE and since != Stage.SETTLED:
        raise StageRefused(_("Nobody settled by this file: choose what ended it."), "closing_reason")
    if since == Stage.CLOSED and to.is_open and not reason.strip():
        raise StageRefused(_("Reopening a file needs a reason."), "reason")
    settled_on = day_of_settling(file, settled_on, timezone.localdate(now)) if to == Stage.SETTLED else None
    reason = reason.strip()
    facts: dict[str, Any] = {
        "stage_since": now,
        "active_at": now,
        "paused_until": paused_until if to == Stage.PAUSED else None,
        "pause_reason": reason if to == Stage.PAUSED else "",
    }
    if to != Stage.ANONYMISED:  # how it ended stays known for the figures
        facts["closing_reason"] = closing_reason if to == Stage.CLOSED else ""
    if to.is_open:  # reopened, it has not settled as it stands
        facts["settled_on"] = settled_on
    file.move(to, **facts)
    Transition.objects.create(
        file=file,
        from_stage=since,
        to_stage=to,
        reason=reason,
        closing_reason=closing_reason if to == Stage.CLOSED else "",
        settled_on=settled_on,
        by=by,
        at=now,
    )
    enter_stage(file, since, settled_in=settled_in, now=now)
    return file


def date_settling(file: ProjectFile, settled_on: dt.date | None, *, by: User | None, reason: str, now: dt.datetime) -> ProjectFile:
    """The day somebody settled, put right: told anew in the log, and the questions not asked yet move with it."""
    if settled_on is None:
        raise StageRefused(_("Say on which day they settled."), "settled_on")
    if settled_on == file.settled_on:
        raise StageRefused(_("This is the day that stands here already."), "settled_on")
    file.settled_on, file.active_at = day_of_settling(file, settled_on, timezone.localdate(now)), now
    file.save(update_fields=["settled_on", "active_at"])
    facts = {"from_stage": Stage.SETTLED, "to_stage": Stage.SETTLED, "settled_on": settled_on, "reason": reason.strip()}
    Transition.objects.create(file=file, by=by, at=now, **facts)
    schedule_follow_ups(file)
    return file


def day_of_settling(file: ProjectFile, told: dt.date | None, today: dt.date) -> dt.date:
    """From a year before the file was opened, as some tell us late, to today. Raises StageRefused."""
    first = file.opened_on - SETTLED_BEFORE_AT_MOST
    if told is not None and not first <= told <= today:
        raise StageRefused(_("Choose a day between %(first)s and today.") % {"first": dated(first)}, "settled_on")
    return told or today


def enter_stage(file: ProjectFile, since: Stage, *, settled_in: Village | None, now: dt.datetime) -> None:
    """Do what reaching a stage brings with it: who has the ball, the village settled in, introductions withdrawn, tasks added."""
    match file.stage:
        case Stage.PAUSED:
            pass_ball_and_show_note(
                file=file, to=Ball.HOLDER, note=in_first_language(gettext_noop("come back from the pause")), now=now
            )
        case Stage.SUPPORTED if since in Stage.at_rest():
            pass_ball(file=file, to=Ball.ADVISER, note=in_first_language(gettext_noop("take the file up again")), now=now)
        case Stage.SETTLED:
            settle_file(file, settled_in)
        case ended if not Stage(ended).is_open:
            withdraw_all(file=file, by=None, reason=in_first_language(gettext_noop("the file is closed")), now=now)
    add_tasks_of_stage(file=file, now=now)


def settle_file(file: ProjectFile, village: Village | None) -> None:
    """Note the village somebody settled in: the one that was said, else the one chosen after an introduction, else the file's."""
    if village is None:
        chosen = (
            file.introductions.filter(state=IntroductionState.CHOSEN).select_related("village").order_by("-state_since").first()
        )
        village = chosen.village if chosen else None
    file.settled_in, file.settling_track = village or file.settled_in, SettlingTrack.ARRIVED
    file.save(update_fields=["settled_in", "settling_track"])
    schedule_follow_ups(file)


@transaction.atomic
def assign_adviser(
    *, file: ProjectFile, adviser: User, by: User, deputy: User | None = None, now: dt.datetime | None = None
) -> ProjectFile:
    """Entrust a file to an adviser; the former adviser's open tasks go along. Returns the file as it now is.

    The lead entrusts any file to anybody; an adviser takes a file that nobody has. Raises AssignmentRefused.
    """
    now = now or timezone.now()
    file = locked(file)
    if not by.may(Act.LEAD_FILES):
        if adviser != by:
            raise AssignmentRefused(_("Only the lead adviser entrusts a file to somebody else."), "adviser")
        if file.adviser_id not in (None, by.pk):
            raise AssignmentRefused(
                _("File %(reference)s has an adviser already: %(adviser)s. The lead adviser may entrust it to you.")
                % {"reference": file.reference, "adviser": file.adviser}
            )
    if not Stage(file.stage).is_open:
        raise AssignmentRefused(_("File %(reference)s is closed: reopen it first.") % {"reference": file.reference})
    for field, person in {"adviser": adviser, "deputy": deputy}.items():
        if person is not None and not person.is_of_the_team:
            raise AssignmentRefused(_("A file is entrusted to advisers only."), field)
    if deputy == adviser:
        raise AssignmentRefused(_("The deputy is somebody else than the adviser."), "deputy")
    if file.adviser_id != adviser.pk:
        file.tasks.to_do().filter(assignee=file.adviser_id).update(assignee=adviser)
        file.adviser_since = now
    file.adviser, file.deputy = adviser, deputy
    file.save(update_fields=["adviser", "adviser_since", "deputy"])
    return file


@transaction.atomic
def end_by_holder(*, file: ProjectFile, reason: ClosingReason, now: dt.datetime | None = None) -> ProjectFile:
    """The holder ends their own project: every introduction is taken back with it."""
    now = now or timezone.now()
    withdraw_all(file=file, by=None, by_holder=True, reason=in_first_language(gettext_noop("the project has ended")), now=now)
    return move_file(
        file=file,
        to=Stage.CLOSED,
        by=None,
        closing_reason=reason,
        reason=in_first_language(gettext_noop("ended by the holder")),
        now=now,
    )
