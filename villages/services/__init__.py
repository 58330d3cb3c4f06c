"""What changes the villages: official facts in, places and journeys, partnerships opened, paused and ended."""

from villages.services.amenities import import_amenities, measure_amenities
from villages.services.communes import import_communes
from villages.services.connection import import_connections
from villages.services.journeys import DETOUR, forget_place, measure_journeys, register_place, register_territory_places
from villages.services.partnerships import Seat, VillageRefused, end_partnership, open_village, pause_village, resume_village
from villages.services.prices import import_rents, import_sales

__all__ = [
    "DETOUR",
    "Seat",
    "VillageRefused",
    "end_partnership",
    "forget_place",
    "import_amenities",
    "import_communes",
    "import_connections",
    "import_rents",
    "import_sales",
    "measure_amenities",
    "measure_journeys",
    "open_village",
    "pause_village",
    "register_place",
    "register_territory_places",
    "resume_village",
]
