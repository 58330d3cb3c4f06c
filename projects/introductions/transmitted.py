"""What was shared of a file: with which village, each line, on which day, with whom; or that it was not."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from common.typography import day_of_year
from outbox.enums import LetterState
from outbox.keys import day_of
from outbox.models import Letter
from projects.enums import IntroductionState, ReminderRule, Via
from projects.models import Introduction, IntroductionMove, ProjectFile, Reminder, Shared
from projects.models.reminder import target_of
from projects.notifications import INTRODUCED
from villages.models import CommitteeMember

State = IntroductionState


@dataclass(frozen=True)
class SharedLine:
    """A line, and what became of it. `is_told`: the village has it."""

    line: Shared
    words: str
    is_told: bool


@dataclass(frozen=True)
class SharedWithVillage:
    introduction: Introduction
    lines: list[SharedLine]
    reminded: list[tuple[str, dt.datetime]] = field(default_factory=list)  # who else of the committee was written to, and when
    agreed_at: dt.datetime | None = None
    taken_back_at: dt.datetime | None = None

    @property
    def is_told(self) -> bool:
        return any(line.is_told for line in self.lines)

    @property
    def word(self) -> str:
        """What the village wrote for them with its yes, or with the day from which it could. A no is told by their adviser."""
        return self.introduction.answer if self.introduction.state in State.with_words() else ""


def shared_with_villages(file: ProjectFile) -> list[SharedWithVillage]:
    """Of each village that the holder was asked about, the newest first. Six queries, whatever their number."""
    asked = file.introductions.filter(request__isnull=False).exclude(state=State.DRAFT)
    found = list(asked.select_related("village__commune", "request").order_by("-pk"))
    moves, letters, reminded = moves_of(found), letters_of(found), reminded_of(found)
    return [
        shared_with(introduction, moves[introduction.pk], letters.get(introduction.pk, []), reminded[introduction.pk])
        for introduction in found
    ]


def shared_with(
    introduction: Introduction, moves: Sequence[IntroductionMove], letters: Sequence[Letter], reminded: list
) -> SharedWithVillage:
    yes = next((move for move in moves if move.to_state in State.reads_all()), None)
    agreed_at = next((move.at for move in moves if move.to_state == State.READY), None)
    taken_back_at = next((move.at for move in moves if move.to_state == introduction.state == State.WITHDRAWN), None)
    before, after = told_before_yes(introduction, moves, letters), told_after_yes(introduction, yes)
    lines = [SharedLine(line, *(after if line.after_yes else before)) for line in introduction.request.lines]
    return SharedWithVillage(introduction, lines, reminded, agreed_at, taken_back_at)


def told_before_yes(introduction: Introduction, moves: Sequence[IntroductionMove], letters: Sequence[Letter]) -> tuple[str, bool]:
    """What became of the lines that a village reads in order to answer: in words, and whether it has them."""
    if introduction.sent_at is None:
        return (_("not transmitted") if introduction.state not in State.before_leaving() else _("not transmitted yet")), False
    answered = next((move for move in moves if move.to_state in State.answered()), None)
    if not introduction.reader_name:  # nobody there could be written to
        if answered:
            return on_day_to(_("by word of mouth to %(whom)s on %(day)s"), answered.at, answered.by_name), True
        return _("not transmitted in writing: your adviser telephones the village"), False
    states = {letter.state for letter in letters}
    if LetterState.SENT in states or not states:
        left = min((letter.sent_at for letter in letters if letter.state == LetterState.SENT), default=introduction.sent_at)
        return on_day_to(_("transmitted to %(whom)s on %(day)s"), left, introduction.reader_name), True
    if answered:  # its page was read, whatever became of the letter
        return on_day_to(_("read by %(whom)s on %(day)s at the latest"), answered.at, answered.by_name), True
    if LetterState.UNCERTAIN in states:
        perhaps = _("perhaps transmitted to %(whom)s on %(day)s: we do not know whether the letter arrived")
        return on_day_to(perhaps, introduction.sent_at, introduction.reader_name), True
    if states & set(LetterState.unsent()):
        return _("not transmitted yet: the letter is on its way"), False
    return _("not transmitted: the letter did not leave"), False


def told_after_yes(introduction: Introduction, yes: IntroductionMove | None) -> tuple[str, bool]:
    """What became of the lines that a village reads once it has said yes: in words, and whether it has them."""
    if yes is None:
        if introduction.state in State.undecided():
            return _("not transmitted, unless the village says yes"), False
        return _("not transmitted"), False
    if yes.via == Via.ORAL:
        return on_day_to(_("open to %(whom)s since their yes by word of mouth, on %(day)s"), yes.at, yes.by_name), True
    return on_day_to(_("transmitted to %(whom)s on %(day)s, with their yes"), yes.at, yes.by_name), True


def on_day_to(words: str, at: dt.datetime, whom: str) -> str:
    return words % {"whom": whom or _("the welcome committee"), "day": day_of_year(at)}


def moves_of(found: Sequence[Introduction]) -> Mapping[int, list[IntroductionMove]]:
    moves: dict[int, list[IntroductionMove]] = defaultdict(list)
    for move in IntroductionMove.objects.filter(introduction__in=found).order_by("at", "pk"):
        moves[move.introduction_id].append(move)
    return moves


def letters_of(found: Sequence[Introduction]) -> Mapping[int, list[Letter]]:
    """The letters that asked each village for its answer, by the key of the introduction."""
    keys = {
        introduction.pk: INTRODUCED.key(village=introduction.village_id, day=day_of(introduction.sent_at))
        for introduction in found
        if introduction.sent_at
    }
    by_key: dict[str, list[Letter]] = defaultdict(list)
    for letter in Letter.objects.filter(key__in=keys.values()).only("key", "state", "sent_at"):
        by_key[letter.key].append(letter)
    return {pk: by_key[key] for pk, key in keys.items()}


def reminded_of(found: Sequence[Introduction]) -> Mapping[int, list[tuple[str, dt.datetime]]]:
    """Who of a committee was reminded of its answer in the place of whoever was asked first."""
    targets = {target_of(ReminderRule.VILLAGE_SILENT, introduction.pk): introduction for introduction in found}
    reminders = list(Reminder.objects.filter(rule=ReminderRule.VILLAGE_SILENT, target__in=targets).order_by("told_at", "pk"))
    letters = Letter.objects.filter(key__in={reminder.letter_key for reminder in reminders}, state=LetterState.SENT)
    sent = {letter.key: letter for letter in letters.only("key", "to", "sent_at")}
    committees = CommitteeMember.objects.filter(village__in={introduction.village_id for introduction in found}).exclude(email="")
    names = {(person.village_id, person.email.lower()): person.name for person in committees}
    reminded: dict[int, list[tuple[str, dt.datetime]]] = defaultdict(list)
    for reminder in reminders:
        introduction, letter = targets[reminder.target], sent.get(reminder.letter_key)
        if letter is not None:
            name = names.get((introduction.village_id, letter.to.lower()), _("somebody of the welcome committee"))
            if name != introduction.reader_name:
                reminded[introduction.pk].append((name, letter.sent_at))
    return reminded
