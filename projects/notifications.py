"""The letters to advisers: which template, to whom, once."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from members.models import User
from outbox.models import Letter
from outbox.services import post_rendered
from projects.models import ProjectFile, Task

LINES_AT_MOST = 20  # of one kind in a letter: the desk shows the rest


@dataclass
class Contents:
    """What a letter has to say to its reader on its day. Empty, it is no letter."""

    reader: User
    day: dt.date
    tasks: dict[int, Task] = field(default_factory=dict)
    files: dict[int, ProjectFile] = field(default_factory=dict)
    put_off: dict[int, Task] = field(default_factory=dict)
    piles: dict[User, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.tasks or self.files or self.put_off or self.piles)

    @property
    def sections(self) -> list[tuple[str, list[Task]]]:
        """The tasks by when they are due, those that have waited longest first; only sections that hold any."""
        in_order = sorted(self.tasks.values(), key=lambda task: (task.due_on, task.pk))
        sections = [
            (_("Late tasks"), [task for task in in_order if task.due_on < self.day]),
            (_("Due today"), [task for task in in_order if task.due_on == self.day]),
            (_("Due soon"), [task for task in in_order if task.due_on > self.day]),
        ]
        return [(title, tasks) for title, tasks in sections if tasks]


def digest(*, key: str, contents: Contents) -> Letter:
    return _post(key, "projects/email/digest", contents)


def task_due(*, key: str, contents: Contents) -> Letter:
    return _post(key, "projects/email/task_due", contents)


def _post(key: str, template: str, contents: Contents) -> Letter:
    context = {
        "says": contents,
        "tasks": list(contents.tasks.values()),
        "files": sorted(contents.files.values(), key=lambda file: (file.opened_on, file.pk)),
        "put_off": sorted(contents.put_off.values(), key=lambda task: (-task.postponed, task.pk)),
        "lines": LINES_AT_MOST,
    }
    return post_rendered(key=key, to=contents.reader.email, template=template, context=context)
