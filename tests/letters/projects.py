"""The letters about project files, and all that the planner tells in its two."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from projects import links, tasks
from projects.enums import FundingState, ReminderRule, Stage
from projects.models import Introduction, ProjectFile
from tests.factories.members import UserFactory
from tests.factories.projects import FollowUpFactory, FundingLineFactory, ProjectFileFactory, TaskFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from tests.letters.world import DAY, Case, World, fresh
from tests.projects.intake.test_intake import NEEDED, PAGE

NUDGE, DIGEST = "projects.nudge", "digest"


def desk(name: str, pk: int) -> str:
    return reverse(f"admin:projects_{name}", args=[pk])


def laid_down(world: World) -> None:
    world.adviser()
    fresh()
    world.press(world.browser(), PAGE, NEEDED)


def address_confirmed(world: World) -> None:
    laid_down(world)
    world.send()
    world.press(world.browser(), links.address_link(ProjectFile.objects.get()))


def followed(world: World, **facts) -> ProjectFile:
    """Somebody follows it, and all has just been said."""
    usual = {"supported": True, "adviser": world.adviser(), "last_contact_out_at": timezone.now()}
    return ProjectFileFactory(**usual | facts)


def busy(world: World, **facts) -> ProjectFile:
    """Something is planned far ahead, so that no other rule speaks of it."""
    file = followed(world, **facts)
    TaskFactory(file=file, assignee=file.adviser, due_on=world.today + 2000 * DAY)
    return file


# ---- Introductions -----------------------------------------------------------------------------------------------------


def consent_asked(world: World) -> Introduction:
    file, village = busy(world), VillageFactory()
    CommitteeMemberFactory(village=village, lead=True, email="helene@example.org")
    adviser = world.browser(file.adviser)
    world.press(adviser, desk("projectfile_choose", file.pk), {"villages": [village.pk]})
    world.press(adviser, desk("projectfile_consent", file.pk))
    return file.introductions.select_related("request").get()


def village_written_to(world: World) -> Introduction:
    introduction = consent_asked(world)
    world.send()
    world.press(world.browser(), links.consent_link(introduction.request), {"answer": "yes", "villages": [introduction.village_id]})
    tasks.send_introductions()
    introduction.refresh_from_db()
    return introduction


def village_said_yes(world: World) -> Introduction:
    introduction = village_written_to(world)
    world.send()
    reader = introduction.village.committee.get()
    world.press(world.browser(), links.answer_link(introduction, reader), {"answer": "yes", "words": "Venez"})
    introduction.refresh_from_db()
    return introduction


def visit_planned(world: World) -> None:
    introduction = village_said_yes(world)
    world.send()
    facts = {"at_0": str(world.today + 4 * DAY), "at_1": "14:30"}
    world.press(world.browser(introduction.file.adviser), desk("introduction_visit", introduction.pk), facts)


# ---- The team ----------------------------------------------------------------------------------------------------------


def task_set_for_today(world: World) -> None:
    """After the morning's digest, for the very day."""
    file = followed(world)
    world.morning(after=1)
    world.go_to(world.today, dt.time(23, 40))
    facts = {"title": "Rappeler", "due_on": str(world.today), "assignee": file.adviser_id}
    world.press(world.browser(file.adviser), desk("projectfile_add_task", file.pk), facts)
    tasks.plan_reminders()


def task_due(world: World) -> None:
    file = followed(world)
    facts = {"title": "Rappeler", "due_on": str(world.today + DAY), "assignee": file.adviser_id}
    world.press(world.browser(file.adviser), desk("projectfile_add_task", file.pk), facts)
    world.morning(after=1)


def task_put_off(world: World) -> None:
    file = busy(world)
    task = TaskFactory(file=file, assignee=file.adviser, due_on=world.today + DAY)
    for times in range(1, 4):
        facts = {"to": str(world.today + (10 + times) * DAY)}
        world.press(world.browser(file.adviser), desk("task_postpone", task.pk), facts)
    UserFactory(lead=True)
    world.morning(after=1)


def tasks_late(world: World) -> None:
    file = followed(world)
    TaskFactory.create_batch(30, file=file, assignee=file.adviser, due_on=world.today - DAY)
    UserFactory(lead=True)
    world.morning(after=1)


def nobody_follows(world: World) -> None:
    ProjectFileFactory()
    world.adviser()
    world.morning(after=10)


def no_first_contact(world: World) -> None:
    busy(world, supported=False, last_contact_out_at=None)
    world.morning(after=10)


def nothing_planned(world: World) -> None:
    followed(world)
    world.morning(after=15)


