"""The dwellings on offer: the list, the page of one, their pictures, the feed, and the signed link of the reminder."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from common import pictures
from common.typography import euros
from villages.drawings import houses
from villages.enums import HousingAudience, VillageStatus
from villages.housing import letters, services
from villages.housing.display import Home, housing_as_accommodation
from villages.housing.filters import HousingFilter
from villages.models import BELIEVED_DAYS, Housing, HousingPhoto, Village

HOUSINGS_A_PAGE = 12
NEW_ONES = 40  # in the feed
A_YEAR = 31_536_000

# The roof says who is a qualified candidate: this app may not know the project files. Without it, nobody is. With `insist`, whoever
# would be one and has yet to protect their account is led to do so.
IsQualified = Callable[..., bool] | None


def sight_of(request: HttpRequest, is_qualified: IsQualified) -> dict:
    """What `Housing.objects.visible_to_candidates` asks about a visitor."""
    if not request.user.is_authenticated:
        return {"qualified": False}
    return {"qualified": bool(is_qualified and is_qualified(request)), "keeper": request.user}


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-History-Restore-Request")
@conditional_page
def housings(request: HttpRequest, *, is_qualified: IsQualified = None) -> HttpResponse:
    """The dwellings that pass the questions of the address. htmx asks for the results alone, and gets the tidy address back."""
    today = timezone.localdate()
    asked = HousingFilter(request.GET, on=today, **sight_of(request, is_qualified))
    paginator = Paginator(asked.qs.with_village().with_photos(), HOUSINGS_A_PAGE)
    paginator.count = asked.found + asked.lapsed  # counted with the answers, not once more
    page = paginator.get_page(request.GET.get("page"))
    fragment = request.htmx and not request.htmx.history_restore_request
    context = {
        "asked": asked,
        "page": page,
        "homes": [Home.of(housing, today) for housing in page],
        "fragment": fragment,
        "believed_days": BELIEVED_DAYS,
    }
    response = render(request, "villages/_housings.html" if fragment else "villages/housings.html", context)
    if fragment:
        query = asked.address(page=page.number if page.number > 1 else "")
        response["HX-Push-Url"] = request.path + ("" if query == "?" else query)
    return response


@login_not_required
@require_safe
@conditional_page
def housing(request: HttpRequest, pk: int, *, is_qualified: IsQualified = None) -> HttpResponse:
    """One dwelling, as long as it is offered to whoever asks."""
    today = timezone.localdate()
    offered = Housing.objects.offered(today)
    shown = offered.visible_to_candidates(**sight_of(request, is_qualified))
    found = shown.with_village().with_photos().filter(pk=pk).first()
    if found is None:
        if is_qualified and request.user.is_authenticated and offered.filter(pk=pk).exists():
            is_qualified(request, insist=True)
        raise Http404
    home, commune = Home.of(found, today), found.village.commune
    context = {"home": home, "housing": found, "village": found.village, "commune": commune, "today": today}
    if found.audience == HousingAudience.PUBLIC:
        context["linked_data"] = housing_as_accommodation(found)
    return render(request, "villages/housing.html", context)


# ---- Pictures ----------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def photo(request: HttpRequest, pk: int, *, small: bool = False, is_qualified: IsQualified = None) -> HttpResponse:
    """For whoever may see the dwelling on that day, and for its committee as long as it is kept."""
    shown = Housing.objects.offered(timezone.localdate()).visible_to_candidates(**sight_of(request, is_qualified))
    allowed = Q(housing__in=shown.values("pk"))
    if request.user.is_authenticated:
        allowed |= Q(housing__village__in=Village.objects.kept_by(request.user).values("pk"))
    found = get_object_or_404(HousingPhoto.objects.filter(allowed), pk=pk)
    return pictures.served(request, found.picture, name=found.small_name if small else "")


@login_not_required
@require_safe
@conditional_page
def house(request: HttpRequest, shape: str, number: int) -> HttpResponse:
    """A drawn home. It says nothing of any dwelling: a shape, and a throw of chance. Under its address it never changes."""
    if shape not in houses.SHAPES:
        raise Http404
    response = HttpResponse(_drawn(shape, number), content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@lru_cache(maxsize=1024)
def _drawn(shape: str, number: int) -> str:
    return houses.house(shape, number)


# ---- News --------------------------------------------------------------------------------------------------------------


class NewHousing(Feed):
    """What was added lately and is offered to everybody."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("New housing in the welcome villages")

    def subtitle(self) -> str:
        return _("Homes to rent, for sale and to try, confirmed by the villages themselves.")

    def link(self) -> str:
        return reverse("villages:housings")

    def feed_url(self) -> str:
        return reverse("villages-data:new-housing")

    def items(self) -> list[Housing]:
        offered = Housing.objects.offered(timezone.localdate()).filter(audience=HousingAudience.PUBLIC)
        return list(offered.with_village().order_by("-added_on", "-pk")[:NEW_ONES])

    def item_title(self, item: Housing) -> str:
        return f"{item.title}, {item.village}"

    def item_description(self, item: Housing) -> str:
        price = euros(item.price)
        parts = [
            item.get_kind_display().capitalize(),
            price if item.kind == "sale" else _("%(price)s a month") % {"price": price},
            f"{item.surface_m2}\u202fm²",
            item.description,
        ]
        return ". ".join(filter(None, parts))

    def item_pubdate(self, item: Housing) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(item.added_on, dt.time()))

    def item_updateddate(self, item: Housing) -> dt.datetime:
        return item.updated_at


# One address, in no language, and no header that changes with every reader: a shared cache may keep it.
new_housing = login_not_required(require_safe(conditional_page(NewHousing())))


# ---- The link of the reminder --------------------------------------------------------------------------------------------


def _yes(found: Housing, asked: letters.LinkQuestion) -> Housing:
    return services.confirm_housing(housing=found, by=asked.reader.name, on=timezone.localdate(), asked_about=asked.confirmed_on)


def _no(found: Housing, asked: letters.LinkQuestion) -> Housing:
    return services.withdraw_housing(housing=found, on=timezone.localdate(), asked_about=asked.confirmed_on)


ANSWERS = {"oui": _yes, "non": _no}


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def still_free(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Whoever holds the letter answers without an account: to look shows, to press acts, and each question is answered once."""
    found = Housing.objects.filter(village__status__in=VillageStatus.public()).with_village().with_photos().filter(pk=pk).first()
    try:
        if found is None:
            raise letters.DeadLink
        asked = letters.question_of_link(token, housing=found)
        if request.method == "POST" and (answer := ANSWERS.get(request.POST.get("reponse", ""))):
            found = answer(found, asked)
            return render(request, "villages/still_free_said.html", {"housing": found})
    except letters.DeadLink:
        return render(request, "villages/still_free_dead.html", status=410)
    except services.HousingRefused:
        found.refresh_from_db()
        return render(request, "villages/still_free_answered.html", {"housing": found}, status=410)
    if found.confirmed_on != asked.confirmed_on or found.withdrawn_on:
        return render(request, "villages/still_free_answered.html", {"housing": found}, status=410)
    home = Home.of(found, timezone.localdate())
    context = {"home": home, "reader": asked.reader, "believed_days": BELIEVED_DAYS}
    return render(request, "villages/still_free.html", context)
