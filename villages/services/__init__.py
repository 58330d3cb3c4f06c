"""What changes the villages: official facts in, places and journeys, partnerships, dwellings, and what the committees keep true."""

from villages.services.amenities import import_amenities, measure_amenities
from villages.services.communes import import_communes
from villages.services.connection import import_connections
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
from villages.services.prices import import_rents, import_sales
from villages.services.upkeep import (
    MOST_FAMILIES,
    ChangedMeanwhile,
    check_fact,
    clear_absence,
    confirm_page,
    page_version,
    pause_welcome,
    resume_welcome,
    set_absence,
    set_capacity,
    write_page,
)
from villages.services.village_life import (
    MOST_PROJECTS,
    MOST_SPEED_TESTS,
    add_project,
    add_speed_test,
    change_project,
    confirm_project,
    project_version,
    remove_project,
    remove_speed_test,
)

__all__ = [
    "DETOUR",
    "MOST_FAMILIES",
    "MOST_PHOTOS",
    "MOST_PROJECTS",
    "MOST_SPEED_TESTS",
    "ChangedMeanwhile",
    "HousingFacts",
    "HousingRefused",
    "Seat",
    "VillageRefused",
    "add_housing",
    "add_photo",
    "add_project",
    "add_speed_test",
    "change_housing",
    "change_project",
    "check_fact",
    "clear_absence",
    "confirm_housing",
    "confirm_page",
    "confirm_project",
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
    "page_version",
    "pause_village",
    "pause_welcome",
    "project_version",
    "register_place",
    "register_territory_places",
    "remind_committees",
    "remove_photo",
    "remove_project",
    "remove_speed_test",
    "resume_village",
    "resume_welcome",
    "set_absence",
    "set_capacity",
    "withdraw_housing",
    "write_page",
]
