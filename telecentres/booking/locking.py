"""The one lock order of télécentres: places by id → members by id → their passes by id → desks by id → bookings by id → payments.

Then check, then write.

Booking and cancelling share the place, closing days keeps it alone: a booking and a closure never cross. Nobody waits
longer than BOOKING_WAIT_SECONDS.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db import connection

from members.enums import MemberStatus
from members.models import Member
from telecentres.models import Booking, Desk, DeskQuerySet, Pass, Telecentre

DEADLOCK, LOCK_TIMEOUT = "40P01", "55P03"


def share_place(telecentre_id: int) -> Telecentre:
    """FOR SHARE, for which Django has no word: many may book at once, nobody may close meanwhile. The place as it is now."""
    limit_wait()
    table = Telecentre._meta.db_table
    (telecentre,) = Telecentre.objects.raw(f"SELECT * FROM {table} WHERE id = %s FOR SHARE", [telecentre_id])  # noqa: S608
    return telecentre


def keep_place(telecentre_id: int) -> Telecentre:
    """FOR UPDATE: waits until bookings under way are written, and keeps new ones waiting."""
    limit_wait()
    return Telecentre.objects.select_for_update(of=("self",)).get(pk=telecentre_id)


def lock_members(member_ids: Iterable[int]) -> set[int]:
    """In the order of their ids. Returns those who may book today."""
    members = Member.objects.select_for_update(no_key=True).filter(pk__in=member_ids).order_by("pk")
    return {pk for pk, status in members.values_list("pk", "status") if status in MemberStatus.may_book()}


def lock_passes(member_ids: Iterable[int], *, empty_too: bool = False) -> list[Pass]:
    """Those of these members, in the order of their ids; the empty ones only where something may be given back to them."""
    passes = Pass.objects.select_for_update(no_key=True).filter(member__in=member_ids).order_by("pk")
    return list(passes if empty_too else passes.with_something_left())


def lock_booking(booking_id: int) -> Booking:
    """As it is now, with its place. Its member and its desk are locked by the caller."""
    bookings = Booking.objects.select_for_update(of=("self",), no_key=True).with_place().select_related("member__user")
    return bookings.get(pk=booking_id)


def lock_desks(desks: DeskQuerySet) -> list[Desk]:
    """In the order of their ids."""
    return list(desks.select_for_update(of=("self",), no_key=True).order_by("pk"))


def limit_wait() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{settings.BOOKING_WAIT_SECONDS}s"])


def locks_collided(error: Exception) -> bool:
    """Did PostgreSQL give up waiting, or break a deadlock?"""
    return getattr(error.__cause__, "sqlstate", None) in (DEADLOCK, LOCK_TIMEOUT)
