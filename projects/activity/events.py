"""What was said and done, noted."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from projects.activity.ball import pass_ball
from projects.activity.refusals import EventRefused
from projects.enums import Ball, Direction, EventKind
from projects.models import Event, ProjectFile
from projects.models.file import locked

MEETS = {EventKind.MEETING, EventKind.VISIT}  # both sides were there


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
    ball: Ball | str = "",
    word: str = "",
    now: dt.datetime | None = None,
) -> Event:
    """Note what was said or done. A call, a mail, a meeting or a visit with the holder moves the file's last contact.

    `ball` says who has the next thing to do; the first words of `text` say to the team what for. The holder reads `word`, and
    nothing else of it: it stands on their page until the ball moves on. `at` may lie in the past, never in the future
    (EventRefused). An older contact entered late does not move the file back.
    """
    now = now or timezone.now()
    at = at or now
    if at > now:
        raise EventRefused(_("What has not happened yet is a task, not an event: choose a time that has passed."), "at")
    event = Event.objects.create(
        file=file, kind=kind, direction=direction, text=text, author=author, at=at, minutes=minutes, convention=file.convention
    )
    move_last_contact(file_id=file.pk, events=[event])
    if ball:
        pass_ball(file=locked(file), to=Ball(ball), note=first_words(text), word=word, now=now)
    elif word:
        file = locked(file)
        pass_ball(file=file, to=Ball(file.ball), note=file.ball_note, word=word, now=now)
    return event


def first_words(text: str) -> str:
    """The first sentence or line, for whoever looks at who holds the ball."""
    return text.strip().partition("\n")[0].partition(". ")[0]


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
    """The last contact and the last activity: forward only."""
    events = list(events)
    moments = defaultdict(list)
    for event in events:
        if event.kind != EventKind.NOTE and event.direction != Direction.INTERNAL:
            if event.direction == Direction.IN or event.kind in MEETS:
                moments["last_contact_in_at"].append(event.at)
            if event.direction == Direction.OUT or event.kind in MEETS:
                moments["last_contact_out_at"].append(event.at)
    moments["active_at"] = [event.at for event in events]
    ProjectFile.objects.filter(pk=file_id).update(**{field: Greatest(field, max(at)) for field, at in moments.items()})
