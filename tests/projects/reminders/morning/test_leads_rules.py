"""The lead's rules say what the morning shows."""

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.text import capfirst

from projects.enums import (
    FundingState,
    ReminderRule,
)
from projects.models import RuleSetting
from projects.reminders.rules import RULES
from tests.factories.projects import (
    DocumentFactory,
    FundingLineFactory,
    IntroductionFactory,
    ProjectFileFactory,
)
from tests.projects.reminders.morning.cards import DAY, INDEX, NOW, TODAY, cards, one_of_each_fact, planned, told

pytestmark = pytest.mark.django_db


def set_rule(client_of, lead, slug, delays, *, used=True):
    """As the lead does on the page of the rule."""
    browser = client_of(lead)
    if not RuleSetting.objects.exists():
        browser.get(reverse("admin:projects_rulesetting_changelist"))
    page = reverse("admin:projects_rulesetting_change", args=[RuleSetting.objects.get(rule=slug).pk])
    values = {"delays": ",".join(map(str, delays))} | ({"is_active": "on"} if used else {})
    assert browser.post(page, values).status_code == 302


RULED = [
    # rule, delays, basket, what is so: how many days ago or ahead, kept out by the longer delay and let in by the shorter one
    (
        ReminderRule.PAUSE_ENDS,
        (20, 30),
        (2, 3),
        "pauses",
        lambda a: ProjectFileFactory(paused=True, adviser=a, paused_until=TODAY + 9 * DAY),
    ),
    (
        ReminderRule.VILLAGE_SILENT,
        (1, 10, 30),
        (20, 25, 60),
        "villages",
        lambda a: IntroductionFactory(file=planned(a), sent=True, sent_at=NOW - 8 * DAY),
    ),
    (
        ReminderRule.FUNDING_DEADLINE,
        (40, 14, 5),
        (6, 4, 2),
        "financements",
        lambda a: FundingLineFactory(file=planned(a), deadline=TODAY + 10 * DAY),
    ),
    (
        ReminderRule.DECISION_OVERDUE,
        (2, 20),
        (15, 20),
        "financements",
        lambda a: FundingLineFactory(file=planned(a), state=FundingState.LODGED, committee_on=TODAY - 8 * DAY),
    ),
    (
        ReminderRule.DOCUMENT_ASKED,
        (3, 14, 21),
        (12, 14, 21),
        "documents",
        lambda a: DocumentFactory(file=planned(a), asked_at=NOW - 8 * DAY),
    ),
]


@pytest.mark.parametrize(("slug", "shown", "hidden", "basket", "fact"), RULED)
def test_the_leads_delays_reach_the_morning(client_of, claire, lead, slug, shown, hidden, basket, fact):
    fact(claire)
    set_rule(client_of, lead, slug, hidden)
    assert not cards(claire, basket)
    set_rule(client_of, lead, slug, shown)
    assert len(cards(claire, basket)) == 1


def test_the_leads_delay_is_the_day_by_which_a_first_contact_is_due(client_of, claire, lead):
    ProjectFileFactory(adviser=claire, opened_at=NOW - 6 * DAY)
    assert cards(claire, "appeler")[0].is_late
    set_rule(client_of, lead, ReminderRule.FIRST_CONTACT, (8, 12))
    (card,) = cards(claire, "appeler")
    assert not card.is_late
    assert "lundi 30 novembre" in card.why


def test_a_rule_that_the_lead_switched_off_makes_no_card_and_the_morning_says_so(client_of, desk, claire, lead):
    rules = {
        "first": ReminderRule.FIRST_CONTACT,
        "nothing": ReminderRule.NO_NEXT_ACTION,
        "pause": ReminderRule.PAUSE_ENDS,
        "silent": ReminderRule.VILLAGE_SILENT,
        "money": ReminderRule.FUNDING_DEADLINE,
        "decision": ReminderRule.DECISION_OVERDUE,
        "paper": ReminderRule.DOCUMENT_ASKED,
    }
    facts = {kind: fact for kind, fact in one_of_each_fact(claire).items() if kind in rules}
    there = set(facts)
    assert told(claire, facts) == there
    for kind, rule in rules.items():
        set_rule(client_of, lead, rule, RULES[rule].delays, used=False)
        there.remove(kind)
        assert told(claire, facts) == there
    not_shown = desk.get(INDEX).content.decode().partition("Non affiché")[2]
    for rule in rules.values():
        assert escape(capfirst(str(rule.label))) in not_shown


def test_what_the_rule_tells_the_lead_is_on_the_leads_desk(claire, lead):
    ProjectFileFactory(adviser=claire, opened_at=NOW - 4 * DAY)
    old = ProjectFileFactory(adviser=claire, opened_at=NOW - 14 * DAY)
    assert [card.file for card in cards(lead, "appeler")] == [old]
    over = ProjectFileFactory(paused=True, adviser=claire, paused_until=TODAY - 10 * DAY)
    ProjectFileFactory(paused=True, adviser=claire, paused_until=TODAY - 9 * DAY)
    assert [card.file for card in cards(lead, "pauses")] == [over]
    long_idle = ProjectFileFactory(supported=True, adviser=claire, stage_since=NOW - 22 * DAY, last_contact_out_at=NOW - 25 * DAY)
    ProjectFileFactory(supported=True, adviser=claire, stage_since=NOW - 10 * DAY, last_contact_out_at=NOW - 25 * DAY)
    assert [card.file for card in cards(lead, "sans-suite")] == [long_idle]


def test_a_village_whose_pause_is_over_is_reminded_and_shown_again(claire):
    introduction = IntroductionFactory(file=planned(claire), sent=True, sent_at=NOW - 10 * DAY)
    introduction.village.status, introduction.village.paused_until = "paused", TODAY + DAY
    introduction.village.save()
    assert not cards(claire, "villages")
    introduction.village.paused_until = TODAY - DAY
    introduction.village.save()
    assert len(cards(claire, "villages")) == 1
