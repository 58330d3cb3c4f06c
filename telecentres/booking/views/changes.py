"""Moving a booking, and calling it off."""

from functools import partial
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from telecentres import wording
from telecentres.availability.rules import why_not_called_off
from telecentres.availability.week import Week
from telecentres.booking import cancelling, moving
from telecentres.booking.coming import ComingBooking
from telecentres.booking.forms import BookingForm
from telecentres.booking.refusals import BookingRefused, CancellationRefused
from telecentres.booking.views.week import asked_day
from telecentres.enums import BookingStatus, DeskKind
from telecentres.half_days import local_day
from telecentres.models import Booking, Telecentre
from telecentres.visitors import open_place, redirect_to_my_bookings


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """The week of a place, in which a press moves the booking. `lieu` in the address names another place than its own."""
    booking = get_object_or_404(Booking.objects.visible_to(request.user).with_place().select_related("member__user"), pk=pk)
    place = open_place(request.GET["lieu"]) if request.GET.get("lieu") else booking.desk.telecentre
    refusal, form = None, None
    if request.method == "POST":
        form = BookingForm.read(request.POST, telecentre=place)
        if form.is_valid():
            desk = form.chosen_desk
            if desk:
                desk.telecentre = place
            try:
                booking = moving.move_booking(booking=booking, desk=desk, telecentre=place, period=form.period, by=request.user)
            except BookingRefused as error:
                refusal = error
            else:
                said = {"desk": booking.desk, "place": booking.desk.telecentre, "when": wording.booked_time(booking)}
                messages.success(request, _("Moved: %(desk)s, %(place)s, %(when)s.") % said)
                return redirect_to_my_bookings()
    now = timezone.now()
    asked, unknown_day = asked_day(request, None, local_day(booking.starts_at))
    week = Week(place, asked, now=now, member=booking.member, kinds={DeskKind(booking.desk.kind)}, leaving=booking, priced=True)
    status = HTTPStatus.CONFLICT if refusal else HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    return render(
        request,
        "telecentres/move.html",
        {
            "booking": booking,
            "telecentre": place,
            "week": week,
            "refusal": refusal,
            "form": form,
            "unknown_day": unknown_day,
            "other_places": Telecentre.objects.open().exclude(pk=place.pk).select_related("commune").in_french_order(),
            "key": booking.key,
            "can_be_moved": ComingBooking(booking, now).can_be_moved,
            "only_its_time": week.board.why_not_moved(),
        },
        status=HTTPStatus.BAD_REQUEST if unknown_day and status == HTTPStatus.OK else status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST does."""
    booking = get_object_or_404(Booking.objects.visible_to(request.user).with_place(), pk=pk)
    refusal = None
    if booking.status != BookingStatus.CANCELLED:
        by_keeper = partial(booking.desk.telecentre.is_kept_by, request.user)
        refusal = why_not_called_off(booking, now=timezone.now(), by_keeper=by_keeper)
    if request.method == "POST":
        try:
            cancelling.cancel_booking(booking=booking, by=request.user)
        except CancellationRefused as error:
            refusal = error
        else:
            said = {"desk": booking.desk, "place": booking.desk.telecentre, "when": wording.booked_time(booking)}
            messages.success(request, _("Called off: %(desk)s, %(place)s, %(when)s.") % said)
            return HttpResponseRedirect(reverse("telecentres:my-bookings"), status=HTTPStatus.SEE_OTHER)
    return render(
        request,
        "telecentres/cancel.html",
        {"booking": booking, "refusal": refusal},
        status=HTTPStatus.CONFLICT if refusal and request.method == "POST" else HTTPStatus.OK,
    )
