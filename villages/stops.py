"""When a letter must not leave any more: asked by the outbox, under lock, as it leaves."""

import datetime as dt

from outbox import stops
from villages.alerts.letters import SEARCH_ASKED, SEARCH_NEWS
from villages.housing import letters
from villages.housing.reminders import last_asked, not_asked_about
from villages.models import Housing, SavedSearch


@stops.stop_when(letters.RULE)
def every_dwelling_is_answered_for(village: int, day: dt.date) -> bool:
    """All it asks about were confirmed or withdrawn meanwhile. Where one is left, the links to the others say so themselves."""
    housings = list(Housing.objects.to_confirm(day).filter(village=village))
    asked = last_asked({village: housings}, before=day) if housings else {}
    return not not_asked_about(housings, asked.get(village))


@stops.stop_when(SEARCH_ASKED)
@stops.stop_when(SEARCH_NEWS)
def search_was_ended(search: int, **moment) -> bool:
    return not SavedSearch.objects.filter(pk=search).exists()
