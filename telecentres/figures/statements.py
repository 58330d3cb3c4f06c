"""What was used in a month and what it comes to: by member, and by commune, who hosted whom. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, CharField, Count, F, IntegerField, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.models import Member
from telecentres.enums import BookingStatus, EntryReason, Stretch
from telecentres.figures.occupancy import Month
from telecentres.half_days import days_between, local_day
from telecentres.models import Booking, BookingQuerySet, PassEntry
from telecentres.wording import pass_of

STATEMENT_COLUMNS = (_("Day"), _("Part of the day"), _("Place"), _("Desk"), _("Half-days of the pass"), _("At the place, in euros"))
HOSTING_COLUMNS = (
    *(_("Members of"), _("Commune of the place"), _("Bookings"), _("Half-days")),
    *(_("of which on passes"), _("At the place, in euros")),
)


def used_in(month: Month) -> BookingQuerySet:
    """By the day they begin on."""
    span = days_between(month.first, month.last)
    return Booking.objects.filter(
        period__startswith__gte=span.lower, period__startswith__lt=span.upper, status__in=BookingStatus.used()
    )


@dataclass(frozen=True)
class Statement:
    """What one member used in a month, and the passes they bought then."""

    month: Month
    bookings: list[Booking]
    passes: list[PassEntry]

    @property
    def units(self) -> int:
        return sum(booking.units for booking in self.bookings)

    @property
    def euros(self) -> Decimal:
        """To be paid at the places, passes bought included."""
        return sum((booking.price or 0 for booking in self.bookings), Decimal(0)) + sum(
            (entry.pass_of.price for entry in self.passes), Decimal(0)
        )

    def rows(self) -> Iterator[list[object]]:
        """The lines of the page under STATEMENT_COLUMNS, in the reader's language: what was booked, then the passes bought."""
        for booking in self.bookings:
            day, desk = booking.day.isoformat(), booking.desk
            yield [day, booking.get_stretch_display(), desk.telecentre.name, desk.name, booking.units or None, booking.price]
        for entry in self.passes:
            bought = pass_of(entry.pass_of.half_days)
            yield [local_day(entry.at).isoformat(), None, bought, None, None, entry.pass_of.price]


def statement_of(member: Member, month: Month) -> Statement:
    span = days_between(month.first, month.last)
    sold = PassEntry.objects.filter(pass_of__member=member, reason=EntryReason.SOLD, at__gte=span.lower, at__lt=span.upper)
    return Statement(
        month,
        list(used_in(month).filter(member=member).with_place().order_by("period", "pk")),
        list(sold.select_related("pass_of__payment").order_by("at", "pk")),
    )


def hosting(month: Month) -> list[dict]:
    """Who hosted whom: by commune of the member and commune of the place. Passers-by have no commune."""
    half_days = Case(When(stretch=Stretch.DAY, then=Value(2)), default=Value(1), output_field=IntegerField())
    return list(
        used_in(month)
        .annotate(
            home=Coalesce(F("member__commune__name"), Value(""), output_field=CharField()),
            host=F("desk__telecentre__commune__name"),
        )
        .order_by()
        .values("home", "host")
        .annotate(
            bookings=Count("pk"),
            half_days=Sum(half_days),
            units_used=Sum("units"),
            euros=Coalesce(Sum("price"), Decimal(0)),
        )
        .order_by("host", "home")
    )


def hosting_rows(month: Month) -> Iterator[list[object]]:
    """The lines of the page under HOSTING_COLUMNS, in the reader's language."""
    for row in hosting(month):
        told = [row[name] for name in ("host", "bookings", "half_days", "units_used", "euros")]
        yield [row["home"] or gettext("passers-by"), *told]
