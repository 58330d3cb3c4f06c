"""What stops each rule: its reason gone, a file closed or paused, a lead who switches it off."""

import pytest
import time_machine
from django.utils import timezone

from outbox import delivery
from outbox.enums import LetterState
from outbox.models import Letter
from projects.enums import ReminderRule, Stage, Unit, Via
from projects.files import lifecycle
from projects.introductions.services import answer_introduction, withdraw_all
from projects.models import Reminder, RuleSetting, Task
from projects.reminders.rules import ADVISERS, OUTSIDERS, RULES
from tests.factories.projects import (
    IntroductionFactory,
)
from tests.projects.reminders.rules.days import ALL, DAY, MONDAY, at, d, days_told, make_due, only, run, tick

pytestmark = pytest.mark.django_db

OF_THE_PLANNER = [
    ReminderRule.TASK_DUE,
    ReminderRule.TASK_POSTPONED,
    ReminderRule.TASKS_LATE,
    ReminderRule.FILE_UNASSIGNED,
]


def test_every_rule_is_written_somewhere():
    assert sorted([*ALL, *OF_THE_PLANNER]) == sorted(ReminderRule)


@pytest.mark.parametrize("rule", ALL)
def test_it_speaks_and_says_nothing_once_its_reason_is_gone(rule, busy, claire, saint_clar):
    only(rule)
    _file, stop = make_due(rule, busy, claire, saint_clar)
    stop()
    tick(MONDAY)
    assert not Reminder.objects.filter(rule=rule).exists()
    Reminder.objects.all().delete()
    make_due(rule, busy, claire, saint_clar)
    tick(MONDAY + DAY)
    assert Reminder.objects.filter(rule=rule).exists(), "the rig sees the rule speak"


@pytest.mark.parametrize("rule", ALL)
def test_a_letter_that_waits_does_not_leave_once_its_reason_is_gone(rule, busy, claire, saint_clar):
    only(rule)
    _file, stop = make_due(rule, busy, claire, saint_clar)
    assert tick(MONDAY, send=False) == 1
    stop()
    letter = Letter.objects.filter(state=LetterState.TO_SEND).exclude(key__startswith="projects.accepted").earliest("pk")
    with time_machine.travel(at(MONDAY, "08:00"), tick=False):
        delivery.deliver(letter_id=letter.pk, now=timezone.now())
    letter.refresh_from_db()
    assert letter.state == LetterState.DROPPED


@pytest.mark.parametrize("rule", ALL)
def test_after_ten_days_without_a_clock_it_is_told_once(rule, busy, claire, saint_clar):
    only(rule)
    make_due(rule, busy, claire, saint_clar)
    for count in (10, 11):
        tick(MONDAY + count * DAY)  # a Thursday and a Friday
    told = Reminder.objects.filter(rule=rule)
    assert told.count() == told.values("rule", "target", "occurrence").distinct().count()
    assert told.values("told_at").distinct().count() == 1 or rule == ReminderRule.NO_NEXT_ACTION
    assert all(letter.state == LetterState.SENT for letter in Letter.objects.exclude(key__startswith="projects.visit"))


@pytest.mark.parametrize("rule", ALL)
@pytest.mark.parametrize(("holiday", "told"), [(d(4, 6), d(4, 7)), (d(11, 1), d(11, 2))], ids=["Easter Monday", "All Saints"])
def test_on_a_holiday_nobody_is_told_and_on_the_next_working_day_once(rule, busy, claire, saint_clar, holiday, told):
    only(rule)
    make_due(rule, busy, claire, saint_clar, holiday)
    for day in (holiday, told):
        tick(day)
    assert set(days_told(rule)) == {told}
    again = Reminder.objects.filter(rule=rule)
    assert again.count() == again.values("rule", "target", "occurrence").distinct().count()


@pytest.mark.parametrize("rule", [rule for rule in ALL if rule != ReminderRule.RETENTION])
def test_nothing_is_said_of_a_closed_file(rule, busy, claire, saint_clar):
    if rule == ReminderRule.NEWS_ASKED:
        return  # somebody who settled is asked though the file is closed
    only(rule)
    file, _stop = make_due(rule, busy, claire, saint_clar)
    lifecycle.move_file(file=file, to=Stage.CLOSED, by=claire, closing_reason="gave_up", now=at(MONDAY))
    tick(MONDAY)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("rule", [rule.slug for rule in OUTSIDERS if rule.slug != ReminderRule.NEWS_ASKED])
def test_nobody_is_written_to_while_the_file_is_paused(rule, busy, claire, saint_clar):
    only(rule)
    file, _stop = make_due(rule, busy, claire, saint_clar)
    lifecycle.move_file(file=file, to=Stage.PAUSED, by=claire, reason="vend", paused_until=MONDAY + 100 * DAY, now=at(MONDAY - DAY))
    tick(MONDAY)
    assert not Letter.objects.exclude(key__startswith="projects.accepted").exists()


@pytest.mark.parametrize("rule", [ReminderRule.CONSENT_PENDING, ReminderRule.VILLAGE_SILENT, ReminderRule.CONTACT_PENDING])
def test_nobody_is_written_to_once_the_holder_has_withdrawn(rule, busy, claire, saint_clar):
    only(rule)
    file, _stop = make_due(rule, busy, claire, saint_clar)
    withdraw_all(file=file, by=None, reason="", now=at(MONDAY))
    tick(MONDAY)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("answer", [{"answer": "no", "words": "complet"}, {"answer": "later", "later_on": d(3, 1, 2027)}])
def test_nobody_is_written_to_who_has_refused_or_put_it_off(busy, claire, saint_clar, answer):
    only(ReminderRule.VILLAGE_SILENT)
    introduction = IntroductionFactory(file=busy(), village=saint_clar, sent=True, sent_at=at(MONDAY - 9 * DAY))
    answer_introduction(introduction=introduction, by_name="Hélène", via=Via.LINK, now=at(MONDAY), **answer)
    run(MONDAY, 30)
    assert not Letter.objects.exists()
    assert not Task.objects.exists()


@pytest.mark.parametrize("rule", [rule.slug for rule in ADVISERS])
def test_while_the_adviser_is_away_the_deputy_is_told(rule, busy, claire, sophie, saint_clar):
    only(rule)
    file, _stop = make_due(rule, busy, claire, saint_clar)
    file.deputy = sophie
    file.save()
    claire.absent_from, claire.absent_until = MONDAY, MONDAY + 3 * DAY
    claire.save()
    tick(MONDAY)
    away = Reminder.objects.filter(rule=rule, recipient=claire)
    assert not away.exists()
    assert Reminder.objects.filter(rule=rule, recipient=sophie).exists()
    tick(MONDAY + 4 * DAY)
    assert away.exists(), "and the adviser on their return"


@pytest.mark.parametrize("rule", ALL)
def test_what_the_lead_switches_off_is_silent(rule, busy, claire, saint_clar):
    only()
    make_due(rule, busy, claire, saint_clar)
    tick(MONDAY)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("rule", ALL)
def test_the_delays_are_those_that_the_lead_set(rule, busy, claire, saint_clar):
    only(rule)
    RuleSetting.objects.filter(rule=rule).update(delays=[0 if unit == Unit.DAYS_BEFORE else 900 for unit in RULES[rule].units])
    _file, _stop = make_due(rule, busy, claire, saint_clar)
    if rule == ReminderRule.PAUSE_ENDS:
        return  # due on this very day, whatever the delay
    tick(MONDAY)
    assert not Reminder.objects.exists()
