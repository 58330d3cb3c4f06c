"""What changes the villages: official facts in, places and journeys, partnerships, dwellings."""

from villages.services.communes import import_communes
from villages.services.housing import (
    MOST_PHOTOS,
    HousingFacts,
    HousingRefused,
    add_housing,
    add_photo,
    change_housing,
    confirm_housing,
    remove_photo,
    withdraw_housing,
)
from villages.services.housing_reminders import remind_committees
from villages.services.journeys import DETOUR, forget_place, measure_journeys, register_place, register_territory_places
from villages.services.partnerships import Seat, VillageRefused, end_partnership, open_village, pause_village, resume_village

__all__ = [
    "DETOUR",
    "MOST_PHOTOS",
    "HousingFacts",
    "HousingRefused",
    "Seat",
    "VillageRefused",
    "add_housing",
    "add_photo",
    "change_housing",
    "confirm_housing",
    "end_partnership",
    "forget_place",
    "import_communes",
    "measure_journeys",
    "open_village",
    "pause_village",
    "register_place",
    "register_territory_places",
    "remind_committees",
    "remove_photo",
    "resume_village",
    "withdraw_housing",
]
