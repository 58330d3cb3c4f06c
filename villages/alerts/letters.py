"""The letters about saved searches: which, to whom, once. Each is written in the transaction of the fact it announces."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from outbox import services as outbox
from outbox.keys import LetterRule
from outbox.models import Letter
from villages.models import CONFIRMED_WITHIN_DAYS, SavedSearch

SEARCH_ASKED = LetterRule("villages.search_asked", separator=":", search=int, asked_at=dt.datetime)
SEARCH_NEWS = LetterRule("villages.search_news", separator=":", search=int, due_at=dt.datetime)


def search_asked(search: SavedSearch, *, token: str, words: Sequence[str], at: dt.datetime) -> Letter:
    """One a minute, so that a form pressed twice writes once. Of no use once the search is forgotten."""
    return _post(
        SEARCH_ASKED.key(search=search.pk, asked_at=at.replace(second=0, microsecond=0)),
        search,
        token,
        {"words": words, "days": CONFIRMED_WITHIN_DAYS},
        send_after=at,
        useless_after=at + dt.timedelta(days=CONFIRMED_WITHIN_DAYS),
    )


def search_news(
    search: SavedSearch,
    *,
    token: str,
    due_at: dt.datetime,
    words: Sequence[str],
    list_url: str,
    news: Sequence[Model],
    count: int,
    at: dt.datetime,
) -> Letter:
    """`news`: the first of the `count` things found. One letter for each moment at which the search was due."""
    return _post(
        SEARCH_NEWS.key(search=search.pk, due_at=due_at),
        search,
        token,
        {"words": words, "list_url": list_url, "news": news, "count": count, "more": count - len(news)},
        send_after=at,
    )


def letters_about(search: SavedSearch) -> QuerySet[Letter]:
    """All that were written to its owner about it."""
    asked, news = SEARCH_ASKED.beginning(search=search.pk), SEARCH_NEWS.beginning(search=search.pk)
    ours = Q(key__startswith=asked) | Q(key__startswith=news)
    return Letter.objects.filter(ours, to=search.email)


def _post(key: str, search: SavedSearch, token: str, context: dict[str, Any], **post_options: Any) -> Letter:
    """The links open no account, but they are their owner's alone, and so is what somebody looks for: confidential."""
    with translation.override(search.language):
        end_path = reverse("villages:end-search", args=[token])
    return outbox.post_rendered(
        key=key,
        to=search.email,
        template=f"villages/email/{key.partition(':')[0].removeprefix('villages.')}",
        context=context | {"search": search, "token": token},
        language=search.language,
        headers={
            "List-Unsubscribe": f"<{settings.SITE_URL}{end_path}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        confidential=True,
        **post_options,
    )
