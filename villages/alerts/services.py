"""Saved searches: asked for, confirmed from a letter, looked at when they are due, ended in one press.

A search is known to its owner by a token that stands in every letter to them. The table keeps its SHA-256 alone, yet each
letter must carry it again, so it is not drawn but derived: HMAC of the row's key under SECRET_KEY. Who reads the table alone
can neither confirm nor end anything; keys are never given twice, so the token of an ended search stays dead. Where SECRET_KEY
changes, links already sent live on (their hash stands in the row) and new letters repeat them as long as the former secret is
among SECRET_KEY_FALLBACKS; after that the next letter brings a new link, and the old ones die.
"""

import base64
import datetime as dt
import logging
import secrets
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from outbox.retention import forget_at_once
from villages.alerts import letters, lists
from villages.enums import AlertRhythm
from villages.models import SavedSearch, hash_of

logger = logging.getLogger(__name__)

SALT = "villages.saved-search"
TOKEN_BYTES = 24
LOOKED_AT_HOUR = 7  # in the network's own time
LOOKED_AT_WEEKDAY = 3  # Thursday: there is time left to arrange a visit for the weekend
MOST_AT_A_TICK = 200  # searches; the next tick goes on with what is left
TOLD_AT_ONCE = 20  # found things that a letter lists; the list of the site shows them all
UNREADABLE_PAUSE = dt.timedelta(hours=1)


class SearchGone(Exception):
    """Its link is dead: it was ended, or never confirmed. The message may be shown as it stands."""

    def __init__(self) -> None:
        super().__init__(_("This alert does not exist any more."))


