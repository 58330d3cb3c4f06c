"""What the delays of a rule are counted in, as the lead reads it where they are set."""

import pytest

from projects.models import RuleSetting
from projects.reminders.rules import RULES
from tests.factories.members import UserFactory


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_each_step_of_a_rule_has_its_unit(rule):
    assert len(rule.units) == len(rule.delays)


@pytest.mark.django_db
def test_the_lead_reads_what_each_delay_is_counted_in(client, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(UserFactory(lead=True))
    shown = client.get("/admin/projects/rulesetting/").content.decode()
    assert set(RuleSetting.objects.values_list("rule", flat=True)) == set(RULES)
    for units in ("jours avant, jours", "jours, jours ouvrés", "jours ouvrés, jours ouvrés, jours", "lundis", "jours ouvrés"):
        assert f">{units}<" in shown
