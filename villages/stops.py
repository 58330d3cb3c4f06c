"""When a letter must not leave any more: asked by the outbox, under lock, as it leaves."""

from outbox import stops
from villages import housing_letters
from villages.models import Housing, SavedSearch
from villages.notifications import SEARCH_ASKED, SEARCH_NEWS
from villages.services.housing_reminders import last_asked, not_asked_about


@stops.when(housing_letters.RULE)
def every_dwelling_is_answered_for(fact: str) -> bool:
    """All it asks about were confirmed or withdrawn meanwhile. Where one is left, the links to the others say so themselves."""
    village_id, day = housing_letters.fact_of(fact)
    housings = list(Housing.objects.to_confirm(day).filter(village=village_id))
    asked = last_asked({village_id: housings}, before=day) if housings else {}
    return not not_asked_about(housings, asked.get(village_id))


@stops.when(SEARCH_ASKED)
@stops.when(SEARCH_NEWS)
def search_was_ended(fact: str) -> bool:
    return not SavedSearch.objects.filter(pk=fact.partition(":")[0]).exists()