def token_of(search: SavedSearch) -> str:
    """What the links of its letters hold; letters and figures, - and _."""
    tokens = [_token(search, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return next((token for token in tokens if hash_of(token) == search.token_hash), tokens[0])


def _token(search: SavedSearch, secret: str) -> str:
    digest = salted_hmac(SALT, str(search.pk), secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()


def next_look(rhythm: str, after: dt.datetime) -> dt.datetime:
    """Seven in the morning of the next day, or of the next Thursday, by the clock on the wall: summer time changes nothing."""
    zone = ZoneInfo(settings.TIME_ZONE)
    day = after.astimezone(zone).date() + dt.timedelta(days=1)
    if rhythm == AlertRhythm.WEEKLY:
        day += dt.timedelta(days=(LOOKED_AT_WEEKDAY - day.weekday()) % 7)
    return dt.datetime.combine(day, dt.time(LOOKED_AT_HOUR), tzinfo=zone)


@transaction.atomic
def ask_for_news(
    *, email: str, of: str, query: str, rhythm: str, language: str, now: dt.datetime, announce: bool = True
) -> SavedSearch:
    """Note the search and owe its confirmation letter; nothing else is written to the address before it is confirmed.

    Asked again, it takes the new rhythm and owes a new letter (one a minute at most). One that is confirmed already is left
    as it is: a stranger who knows the address changes nothing, and its owner is sent the way to it.
    """
    search, _created = SavedSearch.objects.select_for_update().get_or_create(
        email=email.strip().lower(),
        of=of,
        query=lists.read_search(of, query, timezone.localdate(now)).query,
        defaults={"rhythm": rhythm, "language": language, "token_hash": secrets.token_hex(32)},
    )
    token = token_of(search)
    search.token_hash, search.asked_at = hash_of(token), now
    if search.confirmed_at is None:
        search.rhythm, search.language = rhythm, language
    search.save(update_fields=["token_hash", "asked_at", "rhythm", "language"])
    if announce:
        with translation.override(search.language):
            words = lists.read_search(search.of, search.query, timezone.localdate(now)).words
        letters.search_asked(search, token=token, words=words, at=now)
    return search


@transaction.atomic
def confirm_search(*, token: str, rhythm: str = "", now: dt.datetime) -> SavedSearch:
    """From now on its news are told; what passes today is none. Confirmed before, it only takes the rhythm. Raises SearchGone."""
    search = _locked(token)
    search.rhythm = rhythm or search.rhythm
    if search.confirmed_at is None:
        search.confirmed_at = now
        search.seen = sorted(lists.read_search(search.of, search.query, timezone.localdate(now)).found.values_list("pk", flat=True))
    search.next_at = next_look(search.rhythm, now)
    search.save(update_fields=["rhythm", "confirmed_at", "seen", "next_at"])
    return search


@transaction.atomic
def change_rhythm(*, token: str, rhythm: str, now: dt.datetime) -> SavedSearch:
    """One that nobody confirmed yet is not looked at, whatever its rhythm. Raises SearchGone."""
    search = _locked(token)
    search.rhythm = rhythm
    if search.confirmed_at:
        search.next_at = next_look(rhythm, now)
    search.save(update_fields=["rhythm", "next_at"])
    return search


@transaction.atomic
def end_search(*, token: str) -> None:
    """Nothing is kept of it, not even the address. Ended twice is ended once. Letters that have not left are dropped."""
    _erase(SavedSearch.objects.known_by(token))


@transaction.atomic
def forget_unconfirmed_searches(*, now: dt.datetime) -> int:
    """Erase what nobody confirmed within CONFIRMED_WITHIN_DAYS. Returns how many."""
    return _erase(SavedSearch.objects.left_unconfirmed(now))


def _erase(searches: QuerySet[SavedSearch]) -> int:
    """With whom their letters went to, as their owners are told."""
    found = list(searches.order_by("pk").select_for_update())
    for search in found:
        forget_at_once(letters.letters_about(search))
        search.delete()
    return len(found)


def find_news(*, now: dt.datetime) -> int:
    """Look at the searches that are due. Returns how many letters were written.

    Any number of ticks may run at once: each search is one's alone, in a transaction of its own. However long the clock stood
    still, a search is looked at once, and what is new since it last was goes into one letter.
    """
    written = 0
    for _turn in range(MOST_AT_A_TICK):
        told = _look_at_next(now=now)
        if told is None:
            break
        written += told
    return written


@transaction.atomic
def _look_at_next(*, now: dt.datetime) -> bool | None:
    """Whether the search due longest had news; None when none is due."""
    search = SavedSearch.objects.due(now).order_by("next_at", "pk").select_for_update(skip_locked=True).first()
    if search is None:
        return None
    try:
        with transaction.atomic():
            return _tell_news(search, now=now)
    except Exception as error:  # noqa: BLE001 -- one search that cannot be read must not hold up the others
        logger.error("saved search %s could not be looked at: %s", search.pk, type(error).__name__)
        SavedSearch.objects.filter(pk=search.pk).update(next_at=now + UNREADABLE_PAUSE)
        return False


def _tell_news(search: SavedSearch, *, now: dt.datetime) -> bool:
    token, due_at = token_of(search), search.next_at
    seen = set(search.seen)
    with translation.override(search.language):
        reading = lists.read_search(search.of, search.query, timezone.localdate(now))
        new = [pk for pk in reading.found.values_list("pk", flat=True) if pk not in seen]
        if new:
            shown = reading.found.in_bulk(new[:TOLD_AT_ONCE])
            letters.search_news(
                search,
                token=token,
                due_at=due_at,
                words=reading.words,
                list_url=reading.list_url,
                news=[shown[pk] for pk in new[:TOLD_AT_ONCE] if pk in shown],
                count=len(new),
                at=now,
            )
    search.seen = sorted(seen.union(new))
    search.token_hash = hash_of(token)
    search.next_at = next_look(search.rhythm, now)
    search.save(update_fields=["seen", "token_hash", "next_at"])
    return bool(new)


def _locked(token: str) -> SavedSearch:
    search = SavedSearch.objects.known_by(token).select_for_update().first()
    if search is None:
        raise SearchGone
    return search
