"""People: one account each, and the profile of those who are members."""

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

__all__ = [
    "SEEN_BY_ALL",
    "SEEN_BY_MEMBERS",
    "SHOWN_FIELDS",
    "JoinedWords",
    "JournalEntry",
    "Member",
    "MemberQuerySet",
    "User",
    "UserManager",
    "photo_path",
    "visible_levels",
]
