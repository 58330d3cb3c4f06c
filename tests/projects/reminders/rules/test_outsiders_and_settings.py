"""Letters to people outside of the team, held back or let go; the lead's settings and the preview of the week."""

import pytest
import time_machine

from outbox.models import Letter
from projects.enums import ReminderRule
from projects.models import Hold, Reminder, RuleSetting
from projects.reminders import nudges, planner
from projects.reminders.rules import RULES
from tests.factories.projects import (
    IntroductionFactory,
)
from tests.projects.reminders.rules.days import ALL, DAY, MONDAY, at, d, letters_to, make_due, only, tick
from tests.projects.threads import in_threads

pytestmark = pytest.mark.django_db


# ---- To people outside of the team -----------------------------------------------------------------------------------------


def test_one_person_gets_one_letter_a_day_whatever_is_awaited_of_them(claire, busy, saint_clar):
    only(ReminderRule.DOCUMENT_ASKED, ReminderRule.CONSENT_PENDING, ReminderRule.CONTACT_PENDING)
    for rule in (ReminderRule.DOCUMENT_ASKED, ReminderRule.CONSENT_PENDING, ReminderRule.CONTACT_PENDING):
        make_due(rule, busy, claire, saint_clar)
    tick(MONDAY)
    (letter,) = letters_to("nadia@example.org")
    assert letter.subject == "3 choses vous attendent"
    assert all(path in letter.text for path in ("/accord/", "/mon-projet/", "/prise-de-contact/"))


def test_what_is_held_back_waits_for_its_day(claire, busy, saint_clar):
    only(ReminderRule.DOCUMENT_ASKED)
    file, _stop = make_due(ReminderRule.DOCUMENT_ASKED, busy, claire, saint_clar)
    target = f"document_asked:{file.documents.get().pk}"
    Hold.objects.create(rule=ReminderRule.DOCUMENT_ASKED, target=target, by=claire, until=MONDAY + 2 * DAY)
    tick(MONDAY)
    tick(MONDAY + DAY)
    assert not letters_to("nadia@example.org").exists()
    tick(MONDAY + 2 * DAY)
    assert letters_to("nadia@example.org").count() == 1


def test_the_preview_of_the_week_says_what_leaves_and_writes_nothing(claire, busy, saint_clar):
    only(ReminderRule.DOCUMENT_ASKED, ReminderRule.CONTACT_PENDING)
    make_due(ReminderRule.DOCUMENT_ASKED, busy, claire, saint_clar)
    IntroductionFactory(
        file=busy(), village=saint_clar, accepted=True, sent_at=at(MONDAY), answered_at=at(MONDAY), state_since=at(MONDAY - 3 * DAY)
    )
    with time_machine.travel(at(MONDAY, "07:00"), tick=False):
        found = nudges.nudges_of_the_week(MONDAY)
    assert [(day, nudge.rule) for day, nudge in found] == [
        (MONDAY, ReminderRule.DOCUMENT_ASKED),
        (d(11, 27), ReminderRule.CONTACT_PENDING),
    ]
    assert not Reminder.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rule", ALL)
def test_five_clocks_at_once_tell_it_once(rule, busy, claire, saint_clar):
    only(rule)
    make_due(rule, busy, claire, saint_clar)
    for hour in ("07:30", "07:31", "07:32"):
        outcomes = in_threads(5, lambda n, hour=hour: planner.write_due_letters(now=at(MONDAY, hour)))
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    told = Reminder.objects.filter(rule=rule)
    assert told.count() == told.values("rule", "target", "occurrence").distinct().count() == 1
    assert Letter.objects.filter(key__in=told.values("letter_key")).count() == 1


# ---- The lead's settings and the preview, on their pages ---------------------------------------------------------------------


@pytest.fixture
def at_the_desk(settings, client):
    settings.STAFF_MFA_REQUIRED = False

    def sit_down(user):
        client.force_login(user)
        return client

    return sit_down


def test_the_lead_sets_the_delays_and_advisers_read_them(at_the_desk, claire, lead):
    desk = at_the_desk(lead)
    page = desk.get("/admin/projects/rulesetting/")
    assert RuleSetting.objects.count() == len(RULES)
    assert "pause qui finit" in page.content.decode()
    row = RuleSetting.objects.get(rule=ReminderRule.PAUSE_ENDS)
    address = f"/admin/projects/rulesetting/{row.pk}/change/"
    assert desk.post(address, {"delays": "14", "is_active": "on"}).status_code == 200
    assert desk.post(address, {"delays": "14,-1", "is_active": "on"}).status_code == 200
    assert desk.post(address, {"delays": "14,20", "is_active": "on"}).status_code == 302
    row.refresh_from_db()
    assert row.delays == [14, 20]
    assert at_the_desk(claire).post(address, {"delays": "1,1"}).status_code == 403


def test_an_adviser_holds_a_letter_on_the_preview_and_lets_it_go(at_the_desk, claire, busy, saint_clar, time_machine):
    time_machine.move_to(at(MONDAY, "07:00"), tick=False)
    file, _stop = make_due(ReminderRule.DOCUMENT_ASKED, busy, claire, saint_clar)
    desk, page, press = at_the_desk(claire), "/admin/projects/hold/semaine/", "/admin/projects/hold/retenir/"
    target = f"document_asked:{file.documents.get().pk}"
    assert "nadia@example.org" in desk.get(page).content.decode()
    desk.post(press, {"rule": "document_asked", "target": target, "what": "skip"})
    assert "nadia@example.org" not in desk.get(page).content.decode()
    desk.post(press, {"rule": "document_asked", "target": target, "what": "go"})
    assert "nadia@example.org" in desk.get(page).content.decode()
    for wrong in ({"rule": "task_due", "target": "task:1"}, {"rule": "document_asked", "target": "x"}):
        assert desk.post(press, {**wrong, "what": "skip"}).status_code == 404
