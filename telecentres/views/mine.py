"""What a member has booked, waits for and has paid ahead."""

from functools import partial
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import services as members
from members.enums import MemberStatus
from members.models import Member
from telecentres import services, wording
from telecentres.availability.held import costs_of
from telecentres.availability.reasons import No
from telecentres.availability.rules import why_not_called_off
from telecentres.availability.week import Week
from telecentres.coming import Coming, coming_of
from telecentres.enums import BookingStatus, DeskKind
from telecentres.forms import BookingForm
from telecentres.half_days import local_day
from telecentres.models import Booking, BookingSeries, Pass, PassEntry, PassOffer, Telecentre, WaitingEntry
from telecentres.notifications import HELD_LINKS
from telecentres.views.places import member_of, open_place
from telecentres.views.weeks import asked_day

BOOKINGS_A_PAGE = 20


@require_safe
def my_bookings(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    bookings = Booking.objects.visible_to(request.user).with_place()
    page = Paginator(bookings.past(now), BOOKINGS_A_PAGE).get_page(request.GET.get("page"))
    entries = WaitingEntry.objects.visible_to(request.user).waiting().filter(period__endswith__gt=now)
    passes = Pass.objects.visible_to(request.user)
    series = BookingSeries.objects.visible_to(request.user).filter(ended_at=None, last__gte=local_day(now))
    member = member_of(request)
    return render(
        request,
        "telecentres/my_bookings.html",
        {
            "coming": coming_of(request.user, now),
            "page": page,
            "waiting": entries.with_position().select_related("telecentre__commune").order_by("period", "pk"),
            "series": series.select_related("telecentre__commune", "desk").order_by("first", "pk"),
            "passes": passes.valid_on(local_day(now)).with_something_left().order_by("valid_until", "pk"),
            "is_member": member is not None,
            "newcomer": member if member and member.status == MemberStatus.TRIAL else None,
        },
    )


@require_POST
def be_introduced(request: HttpRequest) -> HttpResponse:
    """Whoever is on trial says whether they wish to meet members of their trade. Members say it on their own page."""
    newcomer = get_object_or_404(Member, user=request.user, status=MemberStatus.TRIAL)
    agreed = "no" not in request.POST
    members.agree_encounters(member=newcomer, meets_newcomers=agreed, at=timezone.now())
    messages.success(
        request,
        _("Agreed: you will be introduced to members of your trade.") if agreed else _("You will not be introduced any more."),
    )
    return back(request)


def back(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("telecentres:my-bookings"), status=HTTPStatus.SEE_OTHER)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A place that is held for the member who is signed in: accepted, or let go."""
    booking = get_object_or_404(Booking.objects.visible_to(request.user).with_place(), pk=pk)
    said = {"desk": booking.desk, "place": booking.desk.telecentre, "when": wording.booked_time(booking)}
    if "decline" in request.POST:
        services.decline_place(booking=booking)
        messages.success(request, _("Let go: %(desk)s, %(place)s, %(when)s.") % said)
        return back(request)
    try:
        services.accept_place(booking=booking)
    except services.BookingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Booked: %(desk)s, %(place)s, %(when)s.") % said)
    return back(request)


@require_POST
def arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """The member says that they are there."""
    booking = get_object_or_404(Booking.objects.visible_to(request.user).with_place(), pk=pk)
    try:
        services.check_in(booking=booking)
    except services.CheckInRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Welcome: %(desk)s is yours.") % {"desk": booking.desk})
    return back(request)


@require_POST
def leave_line(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(WaitingEntry.objects.visible_to(request.user).select_related("telecentre"), pk=pk)
    services.leave_line(entry=entry)
    said = {"place": entry.telecentre, "when": wording.booked_time(entry)}
    messages.success(request, _("You wait no more: %(place)s, %(when)s.") % said)
    return back(request)


@require_safe
def my_passes(request: HttpRequest) -> HttpResponse:
    """Each pass with all its movements, the last one first."""
    passes = Pass.objects.visible_to(request.user).order_by("-valid_until", "-pk")
    entries = PassEntry.objects.select_related("booking__desk__telecentre").order_by("-at", "-pk")
    return render(
        request,
        "telecentres/my_passes.html",
        {
            "passes": passes.prefetch_related(Prefetch("entries", entries)),
            "offers": PassOffer.objects.on_sale(),
            "today": local_day(timezone.now()),
        },
    )


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
                booking = services.move_booking(booking=booking, desk=desk, telecentre=place, period=form.period, by=request.user)
            except services.BookingRefused as error:
                refusal = error
            else:
                said = {"desk": booking.desk, "place": booking.desk.telecentre, "when": wording.booked_time(booking)}
                messages.success(request, _("Moved: %(desk)s, %(place)s, %(when)s.") % said)
                return back(request)
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
            "can_be_moved": Coming(booking, now).can_be_moved,
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
            services.cancel_booking(booking=booking, by=request.user)
        except services.CancellationRefused as error:
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
        except services.BookingRefused as error:
            refusal = error
    now = timezone.now()
    is_held = booking.is_held(now)
    cost = costs_of([booking], now=now)[booking.pk] if is_held else None
    return render(
        request,
        "telecentres/held.html",
        {
            "booking": booking,
            "telecentre": booking.desk.telecentre,
            "refusal": refusal,
            "is_held": is_held,
            "quote": None if isinstance(cost, No) else cost,
            "why_not": cost if isinstance(cost, No) else None,
            "is_accepted": booking.status in (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN),
        },
        status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK,
    )
