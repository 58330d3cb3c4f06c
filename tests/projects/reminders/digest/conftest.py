"""Only the rules of tasks and of files without adviser are used here."""

import pytest

from projects.models import RuleSetting
from projects.reminders.rules import RULES


@pytest.fixture(autouse=True)
def only_the_rules_of_tasks_and_of_files_without_adviser():
    """The other rules have tests of their own."""
    RuleSetting.objects.bulk_create(RuleSetting(rule=slug, delays=rule.delays, is_active=False) for slug, rule in RULES.items())
