"""What the digest and its letters say, what the lead hears, what could not leave, and what planning costs."""

import datetime as dt
import re

import pytest
import time_machine

from members.models import User
from outbox.enums import LetterState
from outbox.models import Letter
from projects.enums import ReminderRule
from projects.files import lifecycle
from projects.models import DigestRun, ProjectFile, Reminder, Task
from projects.reminders import planner
from tests.factories.projects import ProjectFileFactory, TaskFactory
from tests.projects.reminders.digest.clock import (
    LONG_AGO,
    MONDAY,
    TUESDAY,
    at,
    away,
    days_after,
    deliver,
    letters_to,
    task_of,
    tick,
)
from tests.projects.threads import in_threads

pytestmark = pytest.mark.django_db


# ---- What the mail server would not take -----------------------------------------------------------------------------


def test_a_letter_that_could_not_leave_is_told_by_the_next_digest_instead_of_beside_it(claire, mailoutbox):
    monday, tuesday = task_of(claire, MONDAY, title="Devis"), task_of(claire, TUESDAY, title="Oral")
    tick(MONDAY, mail_server=False)
    with time_machine.travel(at(MONDAY, "10:00"), tick=False):
        third = TaskFactory(assignee=claire, due_on=MONDAY, set_today=True, title="Rappeler")
    tick(MONDAY, "10:01", mail_server=False)
    assert len(letters_to(claire)) == 2
    tick(TUESDAY, mail_server=False)
    with time_machine.travel(at(TUESDAY, "08:00"), tick=False):
        deliver()
    (mail,) = mailoutbox
    assert all(task.title in mail.body for task in (monday, tuesday, third))
    assert mail.body.count("Oral") == 1
    assert [letter.state for letter in letters_to(claire)] == [LetterState.DROPPED, LetterState.DROPPED, LetterState.SENT]


def test_what_has_left_is_not_told_again(claire):
    task = task_of(claire, MONDAY)
    tick(MONDAY)
    task_of(claire, TUESDAY, title="Oral")
    tick(TUESDAY)
    told = letters_to(claire)[1].text
    assert task.title not in told
    assert "Oral" in told


# ---- Escalation ------------------------------------------------------------------------------------------------------


def test_the_lead_hears_of_a_task_put_off_three_times_once_and_again_at_six(claire, lead):
    task = task_of(claire, days_after(MONDAY, 40), postponed=2)
    heard = []
    for postponed in (2, 3, 3, 4, 6):
        Task.objects.update(postponed=postponed)
        heard.append(tick(days_after(MONDAY, len(heard))))
    assert heard == [0, 1, 0, 0, 1]
    assert f"«\u202f{task.title}\u202f» ({task.file.reference}, Claire Marsan) a été reportée 3 fois" in letters_to(lead)[0].text


def test_the_lead_hears_once_a_week_of_more_than_ten_late_tasks(claire, lead):
    for _ in range(11):
        task_of(claire, days_after(MONDAY, -1))
    TaskFactory(assignee=claire, done=True, due_on=days_after(MONDAY, -1))
    heard = {day: tick(day) for day in (days_after(MONDAY, n) for n in range(8))}
    assert "Claire Marsan a 11 échéances en retard" in letters_to(lead)[0].text
    weekly = [letter.key.rpartition(":")[2] for letter in letters_to(lead)]
    assert weekly == ["2026-11-23", "2026-11-30"]
    assert heard[TUESDAY] == 0


def test_ten_late_tasks_are_the_advisers_own_affair(claire, lead):
    for _ in range(10):
        task_of(claire, days_after(MONDAY, -1))
    tick(MONDAY)
    assert len(letters_to(claire)) == 1
    assert letters_to(lead) == []


def test_a_lead_hears_nothing_of_their_own_pile(lead):
    for _ in range(11):
        task_of(lead, days_after(MONDAY, -1))
    tick(MONDAY)
    assert len(letters_to(lead)) == 1
    assert not Reminder.objects.filter(rule=ReminderRule.TASKS_LATE).exists()


# ---- Files without adviser -------------------------------------------------------------------------------------------


def test_the_team_hears_of_a_file_without_adviser_after_one_day_and_the_lead_after_three(claire, lead):
    opened = dt.date(2026, 4, 2)  # the Thursday before Easter
    file = ProjectFileFactory(opened_at=at(opened, "15:00"), title="Lutherie")
    days = {}
    for count in range(14):
        day = days_after(opened, count)
        tick(day)
    for user in (claire, lead):
        days[user] = [letter.key.rpartition(":")[2] for letter in letters_to(user)]
    assert days == {claire: ["2026-04-03"], lead: ["2026-04-03", "2026-04-08"]}
    assert file.reference in letters_to(claire)[0].text


