"""The waiting list: joined from the page that says no, left again, and what is held for somebody answered."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from telecentres import wording
from telecentres.availability.forms import STALE_PAGE
from telecentres.availability.held import costs_of_accepting
from telecentres.availability.reasons import Refusal
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.views.week import show_week, week_of
from telecentres.enums import BookingStatus
from telecentres.models import Booking, WaitingEntry
from telecentres.notifications import HELD_LINKS
from telecentres.visitors import member_of, open_place, redirect_to_my_bookings
from telecentres.waiting import services
from telecentres.waiting.forms import WaitingForm


@require_POST
def wait(request: HttpRequest, slug: str) -> HttpResponse:
    """Join the line for any desk of a kind: from the page that says no."""
    place, member = open_place(slug), member_of(request)
    if member is None:
        return show_week(request, place, status=HTTPStatus.FORBIDDEN)
    form = WaitingForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(STALE_PAGE))
        return HttpResponseRedirect(week_of(place, ""), status=HTTPStatus.SEE_OTHER)
    try:
        entry = services.join_line(telecentre=place, kind=form.kind_of_desk, member=member, period=form.period)
    except services.WaitingRefused as refusal:
        messages.error(request, str(refusal))
        day = wording.local_time(form.period.lower).date().isoformat()
        return HttpResponseRedirect(week_of(place, day), status=HTTPStatus.SEE_OTHER)
    entry = WaitingEntry.objects.with_position().select_related("telecentre").get(pk=entry.pk)
    said = {"place": place, "when": wording.booked_time(entry), "position": wording.ordinal(entry.position)}
    messages.success(request, _("You wait: %(place)s, %(when)s. You are %(position)s in the line.") % said)
    return HttpResponseRedirect(reverse("telecentres:my-bookings"), status=HTTPStatus.SEE_OTHER)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A place that is held for the member who is signed in: accepted, or let go."""
    booking = get_object_or_404(Booking.objects.visible_to(request.user).with_place(), pk=pk)
    said = {"desk": booking.desk, "place": booking.desk.telecentre, "when": wording.booked_time(booking)}
    if "decline" in request.POST:
        services.decline_place(booking=booking)
        messages.success(request, _("Let go: %(desk)s, %(place)s, %(when)s.") % said)
        return redirect_to_my_bookings()
    try:
        services.accept_place(booking=booking)
    except BookingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Booked: %(desk)s, %(place)s, %(when)s.") % said)
    return redirect_to_my_bookings()


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: HttpRequest, token: str) -> HttpResponse:
    """A place that is held for whoever has the link of the letter, as long as their account is open. GET asks, POST answers."""
    try:
        pk = HELD_LINKS.unsign(token)
    except BadSignature:
        raise Http404 from None
    bookings = Booking.objects.exclude(member__user__is_active=False)
    booking = get_object_or_404(bookings.with_place().select_related("member__user"), pk=pk)
    refusal = None
    if request.method == "POST":
        try:
            if "decline" in request.POST:
                booking = services.decline_place(booking=booking)
            else:
                booking = services.accept_place(booking=booking)
        except BookingRefused as error:
            refusal = error
    now = timezone.now()
    is_held = booking.is_held(now)
    cost = costs_of_accepting([booking], now=now)[booking.pk] if is_held else None
    return render(
        request,
        "telecentres/held.html",
        {
            "booking": booking,
            "telecentre": booking.desk.telecentre,
            "refusal": refusal,
            "is_held": is_held,
            "quote": None if isinstance(cost, Refusal) else cost,
            "why_not": cost if isinstance(cost, Refusal) else None,
            "is_accepted": booking.status in BookingStatus.standing(),
        },
        status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK,
    )


@require_POST
def leave_line(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(WaitingEntry.objects.visible_to(request.user).select_related("telecentre"), pk=pk)
    services.leave_line(entry=entry)
    said = {"place": entry.telecentre, "when": wording.booked_time(entry)}
    messages.success(request, _("You wait no more: %(place)s, %(when)s.") % said)
    return redirect_to_my_bookings()
