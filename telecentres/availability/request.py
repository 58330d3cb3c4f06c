"""What may be asked for."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from members.models import Member, User
from telecentres.enums import DeskKind, Public
from telecentres.models import BookingSeries, Desk, Telecentre, WaitingEntry


@dataclass(frozen=True, kw_only=True)
class BookingRequest:
    """One desk, or any of a kind (`desk` is None), for one member and one stretch of time, asked for at the time `now`.

    A passer-by has no `member`, but is a `guest` by name. Whoever stands there (`on_the_spot`) may take what has begun.
    """

    telecentre: Telecentre
    kind: DeskKind
    desk: Desk | None
    member: Member | None
    period: DateTimeTZRange
    key: str
    now: dt.datetime
    booked_by: User | None = None
    guest: str = ""
    guest_email: str = ""
    note: str = ""
    series: BookingSeries | None = None
    on_the_spot: bool = False

    @property
    def public(self) -> Public:
        return Public.MEMBER if self.member else Public.VISITOR

    @property
    def member_id(self) -> int | None:
        return self.member.pk if self.member else None

    @classmethod
    def for_desk(cls, desk: Desk, **facts) -> Self:
        return cls(telecentre=desk.telecentre, kind=DeskKind(desk.kind), desk=desk, **facts)

    @classmethod
    def of_entry(cls, entry: WaitingEntry, telecentre: Telecentre, *, key: str, now: dt.datetime) -> Self:
        """What somebody in the line is given when something becomes free: they are told at once, so that it may have begun."""
        return cls(
            telecentre=telecentre,
            kind=DeskKind(entry.kind),
            desk=None,
            member=entry.member,
            period=entry.period,
            key=key,
            now=now,
            series=entry.series,
            on_the_spot=True,
        )
