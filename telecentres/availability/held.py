"""What a press on « accept » would bring, read before it: the price, or why there is none. Reads only."""

import datetime as dt
from collections.abc import Sequence

from members.enums import MemberStatus
from telecentres.availability import reasons
from telecentres.availability.reasons import Refusal
from telecentres.availability.request import BookingRequest
from telecentres.availability.rules import may_be_accepted
from telecentres.availability.snapshot import read_snapshots
from telecentres.half_days import local_day
from telecentres.models import Booking
from telecentres.passes.prices import Quote


def costs_of_accepting(holds: Sequence[Booking], *, now: dt.datetime) -> dict[int, Quote | Refusal]:
    """What accepting each of these holds of one member costs, or why it cannot be accepted; by key. Loaded with their places."""
    if not holds:
        return {}
    member, days = holds[0].member, [local_day(hold.starts_at) for hold in holds]
    if member.status not in MemberStatus.may_book():
        return {hold.pk: reasons.not_a_member() for hold in holds}
    places = {hold.desk.telecentre_id: hold.desk.telecentre for hold in holds}
    found = read_snapshots(list(places.values()), min(days), max(days), now=now, member=member, priced=True)
    return {
        hold.pk: may_be_accepted(
            BookingRequest.for_desk(hold.desk, member=member, period=hold.period, key=hold.key, now=now),
            found[hold.desk.telecentre_id],
        )
        for hold in holds
    }
