"""People: one account each, the profile of those who are members, and what they pay."""

from members.models import libraries  # noqa: F401 -- declares
from members.models.account import User, UserManager
from members.models.journal import JournalEntry
from members.models.member import (
    SEEN_BY_ALL,
    SEEN_BY_MEMBERS,
    SHOWN_FIELDS,
    JoinedWords,
    Member,
    MemberQuerySet,
    photo_path,
    visible_levels,
)
from members.models.payment import Payment, PaymentQuerySet

__all__ = [
    "SEEN_BY_ALL",
    "SEEN_BY_MEMBERS",
    "SHOWN_FIELDS",
    "JoinedWords",
    "JournalEntry",
    "Member",
    "MemberQuerySet",
    "Payment",
    "PaymentQuerySet",
    "User",
    "UserManager",
    "photo_path",
    "visible_levels",
]
