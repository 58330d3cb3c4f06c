"""What families wait for: a first call, what was planned, a call after worrying news, a next action, the end of a pause."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.typography import day
from common.working_days import working_days_after
from projects.models import FollowUp, ProjectFile, Task
from projects.reminders.morning.cards import Card, CardKind, Pile
from projects.reminders.morning.desk import AdviserDesk
from projects.reminders.morning.ends import end_of_fact
from projects.reminders.rules.advisers import FirstContact, NoNextAction, PauseEnds


def first_contacts(desk: AdviserDesk, most: int | None) -> Pile:
    within = desk.delays.of(FirstContact)[0]

    def card_of(file: ProjectFile) -> Card:
        by = working_days_after(file.opened_on, within)
        facts = {"day": day(file.opened_on), "by": day(by)}
        return Card(
            key=file.card,
            file=file,
            why=_("Project laid down on %(day)s, no first contact yet. Within: %(by)s.") % facts,
            what=_("Call and qualify: %(project)s.") % {"project": file.title},
            is_late=by < desk.today,
            end=end_of_fact(CardKind.FIRST, file),
        )

    never = desk.ruled(FirstContact, FirstContact.files().with_people())
    return desk.pile(never.order_by("opened_at", "pk"), CardKind.FIRST, card_of, most=most)


def tasks(desk: AdviserDesk) -> QuerySet[Task]:
    """One's own, and those of colleagues who are not there, as for files."""
    rows = Task.objects.live().select_related("file__holder", "file__adviser", "assignee")
    return rows if desk.team else rows.filter(Q(assignee=desk.user) | desk.without("assignee", "file__deputy"))


def tasks_of_today(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(task: Task) -> Card:
        return Card(key=f"task:{task.pk}", file=task.file, why=_("Due today."), what=task.title, task=task)

    return desk.pile(tasks(desk).filter(due_on=desk.today).order_by("pk"), CardKind.TASK, card_of, most=most)


def late_tasks(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(task: Task) -> Card:
        why = _("Due on %(day)s.") % {"day": day(task.due_on)}
        if task.postponed:
            times = ngettext("put off %(n)d time", "put off %(n)d times", task.postponed) % {"n": task.postponed}
            why = _("Due on %(day)s, %(times)s.") % {"day": day(task.due_on), "times": times}
        return Card(key=f"task:{task.pk}", file=task.file, why=why, what=task.title, task=task, is_late=True)

    return desk.pile(tasks(desk).filter(due_on__lt=desk.today).order_by("due_on", "pk"), CardKind.TASK, card_of, most=most)


WEAK = Q(still_here="yes") & (Q(knows_people=1) | Q(dwelling="temporary") | Q(partner="seeks")) | ~Q(leaving="")
SIGNALS = {
    "isolated": lambda: _("they know nobody yet"),
    "temporary_housing": lambda: _("their home is for a time only"),
    "partner_without_work": lambda: _("the partner looks for work"),
}


def last_news(desk: AdviserDesk) -> QuerySet[FollowUp]:
    """What each family said of itself last, where nobody has called since."""
    later = FollowUp.objects.filter(file=OuterRef("file"), answered_at__gt=OuterRef("answered_at"))
    heard = FollowUp.objects.filter(desk.mine("file__"), ~Exists(later), answered_at__isnull=False)
    heard = heard.exclude(file__last_contact_out_at__gte=F("answered_at"))
    return heard.select_related("file__holder", "file__adviser").order_by("answered_at", "pk")


def weak_signals(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(follow_up: FollowUp) -> Card:
        facts = {"months": follow_up.months, "said": news_in_words(follow_up)}
        why = _("Their news after %(months)s months: %(said)s.") % facts
        return Card(
            key=follow_up.card, file=follow_up.file, why=why, what=_("Call them."), end=end_of_fact(CardKind.NEWS, follow_up)
        )

    return desk.pile(last_news(desk).filter(WEAK), CardKind.NEWS, card_of, most=most)


def news_in_words(follow_up: FollowUp) -> str:
    if follow_up.leaving:
        return _("they have left: %(reason)s") % {"reason": follow_up.get_leaving_display()}
    return ", ".join(SIGNALS[signal]() for signal in follow_up.signals)


def without_next_action(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(file: ProjectFile) -> Card:
        why = _("Open file, no task, no pause. Nobody has spoken to them yet.")
        if last := file.last_contact_at:
            why = _("Open file, no task, no pause. Last spoken to on %(day)s.") % {"day": day(timezone.localdate(last))}
        what = _("Plan something, or pause it.")
        return Card(key=file.card, file=file, why=why, what=what, end=end_of_fact(CardKind.NOTHING, file))

    idle = NoNextAction.shown(desk.today, desk.delays.of(NoNextAction)).with_people()
    idle = desk.ruled(NoNextAction, idle).order_by("last_contact_out_at", "pk")
    return desk.pile(idle, CardKind.NOTHING, card_of, most=most)


def pauses_ending(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(file: ProjectFile) -> Card:
        facts = {"day": day(file.paused_until), "reason": file.pause_reason}
        return Card(
            key=file.card,
            file=file,
            why=_("The pause ends on %(day)s (%(reason)s).") % facts,
            what=_("Call, then take it up again or prolong."),
            is_late=file.paused_until < desk.today,
            end=end_of_fact(CardKind.PAUSE, file),
        )

    ending = PauseEnds.files(desk.today, desk.delays.of(PauseEnds)).with_people()
    ending = desk.ruled(PauseEnds, ending).order_by("paused_until", "pk")
    return desk.pile(ending, CardKind.PAUSE, card_of, "paused_until", most=most)
