"""The public pages of the villages, and what other programs read of them."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, conditional_page, require_safe
from django.views.decorators.vary import vary_on_cookie, vary_on_headers

from common.csv_files import sent_to_programs
from villages.catalogue import export, territory_pictures
from villages.catalogue import geojson as villages_geojson
from villages.catalogue.entries import VillageEntry, village_entries
from villages.catalogue.filters import VillageFilter
from villages.catalogue.linked_data import village_as_place
from villages.catalogue.portrait import portrait_of
from villages.catalogue.sets import ListedVillages
from villages.catalogue.village_facts import village_page_facts
from villages.drawings.landscape import USUAL_WIDTH
from villages.drawings.network_map import Mark
from villages.favourites import keeping
from villages.models import Change, Commune, Journey, Village

VILLAGES_A_PAGE = 12
A_YEAR, AN_HOUR = 31_536_000, 3600


@dataclass(frozen=True)
class Face:
    """Somebody of the committee, as components/faces.html shows them."""

    name: str
    about: str


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-History-Restore-Request", "Cookie")
@conditional_page
def villages(request: HttpRequest) -> HttpResponse:
    """The villages that pass the questions of the address. htmx asks for the results alone, and gets the tidy address back."""
    today = timezone.localdate()
    asked = VillageFilter(request.GET, on=today)
    page = Paginator(asked.keys, VILLAGES_A_PAGE).get_page(request.GET.get("page"))
    entries = village_entries(list(page), asked=asked, first_number=page.start_index(), on=today)
    fragment = request.htmx and not request.htmx.history_restore_request
    context = {
        "asked": asked,
        "page": page,
        "entries": [entry for entry in entries if not entry.fails],
        "nearly": [entry for entry in entries if entry.fails],
        "map": _map_of(entries, asked.listed),
        "kept": keeping.kept_slugs(request),
        "here": request.path + asked.address(page=page.number if page.number > 1 else ""),
        "fragment": fragment,
    }
    response = render(request, "villages/_results.html" if fragment else "villages/villages.html", context)
    if fragment:
        query = asked.address(page=page.number if page.number > 1 else "")
        response["HX-Push-Url"] = request.path + ("" if query == "?" else query)
    return response


def _map_of(entries: list[VillageEntry], known: ListedVillages) -> SafeString:
    """The network, with the numbers of this page of the list."""
    numbered = [Mark(entry.village.commune.insee_code, entry.village.commune.name, number=entry.number) for entry in entries]
    shown = {mark.insee_code for mark in numbered}
    return territory_pictures.territory_map(
        [*(mark for mark in known.marks if mark.insee_code not in shown), *known.telecentres, *numbered],
        title=_("The villages of the list"),
        description=_("The numbers are those of the list, which says the same."),
        closer=True,
    )


Beside = Callable[[Village, Journey | None], dict]


@login_not_required
@require_safe
@vary_on_cookie
@conditional_page
def village(request: HttpRequest, slug: str, *, beside: Beside | None = None) -> HttpResponse:
    """One village. A former one has no page.

    `beside` lets the roof join what this app may not know: called with the village and the journey to its nearest télécentre,
    it returns context for the page; `beside_template` in it is included under that télécentre.
    """
    shown = get_object_or_404(Village.objects.public().with_commune(), slug=slug)
    today = timezone.localdate()
    committee, facts = list(shown.committee.in_order()), village_page_facts(shown, on=today)
    portrait = portrait_of(
        shown,
        journeys=list(shown.journeys.with_place().nearest_first()),
        committee=committee,
        present=sum(not person.is_absent(today) for person in committee),
        facts=facts,
        on=today,
    )
    context = {
        "village": shown,
        "commune": shown.commune,
        "committee": [
            Face(person.name, ", ".join(filter(None, [person.get_role_display(), person.about]))) for person in committee
        ],
        "portrait": portrait,
        "facts": facts,
        "this_year": today.year,
        "linked_data": village_as_place(shown, facts),
        "paused": shown.is_paused(today),
        "kept": shown.slug in keeping.kept_slugs(request),
        "communes_dataset": facts.datasets.get("communes"),
    }
    return render(request, "villages/village.html", context | (beside(shown, portrait.telecentre) if beside else {}))


def _data_version(request: HttpRequest) -> str:
    """Changes with any change that the lists show, at the price of one small query."""
    return f'"{sha256(repr(Change.fingerprint()).encode()).hexdigest()[:32]}"'


@login_not_required
@require_safe
@condition(etag_func=_data_version)
def geojson(request: HttpRequest) -> StreamingHttpResponse:
    shown = Village.objects.public().with_commune().order_by("pk").defer("description", "search_document")
    response = StreamingHttpResponse(villages_geojson.feature_collection(shown), content_type="application/geo+json")
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"  # open data: anybody's map may read it
    return response


@login_not_required
@require_safe
@condition(etag_func=_data_version)
def csv(request: HttpRequest) -> StreamingHttpResponse:
    shown = Village.objects.public().select_related("commune__connection").order_by("pk").defer("description", "search_document")
    return sent_to_programs(export.table(shown), name="villages")


@login_not_required
@require_safe
@conditional_page
def landscape(request: HttpRequest, insee_code: str, width: int = USUAL_WIDTH) -> HttpResponse:
    """The drawn landscape of a commune. Under the address that its pages give, it never changes."""
    commune = get_object_or_404(Commune, insee_code=insee_code)
    response = HttpResponse(territory_pictures.landscape_of(commune, width=width), content_type="image/svg+xml")
    current = request.GET.get("v") == commune.landscape_version
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if current else f"public, max-age={AN_HOUR}"
    return response


@login_not_required
@require_safe
@conditional_page
def banner(request: HttpRequest, width: int = USUAL_WIDTH) -> HttpResponse:
    """The landscape that opens the home page."""
    response = HttpResponse(territory_pictures.banner(width=width), content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={AN_HOUR}"
    return response
