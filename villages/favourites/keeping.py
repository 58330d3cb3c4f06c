"""The villages that whoever visits the site keeps: in a signed cookie without an account, in `Favourite` with one.

The cookie exists from the first village kept to the last one taken away, or until its owner signs in: no session is opened.
"""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from villages.favourites import services
from villages.models import Favourite, Village

SALT = "villages.favourites"
A_YEAR = 31_536_000  # seconds
BETWEEN = "."  # no slug holds it, and no cookie needs it quoted


def kept_slugs(request: HttpRequest) -> list[str]:
    """In the order in which they were kept. A page that shows it must vary on the cookie."""
    if request.user.is_authenticated:
        mine = Favourite.objects.filter(user=request.user).order_by("created_at", "pk")
        return list(mine.values_list("village__slug", flat=True))
    return _slugs_in_cookie(request)


def keep_or_let_go(request: HttpRequest, response: HttpResponse, village: Village, *, kept: bool) -> None:
    """Keep the village, or no longer: the same twice is the same once. Raises services.NotKept where there is no room."""
    if request.user.is_authenticated:
        act = services.keep_village if kept else services.let_village_go
        act(user=request.user, village=village)
        return
    slugs = _slugs_in_cookie(request)
    if kept and village.slug not in slugs:
        services.check_room(len(slugs))
        slugs.append(village.slug)
    elif not kept:
        slugs = [slug for slug in slugs if slug != village.slug]
    _set_cookie(response, slugs)


def hand_over_to_account(request: HttpRequest, response: HttpResponse, *, user: AbstractBaseUser) -> None:
    """Somebody has signed in: what their cookie kept is their account's from now on, and the cookie goes."""
    if settings.FAVOURITES_COOKIE_NAME in request.COOKIES:
        services.take_over_villages(user=user, slugs=_slugs_in_cookie(request))
        response.delete_cookie(settings.FAVOURITES_COOKIE_NAME, samesite="Lax")


def _slugs_in_cookie(request: HttpRequest) -> list[str]:
    """Nothing, where the cookie is not of our own making."""
    value = request.get_signed_cookie(settings.FAVOURITES_COOKIE_NAME, default="", salt=SALT)
    return value.split(BETWEEN)[: services.MOST_KEPT] if value else []


def _set_cookie(response: HttpResponse, slugs: list[str]) -> None:
    if not slugs:
        response.delete_cookie(settings.FAVOURITES_COOKIE_NAME, samesite="Lax")
        return
    response.set_signed_cookie(
        settings.FAVOURITES_COOKIE_NAME,
        BETWEEN.join(slugs),
        salt=SALT,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
