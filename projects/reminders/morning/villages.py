"""What villages have said, or not; whom to telephone there; what does not leave; the day after a visit."""

import datetime as dt

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from common.typography import day
from projects.enums import IntroductionState, Stage
from projects.introductions.leaving import obstacle_of, obstacle_words, with_facts_of_leaving
from projects.models import Introduction
from projects.reminders.morning.cards import Callee, Card, CardKind, Pile
from projects.reminders.morning.desk import AdviserDesk
from projects.reminders.morning.ends import end_of_fact
from projects.reminders.rules.outsiders import VillageSilent

State = IntroductionState
NEXT = {
    State.ACCEPTED: lambda: _("Tell the family, and plan the visit."),
    State.CONTACT_MADE: lambda: _("Plan the visit."),
    State.DECLINED: lambda: _("Tell the family, and choose another village."),
    State.LATER: lambda: _("Choose another village, or pause until then."),
    State.NO_ANSWER: lambda: _("Tell the family, and choose another village."),
}


def open_questions(desk: AdviserDesk) -> QuerySet[Introduction]:
    """Of families that have neither settled nor chosen a village."""
    found = Introduction.objects.filter(desk.mine("file__")).exclude(file__stage=Stage.SETTLED)
    return found.without_choice().with_people()


def answers(desk: AdviserDesk, most: int | None) -> Pile:
    """Until the family was called since, or the visit is planned, which tells them too."""

    def card_of(introduction: Introduction) -> Card:
        return Card(
            key=introduction.card,
            file=introduction.file,
            why=answer_of(introduction),
            what=NEXT[introduction.state](),
            end=end_of_fact(CardKind.ANSWER, introduction),
        )

    planned = Q(state__in=State.before_visit(), visit_at__isnull=False)
    rows = open_questions(desk).filter(state__in=State.news_for_adviser()).exclude(planned)
    rows = rows.exclude(file__last_contact_out_at__gte=F("state_since")).order_by("state_since", "pk")
    return desk.pile(rows, CardKind.ANSWER, card_of, "state", most=most)


def answer_of(introduction: Introduction) -> str:
    facts = {"village": introduction.village, "answer": introduction.get_state_display(), "holder": introduction.file.holder}
    if introduction.state == State.NO_ANSWER:
        facts["day"] = day(timezone.localdate(introduction.sent_at))
        return _("%(village)s has not answered: it was written to on %(day)s.") % facts
    if (
        introduction.state == State.CONTACT_MADE
        and introduction.answered_at
        and introduction.state_since > introduction.answered_at
    ):
        facts["day"] = day(timezone.localdate(introduction.state_since))
        return _("%(holder)s and %(village)s have spoken to each other: written down on %(day)s.") % facts
    facts["day"] = day(timezone.localdate(introduction.answered_at or introduction.state_since))
    said = _("%(village)s answered “%(answer)s” on %(day)s.") % facts
    return f"{said} {introduction.answer}".strip()


# ---- Whom to telephone -------------------------------------------------------------------------------------------------


def whom_to_call(introduction: Introduction, today: dt.date) -> Callee:
    """Somebody of the committee who is there and agreed to be telephoned: the one who was written to before the others.

    Without a number where nobody agreed. Reads the committee that `with_committee` fetched, in its order.
    """
    committee = list(introduction.village.committee.all())
    reachable = [person for person in committee if person.phone]
    if reachable:
        first = min(reachable, key=lambda person: (person.is_absent(today), person.name != introduction.reader_name))
        return Callee(first.name, first.phone.as_e164)
    return Callee(introduction.reader_name or (committee[0].name if committee else str(introduction.village)), "")


