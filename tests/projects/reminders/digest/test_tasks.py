"""When a task is told, to whom, and what stops it."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from outbox.enums import LetterState
from outbox.models import Letter
from projects.activity import to_do
from projects.enums import Stage
from projects.files import lifecycle
from projects.models import DigestRun, Task
from projects.reminders import planner
from tests.factories.members import UserFactory
from tests.factories.projects import ProjectFileFactory, TaskFactory
from tests.projects.reminders.digest.clock import (
    FRIDAY,
    MONDAY,
    SATURDAY,
    TUESDAY,
    at,
    away,
    days_after,
    deliver,
    letters_to,
    task_of,
    tick,
    told,
)

pytestmark = pytest.mark.django_db


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
