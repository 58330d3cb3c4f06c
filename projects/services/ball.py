"""Who has to do the next thing on a file, and since when."""

import datetime as dt

from projects.enums import Ball
from projects.models import ProjectFile

NOTE_AT_MOST = ProjectFile._meta.get_field("ball_note").max_length


def pass_ball(*, file: ProjectFile, to: Ball, note: str, now: dt.datetime) -> None:
    """Call it with the file locked. `since` moves when the ball changes hands; the note always says the last thing asked for."""
    fields = ["ball", "ball_note", "active_at"]
    file.active_at = max(file.active_at, now)
    if file.ball != to:
        file.ball_since = now
        fields.append("ball_since")
    file.ball, file.ball_note = to, note[:NOTE_AT_MOST]
    file.save(update_fields=fields)
