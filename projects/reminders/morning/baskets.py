"""The morning itself: which basket holds which piles, in the order in which they are worked."""

import datetime as dt
from functools import cached_property, partial

from django.utils.translation import gettext as _

from members.models import User
from projects.enums import ReminderRule
from projects.models import Introduction
from projects.reminders.morning import families, holders, money, villages
from projects.reminders.morning.cards import SHOWN, Basket
from projects.reminders.morning.desk import AdviserDesk
from projects.reminders.rules.advisers import DecisionOverdue, FirstContact, FundingDeadline, NoNextAction, PauseEnds
from projects.reminders.rules.outsiders import DocumentAsked, VillageSilent

RULES_WITH_CARDS = (FirstContact, NoNextAction, PauseEnds, VillageSilent, FundingDeadline, DecisionOverdue, DocumentAsked)


class Morning:
    """Of one adviser, with the files that they stand in for; or of the whole team. `whole` names a basket that is shown uncut."""

    def __init__(self, user: User, *, now: dt.datetime, team: bool = False, whole: str = "") -> None:
        self.user, self.team, self.whole = user, team, whole
        self.desk = AdviserDesk(user, now=now, team=team)
        self.today = self.desk.today

    @property
    def away(self) -> list[User]:
        return self.desk.away

    @cached_property
    def baskets(self) -> list[Basket]:
        """All of them, also the empty ones: nothing in a basket is said, too."""
        worked = [
            ("appeler", _("To call"), [families.tasks_of_today, families.first_contacts, families.weak_signals]),
            (
                "porteurs",
                _("From the holders"),
                [
                    holders.consents,
                    holders.withdrawals,
                    holders.ended,
                    holders.papers,
                    holders.notes_from_outside,
                    holders.good_news,
                ],
            ),
            ("reponses", _("Answers that came"), [villages.answers]),
            ("retard", _("Tasks late"), [families.late_tasks]),
            ("visites", _("After a visit"), [villages.after_visits]),
            ("sans-suite", _("Without a next action"), [families.without_next_action]),
            ("pauses", _("Pauses that end"), [families.pauses_ending]),
            ("villages", _("Villages to telephone"), [villages.silent, villages.later, villages.held_back]),
            ("financements", _("Funding"), [money.to_lodge, money.overdue]),
            ("documents", _("Papers awaited"), [money.awaited_papers]),
        ]
        return [
            Basket(slug, title, [partial(pile_of, self.desk, None if slug == self.whole else SHOWN) for pile_of in questions])
            for slug, title, questions in worked
        ]

    @property
    def things(self) -> int:
        return sum(basket.count for basket in self.baskets)

    @cached_property
    def visits(self) -> list[Introduction]:
        return villages.visits_of_today(self.desk)

    @cached_property
    def switched_off(self) -> list[str]:
        """The rules that would make cards and that the lead does not use."""
        return [str(ReminderRule(slug).label) for slug in self.desk.switched_off(*RULES_WITH_CARDS)]
