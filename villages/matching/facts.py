"""What is known of a village."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from villages.enums import AddressConnection, AmenityKind, HousingKind


class OfferedDwelling(NamedTuple):
    kind: HousingKind | str
    price: Decimal | int  # euros: a month, or in all for a sale
    rooms: int
    surface_m2: int | None = None
    connection: AddressConnection | str = AddressConnection.UNKNOWN  # what reaches it
    key: int = 0  # tells it from every other


class VillageFacts(NamedTuple):
    """A village as the database knows it on one day. None, or a kind of amenity that is not there: nobody knows.

    Shares go from 0 to 1, distances are kilometres by road (0: in the village itself), times minutes by car.
    """

    key: str  # tells it from every other
    name: str = ""  # its place in the French alphabet
    population: int | None = None
    fibre_share: float | None = None
    fast_line_share: float | None = None  # premises with 30 Mb/s or more by a wire
    fast_radio_share: float | None = None  # premises that fixed 4G reaches
    measured_mbps: float | None = None  # received, where somebody measured last
    amenities: Mapping[AmenityKind | str, float] = {}
    dwellings: tuple[OfferedDwelling, ...] | None = None  # offered today; () when there is none
    rent_per_m2: Decimal | float | None = None  # a month
    sale_per_m2: Decimal | float | None = None
    telecentre_km: float | None = None
    station_km: float | None = None
    metropolis_minutes: float | None = None
    chief_town_minutes: float | None = None
    chief_town_km: float | None = None
    capacity: int | None = None  # families it can welcome a month
    is_paused: bool | None = None
