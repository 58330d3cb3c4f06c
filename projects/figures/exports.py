"""What was taken out of the portal, kept."""

import datetime as dt

from django.utils import timezone

from members import journal
from members.enums import JournalEvent
from members.models import User
from projects.models import Export


def note_export(*, what: str, asked: str, rows: int, by: User | None, now: dt.datetime | None = None) -> Export:
    """`by` nobody: a command on the server. The journal names what and how much, this row also what was asked."""
    journal.note(JournalEvent.EXPORTED, by=by, about=f"{what}, {rows} rows")
    return Export.objects.create(what=what, asked=asked[:500], rows=rows, by=by, at=now or timezone.now())
