"""Figures: how full a place is, what a member used in a month, who hosted whom. Each also as CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.csv_files import sent_to_people
from members.access import Act, require_or_404
from telecentres.figures.occupancy import OCCUPANCY_COLUMNS, Month, Occupancy, occupancy_rows
from telecentres.figures.statements import HOSTING_COLUMNS, STATEMENT_COLUMNS, hosting, hosting_rows, statement_of
from telecentres.half_days import local_day
from telecentres.models import Telecentre
from telecentres.visitors import member_of, place_of_host

MONTHS_BACK = 11


def asked_month(request: HttpRequest) -> Month:
    month = Month.read(request.GET.get("mois", ""), today=local_day(timezone.now()))
    if month is None:
        raise Http404
    return month


@require_safe
def occupancy(request: HttpRequest, slug: str) -> HttpResponse:
    """Of one place, for whoever keeps it: the month, and the year up to it."""
    place, month = place_of_host(request, slug), asked_month(request)
    year = month
    for _ in range(MONTHS_BACK):
        year = year.previous
    return render(
        request,
        "telecentres/occupancy.html",
        {"telecentre": place, "month": month, "occupancy": Occupancy(place, month, month), "year": Occupancy(place, year, month)},
    )


@require_safe
def occupancy_csv(request: HttpRequest, slug: str) -> HttpResponse:
    place, month = place_of_host(request, slug), asked_month(request)
    rows = occupancy_rows([place], month, for_others=False)
    return sent_to_people(OCCUPANCY_COLUMNS, rows, name=f"occupation-{place.slug}-{month}")


@require_safe
def network_occupancy_csv(request: HttpRequest) -> HttpResponse:
    """Of every place, as funders get it: nobody can be recognised."""
    require_or_404(request.user, Act.READ_NETWORK_FIGURES)
    month = asked_month(request)
    places = Telecentre.objects.open().select_related("commune").in_french_order()
    return sent_to_people(OCCUPANCY_COLUMNS, occupancy_rows(places, month, for_others=True), name=f"occupation-{month}")


@require_safe
def my_statement(request: HttpRequest) -> HttpResponse:
    member, month = member_of(request), asked_month(request)
    if member is None:
        raise Http404
    statement = statement_of(member, month)
    return render(request, "telecentres/my_statement.html", {"member": member, "month": month, "statement": statement})


@require_safe
def my_statement_csv(request: HttpRequest) -> HttpResponse:
    member, month = member_of(request), asked_month(request)
    if member is None:
        raise Http404
    return sent_to_people(STATEMENT_COLUMNS, statement_of(member, month).rows(), name=f"releve-{month}")


@require_safe
def who_hosted_whom(request: HttpRequest) -> HttpResponse:
    """For the network's team: what communes owe each other is theirs to settle."""
    require_or_404(request.user, Act.READ_NETWORK_FIGURES)
    month = asked_month(request)
    return render(request, "telecentres/hosting.html", {"month": month, "rows": hosting(month)})


@require_safe
def who_hosted_whom_csv(request: HttpRequest) -> HttpResponse:
    require_or_404(request.user, Act.READ_NETWORK_FIGURES)
    month = asked_month(request)
    return sent_to_people(HOSTING_COLUMNS, hosting_rows(month), name=f"accueils-{month}")
