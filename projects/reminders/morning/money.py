"""Money to be asked for, decisions that do not come, papers that are awaited."""

from django.utils import timezone
from django.utils.translation import gettext as _

from common.typography import day, euros
from projects.models import Document, FundingLine
from projects.reminders.morning.cards import Card, CardKind, Pile
from projects.reminders.morning.desk import AdviserDesk
from projects.reminders.morning.ends import end_of_fact
from projects.reminders.rules.advisers import DecisionOverdue, FundingDeadline
from projects.reminders.rules.outsiders import DocumentAsked

PEOPLE = ("file__holder", "file__adviser")


def to_lodge(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(line: FundingLine) -> Card:
        facts = {"funder": line.funder, "sum": euros(line.requested), "day": day(line.deadline)}
        return Card(
            key=line.card,
            file=line.file,
            why=_("%(funder)s: to be lodged by %(day)s.") % facts,
            what=_("Complete the request for %(sum)s.") % facts,
            is_late=line.deadline < desk.today,
            end=end_of_fact(CardKind.MONEY, line),
        )

    rows = FundingDeadline.due_lines(desk.today, desk.delays.of(FundingDeadline)).select_related(*PEOPLE)
    rows = desk.ruled(FundingDeadline, rows, "file__").order_by("deadline", "pk")
    return desk.pile(rows, CardKind.MONEY, card_of, "state", "deadline", most=most)


def overdue(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(line: FundingLine) -> Card:
        facts = {"funder": line.funder, "day": day(line.committee_on)}
        return Card(
            key=line.card,
            file=line.file,
            why=_("%(funder)s: decision expected on %(day)s, nothing heard.") % facts,
            what=_("Ask %(funder)s.") % facts,
            is_late=True,
            end=end_of_fact(CardKind.MONEY, line),
        )

    rows = DecisionOverdue.due_lines(desk.today, desk.delays.of(DecisionOverdue)).select_related(*PEOPLE)
    rows = desk.ruled(DecisionOverdue, rows, "file__").order_by("committee_on", "pk")
    return desk.pile(rows, CardKind.MONEY, card_of, "state", "committee_on", most=most)


def awaited_papers(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(document: Document) -> Card:
        facts = {"paper": document.label, "day": day(timezone.localdate(document.asked_at))}
        why = _("“%(paper)s” was asked for on %(day)s.") % facts
        what = _("Ask again, or do without.")
        return Card(key=document.card, file=document.file, why=why, what=what, end=end_of_fact(CardKind.PAPER, document))

    rows = DocumentAsked.waiting(desk.today, desk.delays.of(DocumentAsked)).select_related(*PEOPLE)
    rows = desk.ruled(DocumentAsked, rows, "file__").order_by("asked_at", "pk")
    return desk.pile(rows, CardKind.PAPER, card_of, most=most)
