"""Bookings in calendars: the secret address one subscribes to, and one booking as a file."""

import datetime as dt
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Max, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_safe

from telecentres.calendars import feeds
from telecentres.calendars.icalendar import calendar_of
from telecentres.half_days import local_day, midnight
from telecentres.models import Booking, BookingQuerySet, CalendarFeed
from telecentres.visitors import member_of, place_of_host

KEPT = dt.timedelta(days=60)  # how long what is over, or called off, stays in a feed


@require_http_methods(["GET", "HEAD", "POST"])
def my_calendar(request: HttpRequest) -> HttpResponse:
    """The member's own bookings."""
    member = member_of(request)
    if member is None:
        raise Http404
    return show_calendar(request, member=member)


@require_http_methods(["GET", "HEAD", "POST"])
def place_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """All that is booked in a place, with names: for whoever keeps it."""
    return show_calendar(request, telecentre=place_of_host(request, slug))


def show_calendar(request: HttpRequest, **whose) -> HttpResponse:
    """Make the address, or a new one, or none. It is shown once: afterwards the calendar has it, and nobody else."""
    token = ""
    if request.method == "POST" and "revoke" in request.POST:
        feeds.revoke_feeds(by=request.user, **whose)
        messages.success(request, _("The address is dead: calendars that had it get nothing more."))
    elif request.method == "POST":
        token = feeds.make_feed(by=request.user, **whose)
    address = f"{settings.SITE_URL}{reverse('telecentres-data:feed', args=[token])}" if token else ""
    return render(
        request,
        "telecentres/my_calendar.html",
        {
            "telecentre": whose.get("telecentre"),
            "address": address,
            "webcal": address.replace("https://", "webcal://").replace("http://", "webcal://"),
            "feed": CalendarFeed.objects.in_use().filter(made_by=request.user, **whose).first(),
        },
    )


def bookings_in(feed: CalendarFeed) -> BookingQuerySet:
    since = midnight(local_day(timezone.now())) - KEPT
    bookings = Booking.objects.filter(period__endswith__gte=since)
    return bookings.filter(member=feed.member) if feed.member else bookings.filter(desk__telecentre=feed.telecentre)


def feed_or_404(token: str) -> CalendarFeed:
    feed = feeds.feed_of(token)
    if feed is None:
        raise Http404
    return feed


def feed_version(request: HttpRequest, token: str) -> str:
    """Changes with any booking of the feed, at the price of one small query."""
    feed = feed_or_404(token)
    facts = bookings_in(feed).aggregate(n=Count("pk"), last=Max("changed_at"), moves=Sum("sequence"))
    return f'"{sha256(repr((feed.pk, *facts.values())).encode()).hexdigest()[:32]}"'


@login_not_required
@require_safe
@condition(etag_func=feed_version)
def feed(request: HttpRequest, token: str) -> HttpResponse:
    found = feed_or_404(token)
    bookings = bookings_in(found).with_place().select_related("member__user").order_by("period", "pk")
    name = str(found.telecentre) if found.telecentre else _("My desks")
    return calendar_response(calendar_of(bookings, name=name, with_names=found.telecentre is not None), "calendrier")


@require_safe
def booking_file(request: HttpRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(Booking.objects.visible_to(request.user).with_place(), pk=pk)
    return calendar_response(calendar_of([booking], name=str(booking.desk.telecentre)), f"reservation-{booking.pk}")


def calendar_response(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response
