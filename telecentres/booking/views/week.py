"""The week of one place, where a press books, and the page that says no."""

import datetime as dt
import secrets
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import conditional_page, require_http_methods

from members.models import Member
from telecentres import wording
from telecentres.availability.reasons import Refusal
from telecentres.availability.request import BookingRequest
from telecentres.availability.rules import Allowed
from telecentres.availability.week import Week
from telecentres.booking.forms import BookingForm
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.room_hours import RoomHoursForm
from telecentres.booking.services import book_any_desk, book_desk
from telecentres.enums import Public, RefusalReason
from telecentres.half_days import local_day, next_public_holiday
from telecentres.models import Telecentre, WaitingEntry
from telecentres.passes.price_list import rates_of
from telecentres.visitors import member_of, member_with_half_days

A_YEAR = dt.timedelta(days=366)
REFUSED = {  # the title of the page that says no; the sentence under it is the refusal's own
    RefusalReason.TAKEN: gettext_lazy("It has just been taken"),
    RefusalReason.FULL: gettext_lazy("Nothing is free any more"),
    RefusalReason.BUSY: gettext_lazy("Somebody was faster"),
    RefusalReason.ALREADY_SEATED: gettext_lazy("You already have a seat then"),
    RefusalReason.CLOSED: gettext_lazy("It is closed then"),
    RefusalReason.HOLIDAY: gettext_lazy("It is a public holiday"),
    RefusalReason.PLACE_CLOSED: gettext_lazy("No bookings at the moment"),
    RefusalReason.DESK_OUT: gettext_lazy("Out of use"),
    RefusalReason.CANCELLED_SINCE: gettext_lazy("Called off since"),
    RefusalReason.PROMISED: gettext_lazy("Others wait for it"),
    RefusalReason.MOVED_SINCE: gettext_lazy("Moved since"),
    RefusalReason.TOO_LATE_TO_MOVE: gettext_lazy("It can no longer be moved"),
    RefusalReason.TRIAL_OVER: gettext_lazy("Not on your trial"),
    RefusalReason.TOO_MANY: gettext_lazy("As many as one member may have"),
    RefusalReason.NOT_A_MEMBER: gettext_lazy("For members of the network"),
}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@conditional_page
def week(request: HttpRequest, slug: str) -> HttpResponse:
    """The week of one place. Whoever looks may look; a press books, for members."""
    place = get_object_or_404(Telecentre.objects.open().with_week(request.user), slug=slug)
    if request.method != "POST":
        return show_week(request, place)
    if not request.user.is_authenticated:
        return redirect_to_login(week_of(place, request.GET.get("jour", "")))
    member = member_of(request)
    if member is None:
        return show_week(request, place, status=HTTPStatus.FORBIDDEN)
    return book(request, place, member)


def book(request: HttpRequest, place: Telecentre, member: Member) -> HttpResponse:
    now = timezone.now()
    form = BookingForm.read(request.POST, telecentre=place)
    if not form.is_valid():
        return show_week(request, place, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wish = {"member": member, "period": form.period, "key": form.request_key, "booked_by": request.user, "now": now}
    try:
        if desk := form.chosen_desk:
            desk.telecentre = place
            booking = book_desk(desk=desk, **wish)
        else:
            booking = book_any_desk(telecentre=place, **wish)
    except BookingRefused as refusal:
        if form.add_refusal(refusal):
            return show_week(request, place, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return show_refusal(request, place, refusal)
    said = {"desk": booking.desk, "place": place, "when": wording.booked_time(booking)}
    sentence = _("Booked: %(desk)s, %(place)s, %(when)s.") % said
    messages.success(request, f"{sentence} {booking.why_this_price}".strip())
    return HttpResponseRedirect(reverse("telecentres:my-bookings"), status=HTTPStatus.SEE_OTHER)


def show_week(
    request: HttpRequest, place: Telecentre, *, form: BookingForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The grid; above it, when a press or a form was not understood, what was asked for with a sentence beside each fault."""
    now = timezone.now()
    asked, unknown_day = asked_day(request, form, local_day(now))
    member = member_with_half_days(request)
    shown = Week(place, asked, now=now, member=member, priced=member is not None)
    room = RoomHoursForm.read(request.GET, shown) if member else None
    room_answer = room.answer(shown.board) if room else None
    return render(
        request,
        "telecentres/week.html",
        {
            "telecentre": place,
            "week": shown,
            "room": room,
            "room_allowed": room_answer if isinstance(room_answer, Allowed) else None,
            "room_refused": room_answer if isinstance(room_answer, Refusal) else None,
            "member": member,
            "presser": "member" if member else "nobody" if request.user.is_authenticated else "visitor",
            "form": form,
            "unknown_day": unknown_day,
            "key": secrets.token_urlsafe(16),
            "rates": rates_of(place, Public.MEMBER),
            "half_days_left": member.half_days_left if member else 0,
            "is_keeper": request.user.is_authenticated and place.is_entrusted_to(request.user),
            "next_holiday": next_public_holiday(asked),
        },
        status=HTTPStatus.BAD_REQUEST if unknown_day and status == HTTPStatus.OK else status,
    )


def asked_day(request: HttpRequest, form: BookingForm | None, today: dt.date) -> tuple[dt.date, bool]:
    """The day to show, and whether the address named one that no calendar or no booking knows."""
    text = request.GET.get("jour", "")
    if form and (start := form.cleaned_data.get("start")):
        text = wording.local_time(start).date().isoformat()
    if not text:
        return today, False
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today, True
    return (day, False) if abs(day - today) <= A_YEAR else (today, True)


def show_refusal(request: HttpRequest, place: Telecentre, refusal: BookingRefused) -> HttpResponse:
    """A polite no, with the ways out one press away each."""
    day = wording.local_time(refusal.request.period.lower).date()
    return render(
        request,
        "telecentres/refused.html",
        {
            "telecentre": place,
            "refusal": refusal,
            "title": REFUSED[refusal.reason],
            "week_url": week_of(place, day.isoformat()),
            "can_wait": refusal.is_worth_waiting and refusal.request.member is not None,
            "waiting_before": waiting_before(refusal.request),
            "key": secrets.token_urlsafe(16),
        },
        status=HTTPStatus.CONFLICT,
    )


def waiting_before(request: BookingRequest) -> int:
    """How many stand in the line already for what was asked."""
    line = WaitingEntry.objects.live().filter(telecentre=request.telecentre, kind=request.kind)
    return line.overlapping(request.period).count()


def week_of(place: Telecentre, day: str) -> str:
    address = reverse("telecentres:week", args=[place.slug])
    return f"{address}?jour={day}" if day else address
