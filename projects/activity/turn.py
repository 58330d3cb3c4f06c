"""Whose turn it is, as the holder of a file reads it: nothing of what the team notes for itself."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

from members.models import User
from projects.models import ProjectFile


@dataclass(frozen=True)
class Turn:
    ball: str
    since: dt.datetime
    adviser: User | None
    word: str

    @classmethod
    def of(cls, file: ProjectFile) -> Self:
        return cls(file.ball, file.ball_since, file.adviser, file.holder_word)

    @classmethod
    def after(cls, file: ProjectFile, *, to: str, word: str, now: dt.datetime) -> Self:
        """As it will be once the ball is passed; `to` empty leaves it where it is."""
        ball = to or file.ball
        return cls(ball, file.ball_since if ball == file.ball else now, file.adviser, word)
