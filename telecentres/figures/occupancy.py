"""How full a place is: half-days used of those it was open, by kind, weekday, half-day and month. Reads only."""

import datetime as dt
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from telecentres.enums import BookingStatus, DeskKind, HalfDay, Stretch
from telecentres.half_days import Opening, Slot, days_between, local_day, overlap, public_holiday
from telecentres.models import Booking, Closure, Desk, OpeningHours, Telecentre

FEWEST_PEOPLE = 5  # figures about fewer are not told to others: they could be recognised


@dataclass(frozen=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, day: dt.date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str, *, today: dt.date) -> "Month | None":
        """« 2026-11 »; None for what is no month of these decades. Empty: this month."""
        if not text:
            return cls.of(today)
        try:
            day = dt.date.fromisoformat(f"{text}-01")
        except ValueError:
            return None
        return cls.of(day) if abs(day.year - today.year) <= 20 else None

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def last(self) -> dt.date:
        return self.first.replace(day=monthrange(self.year, self.month)[1])

    @property
    def days(self) -> list[dt.date]:
        return [self.first + dt.timedelta(days=n) for n in range(self.last.day)]

    @property
    def previous(self) -> "Month":
        return Month.of(self.first - dt.timedelta(days=1))

    @property
    def next(self) -> "Month":
        return Month.of(self.last + dt.timedelta(days=1))


@dataclass(frozen=True)
class UsedShare:
    """Half-days used of those that could be had."""

    used: int
    of: int

    @property
    def part(self) -> float | None:
        """From 0 to 1; None where nothing could be had. A room taken twice in a half-day counts once for each: 1 at most."""
        return min(1.0, self.used / self.of) if self.of else None


class Occupancy:
    """One place from the first of a month to the last of another. Four queries."""

    def __init__(self, telecentre: Telecentre, first: Month, last: Month) -> None:
        self.telecentre, self.first, self.last = telecentre, first, last
        span = days_between(first.first, last.last)
        self.opening = Opening(OpeningHours.objects.filter(telecentre=telecentre))
        self.desks = list(Desk.objects.filter(telecentre=telecentre, is_active=True).in_order())
        self.closures = list(Closure.objects.filter(telecentre=telecentre, period__overlap=span))
        self._kinds = {desk.pk: DeskKind(desk.kind) for desk in self.desks}
        self._used: Counter = Counter()
        self._of: Counter = Counter()
        self._people: dict[tuple[Month, DeskKind], set] = defaultdict(set)
        self._count_what_could_be_had()
        self._count_what_was_used(span)

    def _count_what_could_be_had(self) -> None:
        for month in self.months:
            for day in month.days:
                for slot in [] if public_holiday(day) else self.opening.half_days(day):
                    for desk in self.desks:
                        if not self._is_closed(desk, slot):
                            self._of[self._place_of(month, desk.pk, day, HalfDay(slot.stretch.value))] += 1

    def _is_closed(self, desk: Desk, slot: Slot) -> bool:
        return any(closure.desk_id in (None, desk.pk) and overlap(closure.period, slot.period) for closure in self.closures)

    def _count_what_was_used(self, span) -> None:
        bookings = Booking.objects.filter(desk__in=list(self._kinds), status__in=BookingStatus.used()).overlapping(span)
        for desk, member, guest, period, stretch in bookings.values_list("desk", "member", "guest", "period", "stretch").iterator():
            day = local_day(period.lower)
            month = Month.of(day)
            self._people[month, self._kinds[desk]].add(member or guest)
            for half in self._halves(Stretch(stretch), period, day):
                self._used[self._place_of(month, desk, day, half)] += 1

    def _halves(self, stretch: Stretch, period, day: dt.date) -> Iterable[HalfDay]:
        """Those it takes something of."""
        if stretch != Stretch.HOURS:
            return stretch.halves
        return [HalfDay(slot.stretch.value) for slot in self.opening.half_days(day) if overlap(slot.period, period)]

    def _place_of(self, month: Month, desk: int, day: dt.date, half: HalfDay) -> tuple:
        return month, self._kinds[desk], day.weekday(), half

    @property
    def months(self) -> Iterator[Month]:
        month = self.first
        while month.first <= self.last.first:
            yield month
            month = month.next

    def share(
        self, *, month: Month | None = None, kind: DeskKind | None = None, weekday: int | None = None, half=None
    ) -> UsedShare:
        """Of what was asked for, and of all where nothing was."""
        asked = (month, kind, weekday, half)

        def total(counted: Counter) -> int:
            return sum(
                number
                for place, number in counted.items()
                if all(wanted is None or wanted == got for wanted, got in zip(asked, place, strict=True))
            )

        return UsedShare(total(self._used), total(self._of))

    def people(self, month: Month, kind: DeskKind) -> int:
        return len(self._people[month, kind])

    @property
    def kinds(self) -> list[DeskKind]:
        return [kind for kind in DeskKind if kind in self._kinds.values()]

    def by_kind(self) -> list[tuple[str, UsedShare]]:
        return [(kind.label, self.share(kind=kind)) for kind in self.kinds]

    def by_half_day(self) -> list[tuple[int, list[tuple[HalfDay, UsedShare]]]]:
        """By weekday on which the place opens: each half of it."""
        return [
            (weekday, [(half, self.share(weekday=weekday, half=half)) for half in HalfDay]) for weekday in self.opening.weekdays
        ]

    def by_month(self) -> list[tuple[Month, UsedShare]]:
        return [(month, self.share(month=month)) for month in self.months]


OCCUPANCY_COLUMNS = (
    *(_("Place"), _("Month"), _("Kind"), _("Half-days used"), _("Half-days that could be had")),
    _("Share, from 0 to 1"),
)


def occupancy_rows(telecentres: Iterable[Telecentre], month: Month, *, for_others: bool) -> Iterator[list[object]]:
    """A row a place and kind under OCCUPANCY_COLUMNS. `for_others`, what is about fewer than five people stays empty."""
    for telecentre in telecentres:
        occupancy = Occupancy(telecentre, month, month)
        for kind in occupancy.kinds:
            share = occupancy.share(kind=kind)
            told = not for_others or not share.used or occupancy.people(month, kind) >= FEWEST_PEOPLE
            part = None if share.part is None else round(share.part, 4)
            yield [
                telecentre.name,
                str(month),
                str(kind.label),
                *((share.used, share.of, part) if told else (None, share.of, None)),
            ]
