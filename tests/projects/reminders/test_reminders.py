"""The planner with the clock moved."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from members.models import User
from outbox import delivery
from outbox.enums import LetterState
from outbox.models import Letter
from projects.activity import to_do
from projects.enums import ReminderRule, Stage
from projects.files import lifecycle
from projects.models import DigestRun, ProjectFile, Reminder, RuleSetting, Task
from projects.reminders import planner
from projects.reminders.rules import RULES
from tests.factories.members import UserFactory
from tests.factories.projects import ProjectFileFactory, TaskFactory
from tests.projects.threads import in_threads

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, FRIDAY, SATURDAY = (dt.date(2026, 11, day) for day in (23, 24, 27, 28))
LONG_AGO = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)


def at(day, hour="07:30"):
    """That hour on the clock of the wall."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.fromisoformat(hour)))


def tick(day, hour="07:30", mail_server=True):
    """One tick of the planner and one of the outbox. How many letters were written."""
    now = at(day, hour)
    with time_machine.travel(now, tick=False):
        written = planner.write_due_letters(now=now)
        if mail_server:
            deliver()
    return written


def deliver():
    for letter in Letter.objects.due(timezone.now()):
        delivery.deliver(letter_id=letter.pk, now=timezone.now())


def days_after(day, count):
    return day + dt.timedelta(days=count)


@pytest.fixture(autouse=True)
def only_the_rules_of_tasks_and_of_files_without_adviser():
    """The other rules have tests of their own."""
    RuleSetting.objects.bulk_create(RuleSetting(rule=slug, delays=rule.delays, is_active=False) for slug, rule in RULES.items())


def task_of(adviser, due_on, **facts):
    """A task whose day was chosen long ago."""
    return TaskFactory(assignee=adviser, due_on=due_on, due_set_at=LONG_AGO, **facts)


def told(task):
    """When it was told, by its steps: {"before": ["claire"], …}."""
    rows = Reminder.objects.filter(rule=ReminderRule.TASK_DUE, target=f"task:{task.pk}")
    return sorted(row.occurrence.partition(":")[2] for row in rows)


def letters_to(user):
    return list(Letter.objects.filter(to=user.email).order_by("pk"))


# ---- The steps of a task ---------------------------------------------------------------------------------------------


def test_a_task_is_told_the_working_day_before_on_the_day_and_every_week_then(claire):
    task = task_of(claire, dt.date(2026, 11, 26))
    days = {}
    for count in range(30):
        day = days_after(MONDAY, count)
        for hour in ("00:00", "07:29", "07:30", "12:00", "23:59"):
            if tick(day, hour):
                days[day] = hour
    assert days == {
        dt.date(2026, 11, 25): "07:30",
        dt.date(2026, 11, 26): "07:30",
        dt.date(2026, 12, 3): "07:30",
        dt.date(2026, 12, 10): "07:30",
        dt.date(2026, 12, 17): "07:30",
    }
    assert told(task) == ["before", "due", "late-1", "late-2", "late-3"]


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        # Easter Monday, 6 April 2026: the working day before Tuesday is Friday; what falls on the holiday waits for Tuesday.
        (dt.date(2026, 4, 7), [dt.date(2026, 4, 3), dt.date(2026, 4, 7)]),
        (dt.date(2026, 4, 6), [dt.date(2026, 4, 3), dt.date(2026, 4, 7)]),
        (dt.date(2026, 4, 8), [dt.date(2026, 4, 7), dt.date(2026, 4, 8)]),
        # All Saints, 1 November 2026, is a Sunday: Monday works.
        (dt.date(2026, 11, 1), [dt.date(2026, 10, 30), dt.date(2026, 11, 2)]),
        (dt.date(2026, 11, 2), [dt.date(2026, 10, 30), dt.date(2026, 11, 2)]),
        (dt.date(2026, 11, 12), [dt.date(2026, 11, 10), dt.date(2026, 11, 12)]),
    ],
)
def test_around_a_holiday_a_task_is_told_on_the_working_days_about_it(claire, due_on, expected):
    task_of(claire, due_on)
    first = days_after(due_on, -6)
    assert [day for day in (days_after(first, n) for n in range(12)) if tick(day)] == expected


def test_a_task_due_on_a_saturday_is_told_on_friday_and_on_monday(claire):
    task_of(claire, SATURDAY)
    days = [day for day in (days_after(TUESDAY, n) for n in range(8)) if tick(day)]
    assert days == [FRIDAY, dt.date(2026, 11, 30)]


