"""What a household says of itself, carried into its file."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from members.models import User
from projects.activity.changes import FieldChange, note_changes
from projects.activity.events import log_event
from projects.activity.kept_words import in_first_language
from projects.activity.refusals import EventRefused
from projects.enums import Direction, EventKind, Stage
from projects.household.answers import Answers
from projects.models import Event, Household, ProjectFile
from projects.models.file import locked

# Fields that are one answer. The first of them says whether there is an answer at all.
ONE_ANSWER = [("adults", "may_be_more"), ("children", "school_levels"), ("partner_job",), ("seeks", "housing_budget", "rooms")]


@transaction.atomic
def join_answers(*, file: ProjectFile, answers: Answers, by: User, now: dt.datetime | None = None) -> Event | None:
    """Make these the answers of the file: they fill its household, villages are ranked by them, and a note says them.

    None where they are the file's answers already. It is no contact: nobody spoke. An answer takes the place of what was unknown
    and of what earlier answers said; what somebody of the team has written there stays, and the note says so. Raises
    EventRefused where the file is closed.
    """
    file = locked(file)
    if not Stage(file.stage).is_open:
        raise EventRefused(_("File %(reference)s is closed: reopen it first.") % {"reference": file.reference})
    if file.answers == answers.query:
        return None
    household = Household.objects.filter(file=file).first() or Household(file=file)
    before = Answers.read(file.answers)
    stays, changes = [], []
    with override(settings.LANGUAGE_CODE):
        for names in ONE_ANSWER:
            if is_unsaid(answers.household, names):
                continue
            now_there, said = present_values(household, names), {name: answers.household[name] for name in names}
            from_answers = before and now_there == {name: before.household[name] for name in names}
            if not is_unsaid(now_there, names) and not from_answers and now_there != said:
                stays.append(label_of(names[0]))
                continue
            changes += [household_change(name, now_there[name], said[name]) for name in names if now_there[name] != said[name]]
            for name, value in said.items():
                setattr(household, name, value)
        note_changes(files=[file], of=str(Household._meta.verbose_name), changes=changes, by=by, now=now)
    household.save()
    file.answers = answers.query
    file.save(update_fields=["answers"])
    text = answers.note
    if stays:
        first = in_first_language(
            gettext_noop("As it was written in the file before, and so it stays: %(fields)s"), fields=", ".join(stays)
        )
        text = f"{first}\n{text}"
    return log_event(file=file, kind=EventKind.NOTE, direction=Direction.IN, text=text, author=by, now=now)


def present_values(household: Household, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(household, name) for name in names}


def is_unsaid(facts: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return facts[names[0]] in (None, "") and not any(facts[name] for name in names)


def household_change(name: str, before: Any, after: Any) -> FieldChange:
    return FieldChange(label_of(name), *(value_in_words(name, value) for value in (before, after)))


def value_in_words(name: str, value: Any) -> Any:
    """A value of a household's field as people read it: choices by their label."""
    field = Household._meta.get_field(name)
    labels = dict(getattr(field, "base_field", field).choices or [])
    return [str(labels[each]) for each in value] if isinstance(value, list) else str(labels.get(value, value or ""))


def label_of(name: str) -> str:
    return str(Household._meta.get_field(name).verbose_name)
