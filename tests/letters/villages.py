"""The letters about saved searches, and those to committees about their dwellings."""

import datetime as dt

from tests.factories.villages import CommitteeMemberFactory, HousingFactory, VillageFactory
from tests.letters.world import DAY, Case, World, fresh, last_letter
from tests.villages.alerts.searches import NEW, path_in
from villages import tasks
from villages.models import ASKED_AFTER_DAYS


def alert_asked(world: World) -> str:
    fresh()
    wish = {"of": "villages", "query": "", "email": "camille@example.org", "rhythm": "daily"}
    world.press(world.browser(), NEW, wish)
    return path_in(last_letter())


def news_found(world: World) -> None:
    world.press(world.browser(), alert_asked(world), {"rhythm": "daily", "confirm": "1"})
    VillageFactory()
    world.send()
    world.go_to(world.today + DAY, dt.time(7, 5))
    tasks.send_news()


def dwellings_asked_about(world: World) -> None:
    """At half past midnight: the letter leaves in the morning."""
    village = VillageFactory()
    CommitteeMemberFactory(village=village, lead=True, email="helene@example.org")
    HousingFactory(village=village, confirmed_on=world.today - ASKED_AFTER_DAYS * DAY)
    tasks.remind_housing()


CASES = [
    Case("villages/email/search_asked", "villages.search_asked", alert_asked),
    Case("villages/email/search_news", "villages.search_news", news_found),
    Case("villages/email/housing_to_confirm", "villages.housing_to_confirm", dwellings_asked_about),
]
