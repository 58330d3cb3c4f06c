"""The secret addresses of calendars: made, found by their token, revoked."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone

from members.models import Member, User
from telecentres.models import CalendarFeed, Telecentre
from villages.models import hash_of


@transaction.atomic
def make_feed(
    *, by: User, member: Member | None = None, telecentre: Telecentre | None = None, now: dt.datetime | None = None
) -> str:
    """A new address for the bookings of a member, or of a place for its host. The one before stops at once.

    Returns its token, which is shown now and kept nowhere: only its hash is.
    """
    revoke_feeds(by=by, member=member, telecentre=telecentre, now=now)
    token = secrets.token_urlsafe(24)
    CalendarFeed.objects.create(
        member=member, telecentre=telecentre, token_hash=hash_of(token), made_by=by, made_at=now or timezone.now()
    )
    return token


@transaction.atomic
def revoke_feeds(
    *, by: User, member: Member | None = None, telecentre: Telecentre | None = None, now: dt.datetime | None = None
) -> None:
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one press after the other
    feeds = CalendarFeed.objects.in_use().filter(member=member, telecentre=telecentre)
    feeds = feeds if member else feeds.filter(made_by=by)
    feeds.update(revoked_at=now or timezone.now())


def feed_of(token: str) -> CalendarFeed | None:
    """A feed ends with the account that made it, and a place's with the right to keep that place."""
    feeds = CalendarFeed.objects.in_use().filter(made_by__is_active=True).exclude(member__user__is_active=False)
    feed = feeds.filter(token_hash=hash_of(token)).select_related("member", "telecentre", "made_by").first()
    if feed and feed.telecentre and not feed.telecentre.is_kept_by(feed.made_by):
        return None
    return feed