def silent(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(introduction: Introduction) -> Card:
        callee = whom_to_call(introduction, desk.today)
        facts = {"village": introduction.village, "day": day(timezone.localdate(introduction.sent_at)), "name": callee.name}
        return Card(
            key=introduction.card,
            file=introduction.file,
            why=_("%(village)s: no answer since %(day)s.") % facts,
            what=_("Telephone %(name)s.") % facts,
            end=end_of_fact(CardKind.SILENT, introduction),
            callee=callee,
        )

    rows = VillageSilent.waiting(desk.today, desk.delays.of(VillageSilent)).with_people().with_committee()
    rows = desk.ruled(VillageSilent, rows, "file__").order_by("sent_at", "pk")
    return desk.pile(rows, CardKind.SILENT, card_of, most=most)


def later(desk: AdviserDesk, most: int | None) -> Pile:
    """The day has come from which a village said that it could."""

    def card_of(introduction: Introduction) -> Card:
        callee = whom_to_call(introduction, desk.today)
        facts = {"village": introduction.village, "day": day(introduction.later_on), "name": callee.name}
        said = _("%(village)s said “not now”: from %(day)s on.") % facts
        return Card(
            key=introduction.card,
            file=introduction.file,
            why=f"{said} {introduction.answer}".strip(),
            what=_("Ask %(name)s again.") % facts,
            is_late=introduction.later_on < desk.today,
            end=end_of_fact(CardKind.LATER, introduction),
            callee=callee,
        )

    rows = open_questions(desk).with_committee().filter(state=State.LATER, later_on__lte=desk.today)
    return desk.pile(rows.order_by("later_on", "pk"), CardKind.LATER, card_of, "later_on", most=most)


def held_back(desk: AdviserDesk, most: int | None) -> Pile:
    """Agreed to, and not leaving: why. Those that leave with the next letter are no card."""

    def card_of(introduction: Introduction, obstacle) -> Card:
        return Card(
            key=introduction.card,
            file=introduction.file,
            why=_("The introduction to %(village)s does not leave: %(why)s.")
            % {"village": introduction.village, "why": obstacle_words(introduction, obstacle)},
            what=_("Wait, or withdraw it and choose another village."),
            end=end_of_fact(CardKind.HELD, introduction),
            callee=whom_to_call(introduction, desk.today),
        )

    rows = Introduction.objects.filter(desk.mine("file__"), state=State.READY).with_people().with_committee()
    rows = desk.still_there(with_facts_of_leaving(rows, desk.now), CardKind.HELD).order_by("state_since", "pk")
    held = [(introduction, obstacle) for introduction in rows if (obstacle := obstacle_of(introduction, desk.today))]
    return Pile([card_of(introduction, obstacle) for introduction, obstacle in held[:most]], len(held))


# ---- Visits ------------------------------------------------------------------------------------------------------------


def after_visits(desk: AdviserDesk, most: int | None) -> Pile:
    """From the day after a visit until its outcome is written; once « visited », until the family was called since."""

    def card_of(introduction: Introduction) -> Card:
        facts = {"village": introduction.village, "day": day(timezone.localdate(introduction.visited_at))}
        return Card(
            key=introduction.card,
            file=introduction.file,
            why=_("The visit of %(village)s was on %(day)s.") % facts,
            what=_("Call them: how was it? Write down what came of it."),
            end=end_of_fact(CardKind.VISIT, introduction),
        )

    planned = Q(state__in=State.before_visit(), visit_at__isnull=False)
    visited = Q(state=State.VISITED) & ~Q(file__last_contact_out_at__gte=F("visited_at"))
    rows = open_questions(desk).annotate(visited_at=Coalesce("visit_at", "state_since"))
    rows = rows.filter(planned | visited, visited_at__lt=desk.midnight).order_by("visited_at", "pk")
    return desk.pile(rows, CardKind.VISIT, card_of, "visit_at", most=most)


def visits_of_today(desk: AdviserDesk) -> list[Introduction]:
    found = Introduction.objects.filter(desk.mine("file__"), state__in=State.welcomed(), visit_at__gte=desk.midnight)
    found = found.filter(visit_at__lt=desk.midnight + dt.timedelta(days=1))
    return list(found.select_related("village__commune", "file__holder").order_by("visit_at"))
