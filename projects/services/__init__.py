"""What is done to project files: opened, moved, entrusted; events noted; tasks set, finished, put off.

The same functions serve the admin's pages, the demonstration and the tests. Each takes the clock as `now` and reads it only
where none is given. A refusal's message is written for the person at the screen and may be shown as it stands.
"""

from projects.services.events import log_event, log_events, note_answers
from projects.services.files import assign_adviser, move_file, next_reference, open_file
from projects.services.introductions import (
    ANSWERS,
    answer_consent,
    answer_introduction,
    ask_consent,
    choose_villages,
    confirm_contact,
    move_introduction,
    plan_visit,
    reader_of,
    send_ready,
    withdraw_all,
)
from projects.services.refusals import (
    AssignmentRefused,
    EventRefused,
    FundingRefused,
    IntroductionRefused,
    Refused,
    StageRefused,
    TaskRefused,
)
from projects.services.tasks import add_task, finish_task, postpone_task

__all__ = [
    "ANSWERS",
    "AssignmentRefused",
    "EventRefused",
    "FundingRefused",
    "IntroductionRefused",
    "Refused",
    "StageRefused",
    "TaskRefused",
    "add_task",
    "answer_consent",
    "answer_introduction",
    "ask_consent",
    "assign_adviser",
    "choose_villages",
    "confirm_contact",
    "finish_task",
    "log_event",
    "log_events",
    "move_file",
    "move_introduction",
    "next_reference",
    "note_answers",
    "open_file",
    "plan_visit",
    "postpone_task",
    "reader_of",
    "send_ready",
    "withdraw_all",
]
