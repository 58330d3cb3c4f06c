"""What is found in a village and what is missing there, said plainly from what the database holds.

Nothing here is typed by anybody: each point follows from one fact. The page words them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings

from common.rounding import whole_kilometres
from villages.catalogue.village_facts import VillagePageFacts
from villages.enums import AmenityKind, HousingKind, PlaceKind
from villages.models import CommitteeMember, Journey, NearestAmenity, Village

# What a household asks of a village first. What is not among them may be far without being missed.
ESSENTIALS = (
    AmenityKind.PRIMARY_SCHOOL,
    AmenityKind.BAKERY,
    AmenityKind.GROCERY,
    AmenityKind.DOCTOR,
    AmenityKind.PHARMACY,
    AmenityKind.CRECHE,
    AmenityKind.MIDDLE_SCHOOL,
)
CLOSE_KM = 15  # what one drives without thinking about it; beyond, the place is missing here
COMMUTE_MINUTES = 75  # a day in the metropolis now and then


@dataclass(frozen=True)
class Point:
    """One sentence to write. `about` names it for the template; the rest is what the sentence tells."""

    about: str
    journey: Journey | None = None
    number: int | None = None
    until: dt.date | None = None
    share: float | None = None  # of the premises, from 0 to 1
    kinds: Sequence[str] = ()  # of amenities, in words
    nearest: NearestAmenity | None = None
    missing: str = ""  # the kind of amenity that is nowhere around


@dataclass(frozen=True)
class Stop:
    """A place on the ruler of journeys; several kinds at one name are one stop."""

    name: str
    minutes: int
    kinds: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Portrait:
    found: list[Point]
    missing: list[Point]
    stops: list[Stop]
    telecentre: Journey | None  # to the nearest


def portrait_of(
    village: Village,
    *,
    journeys: Sequence[Journey],
    committee: Sequence[CommitteeMember],
    present: int,
    facts: VillagePageFacts,
    on: dt.date,
) -> Portrait:
    """The portrait of a village on one day. `journeys` are all of its own, `present` how many of the committee are not absent.

    What nobody knows is on neither side: its own part of the page says that it is not known.
    """
    telecentre, station = _nearest(journeys, PlaceKind.TELECENTRE), _nearest(journeys, PlaceKind.STATION)
    metropolis = _nearest([journey for journey in journeys if journey.place.name == settings.TERRITORY.metropolis], PlaceKind.CITY)
    found, missing = [], []
    for side, points in zip((found, missing), _life(facts), strict=True):
        side.extend(points)

    for about, journey in (("telecentre", telecentre), ("station", station)):
        if journey is None:
            missing.append(Point(f"no-{about}"))
        elif whole_kilometres(journey.kilometres) > CLOSE_KM:  # as the page shows it
            missing.append(Point("far", journey))
        else:
            found.append(Point("near", journey))
    if metropolis and metropolis.minutes <= COMMUTE_MINUTES:
        found.append(Point("near-metropolis", metropolis))
    elif metropolis:
        missing.append(Point("far-metropolis", metropolis))

    if not committee:
        missing.append(Point("no-committee"))
    elif not present:
        missing.append(Point("committee-away"))
    else:
        found.append(Point("committee", number=len(committee)))
    if village.is_paused(on):
        missing.append(Point("paused", until=village.paused_until))
    elif village.welcomes(on):
        found.append(Point("room", number=village.monthly_capacity))
    else:
        missing.append(Point("no-room"))
    return Portrait(found=found, missing=missing, stops=_stops(journeys, telecentre, station), telecentre=telecentre)


def _life(facts: VillagePageFacts) -> tuple[list[Point], list[Point]]:
    """Connection, homes and what a week needs: what is there, and what is not."""
    found, missing = [], []
    if facts.connection and facts.connection.fibre_share is not None:
        verdict = facts.connection.verdict
        side = found if verdict in ("everywhere", "mostly") else missing
        side.append(Point(f"fibre-{verdict}", share=facts.connection.fibre_share))
    if facts.nearest:
        here = [kind.label for kind in ESSENTIALS if kind in facts.nearest and not facts.nearest[kind].kilometres]
        if here:
            found.append(Point("amenities", kinds=here))
        for kind in ESSENTIALS:
            nearest = facts.nearest.get(kind)
            if nearest is None or nearest.kilometres:
                missing.append(Point("far-amenity", nearest=nearest) if nearest else Point("no-amenity", missing=kind))
    to_rent = sum(home.housing.kind == HousingKind.RENT for home in facts.homes)
    if to_rent:
        found.append(Point("to-rent", number=to_rent))
    else:
        missing.append(Point("nothing-to-rent"))
    return found, missing


def _nearest(journeys: Sequence[Journey], kind: PlaceKind) -> Journey | None:
    of_kind = [journey for journey in journeys if journey.place.kind == kind]
    return min(of_kind, key=lambda journey: (journey.kilometres, journey.pk), default=None)


def _stops(journeys: Sequence[Journey], telecentre: Journey | None, station: Journey | None) -> list[Stop]:
    """The nearest télécentre and station, every city and airport, from the village outward."""
    kept = [journey for journey in (telecentre, station) if journey]
    kept += [journey for journey in journeys if journey.place.kind in (PlaceKind.CITY, PlaceKind.AIRPORT)]
    stops: dict[str, Stop] = {}
    for journey in sorted(kept, key=lambda journey: (journey.minutes, journey.place.name)):
        stop = stops.setdefault(journey.place.where, Stop(journey.place.where, journey.minutes))
        if (kind := journey.place.get_kind_display()) not in stop.kinds:
            stop.kinds.append(kind)
    return list(stops.values())
