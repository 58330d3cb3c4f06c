"""Who is on the telephone: a host finds the members they know, and never reads a list of the network. Reads only."""

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Length

from common.search_words import words_of
from members.enums import MemberStatus
from members.models import Member, MemberQuerySet, User, visible_levels
from telecentres.enums import BookingStatus
from telecentres.models import Booking, Telecentre

LETTERS_NEEDED = 3
AT_MOST = 6  # enough to see that what was typed says too little


def says_too_little(who: str) -> bool:
    return sum(letter.isalnum() for letter in who) < LETTERS_NEEDED


def members_called(who: str, *, place: Telecentre) -> list[Member]:
    """Of those who may book, on trial too: who has that address, or exactly that name; else who was seen here and is called so."""
    members = Member.objects.filter(status__in=MemberStatus.may_book(), user__is_active=True).with_person()
    if "@" in who:
        return list(members.filter(user__email__iexact=who.strip()).order_by("pk")[:1])
    words = words_of(who)
    if not words:
        return []
    return of_this_name(members, words) or known_here(members, words, place)


def of_this_name(members: MemberQuerySet, words: list[str]) -> list[Member]:
    """All the words of the name, in any order."""
    found = members.alias(letters=Length("user__sort_name")).filter(letters=len(" ".join(words)))
    for word in words:
        found = found.filter(user__sort_name__contains=word)
    return [
        member for member in found.in_french_order()[:AT_MOST] if sorted(words_of(member.user.get_full_name())) == sorted(words)
    ]


def known_here(members: MemberQuerySet, words: list[str], place: Telecentre) -> list[Member]:
    """Who has booked here: the host has read their names on the day's page."""
    been_here = Booking.objects.filter(desk__telecentre=place, status__in=BookingStatus.ever_booked(), member__isnull=False)
    found = members.filter(pk__in=been_here.values("member"))
    for word in words:
        found = found.filter(Q(user__sort_name__startswith=word) | Q(user__sort_name__contains=f" {word}"))
    return list(found.in_french_order()[:AT_MOST])


def described_apart(members: Iterable[Member], viewer: User) -> str:
    """« Camille Roux, traductrice, Fleurance; … »: of the trade and the commune, what their owner lets this viewer see."""
    levels = visible_levels(viewer)
    return "; ".join(
        ", ".join(
            [
                str(member),
                *([member.activity] if member.activity and member.name_visibility in levels else []),
                *([member.commune.name] if member.commune_visibility in levels else []),
            ]
        )
        for member in members
    )