def test_after_ten_days_without_a_clock_each_matter_is_told_once_by_one_letter(claire, sophie):
    before = task_of(claire, days_after(MONDAY, -20))
    tick(days_after(MONDAY, -11))  # the last tick before the outage
    assert told(before) == ["late-1"]
    Letter.objects.all().delete()
    missed = [task_of(claire, days_after(MONDAY, -n)) for n in range(10)] + [before]
    sophies = task_of(sophie, days_after(MONDAY, -3))
    for minute in range(30, 35):
        tick(MONDAY, f"09:{minute}")
    assert [len(letters_to(user)) for user in (claire, sophie)] == [1, 1]
    assert [told(task)[-1] for task in missed] == ["due"] * 7 + ["late-1"] * 3 + ["late-2"]
    assert [len(told(task)) for task in missed] == [1] * 10 + [2]
    assert told(sophies) == ["due"]
    (letter,) = letters_to(claire)
    assert letter.text.count(before.title) == 11


def test_the_clock_of_the_digest_is_that_of_the_wall(claire):
    task_of(claire, dt.date(2026, 7, 6))
    summer = dt.datetime(2026, 7, 6, 5, 29, tzinfo=dt.UTC)  # 07:29 in Paris
    assert (planner.write_due_letters(now=summer), planner.write_due_letters(now=summer + dt.timedelta(minutes=1))) == (0, 1)


def test_the_digest_is_never_empty(claire, sophie, lead):
    task_of(claire, days_after(MONDAY, 30))
    task_of(sophie, MONDAY)
    assert tick(MONDAY) == 1
    assert [letter.to for letter in Letter.objects.all()] == [sophie.email]
    assert DigestRun.objects.get().day == MONDAY


def test_the_digest_is_written_once_a_day(claire):
    task_of(claire, MONDAY)
    assert [tick(MONDAY, hour) for hour in ("07:30", "07:31", "18:00")] == [1, 0, 0]
    assert letters_to(claire)[0].key == f"digest:{claire.pk}:2026-11-23"


@pytest.mark.parametrize("day", [SATURDAY, dt.date(2026, 11, 29), dt.date(2026, 11, 11), dt.date(2026, 4, 6)])
def test_no_digest_comes_on_a_day_off(claire, day):
    task_of(claire, day)
    assert tick(day) == 0


def test_what_becomes_known_after_the_digest_waits_for_the_next_one(claire):
    tick(MONDAY)
    with time_machine.travel(at(MONDAY, "10:00"), tick=False):
        task = to_do.add_task(file=ProjectFileFactory(adviser=claire), title="Rappeler", due_on=TUESDAY, assignee=claire)
    assert tick(MONDAY, "10:01") == 0
    assert tick(TUESDAY) == 1
    assert told(task) == ["due"]


# ---- A task set for the very day -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hour"),
    [(MONDAY, "07:31"), (MONDAY, "22:01"), (SATURDAY, "10:00"), (TUESDAY, "03:00")],
    ids=["after the digest", "in the evening", "on a Saturday", "before the digest"],
)
def test_a_task_set_today_for_today_is_told_at_the_next_tick_and_once(claire, day, hour):
    tick(MONDAY)
    with time_machine.travel(at(day, hour), tick=False):
        task = to_do.add_task(file=ProjectFileFactory(adviser=claire), title="Rappeler", due_on=day, assignee=claire)
    assert tick(day, hour) == 1
    (letter,) = letters_to(claire)
    assert (letter.key, letter.subject) == (
        f"task_due:{task.pk}:{day}:due",
        f"À faire aujourd’hui : Rappeler ({task.file.holder})",
    )
    assert [tick(day, "23:00"), tick(days_after(day, 1))] == [0, 0]


def test_a_task_brought_forward_to_today_is_told_at_the_next_tick(claire):
    task = task_of(claire, TUESDAY)
    tick(MONDAY)
    with time_machine.travel(at(MONDAY, "14:00"), tick=False):
        to_do.postpone_task(task=task, to=MONDAY, by=claire)
    assert tick(MONDAY, "14:01") == 1
    assert told(task) == ["before", "due"]


def test_a_task_moved_to_today_by_hand_is_told_too(claire):
    """Whoever moves it, and without the service: on a Sunday night no digest would say it."""
    task, today = task_of(claire, dt.date(2030, 1, 1)), timezone.localdate()
    DigestRun.objects.create(day=today, at=timezone.now())
    Task.objects.filter(pk=task.pk).update(due_on=today)
    assert planner.write_due_letters(now=timezone.now()) == 1


def test_several_tasks_set_at_once_make_one_letter_a_person(claire, sophie):
    tick(MONDAY)
    with time_machine.travel(at(MONDAY, "10:00"), tick=False):
        for adviser in (claire, claire, sophie, claire):
            TaskFactory(assignee=adviser, due_on=MONDAY, set_today=True)
    assert tick(MONDAY, "10:01") == 2
    assert letters_to(claire)[0].subject == "À faire aujourd’hui : 3 échéances"
    with time_machine.travel(at(MONDAY, "11:00"), tick=False):
        TaskFactory(assignee=claire, due_on=MONDAY, set_today=True)
    assert tick(MONDAY, "11:01") == 1
    assert len(letters_to(claire)) == 2


