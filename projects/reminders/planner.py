"""The planner: what the portal tells advisers by itself, and when.

What is due is derived from facts with `<=`: however long the clock stood still, each matter is told once, at its latest step.
On a working day one digest per adviser says all of it, from DIGEST_AT on; a task that somebody sets for the very day is told at
the next tick by a short letter of its own. See docs/decisions/one-digest-a-day.md.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from common.working_days import is_working_day, latest_start, working_days_after
from members.access import Act, roles_with
from members.models import User
from outbox.enums import LetterState
from outbox.models import Letter
from outbox.services import post_all
from projects import notifications
from projects.enums import ReminderRule
from projects.files import retention
from projects.models import DigestRun, ProjectFile, Reminder, Task
from projects.models.reminder import target_of
from projects.notifications import Contents
from projects.reminders import nudges
from projects.reminders.rules import ADVISERS, RULES, Delays, Reader

ONE_PLANNER = 0x50505231  # the key of the planners' advisory lock


def write_due_letters(*, now: dt.datetime) -> int:
    """One tick of the clock. Returns how many letters were written.

    Any number of ticks may run at once: one plans, the others leave it to that one. The number of queries depends on how many
    people are written to, not on how many tasks or files there are.
    """
    written = 0
    with transaction.atomic():
        if only_one_planner():
            if digest_is_due(now):
                written += write_digests(now)  # what was set for today among the rest
            else:
                if run := DigestRun.objects.filter(day=timezone.localdate(now), nudged_at__isnull=True).first():
                    retention.forget_what_is_due(now=now)
                    written += write_to_others(run, now)
                written += tell_what_was_set_for_today(now)
    return written


def only_one_planner() -> bool:
    """Whether no other worker plans at this moment: the lock is held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_PLANNER])
        return cursor.fetchone()[0]


# ---- Who is told -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Team:
    """Who works on files on a given day. Nobody is told anything while away, unless everybody is."""

    day: dt.date
    advisers: list[User]  # the leads among them
    leads: list[User]
    people: dict[int, User | None]  # those looked up so far, by id; None is somebody whose account is closed

    @classmethod
    def of(cls, day: dt.date) -> Self:
        def here(users: list[User]) -> list[User]:
            return [user for user in users if not user.is_absent_on(day)] or users

        is_lead = Exists(Group.objects.filter(user=OuterRef("pk"), name__in=roles_with(Act.LEAD_FILES)))
        team = list(User.objects.advisers().annotate(leads=is_lead).order_by("pk"))
        return cls(day, here(team), here([user for user in team if user.leads]), {user.pk: user for user in team})

    def look_up(self, ids: Iterable[int | None]) -> None:
        missing = {pk for pk in ids if pk} - self.people.keys()
        found = User.objects.filter(is_active=True).in_bulk(missing)  # of nobody: no query
        self.people.update({pk: found.get(pk) for pk in missing})

    def active(self, *ids: int | None) -> list[User]:
        """Those of these who still have an account, once look_up() has been told of them."""
        return [user for pk in ids if pk and (user := self.people[pk])]

    def reader_of(self, task: Task) -> User | None:
        """The assignee; while that one is away the file's deputy, then its adviser; a lead if all three have left."""
        near = self.active(task.assignee_id, task.file.deputy_id, task.file.adviser_id)
        return next(chain((user for user in near if not user.is_absent_on(self.day)), near, self.leads), None)


# ---- The rules: what is to be told, by the facts of the day ----------------------------------------------------------


def tasks_due(tasks: QuerySet[Task], team: Team) -> Iterator[Reminder]:
    """The step that each task has reached, to whoever reads for it."""
    tasks = list(tasks.select_related("file").only("due_on", "assignee", "file__adviser", "file__deputy"))
    team.look_up(chain.from_iterable((task.assignee_id, task.file.deputy_id, task.file.adviser_id) for task in tasks))
    for task in tasks:
        if reader := team.reader_of(task):
            occurrence = f"{task.due_on}:{step_of(task.due_on, team.day)}"
            yield Reminder(rule=ReminderRule.TASK_DUE, target=target_of("task", task.pk), occurrence=occurrence, recipient=reader)


def step_of(due_on: dt.date, today: dt.date) -> str:
    """`before`, `due`, then `late-1`, `late-2` … at every round of TASK_REMINDER_EVERY_DAYS."""
    if due_on > today:
        return "before"
    rounds = (today - due_on).days // settings.TASK_REMINDER_EVERY_DAYS
    return f"late-{rounds}" if rounds else "due"


