"""By when whoever laid a project down is called: page and letter promise the delay that the lead's rule reminds advisers of."""

import datetime as dt

from django.utils import timezone

from common.working_days import working_days_after
from projects.enums import ReminderRule
from projects.models import ProjectFile, RuleSetting

USUAL = 3  # working days


def working_days() -> int:
    """How many the lead gives the team for a first contact."""
    row = RuleSetting.objects.filter(rule=ReminderRule.FIRST_CONTACT).first()
    return row.delays[0] if row else USUAL


def last_day(opened_on: dt.date) -> dt.date:
    return working_days_after(opened_on, working_days())


def still_to_come(file: ProjectFile, at: dt.datetime) -> dt.date | None:
    """The day by which this file's holder is called; None where they were called already, or where that day has passed."""
    by = last_day(file.opened_on)
    return by if file.last_contact_out_at is None and by >= timezone.localdate(at) else None
