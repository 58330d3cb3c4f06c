"""The villages that a visitor keeps: their page, and the press that keeps one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from villages.enums import PlaceKind
from villages.favourites import keeping, services
from villages.models import Journey, Village

COMPARED_AT_ONCE = 4


@login_not_required
@never_cache
@require_safe
def favourites_page(request: HttpRequest) -> HttpResponse:
    slugs = keeping.kept_slugs(request)
    found = {village.slug: village for village in Village.objects.public().with_commune().filter(slug__in=slugs)}
    kept = [found[slug] for slug in slugs if slug in found]
    journeys = Journey.objects.filter(place__kind=PlaceKind.TELECENTRE).nearest_of_each_kind(kept).with_place()
    nearest = {journey.village_id: journey for journey in journeys}
    for village in kept:
        village.telecentre_journey = nearest.get(village.pk)
    compared = kept[:COMPARED_AT_ONCE]
    query = urlencode([("v", village.slug) for village in compared])
    context = {
        "villages": kept,
        "compared": compared,
        "compare_url": f"{reverse('villages:compare')}?{query}" if len(compared) > 1 else "",
    }
    return render(request, "villages/favourites.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a village (`keep=1`) or no longer (`keep=0`).

    The pages that offer it hold no token, so that reading them sets no cookie and their copies stay good. A press first asks
    for the form, which holds one. With htmx that form posts itself as it arrives; without, it is a page with one button.
    """
    village = get_object_or_404(Village.objects.public().with_commune(), slug=slug)
    said = request.POST if request.method == "POST" else request.GET
    keep, back = said.get("keep", "1") != "0", way_back(request, said.get("next", ""), village)
    if request.method != "POST":
        template = "villages/_keep_form.html" if request.htmx else "villages/keep.html"
        return render(request, template, {"village": village, "keep": keep, "back": back})
    refusal = None
    response = HttpResponseRedirect(back)
    try:
        keeping.keep_or_let_go(request, response, village, kept=keep)
    except services.NotKept as refused:
        refusal = str(refused)
    if not request.htmx:
        if refusal:
            messages.warning(request, refusal)
        return response
    fragment = render(
        request, "villages/_keep.html", {"village": village, "kept": keep and not refusal, "refusal": refusal, "back": back}
    )
    fragment.cookies = response.cookies
    return fragment


def way_back(request: HttpRequest, asked: str, village: Village) -> str:
    """Where the press was made, when that is on this site; else the page of the village."""
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if safe else village.get_absolute_url()
