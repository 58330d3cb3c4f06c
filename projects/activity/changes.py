"""What was changed by hand, kept with what stood there before."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils import timezone

from members.models import User
from projects.models import Change, ProjectFile


class FieldChange(NamedTuple):
    field: str
    before: Any
    after: Any


def note_changes(
    *, files: Iterable[ProjectFile], of: str, changes: Iterable[FieldChange], by: User, now: dt.datetime | None = None
) -> int:
    """One row a field that really is another. A holder's changes are those of each of their files. Returns how many rows."""
    now = now or timezone.now()
    told = [change for change in changes if as_text(change.before) != as_text(change.after)]
    rows = [
        Change(file=file, of=of, field=change.field, before=as_text(change.before), after=as_text(change.after), by=by, at=now)
        for file in files
        for change in told
    ]
    return len(Change.objects.bulk_create(rows))


def as_text(value: Any) -> str:
    if value in (None, "", []):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
