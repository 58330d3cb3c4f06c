"""When a letter must not leave any more: asked by the outbox, under lock, as it leaves."""

from outbox import stops
from villages.models import SavedSearch
from villages.notifications import SEARCH_ASKED, SEARCH_NEWS


@stops.when(SEARCH_ASKED)
@stops.when(SEARCH_NEWS)
def search_was_ended(fact: str) -> bool:
    return not SavedSearch.objects.filter(pk=fact.partition(":")[0]).exists()
