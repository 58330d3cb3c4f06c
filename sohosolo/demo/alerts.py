"""Two people who wait for news of the villages: their letters come by themselves on the next morning."""

import datetime as dt

from sohosolo.demo.world import World
from villages.alerts import services
from villages.enums import AlertRhythm
from villages.models import SavedSearch, Village

SEARCHES = (("", AlertRhythm.DAILY), ("taille=petit", AlertRhythm.WEEKLY))
SINCE = dt.timedelta(days=20)
JOINED_SINCE = 2  # villages that came to the network after they had confirmed


def wait_for_news(world: World) -> None:
    latest = list(Village.objects.public().order_by("-partner_since", "-pk").values_list("pk", flat=True)[:JOINED_SINCE])
    for query, rhythm in SEARCHES:
        search = services.ask_for_news(
            email=world.people.address(world.people.draw().name),
            of=SavedSearch.Of.VILLAGES,
            query=query,
            rhythm=rhythm,
            language="fr",
            now=world.now - SINCE,
            announce=False,
        )
        search = services.confirm_search(token=services.token_of(search), now=world.now)
        search.confirmed_at, search.seen = world.now - SINCE, [pk for pk in search.seen if pk not in latest]
        search.save(update_fields=["confirmed_at", "seen"])
