"""What holders did by themselves: a consent given or refused, introductions taken back, papers, answers, news, the end.

Each is told until somebody has called since, or has read it.
"""

import datetime as dt

from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.typography import day
from projects.enums import Direction, EventKind, IntroductionState, Stage, Via
from projects.models import ConsentRequest, Document, Event, FollowUp, Introduction, IntroductionMove, Transition
from projects.reminders.morning.cards import Card, CardKind, Pile
from projects.reminders.morning.desk import AdviserDesk
from projects.reminders.morning.families import WEAK, last_news

State = IntroductionState
TOLD_FOR = dt.timedelta(days=45)
PEOPLE = ("file__holder", "file__adviser")


def not_called_since(moment: str, file: str = "file__") -> Q:
    return ~Q(**{f"{file}last_contact_out_at__gte": F(moment)})


def consents(desk: AdviserDesk, most: int | None) -> Pile:
    """Those that the holder refused, in whole or in part, and those given whose villages have not answered yet.

    What an adviser wrote down for them is known.
    """

    def card_of(asked: ConsentRequest) -> Card:
        yes, no = [], []
        for introduction in asked.introductions.all():
            (yes if introduction.moves_on else no).append(str(introduction.village))
        facts = {"day": day(timezone.localdate(asked.answered_at)), "yes": ", ".join(yes), "no": ", ".join(no)}
        if not yes:
            why, what = _("On %(day)s the holder did not wish to be introduced: %(no)s.") % facts, _("Call them: what would suit?")
        elif no:
            why = _("On %(day)s the holder agreed to %(yes)s, and not to %(no)s.") % facts
            what = _("Call them: what would suit?")
        else:
            why, what = (
                _("On %(day)s the holder agreed to be introduced: %(yes)s.") % facts,
                _("Nothing for now."),
            )
        return Card(key=asked.card, file=asked.file, why=why, what=what)

    said_yes = IntroductionMove.objects.filter(to_state=State.READY)
    villages = Introduction.objects.select_related("village__commune").order_by("pk")
    villages = villages.prefetch_related(Prefetch("moves", said_yes, to_attr="moves_on"))
    rows = ConsentRequest.objects.filter(desk.mine("file__"), not_called_since("answered_at"), answered_at__isnull=False)
    not_all = IntroductionMove.objects.filter(from_state=State.AWAITING_CONSENT, to_state=State.WITHDRAWN)
    under_way = Introduction.objects.filter(state__in=State.on_the_way())
    rows = rows.filter(
        Q(agreed=False)
        | Exists(not_all.filter(introduction__request=OuterRef("pk")))
        | Exists(under_way.filter(request=OuterRef("pk")))
    )
    rows = rows.exclude(via=Via.ORAL).select_related(*PEOPLE).prefetch_related(Prefetch("introductions", villages))
    return desk.pile(rows.order_by("answered_at", "pk"), CardKind.SEEN_CONSENT, card_of, most=most)


def withdrawals(desk: AdviserDesk, most: int | None) -> Pile:
    """The last time that a holder took back what ran, one card a press."""

    def card_of(move: IntroductionMove) -> Card:
        why = _("On %(day)s the holder took the introductions back.") % {"day": day(timezone.localdate(move.at))}
        return Card(key=move.card, file=move.introduction.file, why=why, what=_("Call them: what would suit?"))

    taken_back = IntroductionMove.objects.filter(to_state=State.WITHDRAWN, via=Via.SPACE)
    newer = taken_back.filter(introduction__file=OuterRef("introduction__file"), pk__gt=OuterRef("pk"))
    file = "introduction__file__"
    rows = taken_back.filter(desk.mine(file), not_called_since("at", file), ~Exists(newer))
    rows = rows.select_related(*(f"introduction__{person}" for person in PEOPLE)).order_by("at", "pk")
    return desk.pile(rows, CardKind.SEEN_WITHDRAWAL, card_of, most=most)


def ended(desk: AdviserDesk, most: int | None) -> Pile:
    """Projects that their holders ended: the file is closed, and its adviser does not know yet."""

    def card_of(move: Transition) -> Card:
        why = _("On %(day)s the holder ended the project.") % {"day": day(timezone.localdate(move.at))}
        return Card(key=move.card, file=move.file, why=why, what=_("Call them once more, or let it rest."))

    rows = Transition.objects.filter(desk.owned("file__"), not_called_since("at"), to_stage=Stage.CLOSED, by__isnull=True)
    rows = rows.filter(file__stage=Stage.CLOSED, at__gte=F("file__stage_since")).select_related(*PEOPLE)
    return desk.pile(rows.order_by("at", "pk"), CardKind.SEEN_END, card_of, most=most)


def papers(desk: AdviserDesk, most: int | None) -> Pile:
    def card_of(document: Document) -> Card:
        facts = {"paper": document.label, "day": day(timezone.localdate(document.received_at))}
        why = _("“%(paper)s” came on %(day)s.") % facts
        return Card(key=document.card, file=document.file, why=why, what=_("Read it."))

    from_holder = Q(sent_by__isnull=True) | Q(sent_by=F("file__holder__user"))
    rows = Document.objects.filter(desk.mine("file__"), from_holder, not_called_since("received_at"), received_at__isnull=False)
    rows = rows.select_related(*PEOPLE).order_by("received_at", "pk")
    return desk.pile(rows, CardKind.SEEN_PAPER, card_of, most=most)


def notes_from_outside(desk: AdviserDesk, most: int | None) -> Pile:
    """« Still on », and answers to the questionnaire joined to the file: notes that came from outside."""

    def card_of(event: Event) -> Card:
        facts = {"day": day(timezone.localdate(event.at)), "words": event.text.strip().partition("\n")[0]}
        why = _("Of the holder, on %(day)s: %(words)s") % facts
        return Card(key=event.card, file=event.file, why=why, what=_("Read it on the timeline."))

    rows = Event.objects.filter(desk.mine("file__"), not_called_since("at"), kind=EventKind.NOTE, direction=Direction.IN)
    return desk.pile(rows.select_related(*PEOPLE).order_by("at", "pk"), CardKind.SEEN_NOTE, card_of, most=most)


def good_news(desk: AdviserDesk, most: int | None) -> Pile:
    """What settled families say of themselves where nothing calls for a call: for TOLD_FOR, since nothing is to be done."""

    def card_of(follow_up: FollowUp) -> Card:
        facts = {"months": follow_up.months, "day": day(timezone.localdate(follow_up.answered_at))}
        why = _("Their news after %(months)s months came on %(day)s: nothing that worries.") % facts
        return Card(key=follow_up.card, file=follow_up.file, why=f"{why} {follow_up.comment}".strip(), what=_("Read them."))

    rows = last_news(desk).exclude(WEAK).filter(answered_at__gte=desk.now - TOLD_FOR)
    return desk.pile(rows, CardKind.SEEN_NEWS, card_of, most=most)
