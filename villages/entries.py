"""The lines of the list: what each village says of itself in five facts, for a whole page at the price of four queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Min

from villages.enums import AmenityKind, HousingAudience, HousingKind, PlaceKind
from villages.filters import VillageFilter
from villages.models import Housing, Journey, NearestAmenity, Village


@dataclass(frozen=True)
class Offer:
    """What is offered of one kind: how many, and the price of the cheapest."""

    count: int
    lowest: Decimal


@dataclass(frozen=True)
class Entry:
    """A line of the list. `number` is repeated by the map; `fails` words the one question that the village does not meet."""

    number: int
    village: Village
    welcomes: bool
    fails: list[str]
    fibre: float | None  # share of the premises, from 0 to 1; None: nobody counted
    telecentre: Journey | None
    station: Journey | None
    school: NearestAmenity | None
    rent: Offer | None = None
    sale: Offer | None = None
    trial: Offer | None = None


def entries_of(keys: Sequence[int], *, asked: VillageFilter, first_number: int, on: dt.date) -> list[Entry]:
    """The villages of these keys, in that order."""
    villages = Village.objects.with_commune().select_related("commune__connection").defer("description").in_bulk(keys)
    nearest = {
        (journey.village_id, journey.place.kind): journey for journey in Journey.objects.nearest_of_each_kind(keys).with_place()
    }
    schools = {
        school.village_id: school
        for school in NearestAmenity.objects.filter(village__in=keys, kind=AmenityKind.PRIMARY_SCHOOL).with_commune()
    }
    offers = _offers(keys, on)
    return [
        Entry(
            number=number,
            village=village,
            welcomes=village.welcomes(on),
            fails=asked.fails(village.pk),
            fibre=village.commune.connection.fibre_share if hasattr(village.commune, "connection") else None,
            telecentre=nearest.get((village.pk, PlaceKind.TELECENTRE)),
            station=nearest.get((village.pk, PlaceKind.STATION)),
            school=schools.get(village.pk),
            rent=offers[village.pk].get(HousingKind.RENT),
            sale=offers[village.pk].get(HousingKind.SALE),
            trial=offers[village.pk].get(HousingKind.TRIAL),
        )
        for number, village in enumerate((villages[key] for key in keys if key in villages), start=first_number)
    ]


def _offers(keys: Sequence[int], on: dt.date) -> dict[int, dict[str, Offer]]:
    """By village and kind of housing: what everybody may see."""
    found = Housing.objects.offered(on).filter(village__in=keys, audience=HousingAudience.PUBLIC)
    offers: dict[int, dict[str, Offer]] = defaultdict(dict)
    for village, kind, count, lowest in found.values_list("village", "kind").annotate(Count("pk"), Min("price")).order_by():
        offers[village][kind] = Offer(count, lowest)
    return offers
