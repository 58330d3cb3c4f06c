"""What changes the villages: official facts in, places and journeys, partnerships, what visitors keep and wait for."""

from villages.services.alerts import (
    Reading,
    SearchGone,
    ask_for_news,
    change_rhythm,
    confirm_search,
    end_search,
    find_news,
    forget_unconfirmed,
    next_look,
    token_of,
)
from villages.services.communes import import_communes
from villages.services.favourites import (
    MOST_KEPT,
    NotKept,
    check_room,
    keep_village,
    let_village_go,
    take_over_villages,
)
from villages.services.journeys import DETOUR, forget_place, measure_journeys, register_place, register_territory_places
from villages.services.partnerships import Seat, VillageRefused, end_partnership, open_village, pause_village, resume_village

__all__ = [
    "DETOUR",
    "MOST_KEPT",
    "NotKept",
    "Reading",
    "SearchGone",
    "Seat",
    "VillageRefused",
    "ask_for_news",
    "change_rhythm",
    "check_room",
    "confirm_search",
    "end_partnership",
    "end_search",
    "find_news",
    "forget_place",
    "forget_unconfirmed",
    "import_communes",
    "keep_village",
    "let_village_go",
    "measure_journeys",
    "next_look",
    "open_village",
    "pause_village",
    "register_place",
    "register_territory_places",
    "resume_village",
    "take_over_villages",
    "token_of",
]
