"""Who has to do the next thing on a file, and since when."""

import datetime as dt

from projects.enums import Ball
from projects.models import ProjectFile

NOTE_AT_MOST = ProjectFile._meta.get_field("ball_note").max_length
WORD_AT_MOST = ProjectFile._meta.get_field("holder_word").max_length


def pass_ball(*, file: ProjectFile, to: Ball, note: str, now: dt.datetime, word: str = "") -> None:
    """Call it with the file locked. `since` moves when the ball changes hands; the note always says the last thing asked for.

    The note is the team's own. `word` is what the holder reads on their page: what was said to them before goes with the ball.
    """
    fields = ["ball", "ball_note", "holder_word", "active_at"]
    file.active_at = max(file.active_at, now)
    if file.ball != to:
        file.ball_since = now
        fields.append("ball_since")
    file.ball, file.ball_note, file.holder_word = to, note[:NOTE_AT_MOST], word[:WORD_AT_MOST]
    file.save(update_fields=fields)


def pass_ball_and_show_note(*, file: ProjectFile, to: Ball, note: str, now: dt.datetime) -> None:
    """Pass the ball and show its note to the holder too: for notes that the portal wrote. Call it with the file locked."""
    pass_ball(file=file, to=to, note=note, word=note, now=now)