def tasks_put_off_too_often(team: Team) -> Iterator[Reminder]:
    """The leads hear of a task at its third postponement, then at the sixth …"""
    limit = settings.TASK_POSTPONED_TOO_OFTEN
    for pk, times in Task.objects.live().filter(postponed__gte=limit).values_list("pk", "postponed"):
        for lead in team.leads:
            occurrence = f"{times - times % limit}:{lead.pk}"
            yield Reminder(rule=ReminderRule.TASK_POSTPONED, target=target_of("task", pk), occurrence=occurrence, recipient=lead)


def piles_of_late_tasks(team: Team) -> Iterator[Reminder]:
    """The leads hear once a week of a colleague who has more late tasks than TASK_LATE_TOO_MANY."""
    year, week, _weekday = team.day.isocalendar()
    for user_id in counts_of_late_tasks(team.day):
        for lead in team.leads:
            if lead.pk != user_id:
                occurrence = f"{year}-W{week:02d}:{lead.pk}"
                yield Reminder(
                    rule=ReminderRule.TASKS_LATE, target=target_of("user", user_id), occurrence=occurrence, recipient=lead
                )


def counts_of_late_tasks(today: dt.date) -> dict[int, int]:
    """By user, of those who have too many."""
    counts = Task.objects.late(today).values("assignee").annotate(late=Count("pk")).filter(late__gt=settings.TASK_LATE_TOO_MANY)
    return dict(counts.values_list("assignee", "late"))


def files_without_adviser(team: Team) -> Iterator[Reminder]:
    """The team hears of a file that waits for an adviser, later the leads once more; each person once."""
    for_team = latest_start(team.day, settings.UNASSIGNED_FILE_AFTER_DAYS)
    for_leads = latest_start(team.day, settings.UNASSIGNED_FILE_LEAD_AFTER_DAYS)
    waiting = ProjectFile.objects.without_adviser().filter(opened_on__lte=for_team)
    for pk, opened_on in waiting.values_list("pk", "opened_on"):
        told = [("team", user) for user in team.advisers] + [("lead", user) for user in team.leads if opened_on <= for_leads]
        for step, user in told:
            occurrence = f"{step}:{user.pk}"
            yield Reminder(rule=ReminderRule.FILE_UNASSIGNED, target=target_of("file", pk), occurrence=occurrence, recipient=user)


def matters_of_rules(team: Team, delays: Delays) -> Iterator[Reminder]:
    """What the other rules have to say: to the file's adviser, to the deputy while that one is away, to the leads."""
    dues = [(rule.slug, due) for rule in ADVISERS if delays.is_used(rule.slug) for due in rule.due(team.day, delays.of(rule))]
    team.look_up(chain.from_iterable((due.adviser_id, due.deputy_id) for _slug, due in dues))
    for slug, due in dues:
        near = team.active(due.adviser_id, due.deputy_id)
        reader = next(chain((user for user in near if not user.is_absent_on(team.day)), near, team.leads), None)
        readers = {reader.pk: reader} if reader and Reader.ADVISER in due.readers else {}
        if Reader.LEAD in due.readers:
            readers |= {lead.pk: lead for lead in team.leads}
        for pk, user in readers.items():
            yield Reminder(rule=slug, target=target_of(slug, due.pk), occurrence=f"{due.occurrence}:{pk}", recipient=user)


# ---- The digest of a working day -------------------------------------------------------------------------------------


def digest_is_due(now: dt.datetime) -> bool:
    here = timezone.localtime(now)
    return (
        (here.hour, here.minute) >= settings.DIGEST_AT
        and is_working_day(here.date())
        and not DigestRun.objects.filter(day=here.date()).exists()
    )


def write_digests(now: dt.datetime) -> int:
    """One digest for everybody who has something to be told. From here on the day's digests are written."""
    today, delays = timezone.localdate(now), Delays()
    DigestRun.objects.create(day=today, at=now)
    team = Team.of(today)
    reminders = [
        *matters_of_rules(team, delays),
        *tasks_due(Task.objects.live().filter(due_on__lte=working_days_after(today, settings.TASK_REMINDER_BEFORE_DAYS)), team),
        *tasks_put_off_too_often(team),
        *piles_of_late_tasks(team),
        *files_without_adviser(team),
    ]
    for reminder in reminders:
        reminder.letter_key = digest_key(reminder.recipient_id, today)
    keys = {reminder.letter_key for reminder in reminders} | take_back_unsent_letters(today)
    record_reminders(reminders, now)
    return write_letters(keys, today, notifications.digest, delays)


def write_to_others(run: DigestRun, now: dt.datetime) -> int:
    """Holders and villages are reminded, at the tick after the digests. Returns how many letters."""
    run.nudged_at = now
    run.save(update_fields=["nudged_at"])
    return nudges.write_nudges(now, Delays())


def digest_key(user_id: int, day: dt.date) -> str:
    return notifications.DIGEST.key(user=user_id, day=day)


