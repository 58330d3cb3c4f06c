"""The villages that somebody with an account keeps. Without an account a cookie does: see villages.favourites.keeping."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import ngettext

from villages.models import Favourite, Village

MOST_KEPT = 30  # villages; those a cookie brings at sign-in come on top, so that nothing chosen is lost


class NotKept(Exception):
    """The message is written for whoever asked and may be shown as it stands."""


def check_room(kept: int) -> None:
    """Raises NotKept where no further village may be kept."""
    if kept >= MOST_KEPT:
        raise NotKept(
            ngettext(
                "You keep %(count)d village already. Take one away first.",
                "You keep %(count)d villages already. Take one away first.",
                kept,
            )
            % {"count": kept}
        )


@transaction.atomic
def keep_village(*, user: AbstractBaseUser, village: Village) -> None:
    """A village kept twice is kept once. Raises NotKept when MOST_KEPT are kept already."""
    mine = Favourite.objects.filter(user=user)
    if not mine.filter(village=village).exists():
        check_room(mine.count())
        Favourite.objects.bulk_create([Favourite(user=user, village=village)], ignore_conflicts=True)


def let_village_go(*, user: AbstractBaseUser, village: Village) -> None:
    Favourite.objects.filter(user=user, village=village).delete()


def take_over_villages(*, user: AbstractBaseUser, slugs: Iterable[str]) -> None:
    """Add what was kept before there was an account, in its order, behind what the account kept already."""
    slugs = list(slugs)
    found = Village.objects.public().filter(slug__in=slugs).only("slug").in_bulk(field_name="slug")
    rows = [Favourite(user=user, village=found[slug]) for slug in slugs if slug in found]
    Favourite.objects.bulk_create(rows, ignore_conflicts=True)
