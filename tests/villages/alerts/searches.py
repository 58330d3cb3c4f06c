"""Searches that tests ask for, say yes to and look at, and the letters that follow."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.conf import settings
from django.test import Client

from outbox.models import Letter
from tests.factories.villages import SavedSearchFactory
from villages.alerts import services
from villages.alerts.services import token_of
from villages.enums import AlertRhythm
from villages.models import SavedSearch

PARIS = ZoneInfo("Europe/Paris")
NEW, ASKED = "/alertes/nouvelle/", "/alertes/demandee/"
MONDAY = dt.datetime(2026, 11, 23, 9, 30, tzinfo=PARIS)
DAY = dt.timedelta(days=1)


def ask(client=None, **changes):
    form = {"of": "villages", "query": "", "email": "camille@example.org", "rhythm": "daily"} | changes
    return (client or Client()).post(NEW, form)


def letters() -> list[Letter]:
    return list(Letter.objects.order_by("pk"))


def path_in(letter: Letter) -> str:
    """Where the letter's link to the alert leads."""
    return re.search(rf"{settings.SITE_URL}((?:/en)?/alertes/[\w-]+/)", letter.text).group(1)


def find(now: dt.datetime) -> int:
    return services.find_news(now=now)


def confirmed(*, at: dt.datetime = MONDAY, query: str = "", rhythm: str = AlertRhythm.DAILY, **facts) -> SavedSearch:
    search = SavedSearchFactory(query=query, rhythm=rhythm, **facts)
    return services.confirm_search(token=token_of(search), now=at)