def take_back_unsent_letters(today: dt.date) -> set[str]:
    """What waits in the outbox since before, for want of a mail server, is told by today's digest instead of beside it.

    The letter left behind speaks of nothing any more, and its stop condition keeps it in. Returns the digests' keys.
    """
    digests, due = notifications.DIGEST.beginning(), notifications.TASK_DUE.beginning()
    ours = Q(key__startswith=digests) | Q(key__startswith=due)
    waiting = Letter.objects.filter(ours, state=LetterState.TO_SEND)
    # A letter that a worker holds at this moment is on its way: it is left alone.
    left_behind = list(waiting.select_for_update(skip_locked=True).values_list("key", flat=True))
    if not left_behind:
        return set()
    reminders = Reminder.objects.filter(letter_key__in=left_behind)
    keys = {pk: digest_key(pk, today) for pk in sorted(set(reminders.values_list("recipient", flat=True)))}
    if keys:
        reminders.update(letter_key=Case(*(When(recipient=pk, then=Value(key)) for pk, key in keys.items())))
    return set(keys.values())


# ---- A task set for the very day -------------------------------------------------------------------------------------


def tell_what_was_set_for_today(now: dt.datetime) -> int:
    """A letter to whoever was given, today, a task for today or for a day that has passed: no digest could announce it."""
    today = timezone.localdate(now)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tasks = Task.objects.live().filter(due_on__lte=today, due_set_at__gte=midnight).order_by("pk")
    if not tasks.exists():
        return 0
    reminders = Reminder.objects.untold(list(tasks_due(tasks, Team.of(today))))
    keys = {}
    for reminder in reminders:  # one letter a person, named after its first task
        task, (due_on, step) = int(reminder.target.removeprefix("task:")), reminder.occurrence.split(":")
        key = notifications.TASK_DUE.key(task=task, due_on=due_on, step=step)
        reminder.letter_key = keys.setdefault(reminder.recipient_id, key)
    record_reminders(reminders, now)
    return write_letters(set(keys.values()), today, notifications.task_due)


# ---- From reminders to letters ---------------------------------------------------------------------------------------


def record_reminders(reminders: list[Reminder], now: dt.datetime) -> None:
    """Keep that this was told, and by which letter. What was told before keeps its first letter."""
    for reminder in reminders:
        reminder.told_at = now
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)


def write_letters(keys: set[str], today: dt.date, letter: Callable[..., Letter], delays: Delays | None = None) -> int:
    """Write the letters of these keys that have something to say. Returns how many."""
    contents = contents_of(Reminder.objects.filter(letter_key__in=keys), today, delays)
    post_all(letter(key=key, contents=says) for key, says in contents.items())
    return len(contents)


def digest_still_holds(letter_key: str, today: dt.date) -> bool:
    """Whether anything that this letter tells is still so."""
    return bool(contents_of(Reminder.objects.filter(letter_key=letter_key), today))


def contents_of(reminders: QuerySet[Reminder], today: dt.date, delays: Delays | None = None) -> dict[str, Contents]:
    """What each letter has to say, of that which is still so. A letter with nothing to say is not there.

    A task done, put off or on a closed file, a file that has found its adviser, a pile that was worked off: silence.
    """
    told = list(reminders.select_related("recipient").order_by("pk"))
    named = defaultdict(set)
    for reminder in told:
        kind, _colon, pk = reminder.target.partition(":")
        named[kind].add(int(pk))
    delays = delays or Delays()
    ruled = {slug: RULES[slug].lines(named[slug], today, delays.of(RULES[slug])) for slug in named.keys() & RULES.keys()}
    tasks = Task.objects.live().with_file().select_related("postponed_by").in_bulk(named["task"])
    files = ProjectFile.objects.without_adviser().select_related("holder").in_bulk(named["file"])
    piles = counts_of_late_tasks(today) if named["user"] else {}
    users = User.objects.in_bulk(named["user"] & piles.keys())
    letters: dict[str, Contents] = {}
    for reminder in told:
        pk = int(reminder.target.partition(":")[2])
        says = letters.setdefault(reminder.letter_key, Contents(reader=reminder.recipient, day=today))
        match reminder.rule:
            case ReminderRule.TASK_DUE if pk in tasks and reminder.occurrence.startswith(f"{tasks[pk].due_on}:"):
                says.tasks[pk] = tasks[pk]
            case ReminderRule.TASK_POSTPONED if pk in tasks:
                says.put_off[pk] = tasks[pk]
            case ReminderRule.TASKS_LATE if pk in users:
                says.piles[users[pk]] = piles[pk]
            case ReminderRule.FILE_UNASSIGNED if pk in files:
                says.files[pk] = files[pk]
            case slug if slug in ruled and pk in ruled[slug]:
                says.ruled.setdefault(slug, {})[pk] = ruled[slug][pk]
    return {key: says for key, says in letters.items() if says}