def nothing_happened(world: World) -> None:
    busy(world)
    world.morning(after=35)


def pause_ends(world: World) -> None:
    file = followed(world)
    until = world.today + 6 * DAY
    facts = {"to": Stage.PAUSED, "reason": "Elle vend son appartement", "paused_until": str(until), "closing_reason": ""}
    world.press(world.browser(file.adviser), desk("projectfile_move", file.pk), facts)
    world.morning(after=1)


def money_asked(world: World, **facts) -> None:
    file = busy(world)
    typed = {"funder": "Initiative Gers", "requested": "6000", "state": FundingState.PLANNED} | facts
    world.press(world.browser(file.adviser), desk("projectfile_add_line", file.pk), typed)


def deadline_near(world: World) -> None:
    money_asked(world, deadline=str(world.today + 20 * DAY))
    world.morning(after=1)


def decision_late(world: World) -> None:
    file = busy(world)
    FundingLineFactory(file=file, state=FundingState.LODGED, lodged_on=world.today, committee_on=world.today)
    world.morning(after=10)


def kept_long_enough(world: World) -> None:
    file = followed(world)
    facts = {"to": Stage.CLOSED, "reason": "", "paused_until": "", "closing_reason": "gave_up"}
    world.press(world.browser(file.adviser), desk("projectfile_move", file.pk), facts)
    world.morning(after=2 * 365 - 10)


# ---- Holders and villages ----------------------------------------------------------------------------------------------


def consent_pending(world: World) -> None:
    consent_asked(world)
    world.morning(after=10)


def village_silent(world: World) -> None:
    village_written_to(world)
    world.morning(after=10)


def contact_pending(world: World) -> None:
    village_said_yes(world)
    world.morning(after=9)


def paper_awaited(world: World) -> None:
    file = busy(world)
    world.press(world.browser(file.adviser), desk("projectfile_ask_document", file.pk), {"label": "Deux devis"})
    world.morning(after=9)


def news_asked(world: World) -> None:
    file = busy(world, stage=Stage.SETTLED, settled_on=world.today, supported=False)
    FollowUpFactory(file=file, due_on=world.today + DAY)
    world.morning(after=2)


def still_interested(world: World) -> None:
    busy(world)
    world.morning(after=66)


def ends_with(start, *, rule: ReminderRule, nudge: bool = False) -> Case:
    template, key = ("projects/email/nudge", NUDGE) if nudge else ("projects/email/digest", DIGEST)
    return Case(template, key, start, rule)


CASES = [
    Case("projects/email/confirm_address", "projects.address_asked", laid_down),
    Case("projects/email/received", "projects.received", address_confirmed),
    Case("projects/email/consent_asked", "projects.consent_asked", consent_asked),
    Case("projects/email/introductions", "projects.introductions", village_written_to),
    Case("projects/email/accepted", "projects.accepted", village_said_yes),
    Case("projects/email/visit", "projects.visit", visit_planned),
    Case("projects/email/task_due", "task_due", task_set_for_today, ReminderRule.TASK_DUE),
    ends_with(task_due, rule=ReminderRule.TASK_DUE),
    ends_with(task_put_off, rule=ReminderRule.TASK_POSTPONED),
    ends_with(tasks_late, rule=ReminderRule.TASKS_LATE),
    ends_with(nobody_follows, rule=ReminderRule.FILE_UNASSIGNED),
    ends_with(no_first_contact, rule=ReminderRule.FIRST_CONTACT),
    ends_with(nothing_planned, rule=ReminderRule.NO_NEXT_ACTION),
    ends_with(nothing_happened, rule=ReminderRule.NO_ACTIVITY),
    ends_with(pause_ends, rule=ReminderRule.PAUSE_ENDS),
    ends_with(deadline_near, rule=ReminderRule.FUNDING_DEADLINE),
    ends_with(decision_late, rule=ReminderRule.DECISION_OVERDUE),
    ends_with(kept_long_enough, rule=ReminderRule.RETENTION),
    ends_with(consent_pending, rule=ReminderRule.CONSENT_PENDING, nudge=True),
    ends_with(village_silent, rule=ReminderRule.VILLAGE_SILENT, nudge=True),
    ends_with(contact_pending, rule=ReminderRule.CONTACT_PENDING, nudge=True),
    ends_with(paper_awaited, rule=ReminderRule.DOCUMENT_ASKED, nudge=True),
    ends_with(news_asked, rule=ReminderRule.NEWS_ASKED, nudge=True),
    ends_with(still_interested, rule=ReminderRule.STILL_INTERESTED, nudge=True),
]
