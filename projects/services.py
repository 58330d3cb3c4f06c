"""What is done to project files: opened, moved, entrusted; events noted; tasks set, finished, put off.

The same functions serve the admin's pages, the demonstration and the tests. Each takes the clock as `now` and reads it only
where none is given. A refusal's message is written for the person at the screen and may be shown as it stands.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from projects.enums import BusinessTrack, ClosingReason, Direction, EventKind, Origin, SettlingTrack, Stage
from projects.models import Event, Holder, Household, ProjectFile, Task, Transition

MEETS = {EventKind.MEETING, EventKind.VISIT}  # both sides were there


class Refused(Exception):
    """Nothing was changed. The message says why; `field` names the argument it is about, if it is about one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class StageRefused(Refused):
    """The file stays at its stage."""


class AssignmentRefused(Refused):
    """The file keeps its adviser."""


class EventRefused(Refused):
    """Nothing was noted."""


class TaskRefused(Refused):
    """The task stays as it was."""


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
        opened_on=opened_on,
        opened_at=now,
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
    now: dt.datetime | None = None,
) -> ProjectFile:
    """Move a file to another stage and keep the trace. Returns the file as it now is; raises StageRefused.

    A pause needs a coming day and a reason, a closing its closing reason, a reopening a reason. `by` is the person; None is
    the portal itself, which alone anonymises.
    """
    now, to = now or timezone.now(), Stage(to)
    file = locked(file)
    since = Stage(file.stage)
    if to == since:
        raise StageRefused(_("File %(reference)s is at this stage already.") % {"reference": file.reference}, "to")
    if to not in (since.next_stages if by is None else since.next_by_hand):
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
    if since == Stage.CLOSED and to.is_open and not reason.strip():
        raise StageRefused(_("Reopening a file needs a reason."), "reason")
    reason = reason.strip()
    file.stage, file.stage_since = to, now
    file.paused_until = paused_until if to == Stage.PAUSED else None
    file.pause_reason = reason if to == Stage.PAUSED else ""
    if to != Stage.ANONYMISED:  # how it ended stays known for the figures
        file.closing_reason = closing_reason if to == Stage.CLOSED else ""
    file.save(update_fields=["stage", "stage_since", "paused_until", "pause_reason", "closing_reason"])
    Transition.objects.create(file=file, from_stage=since, to_stage=to, reason=reason, by=by, at=now)
    return file


@transaction.atomic
def assign_adviser(
    *, file: ProjectFile, adviser: User, by: User, deputy: User | None = None, now: dt.datetime | None = None
) -> ProjectFile:
    """Entrust a file to an adviser; the former adviser's open tasks go along. Returns the file as it now is.

    The lead entrusts any file to anybody; an adviser takes a file that nobody has. Raises AssignmentRefused.
    """
    now = now or timezone.now()
    file = locked(file)
    if not by.is_lead:
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
        if person is not None and not person.is_adviser:
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
def log_event(
    *,
    file: ProjectFile,
    kind: EventKind,
    direction: Direction,
    text: str,
    author: User | None,
    at: dt.datetime | None = None,
    minutes: int | None = None,
    now: dt.datetime | None = None,
) -> Event:
    """Note what was said or done. A call, a mail, a meeting or a visit with the holder moves the file's last contact.

    `at` may lie in the past, never in the future (EventRefused). An older contact entered late does not move the file back.
    """
    now = now or timezone.now()
    at = at or now
    if at > now:
        raise EventRefused(_("What has not happened yet is a task, not an event: choose a time that has passed."), "at")
    event = Event.objects.create(
        file=file, kind=kind, direction=direction, text=text, author=author, at=at, minutes=minutes, convention=file.convention
    )
    move_last_contact(file_id=file.pk, events=[event])
    return event


@transaction.atomic
def log_events(*, events: Sequence[Event], now: dt.datetime | None = None) -> list[Event]:
    """Note many things at once, of any files, as log_event would one after the other: `events` are not saved yet.

    One query writes them, and one more for each file. Raises EventRefused, and then nothing was noted.
    """
    now = now or timezone.now()
    of_file = defaultdict(list)
    for event in events:
        if event.at > now:
            raise EventRefused(_("What has not happened yet is a task, not an event: choose a time that has passed."), "at")
        event.convention = event.file.convention
        of_file[event.file_id].append(event)
    noted = Event.objects.bulk_create(events, batch_size=1000)
    for file_id, told in of_file.items():
        move_last_contact(file_id=file_id, events=told)
    return noted


def move_last_contact(*, file_id: int, events: Iterable[Event]) -> None:
    moments = defaultdict(list)
    for event in events:
        if event.kind != EventKind.NOTE and event.direction != Direction.INTERNAL:
            if event.direction == Direction.IN or event.kind in MEETS:
                moments["last_contact_in_at"].append(event.at)
            if event.direction == Direction.OUT or event.kind in MEETS:
                moments["last_contact_out_at"].append(event.at)
    if moments:
        ProjectFile.objects.filter(pk=file_id).update(**{field: Greatest(field, max(at)) for field, at in moments.items()})


@transaction.atomic
def note_answers(*, file: ProjectFile, address: str, summary: str, by: User, now: dt.datetime | None = None) -> Event:
    """Note what the holder answered to the questionnaire of the villages: `summary`, and the address that shows the villages.

    The same answers sent twice are one note. It is no contact: nobody spoke. Raises EventRefused where the file is closed.
    """
    file = locked(file)
    if not Stage(file.stage).is_open:
        raise EventRefused(_("File %(reference)s is closed: reopen it first.") % {"reference": file.reference})
    noted = file.events.filter(kind=EventKind.NOTE, text__endswith=f"\n{address}").order_by("pk").first()
    return noted or log_event(
        file=file,
        kind=EventKind.NOTE,
        direction=Direction.IN,
        text=f"{summary}\n{address}",
        author=by,
        now=now,
    )


def add_task(
    *,
    file: ProjectFile,
    title: str,
    due_on: dt.date,
    assignee: User,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Task:
    """Set something to do by a day. A day that has passed is taken as it is: the task is late from the start."""
    now = now or timezone.now()
    return Task.objects.create(
        file=file, title=title, due_on=due_on, due_set_at=now, assignee=assignee, created_by=by, created_at=now
    )


@transaction.atomic
def finish_task(*, task: Task, by: User, now: dt.datetime | None = None) -> Task:
    """Mark a task done. Done twice is done once: the first person and hour stay."""
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task.pk)
    if task.done_at is None:
        task.done_at, task.done_by = now or timezone.now(), by
        task.save(update_fields=["done_at", "done_by"])
    return task


@transaction.atomic
def postpone_task(*, task: Task, to: dt.date, by: User, now: dt.datetime | None = None) -> Task:
    """Give a task another day, today or later. Putting off counts; bringing forward does not. Raises TaskRefused."""
    now = now or timezone.now()
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task.pk)
    if task.done_at is not None:
        raise TaskRefused(_("This task is done: there is nothing to put off."))
    if to < timezone.localdate(now):
        raise TaskRefused(_("Choose today or a coming day."), "to")
    if to == task.due_on:
        raise TaskRefused(_("The task is due on that day already: choose another."), "to")
    if to > task.due_on:
        task.postponed, task.postponed_by = task.postponed + 1, by
    task.due_on, task.due_set_at = to, now
    task.save(update_fields=["due_on", "due_set_at", "postponed", "postponed_by"])
    return task


def locked(file: ProjectFile) -> ProjectFile:
    return ProjectFile.objects.select_for_update(of=("self",), no_key=True).get(pk=file.pk)
