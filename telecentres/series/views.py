"""The same place every week: asked for, looked at day by day, booked; then changed or called off."""

import datetime as dt
import secrets
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from telecentres.half_days import local_day
from telecentres.models import Booking, BookingSeries, Desk
from telecentres.series.forms import SeriesDaysForm, SeriesForm
from telecentres.series.services import SeriesRefused, book_series, call_series_off, move_series, plan_series
from telecentres.visitors import member_of, open_place


@require_http_methods(["GET", "HEAD", "POST"])
def new_series(request: HttpRequest, slug: str) -> HttpResponse:
    """The question, then its days with what speaks against each, then the booking. A press on « Voir les jours » books nothing."""
    place, member = open_place(slug), member_of(request)
    if member is None:
        raise Http404
    now = timezone.now()
    form = SeriesForm(request.POST or None, telecentre=place, today=local_day(now), initial={"key": secrets.token_urlsafe(16)})
    occurrences, refusal = None, None
    if form.is_valid():
        series = form.series(member, request.user)
        try:
            if "book" in request.POST:
                skip = skipped_days(request)
                booked, done = book_series(series=series, skip=skip, wait=form.cleaned_data["wait"], now=now)
                count = sum(occurrence.booking is not None for occurrence in done)
                said = ngettext("%(count)s day is booked.", "%(count)s days are booked.", count) % {"count": count}
                messages.success(request, said)
                return HttpResponseRedirect(reverse("telecentres:series", args=[booked.pk]), status=HTTPStatus.SEE_OTHER)
            occurrences = plan_series(series, now=now)
        except SeriesRefused as error:
            refusal = error
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and not form.is_valid() else HTTPStatus.OK
    return render(
        request,
        "telecentres/series_new.html",
        {"telecentre": place, "form": form, "occurrences": occurrences, "refusal": refusal},
        status=HTTPStatus.CONFLICT if refusal else status,
    )


def skipped_days(request: HttpRequest) -> list[dt.date]:
    """Those shown and not ticked any more."""
    shown, kept = set(request.POST.getlist("shown")), set(request.POST.getlist("keep"))
    days = []
    for text in shown - kept:
        try:
            days.append(dt.date.fromisoformat(text))
        except ValueError:
            continue
    return days


@require_http_methods(["GET", "HEAD", "POST"])
def series(request: HttpRequest, pk: int) -> HttpResponse:
    """Its coming days; the rest, or some weeks of it, called off or moved to another desk."""
    series = get_object_or_404(
        BookingSeries.objects.visible_to(request.user).select_related("telecentre__commune", "desk", "member__user"), pk=pk
    )
    now = timezone.now()
    desks = Desk.objects.filter(telecentre=series.telecentre, kind=series.kind, is_active=True).in_order()
    form = SeriesDaysForm(request.POST or None, series=series, desks=desks, initial={"first": max(series.first, local_day(now))})
    outcome = None
    if form.is_valid():
        days = {
            "series": series,
            "by": request.user,
            "first": form.cleaned_data["first"],
            "last": form.cleaned_data["last"],
            "now": now,
        }
        if desk := form.chosen_desk:
            desk.telecentre = series.telecentre
            outcome = move_series(desk=desk, **days)
            sentence = ngettext("%(count)s day has moved.", "%(count)s days have moved.", len(outcome.done))
        else:
            outcome = call_series_off(**days)
            sentence = ngettext("%(count)s day is called off.", "%(count)s days are called off.", len(outcome.done))
        messages.success(request, sentence % {"count": len(outcome.done)})
        for booking, why in outcome.left:
            messages.warning(request, str(booking) + _(": ") + str(why))
        return HttpResponseRedirect(reverse("telecentres:series", args=[series.pk]), status=HTTPStatus.SEE_OTHER)
    return render(
        request,
        "telecentres/series.html",
        {
            "series": series,
            "coming": Booking.objects.filter(series=series).with_place().upcoming(now),
            "waiting": series.waiting_entries.waiting().select_related("telecentre").order_by("period", "pk"),
            "form": form,
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK,
    )
