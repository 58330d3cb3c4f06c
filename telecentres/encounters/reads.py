"""Who else works at a place on the same day, and who of them has the same trade. Reads only."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter

from django.db.models import Q

from common.search_words import words_of
from members.models import Member, User
from telecentres.enums import BookingStatus
from telecentres.half_days import days_between, local_day
from telecentres.models import Booking

A_WEEK = dt.timedelta(days=7)
STEM = 6  # letters that « traductrice » and « traducteur », « graphiste » and « graphisme » have in common
SHORTEST_TRADE_WORD = 3
SAYS_NO_TRADE = "des les aux pour dans avec sur chez une".split() + "entreprise particulier indépendant freelance métier".split()
NO_TRADE = {word[:STEM] for text in SAYS_NO_TRADE for word in words_of(text)}


def same_trade(member: Member, other: Member) -> bool:
    """Whether they have a skill in common, or a word of their activities: the same word, or one of the same first six letters."""
    if {skill.casefold() for skill in member.skills} & {skill.casefold() for skill in other.skills}:
        return True
    return bool(trade_stems(member.activity) & trade_stems(other.activity))


def trade_stems(activity: str) -> set[str]:
    return {word[:STEM] for word in words_of(activity) if len(word) >= SHORTEST_TRADE_WORD} - NO_TRADE


def also_there(bookings: Iterable[Booking], *, viewer: User, now: dt.datetime) -> dict[int, list[Member]]:
    """By booking: the other members there on the same day, of those who agreed and whose name the viewer may see.

    Of the bookings of the coming week alone, loaded with_place(). One query for them all, none where there is nothing to look up.
    """
    soon = [booking for booking in bookings if booking.status in BookingStatus.standing() and booking.starts_at < now + A_WEEK]
    if not soon or not viewer.sees_as_member:
        return {}
    where = Q()
    for booking in soon:
        where |= Q(desk__telecentre=booking.desk.telecentre_id, period__overlap=span_of_day(booking))
    shown = Member.objects.shown_to(viewer).filter(seen_there_since__isnull=False).values("pk")
    others = Booking.objects.filter(where, status__in=BookingStatus.standing(), member__in=shown).exclude(member__user=viewer)
    days: dict[tuple[int, dt.date], dict[int, Member]] = defaultdict(dict)
    for other in others.select_related("member__user", "desk").order_by("member__user__sort_name", "member_id"):
        days[other.desk.telecentre_id, local_day(other.starts_at)][other.member_id] = other.member
    found = {booking.pk: days.get((booking.desk.telecentre_id, local_day(booking.starts_at)), {}) for booking in soon}
    return {pk: list(members.values()) for pk, members in found.items()}


def of_the_same_trade(newcomers: Booking) -> list[Member]:
    """Members of the network who agreed to be introduced and are there on the day of a newcomer's booking."""
    there = (
        Member.objects.active()
        .introduced()
        .filter(
            pk__in=Booking.objects.filter(
                status__in=BookingStatus.standing(),
                desk__telecentre=newcomers.desk.telecentre_id,
                period__overlap=span_of_day(newcomers),
            ).values("member")
        )
    )
    members = there.select_related("user").exclude(pk=newcomers.member_id)
    return sorted((member for member in members if same_trade(member, newcomers.member)), key=attrgetter("user.sort_name", "pk"))


def span_of_day(booking: Booking):
    day = local_day(booking.starts_at)
    return days_between(day, day)
