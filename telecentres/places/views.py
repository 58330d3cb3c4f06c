"""The places, and one of them."""

import datetime as dt
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from common.csv_files import sent_to_programs
from telecentres import wording
from telecentres.availability.forms import WhenForm
from telecentres.availability.network import next_morning, with_free_desks
from telecentres.availability.place_now import PlaceNow
from telecentres.enums import Stretch
from telecentres.half_days import local_day, next_public_holiday, public_holiday
from telecentres.models import Closure, Telecentre
from telecentres.passes.price_list import rates_of
from telecentres.places import mediation_numerique
from telecentres.visitors import member_of, open_place
from villages.catalogue.territory_pictures import territory_map
from villages.drawings.network_map import Mark


@login_not_required
@require_safe
@conditional_page
def telecentres(request: HttpRequest) -> HttpResponse:
    """What is free, anywhere, when: on the next morning, or at the half-day that the address names."""
    now = timezone.now()
    form = WhenForm(request.GET if {"jour", "moment"} & request.GET.keys() else None, today=local_day(now))
    asked = (form.cleaned_data["jour"], form.cleaned_data["moment"]) if form.is_valid() else None
    day, stretch = asked or (next_morning(now), Stretch.MORNING)
    places = places_with_free_desks(day, stretch, now)
    closed_by = public_holiday(day) if day else None
    return render(
        request,
        "telecentres/telecentres.html",
        {
            "places": places,
            "day": day,
            "stretch": stretch,
            "holiday": closed_by,
            "form": form if form.is_bound else WhenForm.showing(day or local_day(now), stretch, today=local_day(now)),
            "network_map": map_of(places),
        },
        status=HTTPStatus.BAD_REQUEST if form.is_bound and not form.is_valid() else HTTPStatus.OK,
    )


def places_with_free_desks(day: dt.date | None, stretch: Stretch, now: dt.datetime) -> list[Telecentre]:
    """All open places with the desks still `free` then."""
    places = list(Telecentre.objects.open().select_related("commune").in_french_order())
    return with_free_desks(places, day or local_day(now), stretch, now=now)


def map_of(places: list[Telecentre]) -> SafeString:
    return territory_map(
        [Mark(place.commune.insee_code, place.name, kind="telecentre") for place in places],
        title=_("Where the télécentres are"),
        description=_("A house for each télécentre. The list says the same."),
    )


@login_not_required
@require_safe
@conditional_page
def geojson(request: HttpRequest) -> JsonResponse:
    now = timezone.now()
    morning = next_morning(now)
    places = places_with_free_desks(morning, Stretch.MORNING, now)
    features = [
        {
            "type": "Feature",
            "id": place.slug,
            "geometry": {"type": "Point", "coordinates": [place.commune.longitude, place.commune.latitude]},
            "properties": {
                "name": place.name,
                "commune": place.commune.name,
                "insee_code": place.commune.insee_code,
                "address": place.address,
                "postal_code": place.postal_code,
                "url": request.build_absolute_uri(place.get_absolute_url()),
                "free_desks": place.free,
                "free_desks_on": morning and f"{morning.isoformat()}/{Stretch.MORNING.value}",
            },
        }
        for place in places
    ]
    response = JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")
    response["Access-Control-Allow-Origin"] = "*"  # open data: anybody's map may read it
    return response


@login_not_required
@require_safe
def csv(request: HttpRequest) -> StreamingHttpResponse:
    """For the national map of places of digital help, and whoever reads its schema."""
    places = Telecentre.objects.open().with_week(request.user).in_french_order()
    return sent_to_programs(mediation_numerique.csv_lines(list(places)), name="telecentres")


@login_not_required
@require_safe
@conditional_page
def telecentre(request: HttpRequest, slug: str) -> HttpResponse:
    place = open_place(slug)
    now = timezone.now()
    standing = PlaceNow(place, now=now, member=member_of(request))
    return render(
        request,
        "telecentres/telecentre.html",
        {
            "telecentre": place,
            "now": now,
            "standing": standing,
            "weekly": standing.board.opening.weekly(),
            "rates": rates_of(place),
            "announced": announced_closures(place, now),
            "hosts": place.hosts.order_by("sort_name", "pk") if request.user.is_authenticated else None,
        },
    )


@dataclass(frozen=True)
class AnnouncedClosure:
    when: str
    desk: str
    reason: str


def announced_closures(place: Telecentre, now: dt.datetime) -> list[AnnouncedClosure]:
    """Coming closures and the next public holiday, in time order."""
    holiday, name = next_public_holiday(local_day(now))
    lines = [(holiday, AnnouncedClosure(wording.day(holiday), "", name))]
    for closure in Closure.objects.coming(now).filter(telecentre=place).select_related("desk"):
        desk = closure.desk.name if closure.desk else ""
        line = AnnouncedClosure(wording.stretch_of_time(closure.period), desk, closure.reason)
        lines.append((local_day(closure.period.lower), line))
    return [line for _day, line in sorted(lines, key=lambda dated: dated[0])]