def test_a_file_that_has_found_its_adviser_is_told_to_nobody(claire, lead, mailoutbox):
    file = ProjectFileFactory(opened_at=LONG_AGO)
    tick(MONDAY, mail_server=False)
    lifecycle.assign_adviser(file=file, adviser=claire, by=claire)
    with time_machine.travel(at(MONDAY, "07:31"), tick=False):
        deliver()
    assert (Letter.objects.filter(state=LetterState.DROPPED).count(), mailoutbox) == (2, [])
    assert tick(TUESDAY) == 0


@pytest.mark.parametrize("facts", [{"closed": True}, {"opened_at": at(MONDAY, "00:01")}], ids=["closed", "opened today"])
def test_a_file_that_waits_for_nobody_is_not_told(claire, facts):
    ProjectFileFactory(**{"opened_at": LONG_AGO} | facts)
    assert tick(MONDAY) == 0


def test_an_adviser_who_is_away_hears_of_the_waiting_file_on_return(claire, sophie):
    ProjectFileFactory(opened_at=LONG_AGO)
    away(claire, last=MONDAY)
    tick(MONDAY)
    assert [len(letters_to(user)) for user in (claire, sophie)] == [0, 1]
    tick(TUESDAY)
    assert [len(letters_to(user)) for user in (claire, sophie)] == [1, 1]


# ---- The letters themselves ------------------------------------------------------------------------------------------


def test_the_digest_says_what_is_late_due_and_coming_with_a_link_each(claire, settings):
    settings.SITE_URL = "https://portail.example"
    late = task_of(claire, dt.date(2026, 11, 18), title="Relire le prévisionnel", postponed=2)
    due = task_of(claire, TUESDAY, title="Rappeler <Nadia>")
    soon = task_of(claire, dt.date(2026, 11, 25), title="Oral")
    tick(TUESDAY)
    (letter,) = letters_to(claire)
    assert letter.subject == "Vos dossiers, mardi 24 novembre : 3 échéances"
    assert "Bonjour Claire" in letter.text
    assert [
        letter.text.index(words) for words in ("En retard", late.title, "Pour aujourd’hui", due.title, "Bientôt", soon.title)
    ] == sorted(
        letter.text.index(words) for words in ("En retard", late.title, "Pour aujourd’hui", due.title, "Bientôt", soon.title)
    )
    assert "mercredi 18 novembre, reportée 2 fois" in letter.text
    assert f"https://portail.example/admin/projects/projectfile/{late.file_id}/change/" in letter.text
    assert "Rappeler &lt;Nadia&gt;" in letter.html
    assert "<Nadia>" not in letter.html


def test_a_long_digest_lists_twenty_and_says_where_the_others_are(claire):
    for number in range(25):
        task_of(claire, days_after(TUESDAY, -1), title=f"Tâche {number}")
    tick(TUESDAY)
    (letter,) = letters_to(claire)
    assert "En retard (25)" in letter.text
    assert len(re.findall(r"- Tâche \d+", letter.text)) == 20
    assert "/admin/projects/task/" in letter.text


# ---- The machinery ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [12, 200])
def test_planning_costs_the_same_number_of_queries_whatever_the_number_of_tasks(
    claire, sophie, lead, django_assert_num_queries, count
):
    files = ProjectFileFactory.create_batch(count, opened_at=LONG_AGO)
    for file in files:
        task_of(claire, days_after(MONDAY, -2), file=file)
        task_of(sophie, MONDAY, file=file, postponed=3)
    # savepoint, lock, day, rules, run; team, tasks, put off, too many late, unassigned; letters left; reminders written, read;
    # tasks, files, too many late, people; letters there, written, read; release
    with django_assert_num_queries(21):
        assert tick(MONDAY, mail_server=False) == 3


def test_a_tick_with_nothing_new_costs_little(claire, django_assert_max_num_queries):
    for _ in range(20):
        task_of(claire, MONDAY)
    tick(MONDAY)
    tick(MONDAY, "07:31")  # that of the others
    with django_assert_max_num_queries(6):  # savepoint, lock, day, what is left of it, tasks set for today, release
        assert tick(MONDAY, "07:32", mail_server=False) == 0


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_write_each_letter_once(claire, sophie, lead):
    for adviser in (claire, sophie):
        for number in range(20):
            task_of(adviser, days_after(MONDAY, -number))
    ProjectFileFactory(opened_at=LONG_AGO)
    ProjectFile.objects.update(opened_on=dt.date(2026, 1, 5))
    TaskFactory(assignee=claire, due_on=MONDAY, due_set_at=at(MONDAY, "09:00"))
    outcomes = in_threads(6, lambda n: planner.write_due_letters(now=at(MONDAY, "10:00")))
    assert (sum(outcomes), Letter.objects.count(), DigestRun.objects.count()) == (3, 3, 1)
    assert Reminder.objects.filter(rule=ReminderRule.TASK_DUE).count() == 41
    assert User.objects.filter(reminders__isnull=False).distinct().count() == 3
