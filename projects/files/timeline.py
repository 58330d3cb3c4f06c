"""All that happened on a file, in one line of time: what was said, how it moved, what was done."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.typography import dated
from outbox.enums import LetterState
from outbox.models import Letter
from projects.enums import Direction, EventKind, IntroductionState
from projects.models import ConsentRequest, Event, IntroductionMove, ProjectFile, Task, Transition
from projects.notifications import letters_about

AT_FIRST = 30  # lines shown before one asks for all


@dataclass(frozen=True)
class TimelineEntry:
    """`title` says what it was, `text` what was said; `by` is a person or, for the portal itself, nobody."""

    at: dt.datetime
    title: str
    text: str
    by: str
    is_by_a_person: bool  # against what the portal wrote down itself


@dataclass(frozen=True)
class Timeline:
    lines: list[TimelineEntry]  # newest first
    total: int

    @property
    def is_cut(self) -> bool:
        return len(self.lines) < self.total


def timeline_of(file: ProjectFile, *, whole: bool = False) -> Timeline:
    """Six queries, a count of each and three for the letters' names, however long the file's history is."""
    moves = IntroductionMove.objects.filter(introduction__file=file).exclude(to_state__in=IntroductionState.untold())
    sources = [
        (file.events.select_related("author").order_by("-at", "-pk"), entry_of_event),
        (file.transitions.select_related("by").order_by("-at", "-pk"), entry_of_transition),
        (moves.select_related("introduction__village__commune", "by").order_by("-at", "-pk"), entry_of_move),
        (file.consent_requests.filter(answered_at__isnull=False).order_by("-answered_at", "-pk"), entry_of_consent),
        (file.tasks.filter(done_at__isnull=False).select_related("done_by").order_by("-done_at", "-pk"), entry_of_task),
        (letters_about(file).order_by("-created_at", "-pk"), entry_of_letter),
    ]
    total = sum(rows.count() for rows, _line in sources)
    lines = [line_of(row) for rows, line_of in sources for row in (rows if whole else rows[:AT_FIRST])]
    lines.sort(key=lambda line: line.at, reverse=True)
    return Timeline(lines=lines if whole else lines[:AT_FIRST], total=total)


def entry_of_event(event: Event) -> TimelineEntry:
    title = what_happened(EventKind(event.kind), Direction(event.direction))
    if event.minutes:
        title = _("%(what)s, %(minutes)d min") % {"what": title, "minutes": event.minutes}
    return TimelineEntry(at=event.at, title=title, text=event.text, by=name_of(event.author), is_by_a_person=True)


def what_happened(kind: EventKind, direction: Direction) -> str:
    match kind, direction:
        case EventKind.CALL, Direction.IN:
            return _("Call received")
        case EventKind.CALL, Direction.OUT:
            return _("Call made")
        case EventKind.MAIL, Direction.IN:
            return _("Mail received")
        case EventKind.MAIL, Direction.OUT:
            return _("Mail sent")
    return str(kind.label).capitalize()


def entry_of_transition(move: Transition) -> TimelineEntry:
    words = {"since": move.get_from_stage_display(), "to": move.get_to_stage_display(), "day": dated(move.settled_on)}
    if move.from_stage == move.to_stage:
        title = _("Put right: settled on %(day)s") % words
    elif move.settled_on:
        title = _("Stage: %(since)s → %(to)s, on %(day)s") % words
    else:
        title = _("Stage: %(since)s → %(to)s") % words
    return TimelineEntry(at=move.at, title=title, text=move.reason, by=name_of(move.by), is_by_a_person=False)


def entry_of_consent(request: ConsentRequest) -> TimelineEntry:
    title = _("The holder agreed to be introduced") if request.agreed else _("The holder did not wish to be introduced")
    return TimelineEntry(at=request.answered_at, title=title, text="", by=request.get_via_display(), is_by_a_person=False)


def entry_of_move(move: IntroductionMove) -> TimelineEntry:
    """What a village or the holder said of an introduction, the letter of the portal, or that nobody could be written to."""
    told = {"village": move.introduction.village, "state": move.get_to_state_display()}
    if move.to_state == IntroductionState.SENT and not move.introduction.reader_name:
        return TimelineEntry(at=move.at, title=_("%(village)s: to be telephoned") % told, text="", by="", is_by_a_person=False)
    if move.to_state == IntroductionState.SENT:
        return TimelineEntry(
            at=move.at, title=_("Letter of the portal to %(village)s") % told, text="", by="", is_by_a_person=False
        )
    by = move.by_name or name_of(move.by)
    return TimelineEntry(
        at=move.at, title=_("%(village)s: %(state)s") % told, text=move.reason, by=by, is_by_a_person=bool(move.by_name)
    )


def entry_of_task(task: Task) -> TimelineEntry:
    return TimelineEntry(
        at=task.done_at, title=_("Done: %(task)s") % {"task": task.title}, text="", by=name_of(task.done_by), is_by_a_person=False
    )


def entry_of_letter(letter: Letter) -> TimelineEntry:
    """A letter of the portal; its state is the text of the entry unless it was sent."""
    title = _("Letter of the portal: %(subject)s") % {"subject": letter.subject} if letter.subject else _("Letter of the portal")
    state = "" if letter.state == LetterState.SENT else letter.get_state_display()
    return TimelineEntry(at=letter.created_at, title=title, text=state, by="", is_by_a_person=False)


def name_of(person) -> str:
    return str(person) if person else ""
