"""The lines of the list: what each village says of itself in five facts, for a whole page at the price of four queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.urls import reverse

from villages.catalogue.filters import VillageFilter
from villages.enums import AmenityKind, HousingKind, PlaceKind
from villages.facts import wording
from villages.models import Housing, Journey, NearestAmenity, Village

# As the list of homes asks for them in its address.
ASKED_FOR = {HousingKind.RENT: "louer", HousingKind.TRIAL: "essayer", HousingKind.SALE: "acheter"}
AT_THE_PLACE_KM = 1


@dataclass(frozen=True)
class Offer:
    """What is offered of one kind in a village: how many, and the price of the least dear."""

    kind: str
    count: int
    lowest: Decimal
    slug: str  # the village's

    @property
    def words(self) -> str:
        return wording.offers(self.kind, self.count, self.lowest)

    @property
    def address(self) -> str:
        """The list of these homes."""
        asked = {"type": ASKED_FOR[HousingKind(self.kind)], "autour": self.slug, "km": AT_THE_PLACE_KM}
        return f"{reverse('villages:housings')}?{urlencode(asked)}"


@dataclass(frozen=True)
class VillageEntry:
    """A line of the list. `number` is repeated by the map; `fails` words the one question that the village does not meet."""

    number: int
    village: Village
    welcomes: bool
    is_paused: bool
    fails: list[str]
    fibre: float | None  # share of the premises, from 0 to 1; None: nobody counted
    telecentre: Journey | None
    station: Journey | None
    school: NearestAmenity | None
    offers: Sequence[Offer] = ()  # to rent, to try, for sale


def village_entries(keys: Sequence[int], *, asked: VillageFilter, first_number: int, on: dt.date) -> list[VillageEntry]:
    """The villages of these keys, in that order."""
    villages = Village.objects.with_commune().select_related("commune__connection").defer("description").in_bulk(keys)
    nearest = {
        (journey.village_id, journey.place.kind): journey for journey in Journey.objects.nearest_of_each_kind(keys).with_place()
    }
    schools = {
        school.village_id: school
        for school in NearestAmenity.objects.filter(village__in=keys, kind=AmenityKind.PRIMARY_SCHOOL).with_commune()
    }
    offers = _offers_by_village(keys, on)
    return [
        VillageEntry(
            number=number,
            village=village,
            welcomes=village.welcomes(on),
            is_paused=village.is_paused(on),
            fails=asked.fails(village.pk),
            fibre=village.commune.connection.fibre_share if hasattr(village.commune, "connection") else None,
            telecentre=nearest.get((village.pk, PlaceKind.TELECENTRE)),
            station=nearest.get((village.pk, PlaceKind.STATION)),
            school=schools.get(village.pk),
            offers=offers[village.pk],
        )
        for number, village in enumerate((villages[key] for key in keys if key in villages), start=first_number)
    ]


def _offers_by_village(keys: Sequence[int], on: dt.date) -> dict[int, list[Offer]]:
    """By village: what everybody may see."""
    found = Housing.objects.offered(on).visible_to_candidates(qualified=False).filter(village__in=keys)
    grouped = found.values("village", "village__slug", "kind").annotate(count=Count("pk"), lowest=Min("price")).order_by()
    offers: dict[int, list[Offer]] = defaultdict(list)
    for row in sorted(grouped, key=lambda row: list(ASKED_FOR).index(row["kind"])):
        offers[row["village"]].append(Offer(row["kind"], row["count"], row["lowest"], row["village__slug"]))
    return offers
