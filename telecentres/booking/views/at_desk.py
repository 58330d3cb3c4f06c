"""Standing before a desk, with its code scanned: I am there, or I take it."""

import datetime as dt
import secrets
from collections.abc import Iterable
from http import HTTPStatus

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from telecentres.availability.board import Board
from telecentres.availability.reasons import Refusal
from telecentres.availability.rules import Allowed
from telecentres.booking import arriving
from telecentres.booking.desk_codes import code_address, desk_with_code
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_desk
from telecentres.enums import RefusalReason
from telecentres.half_days import Slot, local_day
from telecentres.models import DOORS_OPEN_BEFORE, Booking, Desk
from telecentres.visitors import member_of, place_of_host


@require_http_methods(["GET", "HEAD", "POST"])
def at_desk(request: HttpRequest, code: str) -> HttpResponse:
    """GET says whose it is now; POST checks the member in, or takes the desk for the half-day under way and checks them in."""
    pk, member = desk_with_code(code), member_of(request)
    if pk is None or member is None:
        raise Http404
    desk = get_object_or_404(Desk.objects.bookable().select_related("telecentre__commune"), pk=pk)
    now = timezone.now()
    board = Board.read(desk.telecentre, local_day(now), local_day(now), now=now, member=member, on_the_spot=True)
    slot = half_day_at(board, now)
    mine = next((booking for booking in bookings_at(desk, slot, now) if booking.member_id == member.pk), None)
    answer = board.answer(desk, slot.period) if slot and not mine else None
    refusal = None
    if request.method == "POST" and slot:
        try:
            booking = mine or book_desk(
                desk=desk, member=member, period=slot.period, key=request.POST.get("key", "")[:64], now=now, on_the_spot=True
            )
            arriving.check_in(booking=booking, now=now)
        except (BookingRefused, arriving.CheckInRefused) as error:
            refusal = error
        else:
            messages.success(request, _("Welcome: %(desk)s is yours.") % {"desk": desk})
            return HttpResponseRedirect(reverse("telecentres:my-bookings"), status=HTTPStatus.SEE_OTHER)
    return render(
        request,
        "telecentres/at_desk.html",
        {
            "desk": desk,
            "telecentre": desk.telecentre,
            "slot": slot,
            "mine": mine,
            "is_free": isinstance(answer, Allowed),
            "is_taken": isinstance(answer, Refusal) and answer.reason == RefusalReason.TAKEN,
            "why_not": answer if isinstance(answer, Refusal) else None,
            "refusal": refusal,
            "key": secrets.token_urlsafe(16),
        },
        status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK,
    )


def bookings_at(desk: Desk, slot: Slot | None, now: dt.datetime) -> Iterable[Booking]:
    return Booking.objects.live(now).filter(desk=desk).overlapping(slot.period).order_by("period", "pk") if slot else ()


def half_day_at(board: Board, now: dt.datetime) -> Slot | None:
    """The half-day under way, or one that begins in a moment."""
    slots = board.opening.half_days(local_day(now))
    return next((slot for slot in slots if slot.starts_at - DOORS_OPEN_BEFORE <= now < slot.ends_at), None)


@require_safe
def codes(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet to print and cut: a code for each desk."""
    place = place_of_host(request, slug)
    desks = Desk.objects.filter(telecentre=place, is_active=True).in_order()
    return render(
        request, "telecentres/codes.html", {"telecentre": place, "codes": [(desk, qr_code(code_address(desk))) for desk in desks]}
    )


def qr_code(address: str) -> SafeString:
    return SafeString(segno.make(address, error="m").svg_inline(omitsize=True, svgclass="code", lineclass=None, border=2))
