"""The places, one of them, its week, and what a member has booked."""

import datetime as dt
import secrets
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from members.enums import MemberStatus
from members.models import Member
from telecentres import services, wording
from telecentres.availability import Coming, PlaceNow, Week, next_morning
from telecentres.enums import BookingStatus, DeskKind, Public, RateUnit, RefusalReason, Stretch
from telecentres.forms import BookingForm
from telecentres.half_days import local_day, next_public_holiday
from telecentres.models import Booking, Closure, Rate, Telecentre
from telecentres.notifications import HELD_LINKS
from villages.drawings import territory_map
from villages.network_map import Mark

BOOKINGS_A_PAGE = 20
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
    RefusalReason.NOT_A_MEMBER: gettext_lazy("For members of the network"),
}


@dataclass(frozen=True)
class PriceLine:
    """In euros; None where the place has no such rate."""

    kind: DeskKind
    half_day: Decimal | None
    day: Decimal | None


@login_not_required
@require_safe
@conditional_page
def telecentres(request: HttpRequest) -> HttpResponse:
    morning, places = places_and_their_morning()
    return render(
        request,
        "telecentres/telecentres.html",
        {"places": places, "morning": morning, "network_map": map_of(places)},
    )


def places_and_their_morning() -> tuple[dt.date | None, list[Telecentre]]:
    """The next morning on which places open, and all open places with the desks still `free` then."""
    now = timezone.now()
    morning = next_morning(now)
    places = Telecentre.objects.open().select_related("commune").in_french_order()
    return morning, list(places.with_free_desks(morning or local_day(now), Stretch.MORNING, now))


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
    morning, places = places_and_their_morning()
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
            "announced": announced(place, now),
            "hosts": place.hosts.order_by("sort_name", "pk") if request.user.is_authenticated else None,
        },
    )


@dataclass(frozen=True)
class ClosedLine:
    when: str
    desk: str
    reason: str


def announced(place: Telecentre, now: dt.datetime) -> list[ClosedLine]:
    """Coming closures and the next public holiday, in time order."""
    holiday, name = next_public_holiday(local_day(now))
    lines = [(holiday, ClosedLine(wording.day(holiday), "", name))]
    for closure in Closure.objects.coming(now).filter(telecentre=place).select_related("desk"):
        desk = closure.desk.name if closure.desk else ""
        line = ClosedLine(wording.stretch_of_time(closure.period), desk, closure.reason)
        lines.append((local_day(closure.period.lower), line))
    return [line for _day, line in sorted(lines, key=lambda dated: dated[0])]


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@conditional_page
def week(request: HttpRequest, slug: str) -> HttpResponse:
    """The week of one place. Whoever looks may look; a press books, for members."""
    place = open_place(slug)
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
            booking = services.book_desk(desk=desk, **wish)
        else:
            booking = services.book_any_desk(telecentre=place, **wish)
    except services.BookingRefused as refusal:
        if form.take_back(refusal):
            return show_week(request, place, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return show_refusal(request, place, refusal)
    said = {"desk": booking.desk, "place": place, "when": wording.booked_time(booking)}
    messages.success(request, _("Booked: %(desk)s, %(place)s, %(when)s.") % said)
    return HttpResponseRedirect(reverse("telecentres:my-bookings"), status=HTTPStatus.SEE_OTHER)


def show_week(
    request: HttpRequest, place: Telecentre, *, form: BookingForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The grid; above it, when a press or a form was not understood, what was asked for with a sentence beside each fault."""
    now = timezone.now()
    asked, unknown_day = asked_day(request, form, local_day(now))
    member = member_of(request)
    return render(
        request,
        "telecentres/week.html",
        {
            "telecentre": place,
            "week": Week(place, asked, now=now, member=member),
            "member": member,
            "presser": "member" if member else "nobody" if request.user.is_authenticated else "visitor",
            "form": form,
            "unknown_day": unknown_day,
            "key": secrets.token_urlsafe(16),
            "rates": rates_of(place),
            "next_holiday": next_public_holiday(asked),
        },
        status=HTTPStatus.BAD_REQUEST if unknown_day and status == HTTPStatus.OK else status,
    )


def asked_day(request: HttpRequest, form: BookingForm | None, today: dt.date) -> tuple[dt.date, bool]:
    """The day to show, and whether the address named one that no calendar or no booking knows."""
    text = request.GET.get("jour", "")
    if form and (start := form.cleaned_data.get("start")):
        text = wording.local(start).date().isoformat()
    if not text:
        return today, False
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today, True
    return (day, False) if abs(day - today) <= A_YEAR else (today, True)


def show_refusal(request: HttpRequest, place: Telecentre, refusal: services.BookingRefused) -> HttpResponse:
    """A polite no, with the ways out one press away each."""
    day = wording.local(refusal.request.period.lower).date()
    return render(
        request,
        "telecentres/refused.html",
        {
            "telecentre": place,
            "refusal": refusal,
            "title": REFUSED[refusal.reason],
            "week_url": week_of(place, day.isoformat()),
            "key": secrets.token_urlsafe(16),
        },
        status=HTTPStatus.CONFLICT,
    )


@require_safe
def my_bookings(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    bookings = Booking.objects.visible_to(request.user).with_place()
    page = Paginator(bookings.past(now), BOOKINGS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "telecentres/my_bookings.html",
        {
            "coming": [Coming(booking, now) for booking in bookings.upcoming(now)],
            "page": page,
            "is_member": member_of(request) is not None,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST does."""
    booking = get_object_or_404(Booking.objects.visible_to(request.user).with_place(), pk=pk)
    refusal = None
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
        status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK,
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: HttpRequest, token: str) -> HttpResponse:
    """A place that is held for whoever has the link of the letter. GET asks, POST accepts or lets go."""
    try:
        pk = HELD_LINKS.unsign(token)
    except BadSignature:
        raise Http404 from None
    booking = get_object_or_404(Booking.objects.with_place().select_related("member__user"), pk=pk)
    refusal = None
    if request.method == "POST":
        try:
            if "decline" in request.POST:
                booking = services.decline_place(booking=booking)
            else:
                booking = services.accept_place(booking=booking)
        except services.BookingRefused as error:
            refusal = error
    return render(
        request,
        "telecentres/held.html",
        {
            "booking": booking,
            "telecentre": booking.desk.telecentre,
            "refusal": refusal,
            "is_held": booking.is_held(timezone.now()),
            "is_accepted": booking.status in (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN),
        },
        status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK,
    )


def open_place(slug: str) -> Telecentre:
    return get_object_or_404(Telecentre.objects.open().select_related("commune"), slug=slug)


def member_of(request: HttpRequest) -> Member | None:
    """The visitor as an active member."""
    if not request.user.is_authenticated:
        return None
    return Member.objects.filter(user=request.user.pk, status=MemberStatus.ACTIVE).first()


def rates_of(place: Telecentre) -> list[PriceLine]:
    """For members, in the order of the kinds of desk."""
    prices: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for rate in Rate.objects.filter(telecentre=place, public=Public.MEMBER):
        prices[rate.kind][rate.unit] = rate.price
    return [
        PriceLine(kind, prices[kind].get(RateUnit.HALF_DAY), prices[kind].get(RateUnit.DAY)) for kind in DeskKind if kind in prices
    ]


def week_of(place: Telecentre, day: str) -> str:
    address = reverse("telecentres:week", args=[place.slug])
    return f"{address}?jour={day}" if day else address