def test_what_was_set_for_today_while_the_clock_stood_still_is_in_the_digest(claire):
    """After an outage one letter, not one more for each task of the morning."""
    task_of(claire, MONDAY)
    with time_machine.travel(at(MONDAY, "09:00"), tick=False):
        TaskFactory(assignee=claire, due_on=MONDAY, set_today=True)
    assert tick(MONDAY, "11:00") == 1
    assert [letter.key for letter in letters_to(claire)] == [f"digest:{claire.pk}:2026-11-23"]


# ---- To whom ---------------------------------------------------------------------------------------------------------


def away(user, first=MONDAY, last=FRIDAY):
    user.absent_from, user.absent_until = first, last
    user.save()


def test_while_the_assignee_is_away_the_deputy_is_told(claire, sophie):
    task = task_of(claire, TUESDAY, file__deputy=sophie)
    away(claire)
    assert tick(TUESDAY) == 1
    (letter,) = letters_to(sophie)
    assert task.title in letter.text
    assert "pour Claire Marsan" in letter.text


def test_back_from_an_absence_the_assignee_is_told_again(claire, sophie):
    task = task_of(claire, TUESDAY, file__deputy=sophie)
    away(claire, last=TUESDAY)
    tick(TUESDAY)
    tick(days_after(TUESDAY, 7))
    assert [len(letters_to(user)) for user in (sophie, claire)] == [1, 1]
    assert told(task) == ["due", "late-1"]


@pytest.mark.parametrize("situation", ["no deputy", "deputy away too"])
def test_with_no_deputy_at_hand_the_letter_waits_for_nobody(claire, sophie, situation):
    file_adviser = UserFactory(adviser=True)
    file = ProjectFileFactory(supported=True, adviser=file_adviser, deputy=sophie if situation == "deputy away too" else None)
    task_of(claire, TUESDAY, file=file)
    away(claire)
    away(sophie)
    tick(TUESDAY)
    assert [len(letters_to(user)) for user in (claire, sophie, file_adviser)] == [0, 0, 1]


def test_with_everybody_away_the_assignee_finds_it_on_return(claire):
    task_of(claire, TUESDAY)
    away(claire)
    tick(TUESDAY)
    assert len(letters_to(claire)) == 1


def test_somebody_who_has_left_is_told_nothing_and_the_lead_hears_of_their_tasks(claire, lead):
    task_of(claire, TUESDAY)
    claire.is_active = False
    claire.save()
    tick(TUESDAY)
    assert [len(letters_to(user)) for user in (claire, lead)] == [0, 1]


# ---- When it stops ---------------------------------------------------------------------------------------------------


def silence(task, adviser):
    """Ways in which the reason of a task's letter goes."""
    return {
        "done": lambda: to_do.finish_task(task=task, by=adviser, now=at(MONDAY, "08:00")),
        "put off": lambda: to_do.postpone_task(task=task, to=FRIDAY, by=adviser, now=at(MONDAY, "08:00")),
        "file closed": lambda: lifecycle.move_file(
            file=task.file, to=Stage.CLOSED, by=adviser, closing_reason="no_news", now=at(MONDAY, "08:00")
        ),
    }


WAYS = ["done", "put off", "file closed"]


@pytest.mark.parametrize("way", WAYS)
def test_a_task_that_needs_nobody_any_more_is_not_told(claire, way):
    silence(task_of(claire, MONDAY), claire)[way]()
    assert tick(MONDAY) == 0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["digest", "task_due"])
def test_a_letter_whose_reason_goes_before_it_leaves_does_not_leave(claire, mailoutbox, way, kind):
    if kind == "digest":
        task = task_of(claire, MONDAY)
    else:
        tick(MONDAY, "07:30")
        task = TaskFactory(assignee=claire, due_on=MONDAY, due_set_at=at(MONDAY, "07:31"))
    assert tick(MONDAY, "07:32", mail_server=False) == 1
    silence(task, claire)[way]()
    with time_machine.travel(at(MONDAY, "08:01"), tick=False):
        deliver()
    (letter,) = letters_to(claire)
    assert letter.key.startswith(kind)
    assert (letter.state, mailoutbox) == (LetterState.DROPPED, [])


def test_a_digest_that_still_has_something_to_say_leaves(claire, mailoutbox):
    task = task_of(claire, MONDAY)
    task_of(claire, MONDAY, title="Envoyer le devis")
    tick(MONDAY, mail_server=False)
    to_do.finish_task(task=task, by=claire)
    with time_machine.travel(at(MONDAY, "07:31"), tick=False):
        deliver()
    assert len(mailoutbox) == 1


def test_a_task_put_off_is_told_again_for_its_new_day(claire):
    task = task_of(claire, MONDAY)
    tick(MONDAY)
    to_do.postpone_task(task=task, to=dt.date(2026, 11, 26), by=claire, now=at(MONDAY, "08:00"))
    assert [tick(day) for day in (TUESDAY, dt.date(2026, 11, 25), dt.date(2026, 11, 26))] == [0, 1, 1]


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
