"""What a visitor asked to keep: villages, and searches that write when something new is found."""

import datetime as dt
import hashlib
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal_data import AS_THE_ACCOUNT, ROW, Ground, PersonalData
from villages.enums import AlertRhythm
from villages.models.village import Village

CONFIRMED_WITHIN_DAYS = 7  # else the request is forgotten


class Favourite(models.Model):
    """A village that somebody with an account keeps. Before they sign in, a signed cookie does."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="favourites", verbose_name=_("account"))
    village = models.ForeignKey(Village, models.CASCADE, related_name="favourites", verbose_name=_("village"))
    created_at = models.DateTimeField(_("kept at"), auto_now_add=True)

    personal_data = PersonalData(
        of=_("everybody with an account"),
        purpose=_("to give back the villages they chose"),
        ground=Ground.CONTRACT,
        kept=AS_THE_ACCOUNT,
        told=["village", "created_at"],
        erased=ROW,
        facts=["user"],
    )

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [models.UniqueConstraint(name="favourite_once", fields=["user", "village"])]

    def __str__(self) -> str:
        return str(self.village)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def known_by(self, token: str) -> Self:
        return self.filter(token_hash=hash_of(token))

    def due(self, now: dt.datetime) -> Self:
        return self.filter(next_at__lte=now)

    def left_unconfirmed(self, now: dt.datetime) -> Self:
        """Those that nobody confirmed in time, so that nobody can any more."""
        return self.filter(confirmed_at__isnull=True, asked_at__lte=now - dt.timedelta(days=CONFIRMED_WITHIN_DAYS))


class SavedSearch(models.Model):
    """A search whose news are sent to an address, once its owner has said yes from a letter sent there.

    `query` is the tidy address of the search (`VillageFilter.address()` or that of the housing list), without its `?` and its
    order; empty: everything. `seen` holds the keys of all that passed since the search was confirmed: only what is not among
    them is new, so that what left and comes back is not told twice. The token that confirms and ends it is known by its hash
    alone.
    """

    class Of(models.TextChoices):
        VILLAGES = "villages", _("villages")
        HOUSING = "housing", _("housing")

    email = models.EmailField(_("e-mail"))
    of = models.CharField(_("search of"), max_length=8, choices=Of)
    query = models.CharField(_("search"), max_length=2000)
    rhythm = models.CharField(_("rhythm"), max_length=6, choices=AlertRhythm, default=AlertRhythm.WEEKLY)
    language = models.CharField(_("language"), max_length=7)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    next_at = models.DateTimeField(_("looked at next"), null=True, blank=True)  # empty until it is confirmed
    seen = ArrayField(models.BigIntegerField(), default=list, editable=False)

    objects = SavedSearchQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("whoever asked for news of a search"),
        purpose=_("to send them its news"),
        ground=Ground.CONSENT,
        kept=_("until they end it; a week where they do not confirm it"),
        told=["email", "of", "query", "rhythm", "language", "asked_at", "confirmed_at"],
        erased=ROW,
        facts=["token_hash", "next_at", "seen"],
    )

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(name="saved_search_once", fields=["email", "of", "query"]),
            models.CheckConstraint(name="saved_search_rhythm_known", condition=Q(rhythm__in=AlertRhythm.values)),
            models.CheckConstraint(
                name="saved_search_looked_at_once_confirmed",
                condition=Q(next_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="saved_search_due")]

    def __str__(self) -> str:
        return self.query
