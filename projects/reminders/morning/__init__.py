"""An adviser's morning: baskets worked from top to bottom. Each card says why it is there, what to do, and who holds the ball.

A card is a fact: it goes when the fact goes, on the page that `Card.end` names, and may be put off to a day. Only what says no
more than « this happened » (`Kind.is_told`) is seen once and for good. Which facts, and from when on, the rules decide.
Read only, in the same number of queries for any number of files.
"""

from projects.reminders.morning import families
from projects.reminders.morning.baskets import Morning
from projects.reminders.morning.cards import SHOWN, Basket, Callee, Card, CardEnd, CardKind, Pile
from projects.reminders.morning.desk import AdviserDesk
from projects.reminders.morning.ends import end_of_fact

__all__ = ["SHOWN", "AdviserDesk", "Basket", "Callee", "Card", "CardEnd", "CardKind", "Morning", "Pile", "end_of_fact", "families"]
