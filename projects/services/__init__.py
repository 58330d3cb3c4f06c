"""What is done to project files: opened, moved, entrusted; events noted; tasks set, finished, put off.

The same functions serve the admin's pages, the demonstration and the tests. Each takes the clock as `now` and reads it only
where none is given. A refusal's message is written for the person at the screen and may be shown as it stands.
"""

from projects.services.addresses import confirm_address
from projects.services.ball import pass_ball
from projects.services.changes import Changed, note_changes
from projects.services.choosing import choose_villages
from projects.services.consents import give_consent, withdraw_consent
from projects.services.directories import fill_directories
from projects.services.documents import ask_document, receive_document, remove_document
from projects.services.events import log_event, log_events
from projects.services.exports import note_export
from projects.services.files import assign_adviser, end_by_holder, move_file, next_reference, open_file
from projects.services.follow_ups import answer_follow_up, months_later
from projects.services.funding import date_of_state, gap_of, save_line
from projects.services.handing_over import hand_over
from projects.services.holding import hold_letter, let_letter_go
from projects.services.households import join_answers
from projects.services.intake import lay_down, whose_turn
from projects.services.introductions import (
    ANSWERS,
    answer_consent,
    answer_introduction,
    ask_consent,
    call_village,
    confirm_contact,
    move_introduction,
    plan_visit,
    reader_of,
    send_ready,
    withdraw_all,
)
from projects.services.kept_words import kept
from projects.services.morning import put_aside
from projects.services.people import MergeRefused, likely_same, merge_holders, part_again
from projects.services.refusals import (
    AssignmentRefused,
    DocumentRefused,
    EventRefused,
    FollowUpRefused,
    FundingRefused,
    IntroductionRefused,
    Refused,
    StageRefused,
    TaskRefused,
)
from projects.services.retention import KEPT_FOR, anonymise, anonymise_due, erase_at_request, kept_beyond, purge_papers
from projects.services.tasks import add_task, add_tasks_of_stage, finish_task, postpone_task

__all__ = [
    "ANSWERS",
    "KEPT_FOR",
    "AssignmentRefused",
    "Changed",
    "DocumentRefused",
    "EventRefused",
    "FollowUpRefused",
    "FundingRefused",
    "IntroductionRefused",
    "MergeRefused",
    "Refused",
    "StageRefused",
    "TaskRefused",
    "add_task",
    "add_tasks_of_stage",
    "anonymise",
    "anonymise_due",
    "answer_consent",
    "answer_follow_up",
    "answer_introduction",
    "ask_consent",
    "ask_document",
    "assign_adviser",
    "call_village",
    "choose_villages",
    "confirm_address",
    "confirm_contact",
    "date_of_state",
    "end_by_holder",
    "erase_at_request",
    "fill_directories",
    "finish_task",
    "gap_of",
    "give_consent",
    "hand_over",
    "hold_letter",
    "join_answers",
    "kept",
    "kept_beyond",
    "lay_down",
    "let_letter_go",
    "likely_same",
    "log_event",
    "log_events",
    "merge_holders",
    "months_later",
    "move_file",
    "move_introduction",
    "next_reference",
    "note_changes",
    "note_export",
    "open_file",
    "part_again",
    "pass_ball",
    "plan_visit",
    "postpone_task",
    "purge_papers",
    "put_aside",
    "reader_of",
    "receive_document",
    "remove_document",
    "save_line",
    "send_ready",
    "whose_turn",
    "withdraw_all",
    "withdraw_consent",
]
